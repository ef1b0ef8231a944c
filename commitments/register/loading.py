"""From records to the database: compared first, then written in one transaction, or refused whole.

The files seed an empty database. From then on the database is the master: what is published there is final, labels
change with a reason, and nothing is ever renumbered, rewritten or dropped because a file says so.
"""

from __future__ import annotations

import datetime
import graphlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, models

from .. import publishing
from ..models import (
    Actor,
    Area,
    Assessment,
    Check,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Discrepancy,
    DiscrepancySource,
    Edition,
    Instrument,
    InstrumentSource,
    Milestone,
    MilestoneSource,
    Revision,
    Source,
    StatusUpdate,
    reason_for_change,
)
from .checking import SUCCESSION, predecessors
from .comparing import IN_DISPLAY_ORDER, Plan, compare
from .dumping import dump
from .reading import Problem, Record, Register, read_register
from .schema import FILES, Field


class RegisterRefused(Exception):
    """Nothing was written; `problems` says why, all of it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def load_register(
    path: Path, *, today: datetime.date, partial: bool = False, reason: str = "", check_only: bool = False
) -> Plan:
    """Compare the files at `path` with the database and write the difference; the plan says what that was.

    Raises RegisterRefused with every problem, and then nothing is written; nor is it with `check_only`. While it
    writes, nobody else publishes an update.
    """
    register = read_register(path, partial=partial)
    writer = Writer(register)
    try:
        with publishing.refusals():
            if not check_only:
                publishing.hold_publication()
            writer.is_seed = not Edition.objects.exists()
            plan = compare(
                register,
                dump(with_unused_sources=True),
                today=today,
                partial=partial,
                is_seed=writer.is_seed,
                drafts=_drafts(),
            )
            if not check_only:
                _check_reason(register, plan, reason)
            if register.problems:
                raise RegisterRefused(register.problems)
            if not check_only:
                with reason_for_change(reason.strip()):
                    writer.write(plan)
    except (publishing.Refused, DataError) as error:
        # What the database refuses all the same is a problem like any other.
        raise RegisterRefused([Problem(*writer.place, "record", str(error))]) from error
    return plan


def _drafts() -> dict[str, set[str]]:
    return {
        "milestones": set(Milestone.objects.filter(recorded_at__isnull=True).values_list("slug", flat=True)),
        "checks": set(Check.objects.filter(recorded_at__isnull=True).values_list("slug", flat=True)),
    }


def _check_reason(register: Register, plan: Plan, reason: str) -> None:
    if plan.reworded and not reason.strip():
        for name in sorted(plan.reworded):
            register.problem(name, "labels", "reason", "public wording changes: say why, with --reason")
    message = reason_problem(reason)
    if message:
        register.problem("command", "--reason", "text", message)


def reason_problem(reason: str) -> str:
    """What keeps this from being stored as a reason, "" if nothing does."""
    try:
        Revision._meta.get_field("reason").run_validators(reason)
    except ValidationError as error:
        return error.messages[0]
    return ""


class Writer:
    """Writes records as drafts with their links; publishing them is a step of its own at the end.

    `place` is the file and the record under way, for the sentence should the database refuse.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self.is_seed = False
        self.place = ("register", "whole")
        self.ids: dict[str, dict[Any, int]] = {}
        self.created: dict[str, dict[Any, Any]] = {name: {} for name in FILES}

    def write(self, plan: Plan) -> None:
        for name in FILES:
            self.place = (name, "new records")
            self.insert(name, plan.inserts.get(name, []))
            for key, fields in plan.changes.get(name, {}).items():
                self.place = (name, str(key))
                self.change(name, key, fields)
        for name in plan.reordered:
            self.place = (name, "order")
            _reorder(MODELS[name], FILES[name].key, list(self.register.of(name)))
        self.publish(plan)
        self.place = ("register", "whole")

    def id_of(self, noun: str, key: Any) -> int | None:
        """The primary key of a record that another one names; all of its kind are read once."""
        if key is None:
            return None
        if key not in self.ids.get(noun, {}):
            model, key_field = NAMED[noun]
            self.ids[noun] = dict(model._default_manager.values_list(key_field, "pk"))
        return self.ids[noun][key]

    def insert(self, name: str, keys: list[Any], **columns: Any) -> None:
        """Write these new records with their links; `columns` are for what no file holds."""
        if not keys:
            return
        model = MODELS[name]
        records = [self.register.of(name)[key] for key in keys]
        rows = [model(**self.values(name, record), **columns) for record in records]
        if name in IN_DISPLAY_ORDER:
            _put_last(model, rows)
        model._default_manager.bulk_create(rows)
        self.created[name] = dict(zip(keys, rows, strict=True))
        by_record = list(zip(rows, records, strict=True))
        fields = list(FILES[name].fields)
        _create(link for row, record in by_record for link in self.links(name, row.pk, record, fields))
        for row, record in by_record:
            if name in SUCCESSION and predecessors(name, record):
                model._default_manager.filter(pk=row.pk).update(**self.succession(name, record))

    def change(self, name: str, key: Any, fields: list[str]) -> None:
        record = self.register.of(name)[key]
        row_id = MODELS[name]._default_manager.get(**{FILES[name].key: key}).pk
        values = self.values(name, record) | self.succession(name, record)
        MODELS[name]._default_manager.filter(pk=row_id).update(**values)
        for field_name, (through, parent, _child) in LINKS.get(name, {}).items():
            if field_name in fields:
                through._default_manager.filter(**{parent: row_id}).delete()
        _create(self.links(name, row_id, record, fields))

    def values(self, name: str, record: Record) -> dict[str, Any]:
        """The columns of a record, absent texts empty; links and times of publication are not among them."""
        values = {
            COLUMNS.get(key, key): record.get(key, _absent(field))
            for key, field in FILES[name].fields.items()
            if key not in NOT_COLUMNS[name]
        }
        if name == "commitments":
            wording = record.get("wording", {})
            values["wording_text"] = wording.get("text", "")
            values["wording_language"] = wording.get("language", "")
            values["wording_source_id"] = self.id_of("source", wording.get("source"))
            values["instrument_id"] = self.id_of("instrument", record["instrument"])
            values["area_id"] = self.id_of("area", record["area"])
        elif name == "milestones":
            values["commitment_id"] = self.id_of("commitment", record["commitment"])
        return values

    def succession(self, name: str, record: Record) -> dict[str, Any]:
        """The columns that name a record of the same file, which may come later in it."""
        if name == "milestones":
            return {"replaces_id": self.id_of("milestone", record.get("replaces"))}
        if name == "commitments":
            follows = record.get("follows", {})
            return {
                "follows_id": self.id_of("commitment", follows.get("reference")),
                "follows_relation": follows.get("relation", ""),
            }
        return {}

    def links(self, name: str, row_id: int, record: Record, fields: Iterable[str]) -> Iterator[models.Model]:
        """What these fields of the record say it is linked to, in their order."""
        for field_name, (through, parent, child) in LINKS.get(name, {}).items():
            if field_name in fields:
                for position, key in enumerate(record.get(field_name, [])):
                    ids = {f"{parent}_id": row_id, f"{child}_id": self.id_of(child, key)}
                    yield through(**ids, position=position)
        if name == "updates":
            yield from self.citations(row_id, record)
            yield from self.assessments(row_id, record)

    def citations(self, row_id: int, record: Record) -> Iterator[Citation]:
        for position, item in enumerate(record.get("citations", [])):
            source_id: Any = self.id_of("source", item["source"])
            yield Citation(update_id=row_id, source_id=source_id, locator=item.get("locator", ""), position=position)

    def assessments(self, row_id: int, record: Record) -> Iterator[Assessment]:
        for position, item in enumerate(record.get("assessments", [])):
            commitment_id: Any = self.id_of("commitment", item["commitment"])
            yield Assessment(
                update_id=row_id,
                commitment_id=commitment_id,
                bearing=item["bearing"],
                status=item.get("status", ""),
                evidence=item.get("evidence", ""),
                reasoning=item["reasoning"],
                is_occurrence=item.get("occurrence", False),
                meets_id=self.id_of("milestone", item.get("meets")),
                position=position,
            )

    def publish(self, plan: Plan) -> None:
        """In the order in which one rests on the other, withdrawals last: what came before them stands.

        The times of the file count only for a seed.
        """
        commitments = self.created["commitments"] | {
            reference: Commitment.objects.get(reference=reference) for reference in plan.changes.get("commitments", {})
        }
        for reference, record in self.each("commitments", self.in_succession("commitments", commitments)):
            if "published_on" in record and commitments[reference].published_at is None:
                publishing.publish_commitment(commitments[reference], at=self.moment(record["published_on"]))
        milestones = self.created["milestones"]
        for slug, record in self.each("milestones", self.in_succession("milestones", milestones)):
            publishing.record_milestone(milestones[slug], at=self.moment(record["recorded_on"]))
        for number, record in self.each("updates", self.created["updates"]):
            self.publish_update(self.created["updates"][number], record)
        for slug, record in self.each("checks", self.created["checks"]):
            publishing.record_check(self.created["checks"][slug], by=None, at=self.moment(record["recorded_on"]))
        for reference, record in self.each("commitments", commitments):
            if "withdrawn_on" in record and commitments[reference].withdrawn_at is None:
                publishing.withdraw_commitment(
                    commitments[reference],
                    reason=record["withdrawal_reason"],
                    at=self.moment(record["withdrawn_on"]),
                )

    def publish_update(self, update: StatusUpdate, record: Record) -> None:
        if "corrects" in record:
            corrected = StatusUpdate.objects.get(number=record["corrects"])
            StatusUpdate.objects.filter(pk=update.pk).update(
                corrects=corrected, correction_reason=record["correction_reason"]
            )
        publishing.publish_from_register(update, at=self.moment(record["recorded_on"]))

    def each(self, name: str, keys: Iterable[Any]) -> Iterator[tuple[Any, Record]]:
        for key in keys:
            self.place = (name, str(key))
            yield key, self.register.of(name)[key]

    def in_succession(self, name: str, keys: Iterable[Any]) -> list[Any]:
        """These keys, each after the one it follows or replaces."""
        wanted = list(keys)
        graph = {key: predecessors(name, self.register.of(name)[key]) for key in wanted}
        order = list(graphlib.TopologicalSorter(graph).static_order())
        return sorted(wanted, key=order.index)

    def moment(self, day: str) -> datetime.datetime | None:
        if not self.is_seed:
            return None
        return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time.min, datetime.UTC)


def _absent(field: Field) -> Any:
    if field.kind is list:
        return []
    return "" if field.kind is str and not field.is_date else None


def _create(links: Iterable[models.Model]) -> None:
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for link in links:
        by_model.setdefault(type(link), []).append(link)
    for model, rows in by_model.items():
        model._default_manager.bulk_create(rows)


def _put_last(model: type[models.Model], rows: list[Any]) -> None:
    last = model._default_manager.aggregate(last=models.Max("position"))["last"]
    for position, row in enumerate(rows, 0 if last is None else last + 1):
        row.position = position


def _reorder(model: type[models.Model], key: str, keys: list[Any]) -> None:
    for position, value in enumerate(keys):
        model._default_manager.filter(**{key: value}).exclude(position=position).update(position=position)


MODELS: dict[str, type[models.Model]] = {
    "areas": Area,
    "actors": Actor,
    "sources": Source,
    "instruments": Instrument,
    "commitments": Commitment,
    "milestones": Milestone,
    "updates": StatusUpdate,
    "checks": Check,
    "discrepancies": Discrepancy,
}
NAMED: dict[str, tuple[type[models.Model], str]] = {
    "area": (Area, "slug"),
    "actor": (Actor, "slug"),
    "source": (Source, "slug"),
    "instrument": (Instrument, "slug"),
    "commitment": (Commitment, "reference"),
    "milestone": (Milestone, "slug"),
}
COLUMNS = {"headline": "is_headline", "title_seen": "is_title_seen", "context": "is_context"}
NOT_COLUMNS: dict[str, set[str]] = {
    "areas": set(),
    "actors": set(),
    "sources": set(),
    "instruments": {"sources"},
    "commitments": {
        "published_on",
        "withdrawn_on",
        "withdrawal_reason",
        "instrument",
        "area",
        "wording",
        "actors",
        "follows",
        "sources",
    },
    "milestones": {"commitment", "recorded_on", "sources", "replaces"},
    "updates": {"number", "recorded_on", "citations", "assessments", "corrects", "correction_reason"},
    "checks": {"recorded_on", "commitments"},
    "discrepancies": {"sources"},
}
# The field of a record: the table of links, and its columns for this record and for the one it names.
LINKS: dict[str, dict[str, tuple[type[models.Model], str, str]]] = {
    "instruments": {"sources": (InstrumentSource, "instrument", "source")},
    "commitments": {
        "sources": (CommitmentSource, "commitment", "source"),
        "actors": (CommitmentActor, "commitment", "actor"),
    },
    "milestones": {"sources": (MilestoneSource, "milestone", "source")},
    "checks": {"commitments": (CheckCommitment, "performed_check", "commitment")},
    "discrepancies": {"sources": (DiscrepancySource, "discrepancy", "source")},
}
