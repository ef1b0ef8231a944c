"""Calendars (RFC 5545) of everything that has a day: of all pledges, of an area, of one pledge.

The same data always gives the same bytes: no moment in them is that of the request. What is computed (a window missed,
a deadline overdue) reads the as-of day, so that the day stands in the validators, as it does for pages.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vText

from .agenda import Appointment, DateKind, agenda
from .citations import one_line
from .clocks import Clocks
from .days import in_words
from .feeds.items import tag_uri
from .judgements import Judged
from .models import Commitment, Precision
from .overview import judged_set
from .public import public

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
A_DAY: Final = datetime.timedelta(days=1)
UTC: Final = """\
BEGIN:VTIMEZONE
TZID:UTC
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""


@public
def calendar(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    rows = judged_set(clocks, with_withdrawn=True)
    return _answer(request, clocks, _("all dates"), reverse("commitments:dashboard"), rows)


@public
def area_calendar(request: HttpRequest, clocks: Clocks, slug: str) -> HttpResponse:
    """Of the commitments that were in the area on the known-on day, as on its page."""
    near = Commitment.objects.filter(area__slug=slug) if clocks.known_on is None else None
    rows = [row for row in judged_set(clocks, near, with_withdrawn=True) if row.commitment.area.slug == slug]
    if not rows:
        raise Http404
    area = rows[0].commitment.area
    return _answer(request, clocks, area.name, area.get_absolute_url(), rows)


@public
def commitment_calendar(request: HttpRequest, clocks: Clocks, reference: str) -> HttpResponse:
    rows = judged_set(clocks, Commitment.objects.filter(reference=reference), with_withdrawn=True)
    if not rows:
        raise Http404
    commitment = rows[0].commitment
    return _answer(request, clocks, str(commitment), commitment.get_absolute_url(), rows)


def _answer(request: HttpRequest, clocks: Clocks, subject: str, address: str, rows: Sequence[Judged]) -> HttpResponse:
    site = _Site(request.build_absolute_uri("/").rstrip("/"), clocks.query_string())
    name = vText(one_line(_("EU–Japan Commitment Tracker: %(subject)s") % {"subject": subject}))
    written = Calendar()
    written.add("prodid", "-//EU-Japan Commitment Tracker//Calendar//EN")
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("uid", permanent_id(f"calendar{request.path}"))
    written.add("name", name)
    written.add("x-wr-calname", name)
    written.add("url", site.address(address))
    written.add("refresh-interval", A_DAY, parameters={"VALUE": "DURATION"})
    written.add("x-published-ttl", "P1D")
    appointments = agenda(rows, clocks)
    for appointment in appointments:
        written.add_component(event(appointment, site))
    if appointments:
        written.add("last-modified", max(appointment.modified_at for appointment in appointments))
    else:
        # A calendar without any component would be none; that its days are those of UTC is true in any case.
        written.add_component(Timezone.from_ical(UTC))
    return HttpResponse(written.to_ical(sorted=False), content_type=CONTENT_TYPE)


def permanent_id(path: str) -> str:
    """An id that survives a retitling and a move to another host, in the form that RFC 7986 asks for."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, tag_uri(path)))


@dataclass(frozen=True)
class _Site:
    """What stands before and behind the path of an address, so that a link leads to the page of the same clocks."""

    root: str
    query: str

    def address(self, path: str, fragment: str = "") -> str:
        return f"{self.root}{path}{f'?{self.query}' if self.query else ''}{f'#{fragment}' if fragment else ''}"

    def commitment(self, commitment: Commitment, fragment: str = "") -> str:
        return self.address(commitment.get_absolute_url(), fragment)

    def update(self, number: int) -> str:
        return self.address(reverse("commitments:update", args=[number]))


# Where the page of a commitment says more of it.
_FRAGMENTS: Final = {DateKind.MILESTONE: "milestones", DateKind.DEADLINE: "pledge", DateKind.WINDOW: "years"}


def event(appointment: Appointment, site: _Site) -> Event:
    """All-day, and the end is the day after the last one (RFC 5545, 3.6.1). It never makes its reader busy."""
    written = Event()
    written.add("uid", permanent_id(appointment.path))
    written.add("sequence", len(appointment.changes))
    written.add("dtstamp", appointment.modified_at)
    written.add("created", appointment.created_at)
    written.add("last-modified", appointment.modified_at)
    written.add("dtstart", appointment.first)
    if appointment.last < datetime.date.max:
        written.add("dtend", appointment.last + A_DAY)
    else:
        written.add("duration", appointment.last - appointment.first + A_DAY)
    written.add("summary", one_line(_summary(appointment)))
    written.add("description", "\n".join(one_line(line) for line in _description(appointment, site)))
    written.add("categories", _categories(appointment))
    written.add("url", _address(appointment, site))
    written.add("status", _status(appointment))
    written.add("transp", "TRANSPARENT")
    return written


def _summary(appointment: Appointment) -> str:
    """The title first: little more fits into the day of a calendar."""
    return _("%(title)s (%(references)s, %(kind)s)") % {
        "title": appointment.title,
        "references": ", ".join(commitment.reference for commitment in appointment.commitments),
        "kind": appointment.kind.label.lower(),
    }


def _description(appointment: Appointment, site: _Site) -> list[str]:
    lines = [appointment.said]
    if appointment.precision != Precision.DAY:
        precision, day = Precision(appointment.precision), in_words(appointment.first, appointment.precision)
        lines.append(_("Known to the %(precision)s only: %(day)s.") % {"precision": precision.label, "day": day})
    lines += [appointment.note] if appointment.note else []
    if appointment.update is not None:
        lines.append(site.update(appointment.update))
    for commitment in appointment.commitments:
        lines += ["", str(commitment), site.commitment(commitment)]
    if appointment.sources:
        lines += [
            "",
            _("Sources:"),
            *(f"{source.publisher}: {source.title}, {source.url}" for source in appointment.sources),
        ]
    return lines


def _categories(appointment: Appointment) -> list[str]:
    areas = [one_line(commitment.area.name) for commitment in appointment.commitments]
    return [str(appointment.kind.label), *dict.fromkeys(areas)]


def _address(appointment: Appointment, site: _Site) -> str:
    if appointment.kind == DateKind.OCCURRENCE and appointment.update is not None:
        return site.update(appointment.update)
    return site.commitment(appointment.commitments[0], _FRAGMENTS[appointment.kind])


def _status(appointment: Appointment) -> str:
    """What is cancelled stays in the calendar, so that it goes from the copies of those who subscribed."""
    if appointment.is_cancelled:
        return "CANCELLED"
    return "CONFIRMED" if appointment.is_certain else "TENTATIVE"
