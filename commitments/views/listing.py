"""What every filtered list answers: a page, or for htmx its results alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse

from ..clocks import Clocks
from ..exports.selection import IN_FORCE
from ..filters.commitments import CommitmentFilter
from ..filters.core import ListFilter, Row
from ..public import page

PAGE_SIZE = 50


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of the rows that match."""

    request: HttpRequest
    clocks: Clocks
    filter: ListFilter[Row]
    rows: Sequence[Row]
    shown: Page[Row]

    @classmethod
    def of(cls, request: HttpRequest, clocks: Clocks, kind: type[ListFilter[Row]], rows: Sequence[Row]) -> Self:
        """Raises BadQuery for a filter that is none, Http404 for a page that is not there."""
        chosen = kind.read(request.GET, rows)
        paginator = Paginator(chosen.apply(rows), PAGE_SIZE)
        if chosen.page > paginator.num_pages:
            raise Http404
        return cls(request, clocks, chosen, rows, paginator.page(chosen.page))

    def answer(self, name: str, **context: Any) -> HttpResponse:
        chosen, clocks = self.filter, self.clocks
        context |= {
            "matching": self.shown.paginator.count,
            "total": len(self.rows),
            "page": self.shown,
            "previous_query": chosen.query_string(clocks, page=chosen.page - 1),
            "next_query": chosen.query_string(clocks, page=chosen.page + 1),
        }
        asked = chosen.query_string(clocks, page=chosen.page)
        return filtered(self.request, clocks, chosen, self.rows, name, context, asked=asked)


def file_query(chosen: ListFilter[Row], clocks: Clocks) -> str:
    """Of the file that holds exactly this list, all pages of it."""
    query = chosen.query_string(clocks)
    if not isinstance(chosen, CommitmentFilter) or chosen.chosen or chosen.sort:
        return query
    return "&".join(filter(None, [f"{IN_FORCE}=yes", query]))


def filtered(
    request: HttpRequest,
    clocks: Clocks,
    chosen: ListFilter[Row],
    rows: Sequence[Row],
    name: str,
    context: dict[str, Any],
    *,
    asked: str,
) -> HttpResponse:
    """By `<name>_list.html`, or to htmx by `_<name>_results.html` and the counts beside the options."""
    context |= {
        "filter": chosen,
        "heading": chosen.title(rows, clocks),
        "facets": chosen.facets(rows),
        "chips": chosen.chips(rows, clocks),
        "sorts": chosen.sorts(clocks),
        "selected": file_query(chosen, clocks),
        "results": f"commitments/_{name}_results.html",
        "address": f"commitments:{name}_list",
    }
    template = "_swap.html" if request.headers.get("HX-Request") else f"{name}_list.html"
    return page(request, clocks, f"commitments/{template}", context, asked=asked)
