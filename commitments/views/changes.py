from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ..changes import JUDGEMENTS, KINDS_OF_CHANGE, Changes, Moved, Period, PeriodClock, compare, explain
from ..charts import Segment, totals_bars
from ..clocks import Clocks
from ..exports.formats import FORMATS
from ..exports.tables import Table
from ..filters.core import read_page
from ..judgements import StatusGroup
from ..pictures.board import address
from ..presets import presets
from ..public import page, public
from ..records import Column
from .files import table_answer

# Of each of the lists.
PAGE_SIZE = 25


@public
def changes(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    period = Period.read(request.GET, clocks)
    found = compare(period)
    asked = {**clocks.parameters, **period.parameters}
    pages = {name: _page(request, name, rows) for name, rows in found.lists.items()}
    explained = explain(period, pages)
    context: dict[str, Any] = {
        "changes": found,
        "period": period,
        "ends": _ends(found),
        "lists": {name: _Listed(name, shown, explained[name], asked) for name, shown in pages.items()},
        "presets": presets(clocks),
        "clock_choices": PeriodClock.choices,
        "asked": urlencode(asked),
        # The same without its last day, so that a feed brings what is to come.
        "followed": urlencode({name: value for name, value in period.parameters.items() if name != "until"}),
    }
    deep = {name: str(shown.number) for name, shown in pages.items() if shown.number > 1}
    is_asked = deep or request.GET.keys() & {"since", "until", "by"}
    canonical = urlencode({**asked, **deep}) if is_asked else clocks.query_string()
    # Every link leads to the record as it stood at the end of the period.
    return page(request, period.after, "commitments/changes.html", context, asked=canonical)


def _page(request: HttpRequest, name: str, rows: Sequence[Moved]) -> Page[Moved]:
    """The page of one of the lists that is asked for by the name of the list. Http404 where there is none."""
    paginator, number = Paginator(rows, PAGE_SIZE), read_page(request.GET, name)
    if number > paginator.num_pages:
        raise Http404
    return paginator.page(number)


@dataclass(frozen=True)
class _Listed:
    """One of the lists: its rows explained, and the way to its other pages."""

    name: str
    page: Page[Moved]
    rows: list[Moved]
    asked: Mapping[str, str]

    @property
    def previous_query(self) -> str:
        return self._query(self.page.number - 1)

    @property
    def next_query(self) -> str:
        return self._query(self.page.number + 1)

    def _query(self, number: int) -> str:
        return f"{urlencode({**self.asked, self.name: number})}#{self.name}"


@dataclass(frozen=True)
class _End:
    """The pledges at one of the two days: how many, and the bar of their groups, each with the list that holds them."""

    day: datetime.date
    total: int
    bar: list[tuple[Segment, Any, str]]


def _ends(found: Changes) -> list[_End]:
    period = found.period
    counts = [[(group, group.before) for group in found.groups], [(group, group.after) for group in found.groups]]
    bars = totals_bars([[(group.group.value, count) for group, count in end] for end in counts])
    area = {"area": period.area} if period.area else {}
    labels = {group.value: group.label for group in StatusGroup}
    return [
        _End(
            day,
            total,
            [(each, labels[each.group], address("commitment_list", clocks, group=each.group, **area)) for each in bar],
        )
        for day, clocks, total, bar in (
            (period.since, period.before, found.total_before, bars[0]),
            (period.until, period.after, found.total_after, bars[1]),
        )
    ]


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


def _columns() -> list[Column]:
    return [
        Column("reference", str, is_required=True, description=_("The commitment.")),
        Column("title", str, is_required=True, description=_("Its title.")),
        Column("area", str, is_required=True, description=_("Slug of its area.")),
        Column("change", str, is_required=True, description=_("What kind of change: %s.") % ", ".join(KINDS_OF_CHANGE)),
        *(
            Column(f"{name}_{end}", str, is_required=False, description=description)
            for name, _read in JUDGEMENTS
            for end, description in (("before", _("At the first day.")), ("after", _("At the second day.")))
        ),
        Column(
            "update",
            int,
            is_required=False,
            description=_("The latest update of the period that set its status."),
        ),
        Column("happened_by", datetime.date, is_required=False, description=_("Last day of its event.")),
        Column("address", str, is_required=True, description=_("The page of the commitment.")),
    ]


def _records(request: HttpRequest, found: Changes) -> Iterator[dict[str, Any]]:
    """One a commitment; the update is the latest of the period that set its status."""
    for change, rows in found.lists.items():
        for row in rows:
            yield _record(request, change, row)


def _record(request: HttpRequest, change: str, row: Moved) -> dict[str, Any]:
    commitment = row.row.commitment
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
        "update": row.latest.number if row.latest else None,
        "happened_by": row.latest.happened_by if row.latest else None,
        "address": request.build_absolute_uri(reverse("commitments:commitment", args=[commitment.reference])),
    }
