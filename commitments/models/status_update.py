"""Dated, sourced records of what happened."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .dates import known_by, last_day_known, last_day_sql, period_start_check, precision_field
from .triggers import (
    audited,
    final,
    forget_words,
    index_words,
    insert_as_draft,
    keep_support,
    must_be_now,
    no_truncate,
    raise_edition,
    refuse_if,
)
from .validators import plain_line

if TYPE_CHECKING:
    from .assessment import Assessment

# Taken by publish(), and by nothing else: numbers and times of publication then run the same way.
PUBLICATION_LOCK = 20241101

BECOMES_PUBLIC = "OLD.published_at IS NULL AND NEW.published_at IS NOT NULL"
STATUS_SET = "a.update_id = NEW.id AND a.status <> ''"
WEIGHTY_SOURCES = (
    "SELECT s.side FROM commitments_citation c JOIN commitments_source s ON s.id = c.source_id"
    " WHERE c.update_id = NEW.id AND s.kind <> 'rewrite'"
)
STRONGER_THAN_SOURCES = f"""
    EXISTS (SELECT FROM commitments_assessment a WHERE {STATUS_SET} AND a.evidence = 'both_sides')
        AND NOT EXISTS ({WEIGHTY_SOURCES} AND s.side = 'joint')
        AND (NOT EXISTS ({WEIGHTY_SOURCES} AND s.side = 'eu') OR NOT EXISTS ({WEIGHTY_SOURCES} AND s.side = 'japan'))
    OR EXISTS (SELECT FROM commitments_assessment a WHERE {STATUS_SET} AND a.evidence = 'independent')
        AND (NOT EXISTS ({WEIGHTY_SOURCES} AND s.side = 'independent')
            OR NOT EXISTS ({WEIGHTY_SOURCES} AND s.side IN ('eu', 'japan', 'joint')))
"""
ASSESSED = (
    "EXISTS (SELECT FROM commitments_assessment a JOIN commitments_commitment c ON c.id = a.commitment_id"
    " WHERE a.update_id = NEW.id AND {})"
)
PRECEDES_ADOPTION = (
    "EXISTS (SELECT FROM commitments_assessment a JOIN commitments_commitment c ON c.id = a.commitment_id"
    " JOIN commitments_instrument i ON i.id = c.instrument_id"
    " WHERE a.update_id = NEW.id AND a.bearing <> 'context'"
    f" AND {last_day_sql('NEW.happened_on', 'NEW.happened_precision')} < i.adopted_on)"
)


class UpdateKind(models.TextChoices):
    MEETING = "meeting", _("Meeting")
    AGREEMENT = "agreement", _("Agreement")
    NEGOTIATION = "negotiation", _("Negotiation")
    EXERCISE = "exercise", _("Exercise")
    TRAINING = "training", _("Training")
    STATEMENT = "statement", _("Statement")
    REPORT = "report", _("Report")
    LEGISLATION = "legislation", _("Legislation")
    FUNDING = "funding", _("Funding")
    SETBACK = "setback", _("Setback")


class StatusUpdateQuerySet(models.QuerySet["StatusUpdate"]):
    def published(self, as_of: datetime.date, known_on: datetime.date | None = None) -> StatusUpdateQuerySet:
        """Updates that have a page on that day: those corrected since keep theirs."""
        return self.filter(known_by("published_at", known_on), happened_by__lte=last_day_known(as_of, known_on))

    def correcting(
        self, update: str, known_on: datetime.date | None = None, *, at_large: bool = False
    ) -> StatusUpdateQuerySet:
        """For use in Exists() and Subquery(): what had replaced the outer row's `update` by then.

        A query `at_large` reads most of a table, and is faster where the planner knows how few corrections there are;
        one that asks for a few rows of each commitment would then read all of them again for every commitment.
        """
        corrections = self.filter(known_by("published_at", known_on), corrects=OuterRef(update))
        return corrections.filter(corrects__isnull=False) if at_large else corrections

    def with_correction(self, known_on: datetime.date | None = None) -> StatusUpdateQuerySet:
        """Annotate `corrected_by`, the number of the update that replaced this one by then (None: it counts)."""
        correction = StatusUpdate.objects.correcting("pk", known_on)
        return self.annotate(corrected_by=models.Subquery(correction.values("number")[:1]))

    def counted(
        self, as_of: datetime.date, known_on: datetime.date | None = None, *, at_large: bool = False
    ) -> StatusUpdateQuerySet:
        """Published, and not corrected by then. `at_large`: see `correcting`."""
        correction = StatusUpdate.objects.correcting("pk", known_on, at_large=at_large)
        return self.published(as_of, known_on).exclude(Exists(correction))

    def touching(
        self, assessments: models.QuerySet[Assessment], *, order: Sequence[str], count: int
    ) -> StatusUpdateQuerySet:
        """In this order the first `count` that make one of these assessments, or withdraw an update that does.

        Each half is cut off for itself, so that the cost follows `count` and not how much has happened.
        """
        making = self.filter(Exists(assessments.filter(update=OuterRef("pk"))))
        # The planner would look for a withdrawal among all updates, although few correct anything.
        withdrawing = self.filter(Exists(assessments.filter(update=OuterRef("corrects"))), corrects__isnull=False)
        first, second = (half.order_by(*order).values("pk")[:count] for half in (making, withdrawing))
        return self.filter(pk__in=first.union(second)).order_by(*order)[:count]

    def touched_by(self, assessments: models.QuerySet[Assessment]) -> StatusUpdateQuerySet:
        """All that make one of these assessments, or withdraw an update that does."""
        making, withdrawing = (Exists(assessments.filter(update=OuterRef(update))) for update in ("pk", "corrects"))
        return self.filter(making | withdrawing)

    def drafts(self) -> StatusUpdateQuerySet:
        return self.filter(published_at__isnull=True)


class StatusUpdate(models.Model):
    """The unit that is drafted, reviewed, published, cited and fed. Final once published."""

    number = models.PositiveIntegerField(_("number"), null=True, blank=True, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=90, validators=[plain_line])
    summary = models.CharField(_("summary"), max_length=400, validators=[plain_line])
    happened_on = models.DateField(
        _("happened on"), help_text=_("The first day of the month or year where only that is known.")
    )
    happened_precision = precision_field(default="day")
    happened_by = models.DateField(_("happened by"), null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=UpdateKind)
    is_context = models.BooleanField(
        _("context"), default=False, help_text=_("Bears on a pledge without being an act of the EU and Japan.")
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
        limit_choices_to={"published_at__isnull": False},
    )
    correction_reason = models.CharField(
        _("reason of the correction"), max_length=400, blank=True, help_text=_("Public."), validators=[plain_line]
    )
    note = models.CharField(_("note"), max_length=400, blank=True, validators=[plain_line])
    sources = models.ManyToManyField("commitments.Source", through="commitments.Citation", related_name="updates")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("last edited by"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    objects = StatusUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("status update")
        verbose_name_plural = _("status updates")
        ordering = [F("number").desc(nulls_first=True), "-id"]
        permissions = [("publish_statusupdate", "Can publish status updates and send them back")]
        constraints = [
            models.CheckConstraint(name="update_kind", condition=Q(kind__in=UpdateKind.values)),
            period_start_check("happened_on", "happened_precision", "update_happened_precision"),
            models.CheckConstraint(
                name="update_numbered_when_published",
                condition=Q(number__isnull=True, published_at__isnull=True, happened_by__isnull=True)
                | Q(number__gt=0, published_at__isnull=False, happened_by__isnull=False),
            ),
            models.CheckConstraint(
                name="update_submitted_by_somebody",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="update_corrects_with_reason",
                condition=Q(corrects__isnull=True, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                violation_error_message=_("A correction names the update it corrects, and says why."),
            ),
            # Answers "was this update corrected by then?" from the index alone.
            models.UniqueConstraint(
                fields=["corrects"],
                include=["published_at"],
                condition=Q(published_at__isnull=False),
                name="update_corrected_once",
                violation_error_message=_("That update has already been corrected. Correct its correction."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-happened_by", "-number"], condition=Q(published_at__isnull=False), name="update_by_event"
            ),
            models.Index(
                fields=["published_at"],
                include=["happened_by"],
                condition=Q(published_at__isnull=False),
                name="update_by_publication",
            ),
        ]
        triggers = [
            insert_as_draft("published_at"),
            final("published_update_is_final", "OLD.published_at IS NOT NULL"),
            pgtrigger.Trigger(
                name="publish",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(BECOMES_PUBLIC),
                declare=[("newest", "commitments_statusupdate")],
                func=f"""
                    PERFORM pg_advisory_xact_lock({PUBLICATION_LOCK});
                    SELECT * INTO newest FROM commitments_statusupdate
                    WHERE published_at IS NOT NULL ORDER BY number DESC LIMIT 1;
                    {refuse_if("NEW.number IS DISTINCT FROM coalesce(newest.number, 0) + 1", "numbered_in_order")}
                    {must_be_now("published_at")}
                    {refuse_if("NEW.published_at < newest.published_at", "published_now")}
                    {refuse_if(
                        "NEW.happened_on > (NEW.published_at AT TIME ZONE 'UTC')::date", "happened_before_publication"
                    )}
                    NEW.happened_by := least(
                        {last_day_sql("NEW.happened_on", "NEW.happened_precision")},
                        (NEW.published_at AT TIME ZONE 'UTC')::date
                    );
                    UPDATE commitments_assessment
                    SET happened_by = NEW.happened_by, published_at = NEW.published_at
                    WHERE update_id = NEW.id;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="publishable",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition(BECOMES_PUBLIC),
                func=f"""
                    -- Whoever withdraws one of these commitments or reclassifies one of these sources waits for us.
                    PERFORM FROM commitments_source s JOIN commitments_citation c ON c.source_id = s.id
                    WHERE c.update_id = NEW.id ORDER BY s.id FOR SHARE OF s;
                    PERFORM FROM commitments_commitment k JOIN commitments_assessment a ON a.commitment_id = k.id
                    WHERE a.update_id = NEW.id ORDER BY k.id FOR SHARE OF k;
                    {refuse_if(
                        "NOT EXISTS (SELECT FROM commitments_citation WHERE update_id = NEW.id)",
                        "update_needs_citation",
                    )}
                    {refuse_if(
                        "NEW.corrects_id IS NULL "
                        "AND NOT EXISTS (SELECT FROM commitments_assessment WHERE update_id = NEW.id)",
                        "update_needs_assessment",
                    )}
                    {refuse_if(
                        "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT FROM commitments_statusupdate o "
                        "WHERE o.id = NEW.corrects_id AND o.number < NEW.number)",
                        "corrects_published_update",
                    )}
                    {refuse_if(
                        ASSESSED.format("(c.published_at IS NULL OR c.withdrawn_at IS NOT NULL)"),
                        "assessed_commitment_is_public",
                    )}
                    {refuse_if(
                        ASSESSED.format(
                            "(a.status = 'delivered' AND c.kind NOT IN ('one_off', 'exploratory') "
                            "OR a.status = 'kept_up' AND c.kind NOT IN ('recurring', 'standing'))"
                        ),
                        "status_fits_kind",
                    )}
                    {refuse_if(
                        f"EXISTS (SELECT FROM commitments_assessment a WHERE {STATUS_SET}) "
                        f"AND NOT EXISTS ({WEIGHTY_SOURCES})",
                        "status_needs_more_than_rewrites",
                    )}
                    {refuse_if(STRONGER_THAN_SOURCES, "evidence_matches_sources")}
                    {refuse_if(
                        "NEW.is_context AND EXISTS (SELECT FROM commitments_assessment a WHERE a.update_id = NEW.id "
                        "AND (a.status <> '' OR a.is_occurrence OR a.bearing NOT IN ('context', 'neutral')))",
                        "context_sets_no_status",
                    )}
                    {refuse_if(PRECEDES_ADOPTION, "context_before_adoption")}
                    {refuse_if(
                        ASSESSED.format("a.is_occurrence AND c.kind NOT IN ('recurring', 'standing')"),
                        "occurrence_fits_kind",
                    )}
                    {refuse_if(
                        "EXISTS (SELECT FROM commitments_assessment a JOIN commitments_milestone m "
                        "ON m.id = a.meets_id WHERE a.update_id = NEW.id "
                        "AND (m.commitment_id <> a.commitment_id OR m.recorded_at IS NULL))",
                        "milestone_of_same_commitment",
                    )}
                    RETURN NULL;
                """,
            ),
            raise_edition(pgtrigger.Update, BECOMES_PUBLIC),
            index_words("updates", condition=BECOMES_PUBLIC),
            keep_support(BECOMES_PUBLIC),
            forget_words("update"),
            audited("commitments_statusupdate"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.number or _('Draft')}: {self.title}"

    def get_absolute_url(self) -> str:
        """Only a published update has one."""
        return reverse("commitments:update", args=[self.number])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_in_review(self) -> bool:
        return self.submitted_at is not None and self.published_at is None

    @property
    def is_self_published(self) -> bool:
        """Written and published by one person, which a setting allows; the page says so."""
        return self.published_by_id is not None and self.published_by_id in {
            self.written_by_id,
            self.submitted_by_id,
            self.last_edited_by_id,
        }
