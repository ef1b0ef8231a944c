"""What commitments have in common: areas, actors, instruments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import Http404
from ninja import Router

from ..clauses import clauses
from ..clocks import Clocks
from ..filters.commitments import Row
from ..models import Instrument, InstrumentSource, linked_rows, restore_labels
from ..overview import count_groups
from ..records import Record, reading
from .operations import Asked, Slug, dated, operation
from .shapes import ActorAnswer, ActorList, AreaAnswer, AreaList, InstrumentAnswer, InstrumentList

router = Router(tags=["Areas, actors, instruments"])

# What a commitment hangs on: its area, its instrument, or each of its actors.
Subjects = Callable[[Row], Iterable[Any]]


def _area(row: Row) -> list[Any]:
    return [row.judged.commitment.area]


def _actors(row: Row) -> list[Any]:
    return [*row.actors]


def _instrument(row: Row) -> list[Any]:
    return [row.judged.commitment.instrument]


def totals(rows: Sequence[Row]) -> dict[str, Any]:
    counts = count_groups([row.judged for row in rows])
    return {"total": len(rows), "groups": [{"group": each.group, "count": each.count} for each in counts]}


def _with_totals(
    clocks: Clocks, read: Callable[..., Iterator[Record]], subjects: Subjects, slug: str = ""
) -> Iterator[tuple[Record, list[Row]]]:
    """Every record of the commitments that have a page, or that of the slug, and the commitments in force that it has.

    The queries of `pledges`, and those of `read` for rows given.
    """
    every = reading.pledges(clocks)
    in_force = [row for row in every if not row.judged.commitment.is_withdrawn(clocks.known_on)]
    found = {subject for row in every for subject in subjects(row) if slug in ("", subject.slug)}
    for record in read(clocks, found):
        rows = [row for row in in_force if record["slug"] in {subject.slug for subject in subjects(row)}]
        yield record | totals(rows), rows


def _one(
    clocks: Clocks, read: Callable[..., Iterator[Record]], subjects: Subjects, slug: str
) -> tuple[Record, list[Row]]:
    """With the records of its commitments."""
    found = list(_with_totals(clocks, read, subjects, slug))
    if not found:
        raise Http404
    [(record, rows)] = found
    return record | {"commitments": list(reading.commitments(clocks, rows))}, rows


@operation(router, "/areas", AreaList)
def list_areas(request: Asked) -> dict[str, Any]:
    """Areas, each with how its commitments stand."""
    items = [record for record, _rows in _with_totals(request.clocks, reading.areas, _area)]
    return dated(request, items=items)


@operation(router, "/areas/{slug:slug}", AreaAnswer)
def get_area(request: Asked, slug: Slug) -> dict[str, Any]:
    """One area with its commitments."""
    return dated(request, area=_one(request.clocks, reading.areas, _area, slug)[0])


@operation(router, "/actors", ActorList)
def list_actors(request: Asked) -> dict[str, Any]:
    """Actors, each with how the commitments stand that they are to act on."""
    items = [record for record, _rows in _with_totals(request.clocks, reading.actors, _actors)]
    return dated(request, items=items)


@operation(router, "/actors/{slug:slug}", ActorAnswer)
def get_actor(request: Asked, slug: Slug) -> dict[str, Any]:
    """One actor with the commitments to act on."""
    return dated(request, actor=_one(request.clocks, reading.actors, _actors, slug)[0])


@operation(router, "/instruments", InstrumentList)
def list_instruments(request: Asked) -> dict[str, Any]:
    """Instruments, each with how the commitments stand that it carries."""
    items = [record for record, _rows in _with_totals(request.clocks, reading.instruments, _instrument)]
    return dated(request, items=items)


@operation(router, "/instruments/{slug:slug}", InstrumentAnswer)
def get_instrument(request: Asked, slug: Slug) -> dict[str, Any]:
    """One instrument, paragraph by paragraph.

    With the commitments that each paragraph carries, and the sources of the text.
    """
    clocks = request.clocks
    record, rows = _one(clocks, reading.instruments, _instrument, slug)
    key = Instrument.objects.get(slug=slug).pk
    sources = linked_rows(InstrumentSource, "instrument", "source", key, clocks.known_on)
    restore_labels(sources, clocks.known_on)
    read = [
        {"paragraph": clause.paragraph or None, "commitments": [row.commitment.reference for row in clause.rows]}
        for clause in clauses([row.judged for row in rows])
    ]
    source_records = list(reading.sources(clocks, sources))
    return dated(request, instrument=record | {"clauses": read, "source_records": source_records})
