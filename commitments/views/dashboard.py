from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from ..charts import AreaSquares, area_squares
from ..chronicle import latest_events
from ..clocks import Clocks
from ..definitions import definitions
from ..models import DeliveryStatus
from ..overview import AreaLine, Attention, overview_of
from ..pictures.board import Board, address, pledge_mark
from ..pictures.reading import Ends
from ..pictures.standing import Steps, status_over_time
from ..pictures.timeline import lanes, read_events
from ..public import page, public

LATEST = 6
LISTED = 8


@public
def dashboard(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    board = Board(clocks, QueryDict())
    state = overview_of(board.rows)
    events = read_events(board, board.places, Ends(board.adopted_by, None))
    context = {
        "overview": state,
        "bands": [
            (_("Seven headline pledges"), _how_to_read(), _charted(state.headline, clocks)),
            (_("Further areas"), _("What the texts promise beyond the seven."), _charted(state.further, clocks)),
        ],
        "latest": latest_events(clocks, LATEST),
        "pictures": [
            (lanes(events), address("timeline", clocks), _("Open the timeline")),
            (status_over_time(board, Steps.QUARTER), address("pictures", clocks), _("All pictures")),
        ],
        "attention": _attention(state.attention),
        "listed": f":{LISTED}",
        "statuses": definitions(DeliveryStatus),
    }
    return page(request, clocks, "commitments/dashboard.html", context)


def _how_to_read() -> str:
    return _(
        "Each square is one pledge. Circles fill as delivery advances; squares have not moved; "
        "dashed marks carry no judgement."
    )


def _charted(lines: list[AreaLine], clocks: Clocks) -> list[tuple[AreaLine, AreaSquares]]:
    return [(line, area_squares([pledge_mark(row, clocks) for row in line.rows])) for line in lines]


def _attention(attention: Attention) -> list[tuple[Any, ...]]:
    """Heading, sentence for none, rows, the filter that shows them all, and which day stands in the margin."""
    return [
        (
            _("Overdue, or window missed"),
            _("No date of an instrument has passed unmet."),
            attention.late,
            "schedule=overdue&schedule=window_missed",
            "schedule",
        ),
        (
            _("Announced date passed"),
            _("No date that a party announced has passed unmet."),
            attention.announced_passed,
            "schedule=announced_passed",
            "schedule",
        ),
        (_("Expected next"), _("No date lies ahead."), attention.expected, "sort=schedule", "schedule"),
        (
            _("Due for review here"),
            _("Every pledge has been looked at within its review interval."),
            attention.review_due,
            "freshness=review_due&freshness=stale&freshness=never_checked",
            "freshness",
        ),
    ]
