"""Which sources an update rests on."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .dates import known_by
from .status_update import StatusUpdate
from .triggers import audited, child_of_draft, no_truncate
from .validators import plain_line


class CitationQuerySet(models.QuerySet["Citation"]):
    def published(self, as_of: datetime.date, known_on: datetime.date | None = None) -> CitationQuerySet:
        """Citations of updates that have a page on that day."""
        return self.filter(known_by("update__published_at", known_on), update__happened_by__lte=as_of)


class Citation(models.Model):
    update = models.ForeignKey(StatusUpdate, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(
        "commitments.Source", on_delete=models.PROTECT, related_name="citations", verbose_name=_("source")
    )
    locator = models.CharField(
        _("locator"), max_length=80, blank=True, help_text=_("Page or paragraph."), validators=[plain_line]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["update", "source", "locator"],
                name="citation_once",
                violation_error_message=_("This place of the source is cited already."),
            )
        ]
        triggers = [
            child_of_draft("commitments_statusupdate", "update_id", "published_at", "published_update_is_final"),
            audited("commitments_statusupdate", "update_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.update_id} ← {self.source_id}"
