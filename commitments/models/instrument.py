"""Documents that carry commitments."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .dates import last_day_column, period_start_check, precision_field
from .triggers import (
    ADDRESS_STAYS,
    audited,
    forget_words,
    index_words,
    no_truncate,
    refuse_if,
    versioned,
    versioned_links,
    was_named,
)
from .validators import plain_line, plain_text

OWNER_IS_PUBLIC = (
    "EXISTS (SELECT FROM commitments_commitment c WHERE c.instrument_id = owner AND c.published_at IS NOT NULL)"
)


class InstrumentKind(models.TextChoices):
    NON_BINDING_INSTRUMENT = "non_binding_instrument", _("Non-binding instrument")
    TREATY = "treaty", _("Treaty")
    JOINT_STATEMENT = "joint_statement", _("Joint statement")
    ARRANGEMENT = "arrangement", _("Arrangement")


class Instrument(models.Model):
    """A document that carries commitments. The partnership text was announced and published, never signed."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120, validators=[plain_line])
    title_ja = models.CharField(_("title in Japanese"), max_length=120, blank=True, validators=[plain_line])
    kind = models.CharField(_("kind"), max_length=24, choices=InstrumentKind)
    adopted_on = models.DateField(_("adopted on"))
    adopted_precision = precision_field(default="day")
    adopted_by = last_day_column("adopted_on", "adopted_precision")
    description = models.TextField(_("description"), max_length=700, validators=[plain_text])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    sources = models.ManyToManyField(
        "commitments.Source", through="commitments.InstrumentSource", related_name="instruments"
    )

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["adopted_on", "position", "slug"]
        constraints = [
            period_start_check("adopted_on", "adopted_precision", "instrument_adopted_precision"),
            models.CheckConstraint(name="instrument_kind", condition=models.Q(kind__in=InstrumentKind.values)),
        ]
        triggers = [
            *versioned(
                "(EXISTS (SELECT FROM commitments_commitment c"
                " WHERE c.instrument_id = OLD.id AND c.published_at IS NOT NULL)"
                f" OR {was_named('commitments_commitment', 'instrument_id')})",
                refusals=ADDRESS_STAYS
                + refuse_if(
                    "(NEW.adopted_on, NEW.adopted_precision) IS DISTINCT FROM (OLD.adopted_on, OLD.adopted_precision)",
                    "public_instrument_is_frozen",
                ),
            ),
            index_words("instruments", pgtrigger.Insert | pgtrigger.Update),
            forget_words("instrument"),
            audited("commitments_instrument"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("commitments:instrument", args=[self.slug])


class InstrumentSource(models.Model):
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="source_links")
    source = models.ForeignKey("commitments.Source", on_delete=models.PROTECT, related_name="instrument_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("source of an instrument")
        verbose_name_plural = _("sources of instruments")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "source"], name="instrument_source_once"),
        ]
        triggers = [
            versioned_links("commitments_instrumentsource", "instrument_id", "source_id", OWNER_IS_PUBLIC),
            audited("commitments_instrument", "instrument_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} ← {self.source_id}"
