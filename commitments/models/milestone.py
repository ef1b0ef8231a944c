"""Dated next steps that a party announced."""

from __future__ import annotations

import datetime

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .assessment import Assessment
from .dates import known_by, last_day_column, last_day_sql, period_start_check, precision_field
from .triggers import (
    audited,
    child_of_draft,
    final,
    insert_as_draft,
    must_be_now,
    no_truncate,
    raise_edition,
    refuse_if,
)
from .validators import plain_line

BECOMES_PUBLIC = "OLD.recorded_at IS NULL AND NEW.recorded_at IS NOT NULL"


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def recorded(self, as_of: datetime.date, known_on: datetime.date | None = None) -> MilestoneQuerySet:
        """Announced by `as_of` and recorded here by `known_on`."""
        return self.filter(known_by("recorded_at", known_on), announced_by__lte=as_of)

    def outstanding(self, as_of: datetime.date, known_on: datetime.date | None = None) -> MilestoneQuerySet:
        """Of those, neither met nor replaced by then."""
        met = Assessment.objects.counted(as_of, known_on).filter(meets=OuterRef("pk"))
        replaced = Milestone.objects.recorded(as_of, known_on).filter(replaces=OuterRef("pk"))
        return self.recorded(as_of, known_on).exclude(Exists(met)).exclude(Exists(replaced))


class Milestone(models.Model):
    """Final once recorded: met through an assessment, rescheduled through a milestone that replaces it."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    commitment = models.ForeignKey(
        "commitments.Commitment", on_delete=models.PROTECT, related_name="milestones", verbose_name=_("commitment")
    )
    title = models.CharField(_("title"), max_length=90, validators=[plain_line])
    due_on = models.DateField(_("due on"))
    due_precision = precision_field(default="day")
    due_by = last_day_column("due_on", "due_precision")
    announced_by = models.DateField(_("announced by"), null=True, editable=False)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    sources = models.ManyToManyField(
        "commitments.Source", through="commitments.MilestoneSource", related_name="milestones"
    )
    note = models.CharField(_("note"), max_length=400, blank=True, validators=[plain_line])
    recorded_at = models.DateTimeField(_("recorded at"), null=True, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "slug"]
        constraints = [
            period_start_check("due_on", "due_precision", "milestone_due_precision"),
            models.CheckConstraint(
                name="milestone_recorded_with_announcement",
                condition=Q(recorded_at__isnull=True, announced_by__isnull=True)
                | Q(recorded_at__isnull=False, announced_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(recorded_at__isnull=False),
                name="milestone_replaced_once",
                violation_error_message=_("That milestone has been replaced already: replace its successor."),
            ),
        ]
        triggers = [
            insert_as_draft("recorded_at"),
            final("recorded_milestone_is_final", "OLD.recorded_at IS NOT NULL"),
            pgtrigger.Trigger(
                name="record",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(BECOMES_PUBLIC),
                # Announced when the earliest of its sources was published; on the day of recording where none is dated.
                func=f"""
                    {must_be_now("recorded_at")}
                    -- Whoever redates one of these sources waits for us.
                    PERFORM FROM commitments_source s JOIN commitments_milestonesource l ON l.source_id = s.id
                    WHERE l.milestone_id = NEW.id ORDER BY s.id FOR SHARE OF s;
                    SELECT coalesce(
                        min({last_day_sql("s.published_on", "s.published_precision")}),
                        (NEW.recorded_at AT TIME ZONE 'UTC')::date
                    ) INTO NEW.announced_by
                    FROM commitments_milestonesource l JOIN commitments_source s ON s.id = l.source_id
                    WHERE l.milestone_id = NEW.id;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="recordable",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition(BECOMES_PUBLIC),
                func=f"""
                    PERFORM FROM commitments_commitment WHERE id = NEW.commitment_id FOR SHARE;
                    {refuse_if(
                        "NOT EXISTS (SELECT FROM commitments_milestonesource WHERE milestone_id = NEW.id)",
                        "milestone_needs_source",
                    )}
                    {refuse_if(
                        "NOT EXISTS (SELECT FROM commitments_commitment c WHERE c.id = NEW.commitment_id "
                        "AND c.published_at IS NOT NULL AND c.withdrawn_at IS NULL)",
                        "milestone_commitment_is_public",
                    )}
                    {refuse_if(
                        "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT FROM commitments_milestone m "
                        "WHERE m.id = NEW.replaces_id AND m.id <> NEW.id AND m.commitment_id = NEW.commitment_id "
                        "AND m.recorded_at IS NOT NULL)",
                        "milestone_replaces_recorded",
                    )}
                    RETURN NULL;
                """,
            ),
            raise_edition(pgtrigger.Update, BECOMES_PUBLIC),
            audited("commitments_milestone"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.title


class MilestoneSource(models.Model):
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="source_links")
    source = models.ForeignKey("commitments.Source", on_delete=models.PROTECT, related_name="milestone_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("source of a milestone")
        verbose_name_plural = _("sources of milestones")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["milestone", "source"], name="milestone_source_once")]
        triggers = [
            child_of_draft("commitments_milestone", "milestone_id", "recorded_at", "recorded_milestone_is_final"),
            audited("commitments_milestone", "milestone_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} ← {self.source_id}"
