from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ..changes import JUDGEMENTS, Changes, Moved, Period, PeriodClock, compare, presets
from ..charts import totals_bars
from ..clocks import Clocks
from ..exports.formats import FORMATS
from ..exports.tables import Table
from ..public import page, public
from ..records import Column
from .files import table_answer


@public
def changes(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    period = Period.read(request.GET, clocks)
    found = compare(period)
    context: dict[str, Any] = {
        "changes": found,
        "period": period,
        "bars": totals_bars([[(group.group.value, count) for group, count in end] for end in _ends(found)]),
        "presets": presets(clocks),
        "clock_choices": PeriodClock.choices,
        "asked": urlencode({**clocks.parameters, **period.parameters}),
        # The same without its last day, so that a feed brings what is to come.
        "followed": urlencode({name: value for name, value in period.parameters.items() if name != "until"}),
    }
    asked = context["asked"] if request.GET.keys() & {"since", "until", "by"} else clocks.query_string()
    # Every link leads to the record as it stood at the end of the period.
    return page(request, period.after, "commitments/changes.html", context, asked=asked)


def _ends(found: Changes) -> list[list[tuple[Any, int]]]:
    return [[(group, group.before) for group in found.groups], [(group, group.after) for group in found.groups]]


@public
def changes_file(request: HttpRequest, clocks: Clocks, extension: str) -> FileResponse:
    found = compare(Period.read(request.GET, clocks))
    table = Table("changes", _("Changes"), _columns(), _records(request, found), found.period.parameters)
    return table_answer(request, table, FORMATS[extension])


@public
def changes_json(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    """With what no table of commitments has room for."""
    found = compare(Period.read(request.GET, clocks))
    announced = [
        {"title": row.title, "due_by": row.due_by, "reference": row.commitment.reference} for row in found.milestones
    ]
    corrected = [
        {"update": row.number, "corrects": row.corrects.number, "reason": row.correction_reason}
        for row in found.corrections
        if row.corrects is not None
    ]
    return JsonResponse(
        {
            **found.period.parameters,
            "changes": list(_records(request, found)),
            "milestones": announced,
            "corrections": corrected,
        }
    )


CHANGES = ("added", "turned", "shifted", "ended")


def _columns() -> list[Column]:
    return [
        Column("reference", str, is_required=True, description=_("The commitment.")),
        Column("title", str, is_required=True, description=_("Its title.")),
        Column("area", str, is_required=True, description=_("Slug of its area.")),
        Column("change", str, is_required=True, description=_("What kind of change: %s.") % ", ".join(CHANGES)),
        *(
            Column(f"{name}_{end}", str, is_required=False, description=description)
            for name, _read in JUDGEMENTS
            for end, description in (("before", _("At the first day.")), ("after", _("At the second day.")))
        ),
        Column("update", int, is_required=False, description=_("The latest update of the period that set its status.")),
        Column("happened_by", datetime.date, is_required=False, description=_("Last day of its event.")),
        Column("address", str, is_required=True, description=_("The page of the commitment.")),
    ]


def _records(request: HttpRequest, found: Changes) -> Iterator[dict[str, Any]]:
    """One a commitment; the update is the latest of the period that set its status."""
    for change in CHANGES:
        for row in getattr(found, change):
            yield _record(request, change, row)


def _record(request: HttpRequest, change: str, row: Moved) -> dict[str, Any]:
    commitment = row.row.commitment
    latest = row.reasons[0].assessment if row.reasons else None
    judgements = {
        f"{name}_{end}": read(judged) or None if judged else None
        for name, read in JUDGEMENTS
        for end, judged in (("before", row.before), ("after", row.after))
    }
    return {
        "reference": commitment.reference,
        "title": commitment.title,
        "area": commitment.area.slug,
        "change": change,
        **judgements,
        "update": latest.update.number if latest else None,
        "happened_by": latest.happened_by if latest else None,
        "address": request.build_absolute_uri(reverse("commitments:commitment", args=[commitment.reference])),
    }
