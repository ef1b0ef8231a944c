"""How the public words of one commitment have changed, from the revisions that the database keeps."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Value
from django.db.models.functions import JSONObject

from .clocks import Clocks
from .models import Actor, Area, Commitment, CommitmentActor, CommitmentSource, Revision, Source, restore_labels
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


def kept_revisions(clocks: Clocks) -> ArraySubquery:
    """To annotate a commitment with, so that its page needs no query of its own for them."""
    kept = Revision.objects.known(clocks.known_on).filter(table__in=[ROW, *LINKED], row_id=OuterRef("pk"))
    return ArraySubquery(
        kept.order_by("changed_at", "id").values(
            json=JSONObject(table=F("table"), changed_at=F("changed_at"), reason=F("reason"), was=F("was"))
        )
    )


def rewordings(commitment: Any, linked: Mapping[str, Sequence[models.Model]], clocks: Clocks) -> list[Rewording]:
    """Newest first. `commitment` bears `kept_revisions` and reads as at these clocks; `linked` are its actors and
    sources then. No query where nothing was reworded, else one; on a past known-on day one more.
    """
    if not commitment.kept_revisions:
        return []
    now: dict[str, Any] = {ROW: _columns(commitment), **{table: _keys(rows) for table, rows in linked.items()}}
    names = _names(commitment.kept_revisions, now, clocks.known_on)
    found = []
    for revision in reversed(commitment.kept_revisions):
        table, was = revision["table"], revision["was"]
        found.append(
            Rewording(
                on=datetime.datetime.fromisoformat(revision["changed_at"]).astimezone(datetime.UTC).date(),
                reason=revision["reason"],
                changes=_changes(table, was, now[table], names),
            )
        )
        now[table] = was
    return [rewording for rewording in found if rewording.changes]


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


def _names(revisions: Sequence[dict[str, Any]], now: dict[str, Any], known_on: datetime.date | None) -> Names:
    """Of all areas, actors, sources and commitments named at any time, as they read by then."""
    wanted: dict[type[models.Model], set[int]] = {Area: set(), Actor: set(), Source: set(), Commitment: set()}
    for table, columns in [*((each["table"], each["was"]) for each in revisions), *now.items()]:
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
    rows = [kinds[number](pk=key, **{LABELS[kinds[number]]: name}) for number, key, name in named]
    restore_labels(rows, known_on)
    return {(type(row), row.pk): str(getattr(row, LABELS[type(row)])) for row in rows}
