"""The register in pictures: on one page, each as a file of its own, and the timeline."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..charts import Picture, sheet
from ..citations import Work, cite_picture
from ..clocks import Clocks
from ..pictures import PICTURES, Board
from ..pictures.board import address
from ..pictures.listing import covered_between, in_order, months_listed
from ..pictures.reading import acts_and_context, ends, happenings, places
from ..pictures.span import presets
from ..pictures.standing import Steps, read_steps
from ..pictures.strips import read_part
from ..pictures.timeline import Events, lanes, read_events
from ..png import png
from ..public import page, public
from ..xml_text import xml_safe
from .citations import citation_file, root_of

LISTED = 100
# What a picture can be asked for beside the clocks.
CHOICES = ("steps", "part", "period", "from", "to", "area", "act", "dated")
PNG_WIDTH = 1920
CONTENT_TYPES = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}
# The timeline has a page of its own.
SHOWN = [name for name in PICTURES if name != "timeline"]
# What each of the others can be asked for.
CHOICE_OF = {"status-over-time": "steps", "occurrences": "part"}


@public
def pictures(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    board = Board(clocks, request.GET)
    asked = {name: request.GET[name] for name in CHOICE_OF.values() if request.GET.get(name)}
    context = {
        "pictures": [_on_page(request, board, name, asked) for name in SHOWN],
        "total": len(board.rows),
    }
    query = urlencode({**asked, **clocks.parameters})
    return page(request, clocks, "commitments/pictures.html", context, asked=query)


def _on_page(request: HttpRequest, board: Board, name: str, asked: dict[str, str]) -> dict[str, Any]:
    """A picture with what can be asked for instead, and how it is taken away and cited as it is shown."""
    picture, clocks = PICTURES[name](board), board.clocks
    own = {choice: value for choice, value in asked.items() if choice == CHOICE_OF.get(name)}
    return {
        "picture": picture,
        "query": urlencode({**own, **clocks.parameters}),
        "work": reference(request, clocks, picture, own),
        "choices": [
            (label, address("pictures", clocks, **{**asked, CHOICE_OF[name]: value}), is_chosen)
            for label, value, is_chosen in _choices_instead(board, name)
        ],
    }


def _choices_instead(board: Board, name: str) -> list[tuple[str, str, bool]]:
    if name == "status-over-time":
        chosen = read_steps(board)
        return [(str(step.label), step.value, step == chosen) for step in Steps]
    if name == "occurrences":
        part = read_part(board)
        return [(label, str(number), number == part.number) for number, label in enumerate(part.labels, 1)]
    return []


@public
def picture_file(request: HttpRequest, clocks: Clocks, name: str, extension: str) -> HttpResponse:
    if name not in PICTURES:
        raise Http404
    drawing = standalone(request, clocks, PICTURES[name](Board(clocks, request.GET)))
    content: str | bytes = png(drawing, width=PNG_WIDTH) if extension == "png" else drawing
    return HttpResponse(content, content_type=CONTENT_TYPES[extension])


@public
def picture_citation(request: HttpRequest, clocks: Clocks, name: str, extension: str) -> HttpResponse:
    if name not in PICTURES:
        raise Http404
    picture = PICTURES[name](Board(clocks, request.GET))
    return citation_file(reference(request, clocks, picture, _choices_of(request)), extension)


def reference(request: HttpRequest, clocks: Clocks, picture: Picture, chosen: dict[str, str]) -> Work:
    """To the place of the picture on its page, where its numbers stand, too."""
    view, place = ("timeline", "lanes") if picture.name == "timeline" else ("pictures", picture.name)
    path = reverse(f"commitments:{view}")
    address = f"{root_of(request)}{path}{f'?{urlencode(chosen)}' if chosen else ''}"
    return cite_picture(picture.name, picture.title, clocks, address, place)


def _choices_of(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in CHOICES if name in request.GET}


def standalone(request: HttpRequest, clocks: Clocks, picture: Picture) -> str:
    """The picture as a file that can be understood without its page."""
    days = {
        "as_of": date_format(clocks.as_of, "j F Y"),
        "known_on": date_format(clocks.known_on or clocks.today, "j F Y"),
    }
    view = "timeline" if picture.name == "timeline" else "pictures"
    # With both days, also where they are today's: the address still leads to this picture tomorrow.
    fixed = {"as_of": clocks.as_of.isoformat(), "known_on": (clocks.known_on or clocks.today).isoformat()}
    found_at = request.build_absolute_uri(
        f"{reverse(f'commitments:{view}')}?{urlencode({**_choices_of(request), **fixed})}"
    )
    context = {
        "picture": picture,
        "root": request.build_absolute_uri("/").rstrip("/"),
        "sheet": sheet(
            picture,
            dated=_("As of %(as_of)s, as known on %(known_on)s (UTC)") % days,
            source=f"{_('EU–Japan Commitment Tracker')}, {found_at}, CC BY 4.0",
        ),
    }
    return xml_safe(render_to_string("commitments/charts/picture.svg", context))


@public
def timeline(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    board, known, where = Board(clocks, request.GET), ends(clocks), places(clocks)
    events = read_events(board, where, known)
    commitments = where.within(events.asked.area)
    cursor = request.GET.get("before", "")
    found, is_all = events.found, events.is_all
    if cursor:
        found, is_all = happenings(clocks, events.asked.span, where, commitments, events.asked.scope, before=cursor)
    happened, next_cursor = months_listed(found, is_all, LISTED)
    covered = covered_between(events.derived, next_cursor, cursor)
    asked = urlencode({**events.asked.parameters, **clocks.parameters})
    totals = acts_and_context(clocks, events.asked.span, commitments, events.asked.scope)
    context = {
        **_drawn(request, events),
        "events": events,
        "totals": {"all": totals.total(), "acts": totals[True], "context": totals[False]},
        "turned": len(events.turns) if events.is_all else None,
        "areas": where.areas,
        "listed": in_order(happened, covered, where.areas),
        "cursor": next_cursor,
        "is_first": not cursor,
        "asked": asked,
        **_choices(events),
    }
    return page(request, clocks, "commitments/timeline.html", context, asked=asked)


def _drawn(request: HttpRequest, events: Events) -> dict[str, Any]:
    picture = lanes(events)
    return {"picture": picture, "work": reference(request, events.clocks, picture, events.asked.parameters)}


def _choices(events: Events) -> dict[str, Any]:
    """The periods, areas and kinds that can be chosen instead."""
    clocks, known = events.clocks, events.known
    others = {name: value for name, value in events.asked.parameters.items() if name in ("area", "act", "dated")}
    first = known.first or clocks.as_of
    return {
        "presets": [
            (preset, address("timeline", clocks, period=preset.name, **others))
            for preset in presets(events.asked.span, first, clocks.as_of)
        ],
        "two_years": address("timeline", clocks, **others),
    }
