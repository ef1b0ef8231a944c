"""The dated list under the lanes: what happened, and what searches began to cover."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..chronicle import event_cursor
from ..judgements import add_months
from ..models import Area
from .reading import MONTHS_LISTED, Happening, TurnOf


def months_listed(found: Sequence[Happening], is_all: bool, most: int) -> tuple[list[Happening], str]:
    """The first `most` of them, of no more than fourteen months, and the cursor of what follows ("" for nothing).

    `is_all` is whether nothing follows what was found.
    """
    if not found:
        return [], ""
    oldest = add_months(found[0].by.replace(day=1), 1 - MONTHS_LISTED)
    shown = [each for each in found[:most] if each.by >= oldest]
    return shown, "" if is_all and len(shown) == len(found) else shown[-1].cursor


@dataclass(frozen=True)
class Covered:
    """The commitments that searches began to cover on one day, by which their status turned."""

    by: datetime.date
    references: list[str]
    areas: set[int]


def covered_between(derived: Iterable[TurnOf], after: str, until: str) -> list[Covered]:
    """Those after the day of the one cursor, up to that of the other ("" for no bound), latest first."""
    found: defaultdict[datetime.date, list[TurnOf]] = defaultdict(list)
    first, last = (event_cursor(cursor)[0] if cursor else None for cursor in (after, until))
    for turn in derived:
        if (first is None or turn.by > first) and (last is None or turn.by <= last):
            found[turn.by].append(turn)
    return [
        Covered(day, [turn.reference for turn in turns], {turn.area for turn in turns})
        for day, turns in sorted(found.items(), reverse=True)
    ]


def in_order(
    happened: Iterable[Happening], covered: Iterable[Covered], areas: Sequence[Area]
) -> list[tuple[Happening | Covered, list[str]]]:
    """Both in one list, latest first, each with the names of its areas."""
    mixed: list[Happening | Covered] = [*happened, *covered]
    return [
        (each, [area.name for area in areas if area.pk in each.areas])
        for each in sorted(mixed, key=lambda each: each.by, reverse=True)
    ]
