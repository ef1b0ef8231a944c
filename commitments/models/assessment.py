"""What one update means for one commitment."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .dates import known_by, last_day_known
from .status_update import StatusUpdate
from .triggers import audited, child_of_draft, no_truncate, refuse_if
from .validators import plain_line


class DeliveryStatus(models.TextChoices):
    NOT_ASSESSED = "not_assessed", _("Not yet assessed")
    NOT_ASSESSABLE = "not_assessable", _("Not assessable")
    NO_PUBLIC_ACTION = "no_public_action", _("No public action found")
    STALLED = "stalled", _("Stalled")
    ANNOUNCED = "announced", _("Announced")
    UNDER_WAY = "under_way", _("Under way")
    PARTLY_DELIVERED = "partly_delivered", _("Partly delivered")
    DELIVERED = "delivered", _("Delivered")
    KEPT_UP = "kept_up", _("Being kept up")
    ENDED = "ended", _("Ended")


DERIVED_STATUSES = (DeliveryStatus.NOT_ASSESSED, DeliveryStatus.NO_PUBLIC_ACTION)
ASSIGNABLE_STATUSES = [status for status in DeliveryStatus if status not in DERIVED_STATUSES]


class Evidence(models.TextChoices):
    NONE_FOUND = "none_found", _("None found")
    ONE_SIDE = "one_side", _("One side’s statement")
    BOTH_SIDES = "both_sides", _("Both sides")
    INDEPENDENT = "independent", _("Independently reported")
    PUBLIC_RECORD = "public_record", _("The record itself is public")


class Bearing(models.TextChoices):
    ADVANCE = "advance", _("Advance")
    SETBACK = "setback", _("Setback")
    NEUTRAL = "neutral", _("No change")
    CONTEXT = "context", _("Context")


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def counted(
        self, as_of: datetime.date, known_on: datetime.date | None = None, *, at_large: bool = False
    ) -> AssessmentQuerySet:
        """Of updates that had happened by `as_of`, were published by `known_on` and not corrected by then.

        `at_large`: see `StatusUpdateQuerySet.correcting`.
        """
        # The moment is asked for twice, so that the planner may use the partial indexes for a past day too.
        return self.filter(
            ~Exists(StatusUpdate.objects.correcting("update", known_on, at_large=at_large)),
            known_by("published_at", known_on),
            published_at__isnull=False,
            happened_by__lte=last_day_known(as_of, known_on),
        )

    def published(self) -> AssessmentQuerySet:
        """Of published updates. Said also where the updates are, so that the planner may use the partial indexes."""
        return self.filter(published_at__isnull=False)

    def following(self) -> AssessmentQuerySet:
        """For use in Exists(): later ones of the outer row's commitment, in the order in which statuses are read."""
        same_day = Q(happened_by=OuterRef("happened_by"))
        same_moment = same_day & Q(published_at=OuterRef("published_at"))
        return self.filter(
            Q(happened_by__gt=OuterRef("happened_by"))
            | same_day & Q(published_at__gt=OuterRef("published_at"))
            | same_moment & Q(update__gt=OuterRef("update")),
            commitment=OuterRef("commitment"),
        )

    def beyond_context(self) -> AssessmentQuerySet:
        """Acts of the parties: what counts as evidence."""
        return self.exclude(bearing=Bearing.CONTEXT)


class Assessment(models.Model):
    """Bearing, reasoning and, where it changes, the status: the only thing that moves a commitment's status."""

    update = models.ForeignKey(StatusUpdate, on_delete=models.CASCADE, related_name="assessments")
    commitment = models.ForeignKey(
        "commitments.Commitment",
        on_delete=models.PROTECT,
        related_name="assessments",
        verbose_name=_("commitment"),
        limit_choices_to={"published_at__isnull": False, "withdrawn_at__isnull": True},
    )
    bearing = models.CharField(_("bearing"), max_length=8, choices=Bearing)
    status = models.CharField(
        _("new delivery status"),
        max_length=20,
        choices=[(status.value, status.label) for status in ASSIGNABLE_STATUSES],
        blank=True,
        help_text=_("Only where this update changes or confirms it."),
    )
    evidence = models.CharField(_("evidence grade"), max_length=16, choices=Evidence, blank=True)
    reasoning = models.CharField(_("reasoning"), max_length=400, validators=[plain_line])
    is_occurrence = models.BooleanField(_("counts as an occurrence"), default=False)
    meets = models.ForeignKey(
        "commitments.Milestone",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="met_by",
        verbose_name=_("meets the milestone"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    happened_by = models.DateField(_("happened by"), null=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["update", "commitment"],
                name="assessment_once_per_update",
                violation_error_message=_("This update assesses the commitment already."),
            ),
            models.CheckConstraint(name="assessment_bearing", condition=Q(bearing__in=Bearing.values)),
            models.CheckConstraint(
                name="assessment_status",
                condition=Q(status__in=["", *(status.value for status in ASSIGNABLE_STATUSES)]),
            ),
            models.CheckConstraint(
                name="assessment_status_with_evidence",
                condition=Q(status="", evidence="") | (~Q(status="") & Q(evidence__in=Evidence.values)),
                violation_error_message=_("A status comes with an evidence grade, and a grade with a status."),
            ),
            models.CheckConstraint(
                name="assessment_has_reasoning",
                condition=Q(reasoning__regex=r"\S"),
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                name="assessment_delivered_by_both_sides",
                condition=~Q(status=DeliveryStatus.DELIVERED)
                | ~Q(evidence__in=[Evidence.NONE_FOUND, Evidence.ONE_SIDE]),
                violation_error_message=_("Delivered needs evidence of both sides or better."),
            ),
            models.CheckConstraint(
                name="assessment_none_found_not_assessable",
                condition=~Q(evidence=Evidence.NONE_FOUND) | Q(status=DeliveryStatus.NOT_ASSESSABLE),
                violation_error_message=_("Without evidence, the only status is Not assessable."),
            ),
            models.CheckConstraint(
                name="assessment_context_sets_nothing",
                condition=~Q(bearing=Bearing.CONTEXT) | Q(status="", is_occurrence=False),
                violation_error_message=_("Context sets no status and is no occurrence."),
            ),
            models.CheckConstraint(
                name="assessment_dates_together",
                condition=Q(happened_by__isnull=True, published_at__isnull=True)
                | Q(happened_by__isnull=False, published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "commitment",
                models.F("happened_by").desc(),
                models.F("published_at").desc(),
                models.F("update").desc(),
                include=["status", "evidence"],
                condition=~Q(status="") & Q(published_at__isnull=False),
                name="assessment_current",
            ),
            models.Index(
                fields=["commitment", "-happened_by"],
                include=["bearing", "is_occurrence", "update", "published_at"],
                condition=Q(published_at__isnull=False),
                name="assessment_by_event",
            ),
            models.Index(
                fields=["commitment", "-happened_by"],
                include=["update", "published_at"],
                condition=Q(published_at__isnull=False, is_occurrence=True),
                name="assessment_occurrences",
            ),
        ]
        triggers = [
            child_of_draft(
                "commitments_statusupdate",
                "update_id",
                "published_at",
                "published_update_is_final",
                extra=refuse_if(
                    "NEW.published_at IS NOT NULL AND pg_trigger_depth() < 2", "dates_are_copied_at_publication"
                ),
            ),
            audited("commitments_statusupdate", "update_id", ignoring=("happened_by", "published_at")),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.update_id} → {self.commitment_id}"
