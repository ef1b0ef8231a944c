"""What differs between the ends of two days."""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .chronicle import BY_EVENT, Entry, load_entries
from .clocks import BadQuery, Clocks, read_day
from .judgements import Judged, StatusGroup
from .models import (
    Area,
    Assessment,
    Citation,
    Commitment,
    Milestone,
    StatusUpdate,
    end_of_day,
    known_by,
    restore_labels,
)
from .overview import count_groups, judged_set

if TYPE_CHECKING:
    from .models.assessment import AssessmentQuerySet

LATEST = 8
REASONS_EACH = 3
DEFAULT_DAYS = 90
KINDS_OF_CHANGE = ("added", "turned", "shifted", "ended")
EVERYTHING = Q()
NEWEST_FIRST = [F("happened_by").desc(), F("published_at").desc(), F("update_id").desc()]


class PeriodClock(models.TextChoices):
    EVENT = "event", gettext_lazy("when it happened")
    PUBLICATION = "publication", gettext_lazy("when it was published here")


@dataclass(frozen=True)
class Period:
    """From the end of `since` to the end of `until`, on one of the two clocks; the other stands still.

    `area` is the slug of the one area that is asked for, which `compare` looks for among the pledges; "" for all.
    """

    since: datetime.date
    until: datetime.date
    by: PeriodClock
    clocks: Clocks
    area: str = ""

    @classmethod
    def read(cls, query: QueryDict, clocks: Clocks) -> Period:
        """From `?since=`, `?until=`, `?by=` and `?area=`; the last ninety days where nothing is asked.

        Raises BadQuery.
        """
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
        return cls(since, until, PeriodClock(by), clocks, query.get("area", ""))

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
        asked = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        if self.by != PeriodClock.EVENT:
            asked["by"] = self.by.value
        return {**asked, "area": self.area} if self.area else asked

    @property
    def query_string(self) -> str:
        return urlencode(self.parameters)

    def closed(self) -> Period:
        """The same on closed days, so that an address with it can be cited."""
        clocks = self.clocks.closed()
        until = min(self.until, clocks.as_of)
        return replace(self, since=min(self.since, until), until=until, clocks=clocks)

    @property
    def address(self) -> str:
        """Both clocks and the period as a query string."""
        return urlencode({**self.clocks.parameters, **self.parameters})


@dataclass(frozen=True)
class Move:
    """One judgement of a commitment at both ends, where they differ."""

    judgement: str
    before: str
    after: str


@dataclass(frozen=True)
class Reason:
    """An assessment of the period that set a status, with what its update cites."""

    assessment: Assessment
    citations: list[Citation] = field(default_factory=list)

    @property
    def update(self) -> StatusUpdate:
        return self.assessment.update


@dataclass(frozen=True)
class Setting:
    """An assessment of the period that set a status, with the number of its update and the last day of its event."""

    key: int
    number: int
    happened_by: datetime.date


@dataclass(frozen=True)
class Moved:
    """A commitment in the set at either end; `row` is as it stands at the second, or as it last stood.

    `reasons` are its `settings` in full, once `explain` has read them.
    """

    row: Judged
    before: Judged | None
    after: Judged | None
    reasons: list[Reason] = field(default_factory=list)

    @functools.cached_property
    def settings(self) -> list[Setting]:
        """The latest few assessments of the period that set its status, newest first."""
        commitment: Any = self.row.commitment
        return [
            Setting(each["key"], each["number"], datetime.date.fromisoformat(each["happened_by"]))
            for each in commitment.latest_settings[:REASONS_EACH]
        ]

    @property
    def has_earlier(self) -> bool:
        """Whether more of the period set its status than these."""
        commitment: Any = self.row.commitment
        return len(commitment.latest_settings) > REASONS_EACH

    @property
    def latest(self) -> Setting | None:
        return self.settings[0] if self.settings else None

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
    """`turned` had a status or grade changed, `shifted` only moved with the days; `ended` left the set.

    `areas` are those that pledges of either end are in, `area` the one that is asked for.
    """

    period: Period
    areas: list[Area]
    area: Area | None
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
    def lists(self) -> dict[str, list[Moved]]:
        """The commitments by the kind of their change."""
        return {name: getattr(self, name) for name in KINDS_OF_CHANGE}

    @property
    def updates(self) -> int:
        return self.acts + self.context

    @property
    def total_before(self) -> int:
        return sum(group.before for group in self.groups)

    @property
    def total_after(self) -> int:
        return sum(group.after for group in self.groups)


def compare(period: Period, *, listed: int = LATEST) -> Changes:
    """Seven queries, however much has happened; more on past known-on days, for the words of those days.

    At most `listed` updates of the period. Raises BadQuery for an area in which no pledge is.
    """
    setting = _settings(period).filter(commitment=OuterRef("pk")).order_by(*NEWEST_FIRST)
    told = setting.values(json=JSONObject(key="pk", number="update__number", happened_by="happened_by"))
    every = Commitment.objects.annotate(latest_settings=ArraySubquery(told[: REASONS_EACH + 1]))
    ends = judged_set(period.before, every), judged_set(period.after, every)
    areas = {row.commitment.area.slug: row.commitment.area for end in ends for row in end}
    if period.area and period.area not in areas:
        raise BadQuery(_("“%(area)s” is no area of this period.") % {"area": period.area[:80]})
    before, after = ({row.commitment.pk: row for row in end} for end in ends)
    rows = {key: row for key, row in (after | before | after).items() if _is_asked(period, row)}
    moved = [Moved(row, before.get(key), after.get(key)) for key, row in rows.items()]
    staying = [row for row in moved if row.before and row.after]
    touching = list(rows) if period.area else None
    latest = _latest(period, touching, listed)
    newest: Any = latest[0].update if latest else None
    totals = newest.totals if newest else {}
    return Changes(
        period=period,
        areas=sorted(areas.values(), key=lambda area: (area.position, area.slug)),
        area=areas.get(period.area),
        groups=_group_moves(moved),
        turned=sorted((row for row in staying if row.turns), key=_latest_reason),
        shifted=[row for row in staying if row.moves and not row.turns],
        added=[row for row in moved if row.before is None],
        ended=[row for row in moved if row.after is None],
        milestones=_milestones(period, touching),
        corrections=_corrections(period, touching),
        latest=latest,
        acts=totals.get("acts", 0),
        context=totals.get("contexts", 0),
    )


def _is_asked(period: Period, row: Judged) -> bool:
    return not period.area or row.commitment.area.slug == period.area


def _latest_reason(row: Moved) -> tuple[int, str]:
    """Newest first; those without an update of the period last."""
    day = row.latest.happened_by if row.latest else None
    return (-day.toordinal() if day else 0, row.row.commitment.reference)


def _group_moves(moved: Iterable[Moved]) -> list[GroupMove]:
    moved = list(moved)
    before = count_groups([row.before for row in moved if row.before])
    after = count_groups([row.after for row in moved if row.after])
    return [GroupMove(was.group, was.count, now.count) for was, now in zip(before, after, strict=True)]


def updates_within(period: Period, touching: Sequence[int] | None = None) -> Any:
    """Those that count at its end; with `touching`, those that bear on one of these commitments."""
    counted = StatusUpdate.objects.counted(period.after.as_of, period.after.known_on, at_large=True)
    within = counted.filter(period.within("happened_by", "published_at"))
    if touching is None:
        return within
    # The same of the assessments as of their updates, so that the index by event answers it.
    return within.filter(_bears_on(touching, period.within("happened_by", "published_at")))


def corrected_at(period: Period) -> datetime.datetime | None:
    """When an update of the period was last corrected, by whichever update: it counts no more. One query."""
    known = StatusUpdate.objects.filter(known_by("published_at", period.after.known_on))
    corrections = known.filter(period.within("corrects__happened_by", "corrects__published_at"))
    found: datetime.datetime | None = corrections.aggregate(at=Max("published_at"))["at"]
    return found


def _bears_on(commitments: Sequence[int], own: Q = EVERYTHING) -> Q:
    """That an update assesses one of them, or withdraws one that does. `own` holds of its own assessments."""
    assessments = Assessment.objects.published().filter(commitment__in=commitments)
    making = assessments.filter(own, update=OuterRef("pk"))
    withdrawing = assessments.filter(update=OuterRef("corrects"))
    return Q(Exists(making)) | Q(Exists(withdrawing), corrects__isnull=False)


def _latest(period: Period, touching: Sequence[int] | None, listed: int) -> list[Entry]:
    """Latest event first; each row also says in `totals` how many `acts` and `contexts` there are in all."""
    within = updates_within(period, touching)
    one_row = within.order_by().annotate(all=Value(1)).values("all")
    acts, contexts = (Count("pk", filter=Q(is_context=is_context)) for is_context in (False, True))
    totals = one_row.annotate(totals=JSONObject(acts=acts, contexts=contexts)).values("totals")
    counted = within.annotate(totals=Subquery(totals))
    return load_entries(counted.order_by(*BY_EVENT)[:listed], period.after)


def _settings(period: Period) -> AssessmentQuerySet:
    """The assessments of the period that set a status."""
    counted = Assessment.objects.counted(period.after.as_of, period.after.known_on)
    return counted.filter(period.within("happened_by", "published_at")).exclude(status="")


def explain(period: Period, lists: Mapping[str, Iterable[Moved]]) -> dict[str, list[Moved]]:
    """The same lists with the reasons of each row. Two queries, and another for the words of a past known-on day."""
    lists = {name: list(rows) for name, rows in lists.items()}
    keys = {setting.key for rows in lists.values() for row in rows for setting in row.settings}
    assessments = Assessment.objects.select_related("update").in_bulk(keys)
    cited = _cited(period, {assessment.update_id for assessment in assessments.values()})

    def reasons(row: Moved) -> list[Reason]:
        found = (assessments[setting.key] for setting in row.settings)
        return [Reason(assessment, cited[assessment.update_id]) for assessment in found]

    return {name: [replace(row, reasons=reasons(row)) for row in rows] for name, rows in lists.items()}


def _cited(period: Period, updates: Collection[int]) -> defaultdict[int, list[Citation]]:
    citations = list(Citation.objects.filter(update__in=updates).select_related("source").order_by("position", "id"))
    restore_labels([citation.source for citation in citations], period.after.known_on)
    cited: defaultdict[int, list[Citation]] = defaultdict(list)
    for citation in citations:
        cited[citation.update_id].append(citation)
    return cited


def _milestones(period: Period, touching: Sequence[int] | None) -> list[Milestone]:
    recorded = Milestone.objects.recorded(period.after.as_of, period.after.known_on)
    new = recorded.filter(period.within("announced_by", "recorded_at")).select_related("commitment")
    if touching is not None:
        new = new.filter(commitment__in=touching)
    rows = list(new.order_by("due_by", "slug"))
    restore_labels([row.commitment for row in rows], period.after.known_on)
    return rows


def _corrections(period: Period, touching: Sequence[int] | None) -> list[StatusUpdate]:
    """Published in the period, on either clock: a correction is an act of the tracker."""
    known = StatusUpdate.objects.published(period.after.as_of, period.after.known_on)
    corrections = known.filter(period.published_within("published_at"), corrects__isnull=False)
    if touching is not None:
        corrections = corrections.filter(_bears_on(touching))
    return list(corrections.select_related("corrects").order_by("-number")[: LATEST * 5])
