"""The search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from django.db.models import Model
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from ..clocks import BadQuery
from ..filters.search import Offer, SearchFilter
from ..models import Area, Commitment, Instrument, Source, StatusUpdate
from ..search.asking import MOST_CHARACTERS, read_question
from ..search.finding import Hit, RecordKind, find, narrow
from ..search.showing import Result, show
from ..search.suggesting import respelling
from .operations import Asked, as_facets, dated, operation, page_of
from .parameters import LIMIT, SLUG, Parameter, after, of_filter, text
from .shapes import SearchAnswer

router = Router(tags=["Search"])

# What names a record of each kind, and what such a name looks like: no other text reaches the database.
NAMES: dict[RecordKind, tuple[type[Model], str, str]] = {
    RecordKind.COMMITMENT: (Commitment, "reference", r"EUJP-[0-9]{2,9}"),
    RecordKind.INSTRUMENT: (Instrument, "slug", SLUG),
    RecordKind.UPDATE: (StatusUpdate, "number", r"[0-9]{1,9}"),
    RecordKind.SOURCE: (Source, "slug", SLUG),
}
QUESTION = Parameter(
    "q",
    gettext_lazy(
        "What to search for: English by stems, Japanese by substring; quotation marks around a phrase, a minus before "
        "what is not wanted."
    ),
    text(MOST_CHARACTERS),
    example="dialogue",
    is_required=True,
)
AFTER_RESULT = after(gettext_lazy("kind and name"), text(100, pattern=r"^[a-z]+\.[-a-zA-Z0-9_]{1,80}$"), "update.31")


@operation(router, "/search", SearchAnswer, QUESTION, *of_filter(SearchFilter), AFTER_RESULT, LIMIT)
def get_search(request: Asked) -> dict[str, Any]:
    """Search.

    Commitments, instruments, updates and sources: first those that carry all of it in their titles. Each result names
    its record, which has an address of its own.
    """
    clocks = request.clocks
    question = read_question(request.GET.get("q", ""))
    if not question.wanted:
        raise BadQuery(_("“q” is needed, with a word to search for."))
    offer = Offer(list(Area.objects.published(clocks.as_of, clocks.known_on)), clocks.as_of.year)
    chosen = SearchFilter.asked(request.GET, offer, question)
    found = find(question, clocks)
    meant = None if found.hits else respelling(question, clocks, offer.areas)
    options = as_facets(chosen.options(offer, found.hits))
    if found.cut_off and chosen.chosen:
        found = narrow(found, question, clocks, chosen.chosen)
    hits = chosen.matching(found.hits)
    rest = _behind(hits, request.GET.get("after", ""))
    shown = page_of(
        request,
        lambda count: [_answered(result) for result in show(rest[:count], question, clocks, offer.areas)],
        lambda item: f"{item['kind']}.{item['name']}",
    )
    found_out = {"matching": len(hits), "cut_off": found.cut_off, "meant": meant.typed if meant else None}
    return dated(request, next=request.next, facets=options, **found_out, items=shown)


def _behind(hits: Sequence[Hit], cursor: str) -> Sequence[Hit]:
    """Those after the one that the cursor names. One query, or none without a cursor. Raises BadQuery."""
    if not cursor:
        return hits
    kind, _dot, name = cursor.partition(".")
    places = {(hit.kind.value, hit.key): place for place, hit in enumerate(hits)}
    if kind in RecordKind.values:
        model, column, pattern = NAMES[RecordKind(kind)]
        named = model._default_manager.filter(**{column: name}) if re.fullmatch(pattern, name, re.ASCII) else None
        key = named.values_list("pk", flat=True).first() if named is not None else None
        if key is not None and (kind, key) in places:
            return hits[places[kind, key] + 1 :]
    raise BadQuery(_("“after” names no result of this search."))


def _answered(result: Result) -> dict[str, Any]:
    _model, column, _pattern = NAMES[result.kind]
    return {
        "kind": result.kind,
        "name": str(getattr(result.record, column)),
        "title": result.record.title,
        "passages": [unescape(strip_tags(passage.html)) for passage in result.passages],
        "withdrawn": result.is_withdrawn,
    }
