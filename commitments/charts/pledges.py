"""Squares and bars that stand for pledges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
