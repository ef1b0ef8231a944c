"""Checkable pledges, and what is derived about them at any day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .assessment import Assessment, DeliveryStatus
from .check import CheckCommitment
from .dates import end_of_day, known_by, last_day_column, period_start_check, precision_field
from .milestone import Milestone
from .triggers import (
    audited,
    forget_words,
    index_words,
    insert_as_draft,
    must_be_now,
    no_truncate,
    raise_edition,
    refuse_if,
    update_of,
    versioned_links,
)
from .triggers import versioned as versioned_rows
from .validators import language_tag, plain_line

if TYPE_CHECKING:
    from .assessment import AssessmentQuerySet

REFERENCE = r"^EUJP-[0-9]{2,}\Z"
FROZEN = (
    "reference",
    "instrument",
    "kind",
    "due_on",
    "due_precision",
    "deadline_wording",
    "cadence_months",
    "fulfilled_when",
)
OWNER_IS_PUBLIC = "EXISTS (SELECT FROM commitments_commitment c WHERE c.id = owner AND c.published_at IS NOT NULL)"


class CommitmentKind(models.TextChoices):
    ONE_OFF = "one_off", _("One-off")
    RECURRING = "recurring", _("Recurring")
    STANDING = "standing", _("Standing")
    EXPLORATORY = "exploratory", _("Exploratory")


class Strength(models.TextChoices):
    """How binding the wording reads to us."""

    FIRM = "firm", _("Firm")
    CONTINUING = "continuing", _("Continuing")
    STRENGTHENING = "strengthening", _("Strengthening")
    EXPLORATORY = "exploratory", _("Exploratory")
    HORTATORY = "hortatory", _("Hortatory")


class Basis(models.TextChoices):
    """How the pledge itself is known."""

    TEXT_SEEN = "text_seen", _("Text seen")
    OFFICIAL_DESCRIPTION = "official_description", _("Official description")
    PRESS_ACCOUNT = "press_account", _("Press account")


class Relation(models.TextChoices):
    """What a commitment does to the earlier one it follows."""

    RESTATES = "restates", _("restates")
    STRENGTHENS = "strengthens", _("strengthens")
    NARROWS = "narrows", _("narrows")
    IMPLEMENTS = "implements", _("implements")


def _bearing_status(as_of: datetime.date, known_on: datetime.date | None) -> AssessmentQuerySet:
    """Of the outer row's commitment, the assessments that set a status, the one in force first."""
    counted = Assessment.objects.counted(as_of, known_on).filter(commitment=OuterRef("pk")).exclude(status="")
    return counted.order_by("-happened_by", "-published_at", "-update_id")


def _status_on(as_of: datetime.date, known_on: datetime.date | None) -> Coalesce:
    """What was set last, or what a search that covers the day derives."""
    checked = CheckCommitment.objects.known(known_on).covering(as_of).filter(commitment=OuterRef("pk"))
    return Coalesce(
        Subquery(_bearing_status(as_of, known_on).values("status")[:1]),
        Case(
            When(Exists(checked), then=Value(DeliveryStatus.NO_PUBLIC_ACTION.value)),
            default=Value(DeliveryStatus.NOT_ASSESSED.value),
        ),
        output_field=models.CharField(),
    )


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def published(self, as_of: datetime.date, known_on: datetime.date | None = None) -> CommitmentQuerySet:
        """Commitments that have a page on that day: those withdrawn by then keep theirs."""
        return self.filter(known_by("published_at", known_on), instrument__adopted_by__lte=as_of)

    def in_force(self, as_of: datetime.date, known_on: datetime.date | None = None) -> CommitmentQuerySet:
        """The set that is counted: published, and not withdrawn by then. The denominator of every count."""
        withdrawn = known_by("withdrawn_at", known_on)
        return self.published(as_of, known_on).exclude(withdrawn)

    def with_status(self, as_of: datetime.date, known_on: datetime.date | None = None) -> CommitmentQuerySet:
        """Annotate `status`, `evidence` and `current_assessment_id` (None where the status is derived).

        One subquery per value, each answered by the index assessment_current; see DATA-MODEL D1 in the decision log.
        """
        bearing_status = _bearing_status(as_of, known_on)
        return self.annotate(
            current_assessment_id=Subquery(bearing_status.values("pk")[:1]),
            status=_status_on(as_of, known_on),
            evidence=Coalesce(
                Subquery(bearing_status.values("evidence")[:1]), Value(""), output_field=models.CharField()
            ),
        )

    def with_statuses(
        self, days: Sequence[datetime.date], known_on: datetime.date | None = None
    ) -> CommitmentQuerySet:
        """Annotate `status_0`, `status_1` and so on: the status on each of these days.

        The index answers each, so that the cost follows days and commitments and not how much has happened.
        """
        return self.annotate(**{f"status_{number}": _status_on(day, known_on) for number, day in enumerate(days)})

    def with_dates(self, as_of: datetime.date, known_on: datetime.date | None = None) -> CommitmentQuerySet:
        """Annotate the days that schedule and freshness are computed from; needs `with_status` first.

        last_evidence_by      last day of the latest counted event that was more than context, and its precision
        last_checked_on       the latest search known by then
        last_occurrence_by    of the latest counted occurrence
        delivered_by          since when the commitment has been Delivered without a break
        milestone_due_by      the earliest announced date that is neither met nor replaced, and its precision
        """
        counted = Assessment.objects.counted(as_of, known_on).filter(commitment=OuterRef("pk"))
        latest_first = counted.order_by("-happened_by", "-published_at", "-update_id")
        overruling = Assessment.objects.counted(as_of, known_on).following()
        delivered = counted.filter(
            ~Exists(overruling.exclude(status__in=["", DeliveryStatus.DELIVERED])), status=DeliveryStatus.DELIVERED
        )
        outstanding = Milestone.objects.outstanding(as_of, known_on).filter(commitment=OuterRef("pk"))
        first_due = outstanding.order_by("due_by")
        latest_evidence = latest_first.beyond_context()
        return self.annotate(
            last_evidence_by=Subquery(counted.beyond_context().order_by("-happened_by").values("happened_by")[:1]),
            last_evidence_precision=Subquery(latest_evidence.values("update__happened_precision")[:1]),
            last_checked_on=Subquery(
                CheckCommitment.objects.known(known_on)
                .filter(commitment=OuterRef("pk"))
                .order_by("-performed_check__checked_on")
                .values("performed_check__checked_on")[:1]
            ),
            last_occurrence_by=Subquery(
                counted.filter(is_occurrence=True).order_by("-happened_by").values("happened_by")[:1]
            ),
            delivered_by=Case(
                When(
                    status=DeliveryStatus.DELIVERED,
                    then=Subquery(delivered.order_by("happened_by").values("happened_by")[:1]),
                ),
                output_field=models.DateField(null=True),
            ),
            milestone_due_by=Subquery(first_due.values("due_by")[:1]),
            milestone_precision=Subquery(first_due.values("due_precision")[:1]),
        )


class Commitment(models.Model):
    """One checkable pledge, anchored to an instrument, under a reference that no retitling changes."""

    reference = models.CharField(
        _("reference"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(REFERENCE, _("A reference reads EUJP-01."))],
    )
    title = models.CharField(_("title"), max_length=90, validators=[plain_line])
    title_ja = models.CharField(_("title in Japanese"), max_length=90, blank=True, validators=[plain_line])
    summary = models.CharField(_("summary"), max_length=400, validators=[plain_line])
    instrument = models.ForeignKey(
        "commitments.Instrument", on_delete=models.PROTECT, related_name="commitments", verbose_name=_("instrument")
    )
    paragraph = models.CharField(_("paragraph"), max_length=60, blank=True, validators=[plain_line])
    wording_text = models.CharField(
        _("wording"),
        max_length=200,
        blank=True,
        validators=[plain_line],
        help_text=_("A quoted phrase of the instrument, never a sentence."),
    )
    wording_language = models.CharField(
        _("language of the wording"), max_length=20, blank=True, validators=[language_tag]
    )
    wording_source = models.ForeignKey(
        "commitments.Source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quoted_in",
        verbose_name=_("source of the wording"),
    )
    basis = models.CharField(_("basis"), max_length=24, choices=Basis)
    area = models.ForeignKey(
        "commitments.Area", on_delete=models.PROTECT, related_name="commitments", verbose_name=_("area")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CommitmentKind)
    strength = models.CharField(_("strength of the wording"), max_length=16, choices=Strength)
    actors = models.ManyToManyField(
        "commitments.Actor", through="commitments.CommitmentActor", related_name="commitments"
    )
    cadence_months = models.PositiveSmallIntegerField(
        _("cadence in months"), null=True, blank=True, help_text=_("For recurring commitments whose interval is known.")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_precision = precision_field(blank=True)
    due_by = last_day_column("due_on", "due_precision")
    deadline_wording = models.CharField(
        _("wording of the deadline"), max_length=100, blank=True, validators=[plain_line]
    )
    progress_looks_like = ArrayField(
        models.CharField(max_length=300, validators=[plain_line]),
        verbose_name=_("what progress looks like"),
        default=list,
        blank=True,
    )
    fulfilled_when = models.CharField(_("counts as fulfilled when"), max_length=300, validators=[plain_line])
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    follows_relation = models.CharField(_("relation to it"), max_length=12, choices=Relation, blank=True)
    sources = models.ManyToManyField(
        "commitments.Source", through="commitments.CommitmentSource", related_name="commitments"
    )
    note = models.CharField(_("note"), max_length=400, blank=True, validators=[plain_line])
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawal_reason = models.CharField(
        _("reason of the withdrawal"), max_length=400, blank=True, editable=False, validators=[plain_line]
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["reference"]
        permissions = [("publish_commitment", "Can publish and withdraw commitments")]
        constraints = [
            models.CheckConstraint(name="commitment_reference", condition=Q(reference__regex=REFERENCE)),
            models.CheckConstraint(name="commitment_kind", condition=Q(kind__in=CommitmentKind.values)),
            models.CheckConstraint(name="commitment_basis", condition=Q(basis__in=Basis.values)),
            models.CheckConstraint(name="commitment_strength", condition=Q(strength__in=Strength.values)),
            period_start_check("due_on", "due_precision", "commitment_due_precision"),
            models.CheckConstraint(
                name="commitment_cadence",
                condition=Q(cadence_months__isnull=True)
                | Q(kind=CommitmentKind.RECURRING, cadence_months__range=(1, 120)),
                violation_error_message=_("A cadence is 1 to 120 months, and only for a recurring commitment."),
            ),
            models.CheckConstraint(
                name="commitment_due_or_recurring",
                condition=Q(due_on__isnull=True) | ~Q(kind=CommitmentKind.RECURRING),
                violation_error_message=_("A recurring commitment has a cadence, not a due date."),
            ),
            models.CheckConstraint(
                name="commitment_wording_is_whole",
                condition=Q(wording_text="", wording_language="", wording_source__isnull=True)
                | (~Q(wording_text="") & ~Q(wording_language="") & Q(wording_source__isnull=False)),
                violation_error_message=_("A quoted wording comes with its language and its source."),
            ),
            models.CheckConstraint(
                name="commitment_follows_with_relation",
                condition=Q(follows__isnull=True, follows_relation="")
                | Q(follows__isnull=False, follows_relation__in=Relation.values),
                violation_error_message=_("Say how it relates to the commitment it follows."),
            ),
            models.CheckConstraint(
                name="commitment_follows_another",
                condition=Q(follows__isnull=True) | ~Q(follows=F("id")),
                violation_error_message=_("A commitment does not follow itself."),
            ),
            models.CheckConstraint(
                name="commitment_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, published_at__isnull=False) & ~Q(withdrawal_reason="")),
                violation_error_message=_("A published commitment is withdrawn with a reason."),
            ),
        ]
        triggers = [
            insert_as_draft("published_at"),
            pgtrigger.Trigger(
                name="published_commitment_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*FROZEN),
                func=f"""
                    {refuse_if("OLD.published_at IS NOT NULL", "published_commitment_is_frozen")}
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="commitment_goes_forward",
                when=pgtrigger.Before,
                operation=update_of("published_at", "withdrawn_at", "withdrawal_reason"),
                func=f"""
                    {refuse_if(
                        "(OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at) OR "
                        "(OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at, NEW.withdrawal_reason) "
                        "IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawal_reason))",
                        "commitment_goes_forward",
                    )}
                    IF NEW.published_at IS DISTINCT FROM OLD.published_at THEN {must_be_now("published_at")} END IF;
                    IF NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN {must_be_now("withdrawn_at")} END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="publishable",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.published_at IS NOT NULL"),
                func=f"""
                    {refuse_if(
                        "NOT EXISTS (SELECT FROM commitments_commitmentsource WHERE commitment_id = NEW.id)",
                        "commitment_needs_source",
                    )}
                    {refuse_if(
                        "EXISTS (SELECT FROM commitments_commitment "
                        "WHERE id = NEW.follows_id AND published_at IS NULL)",
                        "follows_published_commitment",
                    )}
                    RETURN NULL;
                """,
            ),
            raise_edition(pgtrigger.Update, "NEW.published_at IS NOT NULL AND OLD.* IS DISTINCT FROM NEW.*"),
            # A withdrawal is dated by columns of its own; it is no change of wording.
            *versioned_rows("OLD.published_at IS NOT NULL", ignoring=["withdrawn_at", "withdrawal_reason"]),
            index_words("commitments", condition="NEW.published_at IS NOT NULL"),
            forget_words("commitment"),
            audited("commitments_commitment"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("commitments:commitment", args=[self.reference])

    def is_public(self, as_of: datetime.date, known_on: datetime.date | None = None) -> bool:
        """Whether it had a page on that day: what `published` asks the database. Reads the instrument."""
        end = None if known_on is None else end_of_day(known_on)
        known = self.published_at is not None and (end is None or self.published_at < end)
        return known and self.instrument.adopted_by <= as_of

    def is_withdrawn(self, known_on: datetime.date | None = None) -> bool:
        """Whether it was withdrawn by the end of that day (None: now)."""
        return self.withdrawn_at is not None and (known_on is None or self.withdrawn_at < end_of_day(known_on))


class CommitmentActor(models.Model):
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="actor_links")
    actor = models.ForeignKey("commitments.Actor", on_delete=models.PROTECT, related_name="commitment_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("actor of a commitment")
        verbose_name_plural = _("actors of commitments")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "actor"], name="commitment_actor_once")]
        triggers = [
            versioned_links("commitments_commitmentactor", "commitment_id", "actor_id", OWNER_IS_PUBLIC),
            index_words(
                "commitments",
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                ids="ARRAY[OLD.commitment_id, NEW.commitment_id]",
            ),
            audited("commitments_commitment", "commitment_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} ← {self.actor_id}"


class CommitmentSource(models.Model):
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="source_links")
    source = models.ForeignKey("commitments.Source", on_delete=models.PROTECT, related_name="commitment_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("source of a commitment")
        verbose_name_plural = _("sources of commitments")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "source"], name="commitment_source_once")]
        triggers = [
            versioned_links("commitments_commitmentsource", "commitment_id", "source_id", OWNER_IS_PUBLIC),
            pgtrigger.Trigger(
                name="last_source_stays",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=f"""
                    -- Whoever publishes the commitment meanwhile has counted this source.
                    PERFORM FROM commitments_commitment WHERE id = OLD.commitment_id FOR SHARE;
                    {refuse_if(
                        "EXISTS (SELECT FROM commitments_commitment "
                        "WHERE id = OLD.commitment_id AND published_at IS NOT NULL) "
                        "AND NOT EXISTS (SELECT FROM commitments_commitmentsource "
                        "WHERE commitment_id = OLD.commitment_id)",
                        "commitment_needs_source",
                    )}
                    RETURN NULL;
                """,
            ),
            audited("commitments_commitment", "commitment_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} ← {self.source_id}"
