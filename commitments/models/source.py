"""Citable documents."""

from __future__ import annotations

import datetime

import pgtrigger
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .actor import Side
from .commitment import Commitment, CommitmentSource
from .dates import known_by, period_start_check, precision_field
from .discrepancy import DiscrepancySource
from .instrument import InstrumentSource
from .milestone import MilestoneSource
from .support import SourceUse
from .triggers import (
    ADDRESS_STAYS,
    audited,
    forget_words,
    index_words,
    no_truncate,
    refuse,
    update_of,
    versioned,
    was_linked,
    was_named,
)
from .validators import LANGUAGE_TAG, WEB_ADDRESS, language_tag, plain_line, web_address

CITED_IN_PUBLIC = (
    "(EXISTS (SELECT FROM commitments_citation c JOIN commitments_statusupdate u ON u.id = c.update_id"
    " WHERE c.source_id = OLD.id AND u.published_at IS NOT NULL)"
    " OR EXISTS (SELECT FROM commitments_milestonesource l JOIN commitments_milestone m ON m.id = l.milestone_id"
    " WHERE l.source_id = OLD.id AND m.recorded_at IS NOT NULL))"
)
SHOWN_IN_PUBLIC = (
    f"({CITED_IN_PUBLIC}"
    " OR EXISTS (SELECT FROM commitments_commitmentsource l JOIN commitments_commitment c ON c.id = l.commitment_id"
    " WHERE l.source_id = OLD.id AND c.published_at IS NOT NULL)"
    " OR EXISTS (SELECT FROM commitments_commitment c"
    " WHERE c.wording_source_id = OLD.id AND c.published_at IS NOT NULL)"
    " OR EXISTS (SELECT FROM commitments_instrumentsource l JOIN commitments_commitment c"
    " ON c.instrument_id = l.instrument_id WHERE l.source_id = OLD.id AND c.published_at IS NOT NULL)"
    " OR EXISTS (SELECT FROM commitments_discrepancysource l WHERE l.source_id = OLD.id)"
    f" OR {was_linked('commitments_commitmentsource')} OR {was_linked('commitments_instrumentsource')}"
    f" OR {was_named('commitments_commitment', 'wording_source_id')})"
)
FROZEN = ("url", "kind", "side", "publisher", "language", "published_on", "published_precision")


class SourceSide(models.TextChoices):
    """Whose voice a source is; like `Side`, and the independent ones."""

    EU = Side.EU.value, Side.EU.label
    JAPAN = Side.JAPAN.value, Side.JAPAN.label
    JOINT = Side.JOINT.value, Side.JOINT.label
    MEMBER_STATE = Side.MEMBER_STATE.value, Side.MEMBER_STATE.label
    THIRD = Side.THIRD.value, Side.THIRD.label
    INDEPENDENT = "independent", _("Independent")


class SourceKind(models.TextChoices):
    OFFICIAL_TEXT = "official_text", _("Official text")
    OFFICIAL_STATEMENT = "official_statement", _("Official statement")
    REPORTING = "reporting", _("Reporting")
    ANALYSIS = "analysis", _("Analysis")
    REWRITE = "rewrite", _("Rewrite or machine-written page")


class SourceQuerySet(models.QuerySet["Source"]):
    def published(self, as_of: datetime.date, known_on: datetime.date | None = None) -> SourceQuerySet:
        """Sources that something public rests on, as of that day and as known on that day.

        Links of labels are today's: a source linked since is shown, as the methodology page says.
        """
        public = Commitment.objects.published(as_of, known_on)
        this = OuterRef("pk")
        # A value and no EXISTS, from which the planner would gather every use there is for a page of the list.
        use = SourceUse.objects.known(as_of, known_on).filter(source=this).values("published_at")[:1]
        return self.alias(used_at=Subquery(use)).filter(
            Q(used_at__isnull=False)
            | Exists(CommitmentSource.objects.filter(source=this, commitment__in=public))
            | Exists(public.filter(wording_source=this))
            | Exists(InstrumentSource.objects.filter(source=this, instrument__commitments__in=public))
            | Exists(
                MilestoneSource.objects.filter(
                    known_by("milestone__recorded_at", known_on), source=this, milestone__announced_by__lte=as_of
                )
            )
            | Exists(DiscrepancySource.objects.filter(source=this))
        )


class Source(models.Model):
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    url = models.URLField(
        _("URL"), max_length=1000, unique=True, validators=[URLValidator(["http", "https"]), web_address, plain_line]
    )
    title = models.CharField(_("title"), max_length=300, validators=[plain_line])
    is_title_seen = models.BooleanField(
        _("title as printed"), default=True, help_text=_("Off where the title is a description of ours.")
    )
    publisher = models.CharField(_("publisher"), max_length=160, validators=[plain_line])
    side = models.CharField(_("side"), max_length=12, choices=SourceSide)
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    language = models.CharField(_("language"), max_length=20, validators=[language_tag])
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_precision = precision_field(blank=True)
    accessed_on = models.DateField(_("read on"))
    archived_url = models.URLField(
        _("archived copy"),
        max_length=1000,
        blank=True,
        validators=[URLValidator(["http", "https"]), web_address, plain_line],
    )
    note = models.CharField(_("note"), max_length=400, blank=True, validators=[plain_line])

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(name="source_url_is_web_address", condition=Q(url__regex=WEB_ADDRESS)),
            models.CheckConstraint(
                name="source_archived_url_is_web_address",
                condition=Q(archived_url="") | Q(archived_url__regex=WEB_ADDRESS),
            ),
            models.CheckConstraint(name="source_language_is_tag", condition=Q(language__regex=LANGUAGE_TAG)),
            models.CheckConstraint(name="source_side", condition=Q(side__in=SourceSide.values)),
            models.CheckConstraint(name="source_kind", condition=Q(kind__in=SourceKind.values)),
            period_start_check("published_on", "published_precision", "source_published_precision"),
            models.CheckConstraint(
                name="source_published_before_read",
                condition=Q(published_on__isnull=True) | Q(published_on__lte=models.F("accessed_on")),
                violation_error_message=_("A source is read on or after the day it was published."),
            ),
        ]
        triggers = [
            *versioned(SHOWN_IN_PUBLIC, refusals=ADDRESS_STAYS),
            pgtrigger.Trigger(
                name="cited_source_is_frozen",
                when=pgtrigger.Before,
                operation=update_of(*FROZEN),
                condition=pgtrigger.AnyChange(*FROZEN),
                func=f"IF {CITED_IN_PUBLIC} THEN {refuse('cited_source_is_frozen')} END IF; RETURN NEW;",
            ),
            index_words("sources", pgtrigger.Insert | pgtrigger.Update),
            forget_words("source"),
            audited("commitments_source"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("commitments:source", args=[self.slug])
