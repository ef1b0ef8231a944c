"""A time axis that all rows of a picture share."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .drawing import Row, Shape, line, percent, rect, text

AXIS_HEIGHT = 22
# Months between two ticks, for spans of at most so many months.
TICKS = ((5, 1), (15, 3), (60, 6), (180, 12), (480, 60))
SCARCE_TICKS = 240
# Of a narrow column the two words that must not touch.
BESIDE_TODAY, LAST_NAMED = 0.17, 0.95


@dataclass(frozen=True)
class Tick:
    day: datetime.date
    is_year: bool


@dataclass(frozen=True)
class Axis:
    """From the beginning of the first day to the end of the last."""

    since: datetime.date
    until: datetime.date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def start(self, day: datetime.date) -> float:
        """Where the day begins, as a fraction of the axis; days outside lie at its ends."""
        return min(max((day - self.since).days / self.days, 0), 1)

    def end(self, day: datetime.date) -> float:
        return min(max(((day - self.since).days + 1) / self.days, 0), 1)

    def middle(self, day: datetime.date) -> float:
        return (self.start(day) + self.end(day)) / 2

    def ticks(self) -> list[Tick]:
        months = self.days / 30.4
        step = next((step for most, step in TICKS if months <= most), SCARCE_TICKS)
        return [Tick(day, day.month == 1) for day in first_days(self.since, self.until, step) if day > self.since]

    def ground(self, height: float, *, void_from: datetime.date | None = None, today: datetime.date) -> list[Shape]:
        """The lines behind a row: hatching where no source is known any more, the ticks, and the day of the page."""
        shapes = []
        if void_from is not None and void_from < min(today, self.until):
            left, right = self.end(void_from), self.end(today)
            shapes.append(rect("void", percent(left), 0, percent(right - left), height))
        shapes += [self._upright("grid", self.start(tick.day), height) for tick in self.ticks()]
        if self.since <= today <= self.until:
            shapes.append(self._upright("today", self.end(today), height))
        return shapes

    def row(self, names: Sequence[str], *, today: datetime.date | None = None, word: str = "") -> Row:
        """The ticks' names: a year where a tick begins one, else the month; and at the line of `today` this word."""
        named, touched = [], 0.0
        if today is not None and self.since <= today <= self.until:
            at = self.end(today)
            touched = at - BESIDE_TODAY
            named = [text("mark", percent(at), 16, word, anchor="end" if at > BESIDE_TODAY else "start")]
        shapes = [
            text(
                "ink" if tick.is_year else "",
                percent(self.start(tick.day)),
                16,
                str(tick.day.year) if tick.is_year else names[tick.day.month - 1],
                dx=3,
            )
            for tick in self.ticks()
            if self.start(tick.day) < (touched if named else LAST_NAMED)
        ]
        return Row("", AXIS_HEIGHT, ground=[line("axis", "0", "100%", 0.5, 0.5), *shapes, *named])

    def _upright(self, tone: str, at: float, height: float) -> Shape:
        return line(tone, percent(at), percent(at), 0, height)


def first_days(since: datetime.date, until: datetime.date, step: int) -> Iterator[datetime.date]:
    """The first days of every month, quarter, half-year or more years (`step` months) that begins in the span."""
    serial = (since.year * 12 + since.month - 1 + (since.day > 1) + step - 1) // step * step
    while serial < datetime.MAXYEAR * 12:
        day = datetime.date(serial // 12, serial % 12 + 1, 1)
        if day > until:
            return
        yield day
        serial += step


def last_of_month(day: datetime.date) -> datetime.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
