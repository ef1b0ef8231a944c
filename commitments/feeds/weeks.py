"""A digest of each week that is over, for those who read once a week."""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber, TruncWeek
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..chronicle import BY_NUMBER, Entry, load_entries
from ..models import Check, Commitment, StatusUpdate, known_by, restore_labels
from .items import Item, ItemCategory, Key, Stream

if TYPE_CHECKING:
    from ..models.status_update import StatusUpdateQuerySet

WEEK = datetime.timedelta(days=7)
UPDATES_EACH = 20


def monday_of(ordinal: int) -> datetime.date:
    """Of the week with this place: weeks are counted from the first day that a date can say, which was a Monday."""
    return datetime.date.fromordinal(ordinal * 7 + 1)


def ordinal_of(day: datetime.date) -> int:
    """Of the week that this day is in."""
    return (day.toordinal() - 1) // 7


def name_of(monday: datetime.date) -> str:
    """By ISO 8601: 2026-W10."""
    year, number, _day = monday.isocalendar()
    return f"{year}-W{number:02}"


def start_of(monday: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(monday, datetime.time.min, datetime.UTC)


@dataclass(frozen=True)
class Week:
    """`entries` may be only the latest of the updates; `checks` bear the `references` that they cover."""

    monday: datetime.date
    entries: list[Entry]
    checks: list[Any]
    added: list[Commitment]
    withdrawn: list[Commitment]

    @property
    def sunday(self) -> datetime.date:
        return self.monday + WEEK - datetime.timedelta(days=1)

    @property
    def left_out(self) -> int:
        """How many updates `entries` leaves out."""
        latest: Any = self.entries[0].update if self.entries else None
        return latest.in_week - len(self.entries) if latest else 0

    @property
    def period(self) -> str:
        """The query string of the page of changes, which leaves the first of two days out."""
        since = self.monday - datetime.timedelta(days=1)
        return urlencode({"since": since.isoformat(), "until": self.sunday.isoformat(), "by": "publication"})


@dataclass(frozen=True)
class WeekStream(Stream):
    """ISO weeks in UTC that are over, and in which something became public. The place of a week is its ordinal."""

    SIZE: ClassVar[int] = 13

    def keys(self, count: int, *, first: int = 1, last: int | None = None) -> list[Key]:
        """One query, which reads the moments of all that was ever published."""
        latest = max(self.newest() if last is None else min(last, self.newest()), 0)
        since, until = start_of(monday_of(first)), start_of(monday_of(latest) + WEEK)
        weeks = [
            rows.filter(**{f"{moment}__gte": since, f"{moment}__lt": until})
            .order_by()
            .annotate(week=TruncWeek(moment, tzinfo=datetime.UTC))
            .values_list("week", flat=True)
            for rows, moment in self._published()
        ]
        found = weeks[0].union(*weeks[1:]).order_by("-week")[:count]
        return [Key(ordinal_of(week.date()), 0, week + WEEK) for week in found]

    def newest(self) -> int:
        """The last week that was over when the known-on day was, or is over today."""
        known_on = self.clocks.known_on
        day = known_on + datetime.timedelta(days=1) if known_on else self.clocks.today
        return ordinal_of(day) - 1

    def _published(self) -> list[tuple[Any, str]]:
        """Everything that is public, with the name of the moment at which it became so."""
        commitments = Commitment.objects.published(self.clocks.as_of, self.clocks.known_on)
        return [
            (StatusUpdate.objects.published(self.clocks.as_of, self.clocks.known_on), "published_at"),
            (Check.objects.recorded(self.clocks.known_on), "recorded_at"),
            (commitments, "published_at"),
            (commitments.filter(known_by("withdrawn_at", self.clocks.known_on)), "withdrawn_at"),
        ]

    def revisions(self, keys: Sequence[Key]) -> Q:
        shown = Commitment.objects.filter(_within("published_at", keys) | _within("withdrawn_at", keys))
        return Q(table=Commitment._meta.db_table, row_id__in=shown.values("pk"))

    def items(self, keys: Sequence[Key], root: str) -> list[Item]:
        return [_item(week, key, root) for week, key in zip(self.weeks(keys), keys, strict=True)]

    def weeks(self, keys: Sequence[Key]) -> list[Week]:
        """What these keys stand for, in their order."""
        (updates, _at), (checks, _at), (commitments, _at), _withdrawn = self._published()
        weeks = {key.ordinal: Week(monday_of(key.ordinal), [], [], [], []) for key in keys}
        latest = _latest_of_each(updates.filter(_within("published_at", keys)))
        for entry in load_entries(latest, self.clocks, as_published=True):
            weeks[_week_of(entry.update.published_at)].entries.append(entry)
        searched = checks.filter(_within("recorded_at", keys)).annotate(
            references=ArrayAgg("commitments__reference", order_by=["commitment_links__position"])
        )
        for check in searched.order_by("recorded_at", "pk"):
            weeks[_week_of(check.recorded_at)].checks.append(check)
        moved = list(
            commitments.filter(_within("published_at", keys) | _within("withdrawn_at", keys)).order_by("reference")
        )
        restore_labels(moved, self.clocks.known_on)
        for commitment in moved:
            if (week := weeks.get(_week_of(commitment.published_at))) is not None:
                week.added.append(commitment)
            if commitment.is_withdrawn(self.clocks.known_on) and _week_of(commitment.withdrawn_at) in weeks:
                weeks[_week_of(commitment.withdrawn_at)].withdrawn.append(commitment)
        return [weeks[key.ordinal] for key in keys]


def _within(moment: str, keys: Sequence[Key]) -> Q:
    """In one of these weeks."""
    weeks = [Q(**{f"{moment}__gte": key.at - WEEK, f"{moment}__lt": key.at}) for key in keys]
    return functools.reduce(operator.or_, weeks, Q(pk__in=[]))


def _week_of(at: datetime.datetime | None) -> int:
    return ordinal_of(at.astimezone(datetime.UTC).date()) if at else -1


def _latest_of_each(updates: StatusUpdateQuerySet) -> StatusUpdateQuerySet:
    """Of each week the latest few, each with the number of all (`in_week`)."""
    week = TruncWeek("published_at", tzinfo=datetime.UTC)
    ranked = updates.annotate(
        rank=Window(RowNumber(), partition_by=week, order_by="-number"),
        in_week=Window(Count("pk"), partition_by=week),
    )
    return ranked.filter(rank__lte=UPDATES_EACH).order_by(*BY_NUMBER)


def _item(week: Week, key: Key, root: str) -> Item:
    days = {"first": date_format(week.monday, "j M"), "last": date_format(week.sunday, "j M Y")}
    return Item(
        identity=f"week/{name_of(week.monday)}",
        path=f"{reverse('commitments:changes')}?{week.period}",
        title=_("Week %(number)d: %(first)s to %(last)s") % {"number": week.monday.isocalendar().week, **days},
        content=render_to_string("commitments/_feed_week.html", {"week": week, "root": root}),
        at=key.at,
        categories=[ItemCategory.DIGEST],
    )
