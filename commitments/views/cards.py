"""Pictures of pages for where somebody shares one, and a commitment in a frame for pages of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_exempt

from ..cards import COUNTS, WIDTH, WORDS, Said, columns, title_lines
from ..clocks import Clocks
from ..days import in_words
from ..judgements import Judged, StatusGroup
from ..models import Commitment, Evidence
from ..overview import count_groups, judged_set
from ..png import png
from ..public import public
from ..xml_text import xml_safe


@public
def card(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    """Of every page that has none of its own: the counts of the whole register."""
    rows = judged_set(clocks)
    counts = [line for line in count_groups(rows) if line.count or line.group != StatusGroup.ENDED]
    said = [Said(str(line.group.label), str(line.count), line.group.value) for line in counts]
    title = _("What the EU and Japan promised, and what has happened since")
    pledges = ngettext("%(total)d pledge", "%(total)d pledges", len(rows)) % {"total": len(rows)}
    return _drawn(clocks, pledges, title, said, COUNTS)


@public
def commitment_card(request: HttpRequest, clocks: Clocks, reference: str) -> HttpResponse:
    row = _judged(reference, clocks)
    commitment = row.commitment
    said = [
        Said(_("Delivery"), str(row.status.label), row.status.value),
        Said(_("Evidence"), *_evidence(row)),
        Said(_("Schedule"), str(row.schedule.state.label), row.schedule.state.value, _day(row)),
        Said(_("Freshness"), "–")
        if clocks.is_past
        else Said(_("Freshness"), str(row.freshness.state.label), row.freshness.state.value),
    ]
    withdrawn = _("withdrawn from the register") if commitment.is_withdrawn(clocks.known_on) else ""
    over = " · ".join(part for part in (commitment.reference, withdrawn) if part)
    return _drawn(clocks, over, commitment.title, said, WORDS)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@public
def embedded_commitment(request: HttpRequest, clocks: Clocks, reference: str) -> HttpResponse:
    """The only address that other sites may show in a frame."""
    row = _judged(reference, clocks)
    context = {
        "clocks": clocks,
        "judged": row,
        "commitment": row.commitment,
        "is_withdrawn": row.commitment.is_withdrawn(clocks.known_on),
    }
    return render(request, "commitments/embedded_commitment.html", context)


def _judged(reference: str, clocks: Clocks) -> Judged:
    """One that has a page, withdrawn or not."""
    rows = judged_set(clocks, Commitment.objects.filter(reference=reference), with_withdrawn=True)
    if not rows:
        raise Http404
    return rows[0]


def _day(row: Judged) -> str:
    return in_words(row.schedule.on, row.schedule.precision) if row.schedule.on else ""


def _evidence(row: Judged) -> tuple[str, str]:
    return (str(Evidence(row.evidence).label), row.evidence) if row.evidence else (_("None yet"), "")


def _drawn(clocks: Clocks, over: str, title: str, said: Sequence[Said], size: int) -> HttpResponse:
    days = [_("As of %(day)s") % {"day": in_words(clocks.as_of)}]
    if clocks.known_on:
        days.append(_("as known on %(day)s") % {"day": in_words(clocks.known_on)})
    context: dict[str, Any] = {
        "name": _("EU–Japan Commitment Tracker"),
        "days": ", ".join(days),
        "reference": over,
        "title": title_lines(title),
        "columns": columns(said, size),
        "size": size,
    }
    drawing = xml_safe(render_to_string("commitments/charts/card.svg", context))
    return HttpResponse(png(drawing, width=WIDTH), content_type="image/png")
