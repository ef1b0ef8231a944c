"""Swimlanes: what happened, a lane for each area, on one axis of time."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from .axis import Axis
from .drawing import Drawn, Row, Shape, circle, glyph, line, percent, rect, text

# Two marks nearer than this would touch in a column of some 800 pixels.
NEAREST_DOT, NEAREST_GLYPH = 0.0125, 0.024
DOT, RING = 4.75, 4.0
STACK, GLYPH_STACK, SPAN_STACK = 11, 17, 4
LEAST_HEIGHT = 58
# Of a stretch, so that it is seen.
SHORTEST = 0.002
BAR_HEIGHT = 40


@dataclass(frozen=True)
class Point:
    """Something that happened on one day; `tone` is "dot" or "ring"."""

    day: datetime.date
    tone: str
    is_setback: bool
    url: str
    name: str
    cell: str


@dataclass(frozen=True)
class Stretch:
    """Something of which only the month or year is known: its first and last day."""

    since: datetime.date
    until: datetime.date
    tone: str
    url: str
    name: str
    cell: str


@dataclass(frozen=True)
class Turn:
    """Statuses that changed on one day; `status` and `group` are the glyph and the colour."""

    day: datetime.date
    status: str
    group: str
    count: int
    url: str
    name: str
    cell: str


@dataclass(frozen=True)
class Heap:
    """So many things in a period, where each on its own would be too many."""

    since: datetime.date
    until: datetime.date
    tone: str
    count: int
    url: str
    name: str
    cell: str


@dataclass(frozen=True)
class Lane:
    label: str
    url: str
    note: str
    points: Sequence[Point] = ()
    stretches: Sequence[Stretch] = ()
    turns: Sequence[Turn] = ()
    heaps: Sequence[Heap] = field(default_factory=list)


def levels(at: Sequence[float], nearest: float) -> list[int]:
    """For each mark the lowest level on which it touches none of those before it."""
    taken: list[list[float]] = []
    found = []
    for x in at:
        level = next((n for n, marks in enumerate(taken) if all(abs(x - other) >= nearest for other in marks)), None)
        if level is None:
            level = len(taken)
            taken.append([])
        taken[level].append(x)
        found.append(level)
    return found


def overlap_levels(spans: Sequence[tuple[float, float]]) -> list[int]:
    """The same for stretches: the lowest level that is free along the whole of each."""
    ends: list[list[tuple[float, float]]] = []
    found = []
    for left, right in spans:
        level = next(
            (n for n, marks in enumerate(ends) if all(right <= a or b <= left for a, b in marks)),
            None,
        )
        if level is None:
            level = len(ends)
            ends.append([])
        ends[level].append((left, right))
        found.append(level)
    return found


def lane_row(lane: Lane, axis: Axis, *, void_from: datetime.date | None, today: datetime.date, highest: int = 1) -> Row:
    """`highest` is the largest heap of a period in any lane, so that all lanes share one scale."""
    points = [axis.middle(point.day) for point in lane.points]
    turns = [axis.middle(turn.day) for turn in lane.turns]
    spans = [(axis.start(stretch.since), axis.end(stretch.until)) for stretch in lane.stretches]
    stacked, hung, below = levels(points, NEAREST_DOT), levels(turns, NEAREST_GLYPH), overlap_levels(spans)
    room = {
        "turns": GLYPH_STACK * (1 + max(hung, default=-1)),
        "points": BAR_HEIGHT if lane.heaps else STACK * (1 + max(stacked, default=-1)),
        "spans": SPAN_STACK * (1 + max(below, default=-1)),
    }
    height = max(LEAST_HEIGHT, sum(room.values()) + 12)
    base = height - room["spans"] - 4
    marks = [
        *(_heap(heap, axis, base, highest) for heap in lane.heaps),
        *(_turn(turn, x, GLYPH_STACK * level, base) for turn, x, level in zip(lane.turns, turns, hung, strict=True)),
        *(
            _point(point, x, base - 5 - STACK * level)
            for point, x, level in zip(lane.points, points, stacked, strict=True)
        ),
        *(
            _stretch(stretch, span, base + 2 + SPAN_STACK * level)
            for stretch, span, level in zip(lane.stretches, spans, below, strict=True)
        ),
    ]
    ground = axis.ground(height, void_from=void_from, today=today)
    return Row(lane.label, height, marks=marks, ground=ground, url=lane.url, note=lane.note)


def _point(point: Point, x: float, y: float) -> Drawn:
    if point.is_setback:
        shape = glyph(
            f"down {point.tone}", "setback" if point.tone == "dot" else "setback_context", percent(x), y - 6, 12
        )
    else:
        shape = circle(point.tone, percent(x), y, DOT if point.tone == "dot" else RING)
    return Drawn(point.url, point.name, [shape], point.cell)


def _turn(turn: Turn, x: float, y: int, base: int) -> Drawn:
    shapes: list[Shape] = [
        line("stem", percent(x), percent(x), y + 15, base),
        circle("hole", percent(x), y + 8, 8),
        glyph("", turn.status, percent(x), y, 16),
    ]
    if turn.count > 1:
        shapes.append(text("", percent(x), y + 12, str(turn.count), dx=10))
    return Drawn(turn.url, turn.name, shapes, turn.cell, str(turn.count), tone=f"chg {turn.group}")


def _stretch(stretch: Stretch, span: tuple[float, float], y: int) -> Drawn:
    left = min(span[0], 1 - SHORTEST)
    shape = line(f"span {stretch.tone}".strip(), percent(left), percent(max(span[1], left + SHORTEST)), y, y)
    return Drawn(stretch.url, stretch.name, [shape], stretch.cell)


def _heap(heap: Heap, axis: Axis, base: int, highest: int) -> Drawn:
    """Acts stand on the left of their period, context on the right."""
    left, right = axis.start(heap.since), axis.end(heap.until)
    half = (right - left) / 2
    height = max(BAR_HEIGHT * heap.count / highest, 1)
    x = left if heap.tone == "dot" else left + half
    shape = rect(f"bar {heap.tone}", percent(x), base - height, percent(half * 0.9), height)
    return Drawn(heap.url, heap.name, [shape], heap.cell, str(heap.count))
