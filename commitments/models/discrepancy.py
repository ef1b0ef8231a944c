"""Where the article that founded the tracker and the record differ."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from .triggers import audited, no_truncate, raise_edition, versioned
from .validators import plain_line


class Discrepancy(models.Model):
    topic = models.CharField(_("topic"), max_length=80, unique=True, validators=[plain_line])
    article = models.CharField(_("what the article says"), max_length=300, validators=[plain_line])
    official = models.CharField(_("what the record says"), max_length=400, validators=[plain_line])
    assessment = models.CharField(_("what we do"), max_length=300, validators=[plain_line])
    sources = models.ManyToManyField(
        "commitments.Source", through="commitments.DiscrepancySource", related_name="discrepancies"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        ordering = ["position", "id"]
        triggers = [
            *versioned("true"),
            raise_edition(pgtrigger.Insert),
            audited("commitments_discrepancy"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.topic


class DiscrepancySource(models.Model):
    discrepancy = models.ForeignKey(Discrepancy, on_delete=models.CASCADE, related_name="source_links")
    source = models.ForeignKey("commitments.Source", on_delete=models.PROTECT, related_name="discrepancy_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("source of a discrepancy")
        verbose_name_plural = _("sources of discrepancies")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["discrepancy", "source"], name="discrepancy_source_once")]
        triggers = [
            raise_edition(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete),
            audited("commitments_discrepancy", "discrepancy_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.discrepancy_id} ← {self.source_id}"
