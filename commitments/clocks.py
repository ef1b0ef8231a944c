"""The two clocks of a page, read from its address once and passed down."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
# Older than anything told here; what is reckoned back from a day must still be one.
EARLIEST = datetime.date(1900, 1, 1)


class BadQuery(ValueError):
    """The address asks for something that cannot be answered; the message is for the reader."""


class BadClock(BadQuery):
    """It asks for a day that is none, or that has not come."""


@dataclass(frozen=True)
class Clocks:
    """`as_of`: what had happened by that day. `known_on`: what was published by its end (None: by now). Days are UTC.

    On a page of a past day, "today" is that day: judgements read `as_of`, never `today`.
    """

    today: datetime.date
    as_of: datetime.date
    known_on: datetime.date | None = None

    @classmethod
    def at(cls, today: datetime.date) -> Clocks:
        return cls(today=today, as_of=today)

    @classmethod
    def read(cls, query: QueryDict, today: datetime.date) -> Clocks:
        """From `?as_of=` and `?known_on=`; empty or absent is now. Raises BadClock."""
        known_on = read_day(query, "known_on", today)
        return cls(
            today=today,
            as_of=read_day(query, "as_of", today) or today,
            known_on=known_on if known_on != today else None,
        )

    @property
    def is_past(self) -> bool:
        return self.as_of != self.today or self.known_on is not None

    @property
    def parameters(self) -> dict[str, str]:
        """What an address must carry to be read with these clocks; empty for now."""
        parameters = {}
        if self.as_of != self.today:
            parameters["as_of"] = self.as_of.isoformat()
        if self.known_on is not None:
            parameters["known_on"] = self.known_on.isoformat()
        return parameters

    def query_string(self, **beside: str) -> str:
        """What an address carries for these clocks, and behind them what else is given and not empty."""
        return urlencode({**self.parameters, **{name: value for name, value in beside.items() if value}})

    def closed(self) -> Clocks:
        """These clocks on closed days, so that an address with them can be cited: yesterday where they read today."""
        yesterday = self.today - datetime.timedelta(days=1)
        return Clocks(
            today=self.today, as_of=min(self.as_of, yesterday), known_on=min(self.known_on or yesterday, yesterday)
        )


def read_day(query: QueryDict, name: str, today: datetime.date) -> datetime.date | None:
    """The day in this parameter, None where it is empty or absent. Raises BadClock."""
    value = query.get(name, "")
    if not value:
        return None
    try:
        day = datetime.date.fromisoformat(value) if DAY.match(value) else None
    except ValueError:
        day = None
    if day is None:
        raise BadClock(_("%(name)s is not a day. Write it as 2026-06-01.") % {"name": name})
    if day > today:
        raise BadClock(_("%(name)s lies in the future. Today is %(today)s (UTC).") % {"name": name, "today": today})
    if day < EARLIEST:
        raise BadClock(_("%(name)s lies before %(day)s, the first day to ask for.") % {"name": name, "day": EARLIEST})
    return day
