"""How many pledges stood in each group, as steps: the achieved at the base, nothing interpolated."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .axis import Axis
from .drawing import Drawn, Row, line, percent, rect, text

STEPS_HEIGHT = 200
# What a label needs.
WIDE, HIGH = 0.12, 18
# Of each step under the next, so that no column of the paper shows between them, however its width is rounded.
TUCKED = 0.002


@dataclass(frozen=True)
class Step:
    """From `since` to `until` as many pledges as `counts` says, group by group, stand as they do on the day `as_of`."""

    since: datetime.date
    until: datetime.date
    as_of: datetime.date
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Band:
    """The counts of one group in one step, in pixels from the top."""

    step: int
    group: str
    count: int
    top: float
    bottom: float


def bands(steps: Sequence[Step], groups: Sequence[str]) -> list[Band]:
    """Stacked from the base in the order of the groups, all on one scale; what counts none is left out."""
    highest = max((step.total for step in steps), default=0) or 1
    found = []
    for number, step in enumerate(steps):
        reached = 0
        for group in groups:
            count = step.counts.get(group, 0)
            if count:
                bottom = STEPS_HEIGHT * (1 - reached / highest)
                reached += count
                found.append(Band(number, group, count, STEPS_HEIGHT * (1 - reached / highest), bottom))
    return found


def labelled(bands: Sequence[Band], steps: Sequence[Step], axis: Axis) -> set[tuple[int, str]]:
    """For each group the step at which its label begins: the longest run over which its band stays where it is."""
    found = set()
    for group in {band.group for band in bands}:
        runs: list[list[Band]] = []
        for band in (each for each in bands if each.group == group):
            last = runs[-1][-1] if runs else None
            if last and (last.step + 1, last.top, last.bottom) == (band.step, band.top, band.bottom):
                runs[-1].append(band)
            else:
                runs.append([band])
        widths = [axis.end(steps[run[-1].step].until) - axis.start(steps[run[0].step].since) for run in runs]
        width, run = max(zip(widths, runs, strict=True), key=lambda pair: pair[0])
        if width >= WIDE and run[0].bottom - run[0].top >= HIGH:
            found.add((run[0].step, group))
    return found


def steps_row(
    steps: Sequence[Step],
    groups: Sequence[str],
    axis: Axis,
    *,
    words: Callable[[str, int], str],
    name: Callable[[Step, str], str],
    url: Callable[[Step, str], str],
) -> Row:
    """`words` says a group with its count, `name` and `url` are those of a mark."""
    drawn = bands(steps, groups)
    named = labelled(drawn, steps, axis)
    marks, labels = [], []
    for band in drawn:
        step = steps[band.step]
        left, right = axis.start(step.since), axis.end(step.until)
        shapes = [
            rect(f"step {band.group}", percent(left), round(band.top, 1), _wide(left, right), _tall(band)),
            line(f"lip {band.group}", percent(left), percent(right), round(band.top, 1), round(band.top, 1)),
        ]
        marks.append(
            Drawn(url(step, band.group), name(step, band.group), shapes, f"{band.step}.{band.group}", str(band.count))
        )
        if (band.step, band.group) in named:
            middle = (band.top + band.bottom) / 2 + 5
            labels.append(
                text(f"on lbl {band.group}", percent(left), round(middle, 1), words(band.group, band.count), dx=8)
            )
    return Row("", STEPS_HEIGHT + 4, marks=marks, over=labels)


def _wide(left: float, right: float) -> str:
    return percent(min(right + TUCKED, 1) - left)


def _tall(band: Band) -> float:
    return round(band.bottom - band.top, 1)
