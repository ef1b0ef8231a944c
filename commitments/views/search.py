from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ..clocks import Clocks
from ..filters.search import Offer, SearchFilter
from ..models import Area
from ..public import page, public
from ..search.asking import MOST_CHARACTERS, Question, read_question
from ..search.finding import MOST_OF_A_KIND, Found, find, narrow
from ..search.showing import show
from ..search.suggesting import respelt

PAGE_SIZE = 25
A_DAY = 24 * 60 * 60


@public
def search(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    question = read_question(request.GET.get("q", ""))
    offer = Offer(list(Area.objects.published(clocks.as_of, clocks.known_on)), clocks.as_of.year)
    chosen = SearchFilter.asked(request.GET, offer, question)
    found = find(question, clocks) if question.wanted else Found()
    narrowed = narrow(found, question, clocks, chosen.chosen) if found.cut_off and chosen.chosen else found
    narrowed = Found(chosen.matching(narrowed.hits), narrowed.cut_off)
    shown = Paginator(narrowed.hits, PAGE_SIZE)
    if chosen.page > shown.num_pages:
        raise Http404
    records = show(list(shown.page(chosen.page)), question, clocks, offer.areas)
    context = {
        "page": shown.page(chosen.page),
        "records": records,
        "cut_off": narrowed.cut_off,
        "options": chosen.options(offer, found.hits),
        "chips": chosen.chips([offer], clocks),
        "heading": chosen.title([offer], clocks),
    }
    if question.wanted and not found.hits:
        context |= _ways_on(question, clocks, offer.areas)
    return _answer(request, clocks, chosen, context)


def _ways_on(question: Question, clocks: Clocks, areas: list[Area]) -> dict[str, Any]:
    """Where a search leads that found nothing."""
    meant = respelt(question, clocks, areas)
    is_found = meant.terms != question.terms and bool(find(meant, clocks).hits)
    alone = [Question(term.typed()) for term in meant.wanted] if len(meant.terms) > 1 else []
    return {
        "meant": [(meant.typed, _query_string(meant, clocks))] if is_found else [],
        "alone": [(other.typed, _query_string(other, clocks)) for other in alone],
    }


def _query_string(question: Question, clocks: Clocks) -> str:
    return SearchFilter(question=question).query_string(clocks)


def _answer(request: HttpRequest, clocks: Clocks, chosen: SearchFilter, context: dict[str, Any]) -> HttpResponse:
    """The page, or for htmx its results alone."""
    context |= {
        "question": chosen.question,
        "most_characters": MOST_CHARACTERS,
        "most_of_a_kind": MOST_OF_A_KIND,
        "unfiltered_query": _query_string(chosen.question, clocks),
        "previous_query": chosen.query_string(clocks, page=chosen.page - 1),
        "next_query": chosen.query_string(clocks, page=chosen.page + 1),
        "results": "commitments/_search_results.html",
    }
    template = "_swap.html" if request.headers.get("HX-Request") else "search.html"
    asked = chosen.query_string(clocks, page=chosen.page)
    return page(request, clocks, f"commitments/{template}", context, asked=asked)


@require_safe
@cache_control(public=True, max_age=A_DAY)
def opensearch(request: HttpRequest) -> HttpResponse:
    """By which a browser adds the search of this site to its own."""
    context = {"address": request.build_absolute_uri(reverse("commitments:search"))}
    return render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")
