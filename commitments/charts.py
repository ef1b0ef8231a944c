"""Pictures as geometry: dataclass in, positions out. No HTML and no database; templates draw them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SQUARE = 26  # 23 px, its outline and the space to the next
GROUP_GAP = 5
MOST_SQUARES = 20
BAR_WIDTH = 300
GROUP_ORDER = ("done", "moving", "still", "unrated", "ended")


@dataclass(frozen=True)
class Mark:
    """One pledge on a chart; it links to that pledge."""

    reference: str
    title: str
    status: str
    status_label: str
    group: str
    group_label: str
    url: str


@dataclass(frozen=True)
class Square:
    mark: Mark
    x: int

    @property
    def glyph_x(self) -> int:
        return self.x + 5


@dataclass(frozen=True)
class Bar:
    group: str
    x: int
    width: int


@dataclass(frozen=True)
class Total:
    group: str
    label: str
    count: int


@dataclass(frozen=True)
class AreaSquares:
    """Squares, or bars where there are too many of them; the totals stand beside either."""

    squares: list[Square]
    bars: list[Bar]
    totals: list[Total]
    width: int


def area_squares(marks: Sequence[Mark]) -> AreaSquares:
    """One square per pledge, achieved first, a gap between groups."""
    groups = [[mark for mark in marks if mark.group == group] for group in GROUP_ORDER]
    groups = [group for group in groups if group]
    totals = [Total(group[0].group, group[0].group_label, len(group)) for group in groups]
    if len(marks) > MOST_SQUARES:
        return AreaSquares([], _bars(totals), totals, BAR_WIDTH + 2)
    squares: list[Square] = []
    x = 0
    for group in groups:
        for mark in group:
            squares.append(Square(mark, x))
            x += SQUARE
        x += GROUP_GAP
    return AreaSquares(squares, [], totals, max(x - GROUP_GAP, 0))


def _bars(totals: Sequence[Total]) -> list[Bar]:
    """Proportional to the counts, together exactly the full width: rounding is carried on, never lost."""
    everything = sum(total.count for total in totals)
    bars, counted = [], 0
    for total in totals:
        start = BAR_WIDTH * counted // everything
        counted += total.count
        bars.append(Bar(total.group, start, BAR_WIDTH * counted // everything - start))
    return bars


@dataclass(frozen=True)
class Segment:
    """In percent of the widest bar."""

    group: str
    count: int
    x: str
    width: str


def totals_bars(counts: Sequence[Sequence[tuple[str, int]]]) -> list[list[Segment]]:
    """One bar a list of counts, all on one scale; what counts none is left out."""
    widest = max((sum(count for _group, count in bar) for bar in counts), default=0)
    return [_segments(bar, widest) for bar in counts]


def _segments(bar: Sequence[tuple[str, int]], widest: int) -> list[Segment]:
    segments, counted = [], 0
    for group, count in bar:
        if count:
            segments.append(Segment(group, count, f"{100 * counted / widest:.2f}%", f"{100 * count / widest:.2f}%"))
            counted += count
    return segments


class OccurrenceState(TextChoices):
    HELD = "held", _("held")
    DUE = "due", _("due")
    EXPECTED = "expected", _("expected")
    NO_RECORD = "no_record", _("no record")
    OUTSIDE = "outside", _("not applicable")


@dataclass(frozen=True)
class Occurrence:
    on: datetime.date
    precision: str

    @property
    def year(self) -> int:
        return self.on.year


@dataclass(frozen=True)
class YearCell:
    """`on` with its precision is when it was held (the latest of the year); `by` is when it is due."""

    year: int
    state: OccurrenceState
    is_current: bool
    on: datetime.date | None = None
    precision: str = "day"
    by: datetime.date | None = None


@dataclass(frozen=True)
class OccurrenceStrip:
    cells: list[YearCell]

    @property
    def key(self) -> list[OccurrenceState]:
        used = {cell.state for cell in self.cells}
        return [state for state in OccurrenceState if state in used]


MOST_YEARS = 8


def occurrence_strip(
    *,
    adopted_by: datetime.date,
    occurrences: Sequence[Occurrence],
    expected_by: datetime.date | None,
    is_yearly: bool,
    searched: Collection[int],
    day: datetime.date,
) -> OccurrenceStrip:
    """The years from the adoption to the one after `day`, at most the last eight.

    `expected_by` is the end of the open or missed window (None without a cadence), `searched` the years that a
    recorded search covers. Only of a yearly pledge is every year expected to hold an occurrence.
    """
    last = max(day.year + 1 if expected_by else day.year, expected_by.year if expected_by else day.year)
    held = {occurrence.year: occurrence for occurrence in sorted(occurrences, key=lambda item: item.on)}
    first = min([adopted_by.year, *held])
    cells = []
    for year in range(max(first, last - MOST_YEARS + 1), last + 1):
        if year in held:
            cells.append(YearCell(year, OccurrenceState.HELD, year == day.year, held[year].on, held[year].precision))
            continue
        due = expected_by is not None and (is_yearly or expected_by.year == year)
        if year > day.year:
            state = OccurrenceState.EXPECTED if due else OccurrenceState.OUTSIDE
        elif year == day.year and due and expected_by is not None and expected_by >= day:
            state = OccurrenceState.DUE
        elif year > adopted_by.year and year in searched:
            state = OccurrenceState.NO_RECORD
        else:
            state = OccurrenceState.OUTSIDE
        by = expected_by if state == OccurrenceState.DUE and expected_by and expected_by.year == year else None
        cells.append(YearCell(year, state, year == day.year, by=by))
    return OccurrenceStrip(cells)
