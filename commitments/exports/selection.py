"""What a query string selects of a dataset, by the filters of the pages.

Other than a page, a file refuses a parameter that it does not know: a script would take the whole for the part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..clocks import BadQuery, Clocks
from ..filters.commitments import CommitmentFilter, listed_rows
from ..filters.core import ListFilter
from ..filters.sources import SourceFilter, listed_sources
from ..filters.updates import UpdateFilter, update_scope
from ..models import StatusUpdate
from ..records import Dataset, Record, reading

CLOCKS = ("as_of", "known_on")
IN_FORCE = "in_force"


def selected(dataset: Dataset, query: QueryDict, clocks: Clocks) -> Iterator[Record]:
    """All records where the query names no filter, or an empty one. Raises BadQuery before anything is read."""
    filters, select = SELECTIONS.get(dataset.name, (None, None))
    refuse_unknown(query, names_of(filters))
    if select is None or not is_selection(dataset, query):
        return dataset.read(clocks)
    return select(query, clocks)


def is_selection(dataset: Dataset, query: QueryDict) -> bool:
    filters, _select = SELECTIONS.get(dataset.name, (None, None))
    return any(query.get(name) for name in names_of(filters))


def refuse_unknown(query: QueryDict, names: Iterable[str]) -> None:
    """Raises BadQuery for a parameter that is neither one of these nor a clock."""
    known = [*names, *CLOCKS]
    unknown = next((name for name in query if name not in known), None)
    if unknown is not None:
        raise BadQuery(
            _("This file has no parameter “%(name)s”. It has: %(known)s.")
            % {"name": unknown[:80], "known": ", ".join(known)}
        )


def names_of(filters: type[ListFilter[Any]] | None) -> list[str]:
    if filters is None:
        return []
    own = [IN_FORCE] if filters is CommitmentFilter else []
    return [*(facet.name for facet in filters.FACETS), "sort", *own]


def _commitments(query: QueryDict, clocks: Clocks) -> Iterator[Record]:
    """Those that the page lists, in its order: only what is in force. `in_force=yes` alone asks for all of these."""
    if query.get(IN_FORCE, "") not in ("", "yes"):
        raise BadQuery(_("“in_force” is yes, or left out."))
    rows = listed_rows(clocks)
    return reading.commitments(clocks, CommitmentFilter.read(query, rows).apply(rows))


def _sources(query: QueryDict, clocks: Clocks) -> Iterator[Record]:
    """In the order of the page, whose options include those of sources that only a discrepancy names."""
    rows = reading.named_sources(clocks)
    chosen = SourceFilter.read(query, [*rows, *listed_sources(clocks)])
    return reading.sources(clocks, chosen.apply(rows))


def _of_updates(read: Callable[..., Iterator[Record]]) -> Callable[[QueryDict, Clocks], Iterator[Record]]:
    def select(query: QueryDict, clocks: Clocks) -> Iterator[Record]:
        chosen = UpdateFilter.read(query, [update_scope(clocks)])
        published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
        return read(clocks, chosen.select(published).order_by("number"))

    return select


Select = Callable[[QueryDict, Clocks], Iterator[Record]]

SELECTIONS: dict[str, tuple[type[ListFilter[Any]], Select]] = {
    "commitments": (CommitmentFilter, _commitments),
    "sources": (SourceFilter, _sources),
    "updates": (UpdateFilter, _of_updates(reading.updates)),
    "assessments": (UpdateFilter, _of_updates(reading.assessments)),
    "citations": (UpdateFilter, _of_updates(reading.citations)),
}
