"""What publication would refuse of a draft, all of it at once and each at its field.

The database decides (`publishable` beside the model). This says the same beforehand, in the same words; a test over
random drafts holds the two together.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from .models import (
    RULES,
    Assessment,
    Bearing,
    Citation,
    CommitmentKind,
    DeliveryStatus,
    Evidence,
    Source,
    SourceKind,
    SourceSide,
    StatusUpdate,
    last_day,
)

ENDS = (CommitmentKind.ONE_OFF, CommitmentKind.EXPLORATORY)
NO_MOVE = (Bearing.CONTEXT, Bearing.NEUTRAL)
PARTIES = {SourceSide.EU, SourceSide.JAPAN, SourceSide.JOINT}


@dataclass(frozen=True)
class Problem:
    """`rule` is the name that the database gives. `row` is the assessment it concerns, None for the update itself.

    `field` is the name of a field of that record, or of the rows ("assessments", "citations") that are missing.
    """

    rule: str
    field: str
    row: Assessment | None = None

    @property
    def sentence(self) -> str:
        if self.rule in RULES:
            return _(RULES[self.rule])
        [constraint] = [each for each in StatusUpdate._meta.constraints if each.name == self.rule]
        return str(constraint.get_violation_error_message())


@dataclass(frozen=True)
class Draft:
    """A draft with all that the rules read. `today` is the database's day in UTC, by which it would be published."""

    update: StatusUpdate
    today: datetime.date
    is_corrected_otherwise: bool
    assessments: list[Assessment]
    sources: list[Source]

    @property
    def weighty_sides(self) -> set[str]:
        return {source.side for source in self.sources if source.kind != SourceKind.REWRITE}

    @property
    def sets_status(self) -> bool:
        return any(assessment.status for assessment in self.assessments)


def problems(update: StatusUpdate) -> list[Problem]:
    """Of a saved draft, as it is in the database; empty where it can be published. Three queries."""
    draft = read(update)
    found = [problem for rule in RULES_OF_UPDATE for problem in rule(draft)]
    return found + [
        problem for assessment in draft.assessments for rule in RULES_OF_ROW for problem in rule(draft, assessment)
    ]


def read(update: StatusUpdate) -> Draft:
    published = StatusUpdate.objects.filter(published_at__isnull=False, corrects=OuterRef("corrects"))
    row: Any = (
        StatusUpdate.objects.select_related("corrects")
        .annotate(today=TruncDate(Now(), tzinfo=datetime.UTC), is_corrected_otherwise=Exists(published))
        .get(pk=update.pk)
    )
    assessments = Assessment.objects.filter(update=row).select_related("commitment__instrument", "meets")
    citations = Citation.objects.filter(update=row).select_related("source")
    return Draft(
        update=row,
        today=row.today,
        is_corrected_otherwise=row.is_corrected_otherwise,
        assessments=list(assessments),
        sources=[citation.source for citation in citations],
    )


def happened(draft: Draft) -> Iterator[Problem]:
    if draft.update.happened_on > draft.today:
        yield Problem("happened_before_publication", "happened_on")


def correction(draft: Draft) -> Iterator[Problem]:
    corrected = draft.update.corrects
    if corrected is None:
        return
    if draft.is_corrected_otherwise:
        yield Problem("update_corrected_once", "corrects")
    if not corrected.is_published:
        yield Problem("corrects_published_update", "corrects")


def sourced(draft: Draft) -> Iterator[Problem]:
    if not draft.sources:
        yield Problem("update_needs_citation", "citations")
    if draft.sets_status and not draft.weighty_sides:
        yield Problem("status_needs_more_than_rewrites", "citations")


def assessed(draft: Draft) -> Iterator[Problem]:
    if not draft.assessments and draft.update.corrects is None:
        yield Problem("update_needs_assessment", "assessments")


def commitment_is_public(draft: Draft, row: Assessment) -> Iterator[Problem]:
    if row.commitment.published_at is None or row.commitment.withdrawn_at is not None:
        yield Problem("assessed_commitment_is_public", "commitment", row)


def status_fits_kind(draft: Draft, row: Assessment) -> Iterator[Problem]:
    ends = row.commitment.kind in ENDS
    if row.status == (DeliveryStatus.KEPT_UP if ends else DeliveryStatus.DELIVERED):
        yield Problem("status_fits_kind", "status", row)


def evidence_matches_sources(draft: Draft, row: Assessment) -> Iterator[Problem]:
    if row.status and not is_supported(row.evidence, draft.weighty_sides):
        yield Problem("evidence_matches_sources", "evidence", row)


def is_supported(evidence: str, sides: set[str]) -> bool:
    """Whether sources of these sides can show as much as this grade says; rewrites left out of them."""
    if evidence == Evidence.BOTH_SIDES:
        return SourceSide.JOINT in sides or {SourceSide.EU, SourceSide.JAPAN} <= sides
    if evidence == Evidence.INDEPENDENT:
        return SourceSide.INDEPENDENT in sides and bool(PARTIES & sides)
    return True


def context_sets_no_status(draft: Draft, row: Assessment) -> Iterator[Problem]:
    if not draft.update.is_context:
        return
    if row.bearing not in NO_MOVE:
        yield Problem("context_sets_no_status", "bearing", row)
    elif row.status:
        yield Problem("context_sets_no_status", "status", row)
    elif row.is_occurrence:
        yield Problem("context_sets_no_status", "is_occurrence", row)


def context_before_adoption(draft: Draft, row: Assessment) -> Iterator[Problem]:
    ended_on = last_day(draft.update.happened_on, draft.update.happened_precision)
    if row.bearing != Bearing.CONTEXT and ended_on < row.commitment.instrument.adopted_on:
        yield Problem("context_before_adoption", "bearing", row)


def occurrence_fits_kind(draft: Draft, row: Assessment) -> Iterator[Problem]:
    if row.is_occurrence and row.commitment.kind in ENDS:
        yield Problem("occurrence_fits_kind", "is_occurrence", row)


def milestone_of_same_commitment(draft: Draft, row: Assessment) -> Iterator[Problem]:
    milestone = row.meets
    if milestone and (milestone.commitment_id != row.commitment_id or milestone.recorded_at is None):
        yield Problem("milestone_of_same_commitment", "meets", row)


RULES_OF_UPDATE: list[Callable[[Draft], Iterator[Problem]]] = [happened, correction, sourced, assessed]
RULES_OF_ROW: list[Callable[[Draft, Assessment], Iterator[Problem]]] = [
    commitment_is_public,
    status_fits_kind,
    evidence_matches_sources,
    context_sets_no_status,
    context_before_adoption,
    occurrence_fits_kind,
    milestone_of_same_commitment,
]
