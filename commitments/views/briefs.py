"""A commitment, an area or a period on paper: footnoted, dated, without navigation."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ..changes import Changes, Moved, Period, compare, explain
from ..clocks import Clocks
from ..days import in_words
from ..dossier import dossier
from ..models import Commitment, Edition
from ..pdf import CannotRender, IsBusy, Renderer
from ..public import public
from .changes import PAGE_SIZE
from .marks import strip
from .subjects import area_context

LISTED = 50
OK = 200
PDF = ".pdf"
SHEETS = ("css/site.css", "css/brief.css")


@dataclass(frozen=True)
class Brief:
    """What every brief says of itself: its subject, of which days, and the addresses of itself and of its page."""

    subject: str
    days: str
    page: str
    cited: str

    def footer(self, edition: Edition, clocks: Clocks) -> str:
        """At the foot of every printed page."""
        return _("%(subject)s · %(days)s · edition %(edition)s, read on %(today)s") % {
            "subject": self.subject,
            "days": self.days,
            "edition": edition.number,
            "today": in_words(clocks.today),
        }


@public
def commitment_brief(request: HttpRequest, clocks: Clocks, reference: str) -> HttpResponse:
    try:
        found = dossier(reference, clocks)
    except Commitment.DoesNotExist as error:
        raise Http404 from error
    brief = Brief(
        subject=reference,
        days=_both(clocks),
        page=_clocked("commitments:commitment", clocks, reference),
        cited=_clocked("commitments:commitment_brief", clocks.closed(), reference),
    )
    context = {
        "dossier": found,
        "strip": strip(found, clocks),
        "steps": [(step, step.is_passed(clocks.as_of)) for step in found.steps],
    }
    return _answer(request, clocks, brief, "commitment", context)


@public
def area_brief(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    context = area_context(slug, clocks, LISTED)
    brief = Brief(
        subject=context["area"].name,
        days=_both(clocks),
        page=_clocked("commitments:area", clocks, slug),
        cited=_clocked("commitments:area_brief", clocks.closed(), slug),
    )
    return _answer(request, clocks, brief, "area", context)


@public
def period_brief(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    period = Period.read(request.GET, clocks)
    found = compare(period, listed=LISTED)
    known_on = _("as known on %(day)s") % {"day": in_words(period.after.known_on or clocks.today)}
    days = _("%(since)s to %(until)s") % {"since": in_words(period.since), "until": in_words(period.until)}
    brief = Brief(
        subject=found.area.name if found.area else _("All areas"),
        days=f"{days}, {known_on}",
        page=f"{reverse('commitments:changes')}?{period.address}",
        cited=f"{reverse('commitments:period_brief')}?{period.closed().address}",
    )
    # Every link leads to the record as it stood at the end of the period.
    context = {"changes": found, "period": period, "lists": _lists(found)}
    return _answer(request, period.after, brief, "period", context)


def _lists(found: Changes) -> list[tuple[str, str, Any, list[Moved], int, Any]]:
    """Name, kind of table, heading, the first rows, how many there are in all, and the sentence for none."""
    first = explain(found.period, {name: rows[:PAGE_SIZE] for name, rows in found.lists.items()})
    return [
        (name, kind, heading, first[name], len(found.lists[name]), none)
        for name, kind, heading, none in (
            (
                "turned",
                "moved",
                _("Status or evidence changed"),
                _("No pledge changed its status or evidence in this period."),
            ),
            ("added", "added", _("Added"), _("No pledge was added.")),
            ("ended", "ended", _("Left the count"), _("No pledge left the count.")),
            ("shifted", "moved", _("Only the days moved"), _("No other schedule or freshness moved.")),
        )
    ]


def _answer(request: HttpRequest, clocks: Clocks, brief: Brief, name: str, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "clocks": clocks,
        "brief": brief,
        "footer": brief.footer(Edition.objects.current(), clocks),
        "listed": LISTED,
    }
    if request.path.endswith(PDF):
        # A file lies in no site: its links are whole, and its styles are in it.
        context |= {"root": request.build_absolute_uri("/").rstrip("/"), "styles": _styles()}
    elif _renderer().is_there:
        context["pdf"] = f"{request.path.rstrip('/')}{PDF}{request.get_full_path().removeprefix(request.path)}"
    return render(request, f"commitments/brief_{name}.html", context)


@functools.cache
def _styles() -> str:
    return "".join(Path(str(finders.find(sheet))).read_text("utf-8") for sheet in SHEETS)


def _renderer() -> Renderer:
    return Renderer(settings.STATE_DIR / "pdfs", settings.CHROMIUM, has_weasyprint=settings.HAS_WEASYPRINT)


def as_pdf(brief: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same brief as a file, made after its view has let go of the database."""

    @functools.wraps(brief)
    def answer(request: HttpRequest, **names: str) -> HttpResponse:
        response = brief(request, **names)
        if response.status_code != OK:
            return response
        try:
            response.content = _renderer().pdf(response.content)
        except CannotRender as error:
            return _refused(request, error)
        response.headers["Content-Type"] = "application/pdf"
        name = "-".join(names.values()) or "changes"
        response.headers["Content-Disposition"] = f'inline; filename="{name}{PDF}"'
        return response

    return answer


def _refused(request: HttpRequest, error: CannotRender) -> HttpResponse:
    if not _renderer().is_there:
        status, reason = 404, _("Nothing on this server makes PDFs.")
    elif isinstance(error, IsBusy):
        status, reason = 503, _("Another one is being made. Please try again in a few seconds.")
    else:
        status, reason = 503, _("It could not be made.")
    page = f"{request.path.removesuffix(PDF)}/{request.get_full_path().removeprefix(request.path)}"
    response = render(request, "commitments/brief_refused.html", {"reason": reason, "page": page}, status=status)
    if status != 404:
        response.headers["Retry-After"] = "5"
    return response


def _both(clocks: Clocks) -> str:
    days = {"as_of": in_words(clocks.as_of), "known_on": in_words(clocks.known_on or clocks.today)}
    return _("as of %(as_of)s, as known on %(known_on)s") % days


def _clocked(view: str, clocks: Clocks, name: str) -> str:
    address = reverse(view, args=[name])
    return f"{address}?{urlencode(clocks.parameters)}" if clocks.parameters else address
