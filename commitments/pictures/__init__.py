"""The pictures of the register: read from the database, laid out by `charts`, drawn by templates."""

from __future__ import annotations

from collections.abc import Callable

from ..charts import Picture
from .board import Board
from .standing import evidence_and_delivery, status_by_area, status_over_time, who_reports
from .strips import occurrences
from .timeline import activity_by_month, timeline

PICTURES: dict[str, Callable[[Board], Picture]] = {
    "status-by-area": status_by_area,
    "status-over-time": status_over_time,
    "evidence-and-delivery": evidence_and_delivery,
    "who-reports": who_reports,
    "activity": activity_by_month,
    "occurrences": occurrences,
    "timeline": timeline,
}

__all__ = ["PICTURES", "Board"]
