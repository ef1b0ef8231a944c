"""How the public words of one commitment have changed, from the revisions that the database keeps."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Value
from django.db.models.functions import JSONObject

from .clocks import Clocks
from .models import Actor, Area, Commitment, CommitmentActor, CommitmentSource, Revision, Source
from .models.dates import end_of_day
from .wording import Change, Names, changes_between

ROW = Commitment._meta.db_table
ACTORS, SOURCES = CommitmentActor._meta.db_table, CommitmentSource._meta.db_table
LABELS: dict[type[models.Model], str] = {Area: "name", Actor: "name", Source: "title", Commitment: "reference"}
LINKED: dict[str, type[models.Model]] = {ACTORS: Actor, SOURCES: Source}
# Said on the page in places of their own.
ELSEWHERE = {"published_at", "withdrawn_at", "withdrawal_reason"}


@dataclass(frozen=True)
class Rewording:
    """What one change did, and why."""

    on: datetime.date
    reason: str
    changes: list[Change]


def kept_revisions() -> ArraySubquery:
    """To annotate a commitment with, so that its page needs no query of its own for what it read at any time."""
    kept = Revision.objects.filter(table__in=[ROW, *LINKED], row_id=OuterRef("pk"))
    return ArraySubquery(
        kept.order_by("changed_at", "id").values(
            json=JSONObject(table=F("table"), changed_at=F("changed_at"), reason=F("reason"), was=F("was"))
        )
    )


@dataclass(frozen=True)
class Wordings:
    """The kept revisions of one commitment on either side of the end of the known-on day: those `made` by then,
    oldest first, and by table what a row `was`, where it has been changed since.
    """

    made: list[dict[str, Any]]
    was: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, commitment: Any, clocks: Clocks) -> Self:
        """`commitment` bears `kept_revisions`."""
        kept = [(datetime.datetime.fromisoformat(each["changed_at"]), each) for each in commitment.kept_revisions]
        end = clocks.known_on and end_of_day(clocks.known_on)
        later = [each for changed_at, each in kept if end and changed_at >= end]
        return cls(
            made=[each for changed_at, each in kept if not end or changed_at < end],
            was={each["table"]: each["was"] for each in reversed(later)},
        )

    def named(self, now: Mapping[str, Any]) -> list[models.Model]:
        """All areas, actors, sources and commitments that were named at any time by then, as they read today.

        One query, or none where nothing was reworded.
        """
        return _named([*((each["table"], each["was"]) for each in self.made), *now.items()]) if self.made else []

    def rewordings(self, now: Mapping[str, Any], named: Sequence[models.Model]) -> list[Rewording]:
        """Newest first. `now` is by table what the rows read at these clocks, `named` the rows of `named()` then."""
        names = {(type(row), row.pk): str(getattr(row, LABELS[type(row)])) for row in named}
        became = dict(now)
        found = []
        for revision in reversed(self.made):
            table, was = revision["table"], revision["was"]
            found.append(
                Rewording(
                    on=datetime.datetime.fromisoformat(revision["changed_at"]).astimezone(datetime.UTC).date(),
                    reason=revision["reason"],
                    changes=_changes(table, was, became[table], names),
                )
            )
            became[table] = was
        return [rewording for rewording in found if rewording.changes]


def read_now(commitment: Commitment, actors: Sequence[models.Model], sources: Sequence[models.Model]) -> dict[str, Any]:
    """By table, what a commitment and its links read, as a revision would keep it."""
    return {ROW: _columns(commitment), ACTORS: _keys(actors), SOURCES: _keys(sources)}


def _changes(table: str, was: Any, became: Any, names: Names) -> list[Change]:
    if table == ROW:
        told = {name: value for name, value in was.items() if name not in ELSEWHERE}
        return changes_between(Commitment, told, {name: became.get(name) for name in told}, names)
    model: Any = LINKED[table]
    before, after = (
        "; ".join(names.get((model, key), "–") for key in columns["links"]) or "–" for columns in (was, became)
    )
    return [Change(str(model._meta.verbose_name_plural).capitalize(), before, after)] if before != after else []


def _columns(commitment: Commitment) -> dict[str, Any]:
    """As JSON has them."""
    fields = commitment._meta.concrete_fields
    values = {str(field.column): getattr(commitment, field.attname) for field in fields if not field.generated}
    return {name: value.isoformat() if isinstance(value, datetime.date) else value for name, value in values.items()}


def _keys(rows: Sequence[models.Model]) -> dict[str, list[int]]:
    return {"links": [row.pk for row in rows]}


def _named(revisions: Iterable[tuple[str, dict[str, Any]]]) -> list[models.Model]:
    wanted: dict[type[models.Model], set[int]] = {Area: set(), Actor: set(), Source: set(), Commitment: set()}
    for table, columns in revisions:
        if table == ROW:
            wanted[Area].add(columns["area_id"])
            wanted[Source].add(columns["wording_source_id"] or 0)
            wanted[Commitment].add(columns["follows_id"] or 0)
        else:
            wanted[LINKED[table]].update(columns["links"])
    kinds = list(wanted)
    parts = [
        model._default_manager.filter(pk__in=wanted[model])
        .order_by()
        .values_list(Value(number, models.IntegerField()), "pk", F(LABELS[model]))
        for number, model in enumerate(kinds)
    ]
    named = parts[0].union(*parts[1:], all=True)
    return [kinds[number](pk=key, **{LABELS[kinds[number]]: name}) for number, key, name in named]
