"""Everything that has a day, as in the calendars; and the weeks that are over, as in the digest."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from ..agenda import Appointment, agenda
from ..clocks import BadQuery
from ..feeds.weeks import Week, WeekStream, monday_of, name_of, ordinal_of
from ..judgements import Judged
from ..models import Commitment
from ..overview import judged_set
from .operations import Asked, dated, operation, page_of, public_commitment
from .parameters import LIMIT, OF_COMMITMENT, Parameter, after, text
from .shapes import AgendaList, WeekList

router = Router(tags=["Dates"])

OF_AREA = Parameter("area", gettext_lazy("Only those of the area with this slug."), text(), example="made-up")
AFTER_DATE = after(gettext_lazy("id"), text(120, pattern=r"^[a-z]+/[-A-Za-z0-9_/]{1,100}$"), "milestone/made-up")
AFTER_WEEK = after(gettext_lazy("week"), text(8, pattern=r"^\d{4}-W\d{2}$"), "2026-W10")


@operation(router, "/agenda", AgendaList, OF_AREA, OF_COMMITMENT, AFTER_DATE, LIMIT)
def list_agenda(request: Asked) -> dict[str, Any]:
    """Agenda.

    Everything that has a day, as in the calendars: announced dates, deadlines, expected windows, and what was held,
    each with what became of it. What was cancelled stays, and says so.
    """
    appointments = agenda(_rows(request), request.clocks)
    cursor, rest = request.GET.get("after"), appointments
    if cursor is not None:
        places = {each.path: place for place, each in enumerate(appointments, 1)}
        if cursor not in places:
            raise BadQuery(_("“after” names no item of this list."))
        rest = appointments[places[cursor] :]
    shown = page_of(request, lambda count: rest[:count], lambda each: each.path)
    return dated(request, next=request.next, items=[_date(each) for each in shown])


def _rows(request: Asked) -> list[Judged]:
    """The commitments asked for. Raises BadQuery where there is none."""
    reference, area = request.GET.get("commitment"), request.GET.get("area")
    only = Commitment.objects.filter(pk=public_commitment(request, reference).pk) if reference else None
    rows = judged_set(request.clocks, only, with_withdrawn=True)
    if area is None:
        return rows
    # Compared here: the area is that of the known-on day, and the database refuses some text.
    found = [row for row in rows if row.commitment.area.slug == area]
    if not found:
        raise BadQuery(_("There is no such commitment in an area “%(area)s”.") % {"area": area[:80]})
    return found


def _date(appointment: Appointment) -> dict[str, Any]:
    return {
        "id": appointment.path,
        "kind": appointment.kind,
        "title": appointment.title,
        "commitments": [commitment.reference for commitment in appointment.commitments],
        "first": appointment.first,
        "last": appointment.last,
        "precision": appointment.precision,
        "outcome": appointment.said,
        "note": appointment.note or None,
        "update": appointment.update,
        "certain": appointment.is_certain,
        "cancelled": appointment.is_cancelled,
        "sources": [source.slug for source in appointment.sources],
    }


@operation(router, "/weeks", WeekList, AFTER_WEEK, LIMIT)
def list_weeks(request: Asked) -> dict[str, Any]:
    """Weeks.

    Every week (UTC) that is over and in which something was published, latest first, as in the digest.
    """
    stream, cursor = WeekStream(request.clocks), request.GET.get("after")
    last = _ordinal(cursor) - 1 if cursor else None
    keys = page_of(request, lambda count: stream.keys(count, last=last), lambda key: name_of(monday_of(key.ordinal)))
    return dated(request, next=request.next, items=[_week(week) for week in stream.weeks(keys)])


def _ordinal(name: str) -> int:
    """The place of the week. Raises BadQuery."""
    try:
        return ordinal_of(datetime.date.fromisoformat(f"{name}-1"))
    except ValueError:
        raise BadQuery(_("“after” is a week such as 2026-W10.")) from None


def _week(week: Week) -> dict[str, Any]:
    return {
        "week": name_of(week.monday),
        "monday": week.monday,
        "sunday": week.sunday,
        "updates": len(week.entries) + week.left_out,
        "latest": [entry.update.number for entry in week.entries],
        "checks": [check.slug for check in week.checks],
        "added": [commitment.reference for commitment in week.added],
        "withdrawn": [commitment.reference for commitment in week.withdrawn],
    }
