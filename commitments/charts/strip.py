"""A recurring pledge year by year."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
