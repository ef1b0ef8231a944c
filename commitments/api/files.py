"""Which files of closed days are kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy
from ninja import Router

from ..clocks import read_day
from ..dumps import kept_dumps
from .operations import Asked, dated, operation, page_of
from .parameters import DAY, LIMIT, after
from .shapes import DumpList

router = Router(tags=["Files"])

AFTER_DAY = after(gettext_lazy("day"), DAY, "2026-06-01")


@operation(router, "/dumps", DumpList, AFTER_DAY, LIMIT)
def list_dumps(request: Asked) -> dict[str, Any]:
    """Files of the register.

    The whole register at the end of each day on which it changed, as YAML, latest first. A file is never changed; one
    that was kept today is listed from tomorrow on.
    """
    clocks = request.clocks
    cursor = read_day(request.GET, "after", clocks.today)
    known_by = clocks.known_on or clocks.today
    found = [
        dump
        for dump in kept_dumps(settings.DUMPS_DIR)
        if dump.day < clocks.today and dump.day <= known_by and (cursor is None or dump.day < cursor)
    ]
    shown = page_of(request, lambda count: found[:count], lambda dump: dump.day.isoformat())
    items = [
        {
            "day": dump.day,
            "address": request.build_absolute_uri(reverse("commitments:register_file", args=[dump.day])),
            "bytes": dump.size,
            "sha256": dump.sha256,
        }
        for dump in shown
    ]
    return dated(request, next=request.next, items=items)
