from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from ..clocks import Clocks
from ..dossier import dossier
from ..filters import SORTS, CommitmentFilter, listed_rows
from ..models import Commitment
from ..public import page, public
from .marks import strip

PAGE_SIZE = 50


@public
def commitment_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    rows = listed_rows(clocks)
    chosen = CommitmentFilter.read(request.GET, rows)
    matching = chosen.apply(rows)
    paginator = Paginator(matching, PAGE_SIZE)
    if chosen.page > paginator.num_pages:
        raise Http404
    shown = paginator.page(chosen.page)
    context = {
        "filter": chosen,
        "facets": chosen.facets(rows),
        "chips": chosen.chips(rows, clocks),
        "matching": len(matching),
        "total": len(rows),
        "page": shown,
        "rows": [row.judged for row in shown],
        "previous_query": chosen.query_string(clocks, page=chosen.page - 1),
        "next_query": chosen.query_string(clocks, page=chosen.page + 1),
        "sorts": [(name, label, chosen.query_string(clocks, sort=name)) for name, (label, _key) in SORTS.items()],
    }
    template = "_commitment_swap.html" if request.headers.get("HX-Request") else "commitment_list.html"
    return page(request, clocks, f"commitments/{template}", context)


@public
def commitment_detail(request: HttpRequest, clocks: Clocks, reference: str) -> HttpResponse:
    try:
        found = dossier(reference, clocks, cursor=request.GET.get("before", ""))
    except Commitment.DoesNotExist as error:
        raise Http404 from error
    context = {
        "dossier": found,
        "strip": strip(found, clocks),
        "steps": [(step, step.is_passed(clocks.as_of)) for step in found.steps],
    }
    return page(request, clocks, "commitments/commitment_detail.html", context)
