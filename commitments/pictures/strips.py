"""A recurring commitment year by year."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..charts import (
    MOST_YEARS,
    Cell,
    Drawn,
    Key,
    Line,
    Occurrence,
    OccurrenceState,
    OccurrenceStrip,
    Picture,
    Row,
    Table,
    glyph,
    occurrence_strip,
    percent,
    target,
    text,
    word_heads,
)
from ..clocks import BadQuery, Clocks
from ..judgements import Facts, Judged, window_end
from ..models import CommitmentKind
from .board import Board, address
from .reading import Kept, kept_years

MOST_STRIPS = 40
STRIP_HEIGHT = 46


def strip_of(
    facts: Facts,
    occurrences: Sequence[Occurrence],
    searches: Iterable[tuple[datetime.date | None, datetime.date]],
    day: datetime.date,
) -> OccurrenceStrip:
    """`searches` are the first day that each covers (None: the adoption) and the day on which it was made."""
    searched = {
        year
        for since, made_on in searches
        for year in range((since or facts.adopted_by).year, min(made_on, day).year + 1)
    }
    return occurrence_strip(
        adopted_by=facts.adopted_by,
        occurrences=occurrences,
        expected_by=window_end(facts) if facts.cadence_months else None,
        is_yearly=facts.cadence_months == 12,
        searched=searched,
        day=day,
    )


@dataclass(frozen=True)
class Part:
    """Some of the commitments that recur, `number` from 1; all of them where they are few."""

    rows: Sequence[Judged]
    number: int
    of: int
    total: int

    @property
    def labels(self) -> list[str]:
        """Of all parts, where there are several."""
        starts = range(0, self.total, MOST_STRIPS) if self.of > 1 else ()
        return [f"{start + 1}–{min(start + MOST_STRIPS, self.total)}" for start in starts]

    def __str__(self) -> str:
        shown = {"shown": self.labels[self.number - 1], "total": self.total}
        return _("Pledges %(shown)s of the %(total)s that recur, in the order of their areas.") % shown


def read_part(board: Board) -> Part:
    """From `?part=`, else the first. Raises BadQuery."""
    rows = [row for row in board.rows if row.commitment.kind == CommitmentKind.RECURRING]
    of = -(-len(rows) // MOST_STRIPS) or 1
    asked = board.query.get("part", "") or "1"
    if asked not in {str(number) for number in range(1, of + 1)}:
        raise BadQuery(_("“part” is a number from 1 to %(last)s.") % {"last": of})
    start = (int(asked) - 1) * MOST_STRIPS
    return Part(rows[start : start + MOST_STRIPS], int(asked), of, len(rows))


def occurrences(board: Board) -> Picture:
    """One query beyond the board's, however many recur: they are drawn part by part."""
    day = board.clocks.as_of
    first = datetime.date(max(day.year - MOST_YEARS, 1), 1, 1)
    part = read_part(board)
    kept = kept_years(part.rows, board.clocks, first)
    strips = [
        (
            each,
            strip_of(
                each.judged.facts,
                [Occurrence(on, precision) for _number, on, precision in each.occurrences],
                each.searches,
                day,
            ),
        )
        for each in kept
    ]
    years = sorted({cell.year for _each, strip in strips for cell in strip.cells})[-MOST_YEARS:]
    return Picture(
        "occurrences",
        _("Meetings and drills that should recur"),
        _(
            "A recurring pledge is kept year by year, so it is shown year by year. "
            "No record is not proof that it did not happen."
        ),
        [_strip_row(number, each, strip, years, board.clocks) for number, (each, strip) in enumerate(strips)],
        Table(
            _("Pledge"),
            [str(year) for year in years],
            [
                Line(each.judged.commitment.title, _strip_cells(number, strip, years))
                for number, (each, strip) in enumerate(strips)
            ],
        ),
        axis=word_heads([str(year) for year in years], tone="ink"),
        key=[
            Key(state.value, str(state.label).capitalize())
            for state in OccurrenceState
            if any(state == cell.state for _each, strip in strips for cell in strip.cells)
        ],
        remark=str(part) if part.of > 1 else "",
    )


def _strip_row(number: int, kept: Kept, strip: OccurrenceStrip, years: Sequence[int], clocks: Clocks) -> Row:
    commitment = kept.judged.commitment
    own = address("commitment", clocks, commitment.reference)
    held = {on: update for update, on, _precision in kept.occurrences}
    marks = []
    for cell in strip.cells:
        if cell.year not in years:
            continue
        place = years.index(cell.year)
        x = percent((place + 0.5) / len(years))
        update = held.get(cell.on) if cell.on else None
        marks.append(
            Drawn(
                address("update", clocks, update) if update else own,
                f"{commitment.title}, {cell.year}: {cell.state.label}",
                [
                    glyph("", cell.state.value, x, 4),
                    text("lbl", x, 36, str(cell.state.label), anchor="middle"),
                    target(percent(place / len(years)), 0, percent(1 / len(years)), STRIP_HEIGHT),
                ],
                f"{number}.{cell.year}",
                str(cell.state.label),
                tone=f"chg {_STATE_TONES.get(cell.state, '')}".strip(),
            )
        )
    return Row(commitment.title, STRIP_HEIGHT, marks=marks, url=own)


_STATE_TONES = {OccurrenceState.HELD: "done", OccurrenceState.DUE: "moving", OccurrenceState.NO_RECORD: "still"}


def _strip_cells(number: int, strip: OccurrenceStrip, years: Sequence[int]) -> list[Cell]:
    states = {cell.year: str(cell.state.label) for cell in strip.cells}
    return [Cell(states[year], f"{number}.{year}") if year in states else Cell("–") for year in years]
