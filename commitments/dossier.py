"""Everything that the page of one commitment shows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Model, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from .chronicle import Entry, EntryPage, labels_in, page_by_event
from .clocks import Clocks
from .judgements import Judged, judge
from .models import (
    Actor,
    Assessment,
    Check,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Milestone,
    MilestoneSource,
    Source,
    StatusUpdate,
    lay_over,
    linked_rows,
    restore_labels,
    rows_in_order,
)
from .rewording import ACTORS, ROW, SOURCES, Rewording, Wordings, kept_revisions, read_now

if TYPE_CHECKING:
    from .models.commitment import CommitmentQuerySet

HISTORY = 60


@dataclass(frozen=True)
class Step:
    """A milestone with its sources and what became of it by these clocks; `met_by` is the number of an update."""

    milestone: Milestone
    sources: list[Source]
    met_by: int | None
    is_replaced: bool

    def is_passed(self, day: datetime.date) -> bool:
        return self.met_by is None and not self.is_replaced and self.milestone.due_by < day


@dataclass(frozen=True)
class Dossier:
    """`turning_points` are the latest counted assessments that set a status or count as an occurrence."""

    judged: Judged
    is_withdrawn: bool
    actors: list[Actor]
    sources: list[Source]
    steps: list[Step]
    turning_points: list[Assessment]
    checks: list[Check]
    entries: EntryPage
    followed_by: list[Commitment]
    rewordings: list[Rewording] = field(default_factory=list)

    @property
    def commitment(self) -> Commitment:
        return self.judged.commitment

    @property
    def history(self) -> list[Assessment]:
        return [assessment for assessment in self.turning_points if assessment.status]

    @property
    def current(self) -> Assessment | None:
        """The assessment that the status rests on; None where it is derived."""
        return next(iter(self.history), None)

    @property
    def current_entry(self) -> Entry | None:
        """The same with its sources, if this page of events shows it."""
        shown = (entry for entry in self.entries.entries if self.current and entry.update.pk == self.current.update_id)
        return next(shown, None)

    @property
    def occurrences(self) -> list[StatusUpdate]:
        return [assessment.update for assessment in self.turning_points if assessment.is_occurrence]


def dossier(reference: str, clocks: Clocks, *, cursor: str = "", with_history: bool = True) -> Dossier:
    """Ten queries, however much has happened; one more on a past known-on day, for the wordings of that day, and one
    more where an area or the like was exchanged since. Raises Commitment.DoesNotExist.

    Without history, which is steps, checks and entries, five less.
    """
    published = Commitment.objects.published(clocks.as_of, clocks.known_on)
    row: Any = (
        published.with_status(clocks.as_of, clocks.known_on)
        .with_dates(clocks.as_of, clocks.known_on)
        .annotate(kept_revisions=kept_revisions(), later=_later(published))
        .select_related("area", "instrument", "follows__instrument", "wording_source")
        .get(reference=reference)
    )
    wordings = Wordings.of(row, clocks)
    lay_over(row, wordings.was.get(ROW, {}))
    found = Dossier(
        judged=judge(row, clocks.as_of),
        is_withdrawn=row.is_withdrawn(clocks.known_on),
        actors=_linked(CommitmentActor, "actor", row, wordings.was.get(ACTORS)),
        sources=_linked(CommitmentSource, "source", row, wordings.was.get(SOURCES)),
        steps=_steps(row, clocks) if with_history else [],
        turning_points=_turning_points(row, clocks),
        checks=list(Check.objects.recorded(clocks.known_on).filter(commitments=row)[:HISTORY]) if with_history else [],
        entries=page_by_event(clocks, cursor, row) if with_history else EntryPage(),
        followed_by=[Commitment(**columns) for columns in row.later],
    )
    now = read_now(row, found.actors, found.sources)
    named = wordings.named(now)
    restore_labels([*_labels(found), *named], clocks.known_on)
    return replace(found, rewordings=wordings.rewordings(now, named))


def _linked(through: type[Model], child: str, commitment: Commitment, was: dict[str, Any] | None) -> list[Any]:
    """What the commitment links to: today, or as `was` says. One query."""
    if was is None:
        return linked_rows(through, "commitment", child, commitment.pk, None)
    return rows_in_order(through, child, was["links"])


def _later(published: CommitmentQuerySet) -> ArraySubquery:
    """The commitments that follow this one: their keys, references, titles and what they do to it."""
    later = published.filter(follows=OuterRef("pk")).order_by("reference")
    columns = ("id", "reference", "title", "follows_relation")
    return ArraySubquery(later.values(json=JSONObject(**{name: name for name in columns})))


def _labels(found: Dossier) -> list[Model]:
    """Every row on the page that may have been reworded, but the commitment itself."""
    commitment = found.commitment
    related = [commitment.area, commitment.instrument, commitment.follows, commitment.wording_source]
    return [
        *(row for row in related if row is not None),
        *found.actors,
        *found.sources,
        *(source for step in found.steps for source in step.sources),
        *found.followed_by,
        *labels_in(found.entries.entries),
    ]


def _turning_points(commitment: Commitment, clocks: Clocks) -> list[Assessment]:
    counted = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(commitment=commitment)
    turning = counted.filter(~Q(status="") | Q(is_occurrence=True))
    latest_first = turning.order_by("-happened_by", "-published_at", "-update_id")
    return list(latest_first.select_related("update")[:HISTORY])


def _steps(commitment: Commitment, clocks: Clocks) -> list[Step]:
    """One query: a recorded milestone has a source, so the links bring all of them."""
    recorded = Milestone.objects.recorded(clocks.as_of, clocks.known_on).filter(commitment=commitment)
    met = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(meets=OuterRef("milestone"))
    links = (
        MilestoneSource.objects.filter(milestone__in=recorded)
        .annotate(
            met_by_number=Subquery(met.order_by("happened_by").values("update__number")[:1]),
            is_replaced=Exists(recorded.filter(replaces=OuterRef("milestone"))),
        )
        .select_related("milestone", "source")
        .order_by("milestone__due_on", "milestone__slug", "position", "pk")
    )
    steps: dict[int, Step] = {}
    for link in links:
        step = Step(link.milestone, [], link.met_by_number, link.is_replaced)
        steps.setdefault(link.milestone_id, step).sources.append(link.source)
    return list(steps.values())
