from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from ..citations import cite_commitment
from ..clocks import Clocks
from ..dossier import dossier
from ..filters.commitments import CommitmentFilter, listed_rows
from ..models import Commitment
from ..public import page, public
from .citations import root_of
from .listing import Listing
from .marks import strip


@public
def commitment_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    listing = Listing.of(request, clocks, CommitmentFilter, listed_rows(clocks))
    return listing.answer("commitment", rows=[row.judged for row in listing.shown])


@public
def commitment_detail(request: HttpRequest, clocks: Clocks, reference: str) -> HttpResponse:
    cursor = request.GET.get("before", "")
    try:
        found = dossier(reference, clocks, cursor=cursor)
    except Commitment.DoesNotExist as error:
        raise Http404 from error
    context = {
        "dossier": found,
        "strip": strip(found, clocks),
        "steps": [(step, step.is_passed(clocks.as_of)) for step in found.steps],
        "work": cite_commitment(found.commitment, clocks, root_of(request)),
    }
    asked = clocks.query_string(before=cursor)
    return page(request, clocks, "commitments/commitment_detail.html", context, asked=asked)
