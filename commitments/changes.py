"""What differs between the ends of two days."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .chronicle import BY_EVENT, Entry, load_entries
from .clocks import BadQuery, Clocks, read_day
from .judgements import Judged, StatusGroup
from .models import (
    Assessment,
    Commitment,
    CommitmentKind,
    Instrument,
    Milestone,
    StatusUpdate,
    UpdateKind,
    end_of_day,
    restore_labels,
)
from .overview import count_groups, judged_set

LATEST = 8
REASONS_EACH = 5
DEFAULT_DAYS = 90


class PeriodClock(models.TextChoices):
    EVENT = "event", gettext_lazy("when it happened")
    PUBLICATION = "publication", gettext_lazy("when it was published here")


@dataclass(frozen=True)
class Period:
    """From the end of `since` to the end of `until`, on one of the two clocks; the other stands still."""

    since: datetime.date
    until: datetime.date
    by: PeriodClock
    clocks: Clocks

    @classmethod
    def read(cls, query: QueryDict, clocks: Clocks) -> Period:
        """From `?since=`, `?until=` and `?by=`; the last ninety days where nothing is asked. Raises BadQuery."""
        by = query.get("by") or PeriodClock.EVENT.value
        if by not in PeriodClock.values:
            raise BadQuery(_("“by” is event or publication."))
        latest = clocks.as_of if by == PeriodClock.EVENT else clocks.known_on or clocks.today
        until = read_day(query, "until", clocks.today) or latest
        if by == PeriodClock.PUBLICATION:
            # Nothing later is known.
            until = min(until, latest)
        since = read_day(query, "since", clocks.today) or until - datetime.timedelta(days=DEFAULT_DAYS)
        if since > until:
            raise BadQuery(_("The first day comes after the second."))
        return cls(since, until, PeriodClock(by), clocks)

    @property
    def before(self) -> Clocks:
        return self._at(self.since)

    @property
    def after(self) -> Clocks:
        return self._at(self.until)

    def _at(self, day: datetime.date) -> Clocks:
        today, known_on = self.clocks.today, self.clocks.known_on
        if self.by == PeriodClock.EVENT:
            return Clocks(today, as_of=day, known_on=known_on)
        return Clocks(today, as_of=self.clocks.as_of, known_on=day if day < today else None)

    def within(self, happened: str, published: str) -> Q:
        """That a fact falls into the period, by the names of the day it happened by and of the moment it was public."""
        if self.by == PeriodClock.EVENT:
            return Q(**{f"{happened}__gt": self.since, f"{happened}__lte": self.until})
        return self.published_within(published)

    def published_within(self, published: str) -> Q:
        return Q(**{f"{published}__gte": end_of_day(self.since), f"{published}__lt": end_of_day(self.until)})

    @property
    def parameters(self) -> dict[str, str]:
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return days if self.by == PeriodClock.EVENT else {**days, "by": self.by.value}

    @property
    def query_string(self) -> str:
        return urlencode(self.parameters)


@dataclass(frozen=True)
class Move:
    """One judgement of a commitment at both ends, where they differ."""

    judgement: str
    before: str
    after: str


@dataclass(frozen=True)
class Moved:
    """A commitment in the set at either end. `reasons` are the latest assessments of the period that set a status."""

    before: Judged | None
    after: Judged | None
    reasons: list[Assessment]

    @property
    def row(self) -> Judged:
        """As it stands at the end, or as it last stood."""
        row = self.after or self.before
        assert row is not None  # noqa: S101 - compare() makes none without either
        return row

    @functools.cached_property
    def moves(self) -> list[Move]:
        if self.before is None or self.after is None:
            return []
        pairs = ((name, read(self.before), read(self.after)) for name, read in JUDGEMENTS)
        return [Move(name, before, after) for name, before, after in pairs if before != after]

    @property
    def turns(self) -> bool:
        """Whether an editor's judgement moved, and not only the days."""
        return any(move.judgement in ("status", "evidence") for move in self.moves)


JUDGEMENTS: tuple[tuple[str, Callable[[Judged], str]], ...] = (
    ("status", lambda row: row.status.value),
    ("evidence", lambda row: row.evidence),
    ("schedule", lambda row: row.schedule.state.value),
    ("freshness", lambda row: row.freshness.state.value),
)


@dataclass(frozen=True)
class GroupMove:
    group: StatusGroup
    before: int
    after: int

    @property
    def signed(self) -> str:
        """The difference with a typographic sign."""
        return f"{self.after - self.before:+}".replace("-", "−").replace("+0", "0")


@dataclass(frozen=True)
class Changes:
    """`turned` had a status or grade changed, `shifted` only moved with the days; `ended` left the set."""

    period: Period
    groups: list[GroupMove]
    turned: list[Moved]
    shifted: list[Moved]
    added: list[Moved]
    ended: list[Moved]
    milestones: list[Milestone]
    corrections: list[StatusUpdate]
    latest: list[Entry]
    acts: int
    context: int

    @property
    def updates(self) -> int:
        return self.acts + self.context

    @property
    def total_before(self) -> int:
        return sum(group.before for group in self.groups)

    @property
    def total_after(self) -> int:
        return sum(group.after for group in self.groups)


def compare(period: Period) -> Changes:
    """Ten queries, however much has happened; more on past known-on days, for the words of those days."""
    before = {row.commitment.pk: row for row in judged_set(period.before)}
    after = {row.commitment.pk: row for row in judged_set(period.after)}
    keys = list(dict.fromkeys([*after, *before]))
    reasons = _reasons(period, keys)
    moved = [Moved(before.get(key), after.get(key), reasons.get(key, [])) for key in keys]
    staying = [row for row in moved if row.before and row.after]
    kinds = _count_updates(period)
    return Changes(
        period=period,
        groups=_group_moves(before.values(), after.values()),
        turned=sorted((row for row in staying if row.turns), key=_latest_reason),
        shifted=[row for row in staying if row.moves and not row.turns],
        added=[row for row in moved if row.before is None],
        ended=[row for row in moved if row.after is None],
        milestones=_milestones(period),
        corrections=_corrections(period),
        latest=load_entries(updates_within(period).order_by(*BY_EVENT)[:LATEST], period.after),
        acts=kinds[False],
        context=kinds[True],
    )


def _latest_reason(row: Moved) -> tuple[int, str]:
    """Newest first; those without an update of the period last."""
    day = row.reasons[0].happened_by if row.reasons else None
    return (-day.toordinal() if day else 0, row.row.commitment.reference)


def _group_moves(before: Iterable[Judged], after: Iterable[Judged]) -> list[GroupMove]:
    pairs = zip(count_groups(list(before)), count_groups(list(after)), strict=True)
    return [GroupMove(was.group, was.count, now.count) for was, now in pairs]


def updates_within(period: Period) -> Any:
    """Those that count at its end."""
    counted = StatusUpdate.objects.counted(period.after.as_of, period.after.known_on)
    return counted.filter(period.within("happened_by", "published_at"))


def _count_updates(period: Period) -> Counter[bool]:
    rows = updates_within(period).order_by().values_list("is_context").annotate(count=models.Count("pk"))
    return Counter(dict(rows))


def _reasons(period: Period, commitments: Sequence[int]) -> dict[int, list[Assessment]]:
    """For each commitment the latest few assessments of the period that set a status, newest first."""
    newest_first = [F("happened_by").desc(), F("published_at").desc(), F("update_id").desc()]
    ranked = (
        Assessment.objects.counted(period.after.as_of, period.after.known_on)
        .filter(period.within("happened_by", "published_at"), commitment__in=commitments)
        .exclude(status="")
        .annotate(rank=Window(RowNumber(), partition_by="commitment", order_by=newest_first))
        .filter(rank__lte=REASONS_EACH)
    )
    reasons: dict[int, list[Assessment]] = {}
    for assessment in ranked.select_related("update").order_by("rank"):
        reasons.setdefault(assessment.commitment_id, []).append(assessment)
    return reasons


def _milestones(period: Period) -> list[Milestone]:
    recorded = Milestone.objects.recorded(period.after.as_of, period.after.known_on)
    new = recorded.filter(period.within("announced_by", "recorded_at")).select_related("commitment")
    rows = list(new.order_by("due_by", "slug"))
    restore_labels([row.commitment for row in rows], period.after.known_on)
    return rows


def _corrections(period: Period) -> list[StatusUpdate]:
    """Published in the period, on either clock: a correction is an act of the tracker."""
    known = StatusUpdate.objects.published(period.after.as_of, period.after.known_on)
    corrections = known.filter(period.published_within("published_at"), corrects__isnull=False)
    return list(corrections.select_related("corrects").order_by("-number")[: LATEST * 5])


@dataclass(frozen=True)
class Preset:
    label: str
    since: datetime.date


def presets(clocks: Clocks) -> list[Preset]:
    """Days that a reader is likely to ask from, as far as they are known at these clocks. Two queries."""
    ninety_days_ago = clocks.as_of - datetime.timedelta(days=DEFAULT_DAYS)
    found = [Preset(_("Last 90 days"), ninety_days_ago)]
    dialogue = _last_dialogue(clocks)
    if dialogue is not None:
        found.append(Preset(_("Since the last dialogue"), dialogue))
    return found + [
        Preset(_("Since: %(instrument)s") % {"instrument": instrument.title}, instrument.adopted_by)
        for instrument in _instruments(clocks)
    ]


def _last_dialogue(clocks: Clocks) -> datetime.date | None:
    """The latest meeting that counts as an occurrence of a recurring commitment."""
    held = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(
        is_occurrence=True, commitment__kind=CommitmentKind.RECURRING, update__kind=UpdateKind.MEETING
    )
    return held.order_by("-happened_by").values_list("happened_by", flat=True).first()


def _instruments(clocks: Clocks) -> list[Instrument]:
    """Newest first."""
    public = Commitment.objects.published(clocks.as_of, clocks.known_on)
    rows = list(Instrument.objects.filter(Exists(public.filter(instrument=OuterRef("pk")))).order_by("-adopted_by"))
    restore_labels(rows, clocks.known_on)
    return rows
