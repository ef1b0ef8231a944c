"""Dates in words, as exact as they are known."""

from __future__ import annotations

import datetime
from typing import Final

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

ENGLISH: Final = {"day": "j M Y", "month": "M Y", "year": "Y"}
JAPANESE: Final = {"day": "Y年n月j日", "month": "Y年n月", "year": "Y年"}
ENGLISH_WITHIN_A_YEAR: Final = {"day": "j M", "month": "M", "year": ""}
JAPANESE_WITHIN_A_YEAR: Final = {"day": "n月j日", "month": "n月", "year": ""}
ISO_LENGTH: Final = {"day": 10, "month": 7, "year": 4}


def utc_day(moment: datetime.date) -> datetime.date:
    """A day as it is; of a moment with a clock time the day in UTC."""
    return moment.astimezone(datetime.UTC).date() if isinstance(moment, datetime.datetime) else moment


def in_words(moment: datetime.date | None, precision: str = "day", *, in_year: bool = False) -> str:
    """23 Jul 2025, Jun 2025 or 2025; "undated" for none.

    `in_year` leaves the year out where the place says it; of a date known to the year nothing is left then.
    """
    if moment is None:
        return _("undated")
    is_japanese = (get_language() or "").partition("-")[0] == "ja"
    if in_year:
        form = (JAPANESE_WITHIN_A_YEAR if is_japanese else ENGLISH_WITHIN_A_YEAR)[precision]
    else:
        form = (JAPANESE if is_japanese else ENGLISH)[precision]
    return format_date(utc_day(moment), form) if form else ""


def in_iso(moment: datetime.date, precision: str = "day") -> str:
    """2025-07-23, 2025-07 or 2025."""
    return utc_day(moment).isoformat()[: ISO_LENGTH[precision]]
