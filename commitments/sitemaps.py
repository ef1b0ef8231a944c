"""Every public page with the day of its last change, for robots.

A page's last change is the latest publication, correction, search, announced date or rewording that concerns it. What
only the passing of days moves (a date that is overdue since today) is no change of the record, and is not dated.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse

from .models import (
    Actor,
    Area,
    Assessment,
    CheckCommitment,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Edition,
    Instrument,
    InstrumentSource,
    Milestone,
    Revision,
    Source,
    SourceUse,
    StatusUpdate,
)

if TYPE_CHECKING:
    from django.db.models import Model

# A file may hold 50,000; with these robots read again little more than what changed.
LARGEST = 1_000
WHOLE_REGISTER = (
    "dashboard",
    "commitment_list",
    "update_list",
    "changes",
    "source_list",
    "source_coverage",
    "timeline",
    "pictures",
)
UNDATED = ("compare", "corrections", "search", "methodology", "subscribe", "data", "dictionary", "api")

Moment = datetime.datetime


@dataclass(frozen=True)
class Entry:
    """The path of a page, or of a file of them, and when it last changed (None: not said)."""

    path: str
    changed_at: Moment | None = None


def files(today: datetime.date) -> list[Entry]:
    """The files that make up the sitemap. At most ten queries, however much there is."""
    sources = _sources(today)
    chunks = [_Chunk("register", 1, Edition.objects.current().changed_at), *_chunks_of_updates(today)]
    for start in range(0, len(sources), LARGEST):
        dated = [entry.changed_at for entry in sources[start : start + LARGEST] if entry.changed_at]
        chunks.append(_Chunk("sources", start // LARGEST + 1, max(dated, default=None)))
    return [chunk.entry for chunk in chunks]


def entries(section: str, number: int, today: datetime.date) -> list[Entry]:
    """What one of these files lists; nothing where there is no such file. At most ten queries."""
    if section == "register":
        # Pledges and what they have in common: far fewer than a file holds.
        return _register(today) if number == 1 else []
    if section == "sources":
        return _sources(today)[(number - 1) * LARGEST : number * LARGEST] if number > 0 else []
    return _updates(number, today) if section == "updates" else []


@dataclass(frozen=True)
class _Chunk:
    section: str
    number: int
    changed_at: Moment | None

    @property
    def entry(self) -> Entry:
        return Entry(reverse("commitments:sitemap_file", args=[self.section, self.number]), self.changed_at)


# Updates: cut by their numbers, so that each stays in its file


def _chunks_of_updates(today: datetime.date) -> list[_Chunk]:
    """Two queries: the last number of a file is the latest to be published, and few updates correct another."""
    published = StatusUpdate.objects.published(today).order_by()
    newest = published.order_by("-number").first()
    if newest is None or newest.number is None:
        return []
    last = (newest.number - 1) // LARGEST + 1
    changed = _Moments()
    changed.add([(last, newest.published_at)])
    whole = published.filter(number__in=range(LARGEST, newest.number, LARGEST))
    corrections = published.filter(corrects__isnull=False).annotate(chunk=(F("corrects__number") - 1) / LARGEST + 1)
    latest = corrections.values_list("chunk").annotate(latest=Max("published_at"))
    told: Any = whole.annotate(chunk=F("number") / LARGEST).values_list("chunk", "published_at").union(latest, all=True)
    changed.add(told)
    return [_Chunk("updates", number, changed.of(number)) for number in range(1, last + 1)]


def _updates(number: int, today: datetime.date) -> list[Entry]:
    """A correction changes the page of what it corrects."""
    numbers = ((number - 1) * LARGEST + 1, number * LARGEST)
    published = StatusUpdate.objects.published(today).filter(number__range=numbers).order_by("number")
    dated = published.annotate(changed_at=Greatest("published_at", Max("corrections__published_at")))
    return [
        Entry(reverse("commitments:update", args=[row]), changed_at)
        for row, changed_at in dated.values_list("number", "changed_at")
    ]


# Everything else: few queries that group, laid together here


class _Moments:
    """The latest of the moments told of each key."""

    def __init__(self) -> None:
        self._latest: dict[int, Moment] = {}

    def add(self, told: Iterable[tuple[int, Moment | None]]) -> None:
        for key, moment in told:
            if moment is not None:
                self._latest[key] = max(moment, self._latest.get(key, moment))

    def of(self, key: int) -> Moment | None:
        return self._latest.get(key)


def _latest(rows: QuerySet[Any], key: str, moment: str) -> Iterable[tuple[int, Moment]]:
    """The latest moment beside each key. One query."""
    found: Iterable[tuple[int, Moment]] = rows.order_by().values_list(key).annotate(latest=Max(moment))
    return found


def _reworded(*models: type[Model]) -> Mapping[type[Model], list[tuple[int, Moment]]]:
    """When the rows of these models, and the lists of links of a parent, were last reworded. One query."""
    model_of = {model._meta.db_table: model for model in models}
    found: dict[type[Model], list[tuple[int, Moment]]] = defaultdict(list)
    revisions = Revision.objects.filter(table__in=model_of).order_by()
    for table, row, moment in revisions.values_list("table", "row_id").annotate(latest=Max("changed_at")):
        found[model_of[table]].append((row, moment))
    return found


def _register(today: datetime.date) -> list[Entry]:
    reworded = _reworded(Commitment, CommitmentActor, CommitmentSource, Area, Actor, Instrument, InstrumentSource)
    commitments = list(Commitment.objects.published(today).select_related("area", "instrument").order_by("reference"))
    in_force = [row for row in commitments if row.withdrawn_at is None]
    links = CommitmentActor.objects.filter(commitment__in=in_force).select_related("actor")
    changed = _commitments_changed(commitments, today)
    for model in (Commitment, CommitmentActor, CommitmentSource):
        changed.add(reworded[model])
    shared: list[tuple[list[tuple[Area | Actor | Instrument, int]], list[tuple[int, Moment]]]] = [
        ([(row.area, row.pk) for row in in_force], reworded[Area]),
        ([(link.actor, link.commitment_id) for link in links], reworded[Actor]),
        ([(row.instrument, row.pk) for row in commitments], [*reworded[Instrument], *reworded[InstrumentSource]]),
    ]
    edition = Edition.objects.current().changed_at
    return [
        *(Entry(reverse(f"commitments:{name}"), edition) for name in WHOLE_REGISTER),
        *(Entry(reverse(f"commitments:{name}")) for name in UNDATED),
        *(Entry(row.get_absolute_url(), changed.of(row.pk)) for row in commitments),
        *(entry for linked, rewordings in shared for entry in _shared(linked, rewordings, changed)),
    ]


def _commitments_changed(commitments: Iterable[Commitment], today: datetime.date) -> _Moments:
    changed = _Moments()
    for row in commitments:
        changed.add([(row.pk, row.published_at), (row.pk, row.withdrawn_at)])
    assessments = Assessment.objects.filter(published_at__isnull=False, happened_by__lte=today)
    corrections = StatusUpdate.objects.published(today).filter(corrects__assessments__isnull=False)
    changed.add(_latest(assessments, "commitment", "published_at"))
    changed.add(_latest(corrections, "corrects__assessments__commitment", "published_at"))
    changed.add(_latest(CheckCommitment.objects.known(), "commitment", "performed_check__recorded_at"))
    changed.add(_latest(Milestone.objects.recorded(today), "commitment", "recorded_at"))
    return changed


def _shared(
    linked: Iterable[tuple[Area | Actor | Instrument, int]],
    rewordings: Iterable[tuple[int, Moment]],
    changed: _Moments,
) -> list[Entry]:
    """The pages of what commitments have in common: each changes with its commitments."""
    latest = _Moments()
    latest.add(rewordings)
    found = {}
    for row, commitment in linked:
        found[row.slug] = row
        latest.add([(row.pk, changed.of(commitment))])
    return [Entry(row.get_absolute_url(), latest.of(row.pk)) for _slug, row in sorted(found.items())]


def _sources(today: datetime.date) -> list[Entry]:
    """In the order of their keys, so that a new one comes last."""
    changed = _Moments()
    commitments = Commitment.objects.published(today)
    uses = SourceUse.objects.known(today).filter(source=OuterRef("pk")).order_by("-published_at")
    used = Source.objects.order_by().annotate(used_at=Subquery(uses.values("published_at")[:1]))
    changed.add(used.values_list("pk", "used_at"))
    for rows, key, moment in (
        (commitments.exclude(sources=None), "sources", "published_at"),
        (commitments.exclude(wording_source=None), "wording_source", "published_at"),
        (commitments.exclude(instrument__sources=None), "instrument__sources", "published_at"),
        (Milestone.objects.recorded(today), "sources", "recorded_at"),
    ):
        changed.add(_latest(rows, key, moment))
    changed.add(_reworded(Source)[Source])
    published = Source.objects.published(today).order_by("pk").only("slug")
    return [Entry(row.get_absolute_url(), changed.of(row.pk)) for row in published]
