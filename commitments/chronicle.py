"""Dated lists: what happened, what it meant for each commitment, and who says so."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from .clocks import BadQuery, Clocks
from .models import (
    Area,
    Assessment,
    Bearing,
    CheckCommitment,
    Citation,
    Commitment,
    DeliveryStatus,
    StatusUpdate,
    end_of_day,
    restore_labels,
)

if TYPE_CHECKING:
    from .models.check import CheckCommitmentQuerySet
    from .models.status_update import StatusUpdateQuerySet

PAGE_SIZE = 50
BY_EVENT = ("-happened_by", "-number")
BY_NUMBER = ("-number",)
CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,9})\Z", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """One assessment with the status before it: the turn is shown where the two differ."""

    assessment: Assessment
    before: DeliveryStatus

    @property
    def after(self) -> DeliveryStatus | None:
        return DeliveryStatus(self.assessment.status) if self.assessment.status else None

    @property
    def turns(self) -> bool:
        return self.after is not None and self.after != self.before


@dataclass(frozen=True)
class Entry:
    """An update as a dated list shows it. `corrected_by` is the number of the update that replaced it."""

    update: StatusUpdate
    readings: list[Reading]
    citations: list[Citation]
    corrected_by: int | None = None

    @property
    def is_withdrawal(self) -> bool:
        return self.update.corrects_id is not None and not self.readings

    @property
    def bearing(self) -> Bearing:
        """The strongest of its bearings, for the margin of a list."""
        bearings = {reading.assessment.bearing for reading in self.readings}
        order = (Bearing.SETBACK, Bearing.ADVANCE, Bearing.NEUTRAL, Bearing.CONTEXT)
        return next((bearing for bearing in order if bearing in bearings), Bearing.NEUTRAL)

    @property
    def areas(self) -> list[Area]:
        return list(dict.fromkeys(reading.assessment.commitment.area for reading in self.readings))

    @property
    def turns(self) -> list[Reading]:
        return [reading for reading in self.readings if reading.turns]


@dataclass(frozen=True)
class EntryPage:
    """Some entries, and the cursor of the next page ("" on the last)."""

    entries: list[Entry] = field(default_factory=list)
    next_cursor: str = ""


def labels_in(entries: Iterable[Entry]) -> list[Model]:
    """The commitments and sources in these entries, whose words may have changed."""
    return [
        *_commitments_in(entries),
        *(citation.source for entry in entries for citation in entry.citations),
    ]


def _commitments_in(entries: Iterable[Entry]) -> list[Commitment]:
    return [reading.assessment.commitment for entry in entries for reading in entry.readings]


def load_entries(
    updates: StatusUpdateQuerySet,
    clocks: Clocks,
    *,
    as_published: bool = False,
) -> list[Entry]:
    """The updates in their order, each with what the clocks let a reader see of it.

    Three queries, and one more on a past known-on day. With `as_published`, the status before is that of the moment
    of publication, which no later find changes.
    """
    entries = _load(updates, clocks, as_published=as_published)
    restore_labels(labels_in(entries), clocks.known_on, following=(Area,))
    return entries


def _load(
    updates: StatusUpdateQuerySet,
    clocks: Clocks,
    *,
    commitment: Commitment | None = None,
    as_published: bool = False,
) -> list[Entry]:
    """With `commitment`, only the assessments of that one. The wordings are those of today."""
    before = _status_when_published() if as_published else status_before_each(clocks)
    assessments = Assessment.objects.annotate(status_before=before).select_related(
        "commitment__area", "commitment__instrument", "meets"
    )
    if commitment is not None:
        assessments = assessments.filter(commitment=commitment)
    rows: list[Any] = list(
        updates.with_correction(clocks.known_on)
        .select_related("corrects")
        .prefetch_related(
            Prefetch("assessments", assessments.order_by("position", "id")),
            Prefetch("citations", Citation.objects.select_related("source").order_by("position", "id")),
        )
    )
    return [
        Entry(
            update=row,
            readings=[
                Reading(assessment, DeliveryStatus(assessment.status_before)) for assessment in row.assessments.all()
            ],
            citations=list(row.citations.all()),
            corrected_by=row.corrected_by,
        )
        for row in rows
    ]


def latest_events(clocks: Clocks, count: int, touching: QuerySet[Assessment] | None = None) -> list[Entry]:
    """The updates that count, latest event first; with `touching`, only those that make one of these assessments."""
    counted = StatusUpdate.objects.counted(clocks.as_of, clocks.known_on)
    return load_entries(first_updates(counted, touching, BY_EVENT, count), clocks)


def page_by_event(clocks: Clocks, cursor: str, commitment: Commitment) -> EntryPage:
    """What touched the commitment, latest event first, after the cursor "2025-06-01.31" (day of the event, number).

    The wordings are those of today: `labels_in` gives the rows to restore. Three queries. Raises BadQuery.
    """
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    if cursor:
        happened_by, number = event_cursor(cursor)
        updates = updates.filter(Q(happened_by__lt=happened_by) | Q(happened_by=happened_by, number__lt=number))
    shown = first_updates(updates, Assessment.objects.filter(commitment=commitment), BY_EVENT, PAGE_SIZE + 1)
    entries = _load(shown, clocks, commitment=commitment)
    last = entries[PAGE_SIZE - 1].update if len(entries) > PAGE_SIZE else None
    return EntryPage(entries[:PAGE_SIZE], f"{last.happened_by}.{last.number}" if last else "")


def page_by_number(
    updates: StatusUpdateQuerySet, clocks: Clocks, cursor: str, touching: QuerySet[Assessment] | None = None
) -> EntryPage:
    """Latest publication first, before the number in the cursor. Raises BadQuery."""
    if cursor:
        if not re.fullmatch(r"[0-9]{1,9}", cursor):
            raise BadQuery(_("“before” is the number of an update, such as 31."))
        updates = updates.filter(number__lt=int(cursor))
    entries = load_entries(first_updates(updates, touching, BY_NUMBER, PAGE_SIZE + 1), clocks)
    last = entries[PAGE_SIZE - 1].update if len(entries) > PAGE_SIZE else None
    return EntryPage(entries[:PAGE_SIZE], str(last.number) if last else "")


def first_updates(
    updates: StatusUpdateQuerySet, touching: QuerySet[Assessment] | None, order: Sequence[str], count: int
) -> StatusUpdateQuerySet:
    """With `touching`, only those that make one of these assessments, or withdraw an update that does."""
    if touching is None:
        return updates.order_by(*order)[:count]
    return updates.touching(touching, order=order, count=count)


def update_context(update: StatusUpdate, clocks: Clocks) -> dict[str, Any]:
    """What the page of one update shows; of a draft, what it will show. The caller decides who may see it."""
    [entry] = load_entries(StatusUpdate.objects.filter(pk=update.pk), clocks)
    previous, following = neighbours(update.number, clocks) if update.number is not None else (None, None)
    return {"entry": entry, "update": entry.update, "previous": previous, "next": following}


def neighbours(number: int, clocks: Clocks) -> tuple[StatusUpdate | None, StatusUpdate | None]:
    """The updates that were published before and after the one with this number. Two queries."""
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    before, after = published.filter(number__lt=number), published.filter(number__gt=number)
    return before.order_by("-number").first(), after.order_by("number").first()


def status_before_each(clocks: Clocks) -> Coalesce:
    """The status just before each assessment, by event; a draft stands where it would if published now."""
    happened_by = Coalesce(OuterRef("happened_by"), Value(clocks.as_of), output_field=DateField())
    published_at = Coalesce(OuterRef("published_at"), Value(end_of_day(clocks.today)), output_field=DateTimeField())
    earlier = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(
        Q(happened_by__lt=happened_by)
        | Q(happened_by=happened_by, published_at__lt=published_at)
        | Q(happened_by=happened_by, published_at=published_at, update_id__lt=OuterRef("update_id")),
    )
    return _latest_status(earlier, CheckCommitment.objects.known(clocks.known_on), happened_by)


def _status_when_published() -> Coalesce:
    """The same among what had been published, and not corrected, when this assessment was."""
    moment = OuterRef("published_at")
    correction = StatusUpdate.objects.filter(corrects=OuterRef("update"), published_at__lte=OuterRef(moment))
    earlier = Assessment.objects.filter(
        ~Exists(correction),
        # Not as a condition of its own, for which PostgreSQL would leave the index that is in the order of events.
        Q(published_at__lte=moment) | Q(published_at__isnull=True),
        update__number__lt=OuterRef("update__number"),
        happened_by__lte=OuterRef("happened_by"),
        # Implied, and said so that the planner may use the partial indexes.
        published_at__isnull=False,
    )
    searches = CheckCommitment.objects.filter(performed_check__recorded_at__lte=moment)
    return _latest_status(earlier, searches, OuterRef("happened_by"))


def _latest_status(earlier: QuerySet[Assessment], searches: CheckCommitmentQuerySet, day: Any) -> Coalesce:
    """Of the assessments that set a status the latest, or what a search before that day derives."""
    commitment = OuterRef("commitment")
    setting = earlier.filter(commitment=commitment).exclude(status="")
    latest = setting.order_by("-happened_by", "-published_at", "-update_id").values("status")[:1]
    covered = searches.covering_before(day).filter(commitment=commitment)
    return Coalesce(
        Subquery(latest),
        Case(
            When(Exists(covered), then=Value(DeliveryStatus.NO_PUBLIC_ACTION.value)),
            default=Value(DeliveryStatus.NOT_ASSESSED.value),
        ),
        output_field=CharField(),
    )


def event_cursor(cursor: str) -> tuple[datetime.date, int]:
    match = CURSOR.match(cursor)
    try:
        if match:
            return datetime.date.fromisoformat(match[1]), int(match[2])
    except ValueError:
        pass
    raise BadQuery(_("“before” is a day and the number of an update, such as 2025-06-01.31."))
