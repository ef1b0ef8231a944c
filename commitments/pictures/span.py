"""The period that a picture shows, read from its address."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..charts import Axis, last_of_month
from ..clocks import BadQuery, Clocks, read_day
from ..judgements import add_months

NAMED = re.compile(r"(\d{4})(?:-Q([1-4]))?\Z", re.ASCII)
DEFAULT_MONTHS = 24
QUARTER = 3


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both in it. `name` is that of the year or quarter, where one was asked for."""

    since: datetime.date
    until: datetime.date
    name: str = ""
    is_default: bool = False

    @classmethod
    def read(cls, query: QueryDict, clocks: Clocks, first: datetime.date) -> Span:
        """From `?period=2025`, `?period=2025-Q3` or `?from=` and `?to=`; else two years up to the day of the page.

        Nothing before the year of `first` is shown, since nothing is there. Raises BadQuery.
        """
        earliest = datetime.date(first.year, 1, 1)
        named = query.get("period", "")
        if named:
            since, until = _named(named, clocks.as_of)
            return cls(max(since, min(earliest, until)), until, named)
        asked = read_day(query, "from", clocks.today), read_day(query, "to", clocks.today)
        until = min(asked[1] or clocks.as_of, clocks.as_of)
        since = asked[0] or max(add_months(until.replace(day=1), -DEFAULT_MONTHS), first.replace(day=1))
        if asked[0] is None:
            since = min(since, until)
        if since > until:
            raise BadQuery(_("The first day comes after the last."))
        return cls(max(since, min(earliest, until)), until, is_default=asked == (None, None))

    @property
    def parameters(self) -> dict[str, str]:
        if self.is_default:
            return {}
        if self.name:
            return {"period": self.name}
        return {"from": self.since.isoformat(), "to": self.until.isoformat()}

    @property
    def axis(self) -> Axis:
        return Axis(self.since, self.until)

    def __str__(self) -> str:
        if self.name:
            year, _dash, quarter = self.name.partition("-Q")
            return _("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": year} if quarter else year
        days = {"since": date_format(self.since, "j M Y"), "until": date_format(self.until, "j M Y")}
        return _("%(since)s to %(until)s") % days


def _named(name: str, as_of: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and last day of a year or quarter, as far as it has come."""
    match = NAMED.match(name)
    year, quarter = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    if not year:
        raise BadQuery(_("“period” is a year such as 2025 or a quarter such as 2025-Q3."))
    since = datetime.date(year, QUARTER * (quarter - 1) + 1 if quarter else 1, 1)
    if since > as_of:
        raise BadQuery(_("This period lies after the day of the page, %(day)s.") % {"day": date_format(as_of, "j F Y")})
    last = last_of_month(since.replace(month=since.month + QUARTER - 1 if quarter else 12))
    return since, min(last, as_of)


@dataclass(frozen=True)
class Preset:
    name: str
    label: str
    is_chosen: bool


def presets(span: Span, first: datetime.date, last: datetime.date) -> list[Preset]:
    """The years of the record, newest first, each followed by its quarters where it is the one shown."""
    found = []
    for year in range(last.year, first.year - 1, -1):
        found.append(Preset(str(year), str(year), span.name == str(year)))
        if span.name[:4] == str(year):
            quarters = (f"{year}-Q{quarter}" for quarter in range(1, 5))
            found += [
                Preset(name, name.replace("-", " "), span.name == name) for name in quarters if _starts_by(name, last)
            ]
    return found


def _starts_by(name: str, last: datetime.date) -> bool:
    return datetime.date(int(name[:4]), QUARTER * (int(name[-1]) - 1) + 1, 1) <= last
