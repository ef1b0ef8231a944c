"""What an operation is, and what all of them share: checked parameters, both clocks, one snapshot, pages of a list."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from ninja import Router, Schema
from ninja.params import functions as parameter

from ..clocks import BadQuery, Clocks
from ..filters.core import FacetView, ListFilter
from ..models import Commitment
from ..models.commitment import REFERENCE
from ..pictures import PICTURES
from ..public import public
from .parameters import CLOCKS, Parameter, check, read_limit
from .problems import not_allowed, not_found, open_to_everybody, refused

Item = TypeVar("Item")
Operation = TypeVar("Operation", bound=Callable[..., Any])
View = Callable[..., HttpResponse]

Slug = Annotated[
    str,
    parameter.Path(..., description=str(gettext_lazy("Slug of the record.")), max_length=80, example="made-up"),
]
Reference = Annotated[
    str,
    parameter.Path(
        ..., description=str(gettext_lazy("Reference of the commitment.")), max_length=12, example="EUJP-07"
    ),
]
Number = Annotated[int, parameter.Path(..., description=str(gettext_lazy("Number of the update.")), ge=1, example=31)]

PictureName = Annotated[
    str,
    parameter.Path(..., description=str(gettext_lazy("Which picture.")), example="status-by-area", enum=list(PICTURES)),
]


class Asked(HttpRequest):
    """A request of the API, once its clocks have been read. `next` is the address of the next page, if there is one."""

    clocks: Clocks
    next: str | None


def operation(
    router: Router, path: str, response: type[Schema], *parameters: Parameter
) -> Callable[[Operation], Operation]:
    """Its name identifies it for good; the first line of its docstring is its title. It takes both clocks besides."""
    takes = (*parameters, *CLOCKS)

    def register(view: Operation) -> Operation:
        title, _blank, description = inspect.cleandoc(view.__doc__ or "").partition("\n")

        @functools.wraps(view)
        def checked(request: Asked, **values: Any) -> Any:
            check(request.GET, takes)
            return view(request, **values)

        router.api_operation(
            ["GET", "HEAD"],
            path,
            response=response,
            operation_id=view.__name__,
            summary=title.rstrip("."),
            description=description.strip(),
            openapi_extra={"parameters": [parameter.described() for parameter in takes]},
        )(checked)
        return view

    return register


def reading(view: View) -> View:
    """What stands around every address beneath /api/: it is read from any site, and refuses in problem details."""

    def ask(request: Any, clocks: Clocks, /, **values: Any) -> HttpResponse:
        request.clocks, request.next = clocks, None
        response = view(request, **values)
        if request.next:
            response.headers["Link"] = f'<{request.next}>; rel="next"'
        return response

    answer = public(ask, refuse=refused)

    @csrf_exempt
    @functools.wraps(view)
    def read(request: HttpRequest, **values: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return _allowed()
        if request.method not in ("GET", "HEAD"):
            return not_allowed()
        try:
            return open_to_everybody(answer(request, **values))
        except Http404:
            return not_found()

    return read


def _allowed() -> HttpResponse:
    """For a browser that asks first whether a script of another site may read."""
    headers = {
        "Allow": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Headers": "If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return open_to_everybody(HttpResponse(status=204, headers=headers))


def dated(request: Asked, **answer: Any) -> dict[str, Any]:
    """An answer with the clocks at which it holds."""
    return {"as_of": request.clocks.as_of, "known_on": request.clocks.known_on, **answer}


def page_of(request: Asked, rows: Callable[[int], Sequence[Item]], key: Callable[[Item], str | int]) -> list[Item]:
    """Some rows of a list, and in `request.next` where it goes on. `rows` gives as many as it is asked for, from there.

    One more than are shown are asked for, so that the last page does not lead to an empty one.
    """
    limit = read_limit(request.GET)
    found = list(rows(limit + 1))
    if len(found) > limit:
        pairs = [(name, value) for name, values in request.GET.lists() if name != "after" for value in values]
        query = urlencode([*pairs, ("after", str(key(found[limit - 1])))])
        request.next = request.build_absolute_uri(f"{request.path}?{query}")
    return found[:limit]


def public_commitment(request: Asked, reference: str) -> Commitment:
    """Raises BadQuery where it has no page at these clocks."""
    public = Commitment.objects.published(request.clocks.as_of, request.clocks.known_on)
    # No other text reaches the database, which refuses some.
    commitment = public.filter(reference=reference).first() if re.match(REFERENCE, reference) else None
    if commitment is None:
        raise BadQuery(_("There is no commitment “%(reference)s”.") % {"reference": reference[:80]})
    return commitment


def facets(chosen: ListFilter[Any], rows: Sequence[Any]) -> list[dict[str, Any]]:
    return as_facets(chosen.facets(rows))


def as_facets(views: Iterable[FacetView]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(view) for view in views]


def page_of_rows(
    request: Asked,
    chosen: ListFilter[Item],
    listed: Sequence[Item],
    key: Callable[[Item], str],
    every: Sequence[Item] = (),
) -> tuple[list[Item], dict[str, Any]]:
    """Some of the `listed` rows that match, in their order, and what a counted answer says of them.

    The list goes on behind the row that `after` names, also where that row has left the list: `every` row has its
    place. Raises BadQuery where there is none of that name.
    """
    cursor = request.GET.get("after")
    matching = {key(row) for row in listed if chosen.matches(row)}
    ordered = [*chosen.order(every or listed)]
    keys = [key(row) for row in ordered]
    if cursor is not None and cursor not in keys:
        raise BadQuery(_("“after” names no item of this list."))
    rest = ordered[keys.index(cursor) + 1 :] if cursor is not None else ordered
    remaining = [row for row in rest if key(row) in matching]
    shown = page_of(request, lambda count: remaining[:count], key)
    counts = {"next": request.next, "total": len(listed), "matching": len(matching)}
    return shown, dated(request, facets=facets(chosen, listed), **counts)
