"""What has a day in the register and stands in its calendars: announced dates, deadlines, windows, what was held."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from ..clocks import Clocks
from ..judgements import Judged
from ..models import CommitmentSource, Revision, Source, restore_labels
from .finding import Found
from .planning import Appointment, DateKind, Planned, milestone_of, occurrences, of_commitment

__all__ = ["Appointment", "DateKind", "agenda"]


def agenda(rows: Sequence[Judged], clocks: Clocks) -> list[Appointment]:
    """All that these commitments have, by day; those withdrawn by then are among them, with all of theirs cancelled.

    Five queries, and two more on a past known-on day.
    """
    found = Found.of(rows, clocks)
    planned = [
        *(plan for row in rows for plan in of_commitment(row, found)),
        *(milestone_of(milestone, found) for milestone in found.milestones),
        *occurrences(found),
    ]
    return sorted(_with_sources(planned, clocks), key=lambda appointment: (appointment.first, appointment.path))


def _with_sources(planned: Sequence[Planned], clocks: Clocks) -> list[Appointment]:
    sources = Source.objects.in_bulk({key for plan in planned for key in plan.source_ids})
    restore_labels(sources.values(), clocks.known_on)
    read = {plan.appointment.path: _words_of(plan, sources) for plan in planned}
    relabelled = _relabelled({key for keys in read.values() for key in keys}, clocks)
    return [
        replace(
            plan.appointment,
            sources=[sources[key] for key in plan.source_ids],
            relabelled=[moment for key in read[plan.appointment.path] for moment in relabelled.get(key, [])],
        )
        for plan in planned
    ]


Row = tuple[str, int]


def _words_of(plan: Planned, sources: dict[int, Source]) -> list[Row]:
    """The rows whose words an appointment shows, and the lists of sources of its commitments."""
    commitments = plan.appointment.commitments
    labels = [*commitments, *(row.area for row in commitments), *(sources[key] for key in plan.source_ids)]
    rows = [(row._meta.db_table, row.pk) for row in labels]
    return [*rows, *((CommitmentSource._meta.db_table, row.pk) for row in commitments)]


def _relabelled(rows: set[Row], clocks: Clocks) -> dict[Row, list[datetime.datetime]]:
    tables, keys = {table for table, _key in rows}, {key for _table, key in rows}
    kept = Revision.objects.known(clocks.known_on).filter(table__in=tables, row_id__in=keys)
    found: dict[Row, list[datetime.datetime]] = {}
    for table, key, moment in kept.order_by().values_list("table", "row_id", "changed_at"):
        found.setdefault((table, key), []).append(moment)
    return found
