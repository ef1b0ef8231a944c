"""The numbers on the dashboard and in lists, as dataclasses."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .clocks import Clocks
from .definitions import meaning
from .judgements import Facts, FreshnessState, Judged, Schedule, ScheduleState, StatusGroup, judge
from .models import Area, Commitment, Instrument, restore_labels

if TYPE_CHECKING:
    from .models.commitment import CommitmentQuerySet


@dataclass(frozen=True)
class GroupCount:
    group: StatusGroup
    count: int

    @property
    def meaning(self) -> str:
        return str(meaning(self.group))


@dataclass(frozen=True)
class AreaLine:
    """One area on the dashboard: its commitments in force, and the days a reader asks for."""

    area: Area
    rows: list[Judged]

    @property
    def counts(self) -> list[GroupCount]:
        return count_groups(self.rows)

    @property
    def last_evidence(self) -> Facts | None:
        """The facts of the commitment whose evidence is the latest."""
        known = (row.facts for row in self.rows if row.facts.last_evidence_by)
        return max(known, key=lambda facts: facts.last_evidence_by or datetime.date.min, default=None)

    @property
    def late(self) -> Judged | None:
        """One that is overdue or whose window was missed, if any."""
        return next((row for row in self.rows if row.schedule.is_late), None)

    @property
    def next_date(self) -> Schedule | None:
        """The schedule of the commitment whose date comes next."""
        ahead = (row.schedule for row in self.rows if row.schedule.is_ahead)
        return min(ahead, key=lambda schedule: schedule.on or datetime.date.max, default=None)


@dataclass(frozen=True)
class Attention:
    """What a reader should look at, each list in the order of its urgency."""

    late: list[Judged]
    announced_passed: list[Judged]
    expected: list[Judged]
    review_due: list[Judged]


@dataclass(frozen=True)
class Overview:
    rows: list[Judged]
    counts: list[GroupCount]
    lines: list[AreaLine]
    attention: Attention

    @property
    def headline(self) -> list[AreaLine]:
        return [line for line in self.lines if line.area.is_headline]

    @property
    def further(self) -> list[AreaLine]:
        return [line for line in self.lines if not line.area.is_headline]

    @property
    def total(self) -> int:
        return len(self.rows)


def judged_set(
    clocks: Clocks, queryset: CommitmentQuerySet | None = None, *, with_withdrawn: bool = False
) -> list[Judged]:
    """The commitments in force at these clocks with their judgements, by area and reference.

    `with_withdrawn`: every one that has a page, also those that no count holds any more.

    One query; on a past known-on day one more, which lays the labels of that day over the rows.
    """
    every = Commitment.objects.all() if queryset is None else queryset
    shown = every.published if with_withdrawn else every.in_force
    commitments = (
        shown(clocks.as_of, clocks.known_on)
        .with_status(clocks.as_of, clocks.known_on)
        .with_dates(clocks.as_of, clocks.known_on)
        .select_related("area", "instrument")
        .order_by("area__position", "area__slug", "reference")
    )
    rows = list(commitments)
    restore_labels(rows, clocks.known_on, following=(Area, Instrument))
    return [judge(row, clocks.as_of) for row in rows]


def count_groups(rows: Sequence[Judged]) -> list[GroupCount]:
    """Every group in its order, also those that count none."""
    counts = Counter(row.group for row in rows)
    return [GroupCount(group, counts[group]) for group in StatusGroup]


def area_lines(rows: Iterable[Judged]) -> list[AreaLine]:
    by_area: dict[int, AreaLine] = {}
    for row in rows:
        area = row.commitment.area
        by_area.setdefault(area.pk, AreaLine(area, [])).rows.append(row)
    return sorted(by_area.values(), key=lambda line: (line.area.position, line.area.slug))


def instruments_of(rows: Iterable[Judged]) -> list[tuple[Instrument, int]]:
    """The texts that these commitments come from, newest first, with how many."""
    counts = Counter(row.commitment.instrument_id for row in rows)
    found = {row.commitment.instrument_id: row.commitment.instrument for row in rows}
    newest_first = sorted(found.values(), key=lambda row: (row.adopted_by, row.slug), reverse=True)
    return [(instrument, counts[instrument.pk]) for instrument in newest_first]


def overview(clocks: Clocks) -> Overview:
    return overview_of(judged_set(clocks))


def overview_of(rows: list[Judged]) -> Overview:
    return Overview(rows=rows, counts=count_groups(rows), lines=area_lines(rows), attention=attention(rows))


def attention(rows: Sequence[Judged]) -> Attention:
    return Attention(
        late=_by_schedule(rows, ScheduleState.OVERDUE, ScheduleState.WINDOW_MISSED),
        announced_passed=_by_schedule(rows, ScheduleState.ANNOUNCED_PASSED),
        expected=_by_schedule(
            rows,
            ScheduleState.DUE_SOON,
            ScheduleState.NEXT_EXPECTED,
            ScheduleState.ANNOUNCED_AHEAD,
            ScheduleState.OPEN,
        ),
        review_due=sorted(
            (row for row in rows if row.freshness.state != FreshnessState.CURRENT),
            key=lambda row: row.freshness.review_on or datetime.date.min,
        ),
    )


def _by_schedule(rows: Iterable[Judged], *states: ScheduleState) -> list[Judged]:
    matching = (row for row in rows if row.schedule.state in states)
    return sorted(matching, key=lambda row: row.schedule.on or datetime.date.max)
