"""What pictures read from the database: each in one query, and bounded however much has happened."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject, Trunc
from django.utils.translation import gettext as _

from ..chronicle import BY_EVENT, event_cursor, status_before_each
from ..clocks import BadQuery, Clocks
from ..judgements import GROUP_OF, Judged
from ..models import (
    Area,
    Assessment,
    Bearing,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentKind,
    DeliveryStatus,
    Precision,
    StatusUpdate,
    restore_labels,
)
from .span import Span

if TYPE_CHECKING:
    from ..models.status_update import StatusUpdateQuerySet

MOST_DRAWN = 400
MONTHS_LISTED = 14


@dataclass(frozen=True)
class Places:
    """Which area each commitment in force belonged to on the day that is asked for, and those areas."""

    areas: list[Area]
    area_of: dict[int, int]
    moved: dict[int, int]

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Places:
        """From commitments with their areas, restored, and `area_now` as it is in the database."""
        rows = list(rows)
        areas = {row.area.pk: row.area for row in rows}
        return cls(
            areas=sorted(areas.values(), key=lambda area: (area.position, area.slug)),
            area_of={row.pk: row.area_id for row in rows},
            moved={row.pk: row.area_id for row in rows if row.area_id != row.area_now},
        )

    def column(self, commitment: str) -> Any:
        """The area of a commitment on that day, for the database, by what leads to it."""
        whens = [When(Q((commitment, pk)), then=Value(area)) for pk, area in self.moved.items()]
        return Case(*whens, default=F(f"{commitment}__area"), output_field=IntegerField())

    def within(self, slug: str) -> list[int]:
        """The commitments of this area; of all for "". Raises BadQuery."""
        if not slug:
            return list(self.area_of)
        area = next((area for area in self.areas if area.slug == slug), None)
        if area is None:
            raise BadQuery(_("“%(value)s” is no area of this timeline.") % {"value": slug[:80]})
        return [pk for pk, area_id in self.area_of.items() if area_id == area.pk]


def commitments_with_area() -> Any:
    return Commitment.objects.annotate(area_now=F("area_id"))


def places(clocks: Clocks) -> Places:
    """One query; two on a past known-on day."""
    rows = list(commitments_with_area().in_force(clocks.as_of, clocks.known_on).select_related("area"))
    restore_labels(rows, clocks.known_on, following=(Area,))
    return Places.of(rows)


@dataclass(frozen=True)
class Ends:
    """The first and the latest day on which anything that counts happened; None where nothing did.

    Of what is known only to its year the last day says nothing, so that it is left out of the latest.
    """

    first: datetime.date | None
    last: datetime.date | None


def ends(clocks: Clocks) -> Ends:
    """One query, which walks an index from either end."""
    assessed = Exists(Assessment.objects.filter(update=OuterRef("pk")))
    counted = StatusUpdate.objects.counted(clocks.as_of, clocks.known_on).filter(assessed)
    dated = counted.exclude(happened_precision=Precision.YEAR)
    both = (
        rows.order_by(*order).annotate(end=Value(end)).values_list("end", "happened_by")[:1]
        for end, rows, order in (("first", counted, ("happened_by", "number")), ("last", dated, BY_EVENT))
    )
    first, last = both
    rows: Any = first.union(last, all=True)
    found: dict[str, datetime.date] = dict(rows)
    return Ends(found.get("first"), found.get("last"))


@dataclass(frozen=True)
class TurnOf:
    """A status that differs from the one before: set by the update of this number, or without one derived."""

    reference: str
    area: int
    by: datetime.date
    before: DeliveryStatus
    after: DeliveryStatus
    number: int | None = None


@dataclass
class Happening:
    """An update with what it means for the commitments asked for, by their areas."""

    number: int
    title: str
    on: datetime.date
    precision: str
    by: datetime.date
    is_context: bool
    sources: int
    bearings: dict[int, set[str]] = field(default_factory=dict)
    turns: list[TurnOf] = field(default_factory=list)

    @property
    def cursor(self) -> str:
        return f"{self.by}.{self.number}"

    @property
    def areas(self) -> set[int]:
        return set(self.bearings)

    @property
    def bearing(self) -> Bearing:
        found = {bearing for bearings in self.bearings.values() for bearing in bearings}
        order = (Bearing.SETBACK, Bearing.ADVANCE, Bearing.NEUTRAL, Bearing.CONTEXT)
        return next(bearing for bearing in order if bearing in found)


@dataclass(frozen=True)
class Scope:
    """`acts`: True for acts of the parties, False for context. `is_dated` leaves out what is known only to its year."""

    acts: Sequence[bool] = (False, True)
    is_dated: bool = False

    def within(self, span: Span, update: str = "") -> Q:
        """Over updates, or over what `update` leads to them from; the index by event answers it."""
        asked = Q((f"{update}published_at__isnull", False), (f"{update}happened_by__range", (span.since, span.until)))
        if len(self.acts) == 1:
            asked &= Q((f"{update}is_context", not self.acts[0]))
        return asked & ~Q((f"{update}happened_precision", Precision.YEAR)) if self.is_dated else asked


EVERYTHING = Scope()


def _updates(clocks: Clocks, span: Span, scope: Scope) -> StatusUpdateQuerySet:
    counted = StatusUpdate.objects.counted(clocks.as_of, clocks.known_on, at_large=True)
    return counted.filter(scope.within(span)).order_by()


def _bearing(span: Span, commitments: Sequence[int], assessment: str = "") -> Q:
    """That an assessment of the span is of one of these; said in full, as the index by event answers it."""
    return Q(
        (f"{assessment}commitment__in", commitments),
        (f"{assessment}published_at__isnull", False),
        (f"{assessment}happened_by__range", (span.since, span.until)),
    )


def happenings(
    clocks: Clocks,
    span: Span,
    where: Places,
    commitments: Sequence[int],
    scope: Scope = EVERYTHING,
    *,
    before: str = "",
) -> tuple[list[Happening], bool]:
    """What happened in the span, latest first, after the cursor; and whether that is all of it. One query.

    It reads at most MOST_DRAWN assessments; an update of which some were left out is left out whole.
    """
    assessments = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(
        scope.within(span, "update__"), commitment__in=commitments
    )
    if before:
        day, number = event_cursor(before)
        assessments = assessments.filter(
            Q(update__happened_by__lt=day) | Q(update__happened_by=day, update__number__lt=number)
        )
    cited = Citation.objects.filter(update=OuterRef("update")).order_by().values("update").annotate(count=Count("pk"))
    rows: list[tuple[Any, ...]] = list(
        assessments.annotate(status_before=status_before_each(clocks), sources=Coalesce(cited.values("count"), 0))
        .order_by("-update__happened_by", "-update__number", "position", "pk")
        .values_list(
            "update__number",
            "update__title",
            "update__happened_on",
            "update__happened_precision",
            "happened_by",
            "update__is_context",
            "sources",
            "commitment",
            "commitment__reference",
            "bearing",
            "status",
            "status_before",
        )[: MOST_DRAWN + 1]
    )
    found: dict[int, Happening] = {}
    for row in rows:
        happening = found.setdefault(row[0], Happening(*row[:7]))
        commitment, reference, bearing, status, status_before = row[7:]
        area = where.area_of[commitment]
        happening.bearings.setdefault(area, set()).add(bearing)
        if status and status != status_before:
            before_and_after = DeliveryStatus(status_before), DeliveryStatus(status)
            turn = TurnOf(reference, area, happening.by, *before_and_after, number=happening.number)
            happening.turns.append(turn)
    is_all = len(rows) <= MOST_DRAWN
    if not is_all and len(found) > 1:
        del found[rows[-1][0]]
    return list(found.values()), is_all


def turns_by_search(clocks: Clocks, span: Span, where: Places, commitments: Sequence[int]) -> list[TurnOf]:
    """The statuses that turned because a search began to cover the commitment, in their order. One query.

    Of a commitment that was covered from its adoption on, or assessed by then, nothing turned.
    """
    searches = CheckCommitment.objects.known(clocks.known_on).filter(commitment=OuterRef("pk"))
    first_day = Coalesce("performed_check__covers_from", "commitment__instrument__adopted_by")
    assessed = Assessment.objects.counted(clocks.as_of, clocks.known_on).exclude(status="")
    covered = (
        Commitment.objects.filter(pk__in=commitments)
        .annotate(begins=Subquery(searches.order_by(first_day).values(day=first_day)[:1]))
        .filter(begins__range=(span.since, span.until), begins__gt=F("instrument__adopted_by"))
        .exclude(Exists(assessed.filter(commitment=OuterRef("pk"), happened_by__lte=OuterRef("begins"))))
        .order_by("begins", "reference")
    )
    derived = DeliveryStatus.NOT_ASSESSED, DeliveryStatus.NO_PUBLIC_ACTION
    rows = covered.values_list("reference", "pk", "begins")
    return [TurnOf(reference, where.area_of[pk], begins, *derived) for reference, pk, begins in rows]


def acts_and_context(
    clocks: Clocks, span: Span, commitments: Sequence[int], scope: Scope = EVERYTHING
) -> Counter[bool]:
    """How many updates there are of each: True for acts. One query."""
    touching = Assessment.objects.filter(_bearing(span, commitments), update=OuterRef("pk"))
    found = _updates(clocks, span, scope).filter(Exists(touching))
    counted = found.values_list("is_context").annotate(updates=Count("pk"))
    return Counter({not is_context: updates for is_context, updates in counted})


def activity(
    clocks: Clocks,
    span: Span,
    where: Places,
    commitments: Sequence[int],
    unit: str,
    scope: Scope = EVERYTHING,
) -> dict[tuple[int, datetime.date, bool], int]:
    """How many updates by area, first day of the week, month, quarter or year, and whether they are acts. One query.

    A date known to the month or year is counted where its last day lies.
    """
    found = _updates(clocks, span, scope).filter(_bearing(span, commitments, "assessments__"))
    placed = found.annotate(
        area=where.column("assessments__commitment"), start=Trunc("happened_by", unit, output_field=DateField())
    )
    counted = placed.values_list("area", "start", "is_context").annotate(updates=Count("pk", distinct=True))
    return {(area, start, not is_context): updates for area, start, is_context, updates in counted}


def counts_on(days: Sequence[datetime.date], clocks: Clocks) -> list[Counter[str]]:
    """For each day how many commitments stood in each group by its end. One query."""
    names = [f"status_{number}" for number in range(len(days))]
    rows = (
        Commitment.objects.in_force(clocks.as_of, clocks.known_on)
        .with_statuses(days, clocks.known_on)
        .order_by()
        .values_list("instrument__adopted_by", *names)
    )
    counts: list[Counter[str]] = [Counter() for _day in days]
    for adopted_by, *statuses in rows:
        for day, status, count in zip(days, statuses, counts, strict=True):
            if adopted_by <= day:
                count[GROUP_OF[DeliveryStatus(status)]] += 1
    return counts


def days_of_change(clocks: Clocks, most: int) -> list[datetime.date]:
    """The latest days on which a status was set, or a search began to cover, in their order. One query."""
    assessed = Assessment.objects.counted(clocks.as_of, clocks.known_on).exclude(status="").order_by()
    checked = CheckCommitment.objects.known(clocks.known_on).filter(
        performed_check__covers_from__isnull=False, performed_check__covers_from__lte=clocks.as_of
    )
    days = assessed.values_list("happened_by").union(checked.order_by().values_list("performed_check__covers_from"))
    latest: QuerySet[Any, Any] = days.order_by("-happened_by")[:most]
    return sorted(day for (day,) in latest)


@dataclass(frozen=True)
class Kept:
    """A recurring commitment: when it was kept, as (number of the update, day, precision), and the searches for it."""

    judged: Judged
    occurrences: list[tuple[int, datetime.date, str]]
    searches: list[tuple[datetime.date | None, datetime.date]]


def kept_years(rows: Sequence[Judged], clocks: Clocks, since: datetime.date) -> list[Kept]:
    """Of those that recur, what happened from that day on. One query."""
    recurring = [row for row in rows if row.commitment.kind == CommitmentKind.RECURRING]
    held = (
        Assessment.objects.counted(clocks.as_of, clocks.known_on)
        .filter(commitment=OuterRef("pk"), is_occurrence=True, happened_by__gte=since)
        .order_by("update__happened_on__year", "-update__happened_on", "-update__number")
        .distinct("update__happened_on__year")
        .values(
            json=JSONObject(number="update__number", on="update__happened_on", precision="update__happened_precision")
        )
    )
    searched = CheckCommitment.objects.known(clocks.known_on).filter(commitment=OuterRef("pk")).order_by()
    found = {
        pk: (occurrences, searches)
        for pk, occurrences, searches in Commitment.objects.filter(pk__in=[row.commitment.pk for row in recurring])
        .annotate(
            occurrences=ArraySubquery(held),
            searched=ArraySubquery(
                searched.values(
                    json=JSONObject(since="performed_check__covers_from", on="performed_check__checked_on")
                ).distinct()
            ),
        )
        .values_list("pk", "occurrences", "searched")
    }
    return [
        Kept(
            row,
            [(each["number"], _day(each["on"]), each["precision"]) for each in found[row.commitment.pk][0]],
            [
                (_day(each["since"]) if each["since"] else None, _day(each["on"]))
                for each in found[row.commitment.pk][1]
            ],
        )
        for row in recurring
    ]


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
