from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from ..changes import JUDGEMENTS, Changes, Moved, Period, PeriodClock, compare, presets
from ..charts import totals_bars
from ..clocks import Clocks
from ..public import page, public


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
def changes_csv(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    records = list(_records(request, compare(Period.read(request.GET, clocks))))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(records)
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")


@public
def changes_json(request: HttpRequest, clocks: Clocks) -> HttpResponse:
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


NAMES = [name for name, _read in JUDGEMENTS]
COLUMNS = [
    "reference",
    "title",
    "area",
    "change",
    *(f"{name}_{end}" for name in NAMES for end in ("before", "after")),
    "update",
    "happened_by",
    "address",
]


def _records(request: HttpRequest, found: Changes) -> Iterator[dict[str, Any]]:
    """One a commitment; the update is the latest of the period that set its status."""
    for change in ("added", "turned", "shifted", "ended"):
        for row in getattr(found, change):
            yield _record(request, change, row)


def _record(request: HttpRequest, change: str, row: Moved) -> dict[str, Any]:
    commitment = row.row.commitment
    latest = row.reasons[0].assessment if row.reasons else None
    judgements = {
        f"{name}_{end}": read(judged) if judged else ""
        for name, read in JUDGEMENTS
        for end, judged in (("before", row.before), ("after", row.after))
    }
    return {
        "reference": commitment.reference,
        "title": commitment.title,
        "area": commitment.area.slug,
        "change": change,
        **judgements,
        "update": latest.update.number if latest else "",
        "happened_by": latest.happened_by.isoformat() if latest and latest.happened_by else "",
        "address": request.build_absolute_uri(reverse("commitments:commitment", args=[commitment.reference])),
    }
