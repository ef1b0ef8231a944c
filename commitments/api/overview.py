"""Numbers about the whole: the dashboard, what differs between two days, what the record rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ninja import Router

from ..changes import JUDGEMENTS, Moved, Period, compare
from ..chronicle import BY_EVENT
from ..coverage import Support, coverage
from ..judgements import Judged
from ..models import DeliveryStatus, SourceKind, SourceSide, StatusUpdate
from ..overview import AreaLine, count_groups, overview
from .operations import Asked, dated, operation
from .parameters import PERIOD
from .shapes import ChangesAnswer, CoverageAnswer, OverviewAnswer

router = Router(tags=["The whole"])

LATEST = 6


@operation(router, "/overview", OverviewAnswer)
def get_overview(request: Asked) -> dict[str, Any]:
    """The numbers of the dashboard.

    Every count comes with its denominator: the commitments in force. They differ in weight, so there is no percentage.
    """
    found = overview(request.clocks)
    statuses = Counter(row.status for row in found.rows)
    counted = StatusUpdate.objects.counted(request.clocks.as_of, request.clocks.known_on)
    return dated(
        request,
        **_totals(found.rows),
        statuses=[{"status": status, "count": statuses[status]} for status in DeliveryStatus],
        areas=[_line(line) for line in found.lines],
        attention={
            "late": _references(found.attention.late),
            "announced_passed": _references(found.attention.announced_passed),
            "expected": _references(found.attention.expected),
            "review_due": _references(found.attention.review_due),
        },
        latest=list(counted.order_by(*BY_EVENT).values_list("number", flat=True)[:LATEST]),
    )


def _totals(rows: list[Judged]) -> dict[str, Any]:
    return {"total": len(rows), "groups": [{"group": each.group, "count": each.count} for each in count_groups(rows)]}


def _line(line: AreaLine) -> dict[str, Any]:
    return {
        "area": line.area.slug,
        "name": line.area.name,
        "headline": line.area.is_headline,
        "last_evidence_by": line.last_evidence.last_evidence_by if line.last_evidence else None,
        "next_date": line.next_date.on if line.next_date else None,
        "late": line.late.commitment.reference if line.late else None,
        **_totals(line.rows),
    }


def _references(rows: Iterable[Judged]) -> list[str]:
    return [row.commitment.reference for row in rows]


@operation(router, "/coverage", CoverageAnswer)
def get_coverage(request: Asked) -> dict[str, Any]:
    """What the record rests on.

    Commitments whose updates rest on one side alone, on news alone, on nothing newer than a year, or on nothing; and of
    every one, whose voices they rest on.
    """
    found = coverage(request.clocks)
    lists = {kind.value: [_support(row) for row in rows] for kind, rows in found.lists.items()}
    return dated(request, total=len(found.rows), **lists, every=[_support(row) for row in found.rows])


def _support(row: Support) -> dict[str, Any]:
    return {
        "commitment": row.judged.commitment.reference,
        "sides": [side for side in SourceSide if side in row.sides],
        "kinds": [kind for kind in SourceKind if kind in row.kinds],
        "reports": row.reports,
        "last_evidence_by": row.judged.facts.last_evidence_by,
    }


@operation(router, "/changes", ChangesAnswer, *PERIOD)
def get_changes(request: Asked) -> dict[str, Any]:
    """What differs between two days.

    Compared at their ends, by event or by publication here; the other clock stands still.
    """
    period = Period.read(request.GET, request.clocks)
    found = compare(period)
    return dated(
        request,
        since=period.since,
        until=period.until,
        by=period.by,
        total_before=found.total_before,
        total_after=found.total_after,
        groups=found.groups,
        **{name: [_moved(row) for row in rows] for name, rows in found.lists.items()},
        acts=found.acts,
        context=found.context,
        latest=[entry.update.number for entry in found.latest],
        corrections=[update.number for update in found.corrections],
        milestones=[milestone.slug for milestone in found.milestones],
    )


def _moved(row: Moved) -> dict[str, Any]:
    return {
        "commitment": row.row.commitment.reference,
        "title": row.row.commitment.title,
        "before": _values(row.before),
        "after": _values(row.after),
        "updates": [setting.number for setting in row.settings],
    }


def _values(judged: Judged | None) -> dict[str, str | None] | None:
    return {name: read(judged) or None for name, read in JUDGEMENTS} if judged else None
