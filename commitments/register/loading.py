"""From records to the database: compared first, then written in one transaction, or refused whole.

The files seed an empty database. From then on the database is the master: what is published there is final, labels
change with a reason, and nothing is ever renumbered, rewritten or dropped because a file says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    Source,
    StatusUpdate,
    reason_for_change,
)
from .checking import check_register
from .dumping import dump
from .reading import Problem, Record, Register, read_register
from .schema import FILES

FINAL = {
    "updates": "a published update is final: add an update with “corrects: {key}”",
    "milestones": "a recorded milestone is final: add one with “replaces: {key}”",
    "checks": "a recorded check is final: add another one",
}
FROZEN = {
    "commitments": {
        "published_on",
        "instrument",
        "kind",
        "due_on",
        "due_precision",
        "deadline_wording",
        "cadence_months",
        "fulfilled_when",
        "withdrawn_on",
        "withdrawal_reason",
    },
    "sources": {"url", "kind", "side", "publisher", "language", "published_on", "published_precision"},
}
REMEDY = {
    "commitments": "frozen since publication: withdraw {key} and add a new reference that “restates” it",
    "sources": "frozen since a published update cites it: add another source",
}
MOMENT = {"updates": "recorded_on", "milestones": "recorded_on", "checks": "recorded_on", "commitments": "published_on"}
# Publication and withdrawal are steps, not wording; a withdrawal brings a reason of its own.
STEPS = {"published_on", "withdrawn_on", "withdrawal_reason"}
ORDERED = {"areas": Area, "actors": Actor, "instruments": Instrument, "discrepancies": Discrepancy}


class RegisterRefused(Exception):
    """Nothing was written; `problems` says why, all of it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass
class Plan:
    """What a load would do: keys to insert and fields to change by file, and the files whose order changes."""

    inserts: dict[str, list[Any]] = field(default_factory=dict)
    changes: dict[str, dict[Any, list[str]]] = field(default_factory=dict)
    reordered: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def reworded(self) -> list[str]:
        """The files in which public wording, or its order, changes: each needs a reason."""
        changed = [
            name
            for name, records in self.changes.items()
            if any(not STEPS.issuperset(fields) for fields in records.values())
        ]
        return [*changed, *self.reordered]

    @property
    def is_empty(self) -> bool:
        return not (self.inserts or self.changes or self.reordered)


def load_register(
    path: Path, *, today: datetime.date, partial: bool = False, reason: str = "", check_only: bool = False
) -> Plan:
    """Compare the files at `path` with the database and write the difference; the plan says what that was.

    Raises RegisterRefused with every problem, and then nothing is written; nor is it with `check_only`.
    """
    register = read_register(path, partial=partial)
    current = dump()
    is_seed = not Edition.objects.exists() and not any(current.files.values())
    if not register.problems:
        check_register(register, current)
    if register.problems:
        raise RegisterRefused(register.problems)
    plan = _compare(register, current, today=today, partial=partial, is_seed=is_seed)
    if not reason.strip() and not check_only:
        for name in plan.reworded:
            register.problem(name, "labels", "reason", "public wording changes: say why, with --reason")
    if register.problems:
        raise RegisterRefused(register.problems)
    if not check_only and not plan.is_empty:
        _write(register, plan, reason=reason, is_seed=is_seed)
    return plan


def _compare(register: Register, current: Register, *, today: datetime.date, partial: bool, is_seed: bool) -> Plan:
    plan = Plan()
    for name in register.files:
        wanted, present = register.of(name), current.of(name)
        _find_renumbered(register, name, present)
        inserts = [key for key in wanted if key not in present]
        if inserts:
            plan.inserts[name] = inserts
        if not is_seed:
            _check_new_moments(register, name, inserts, today)
        changes = _changes(register, name, present)
        plan.unchanged += len(wanted) - len(inserts) - len(changes)
        if changes:
            plan.changes[name] = changes
        if not partial:
            _find_missing(register, name, present)
            if name in ORDERED and [key for key in wanted if key in present] != list(present):
                plan.reordered.append(name)
    _check_numbers_run_on(register, [*current.of("updates"), *plan.inserts.get("updates", [])])
    return plan


def _changes(register: Register, name: str, present: dict[Any, Record]) -> dict[Any, list[str]]:
    """The fields that differ, of each record that is there already."""
    both = {key: record for key, record in register.of(name).items() if key in present}
    fields = {key: _differing(register, name, key, record, present[key]) for key, record in both.items()}
    return {key: names for key, names in fields.items() if names}


def _find_missing(register: Register, name: str, present: dict[Any, Record]) -> None:
    for key in present:
        if key not in register.of(name):
            register.problem(name, key, "record", "in the database and not in the file: deletion is never implied")


def _check_numbers_run_on(register: Register, numbers: list[int]) -> None:
    for expected, number in enumerate(numbers, 1):
        if number != expected:
            register.problem("updates", number, "number", f"numbers run on without a gap: expected {expected}")
            return


def _find_renumbered(register: Register, name: str, present: dict[Any, Record]) -> None:
    """The same content under another number or reference is a mistake that is never followed."""
    if name not in ("updates", "commitments"):
        return
    schema = FILES[name]

    def content(record: Record) -> str:
        return repr({field: record.get(field) for field in schema.fields if field not in (schema.key, MOMENT[name])})

    known = {content(record): key for key, record in present.items()}
    for key, record in register.of(name).items():
        other = known.get(content(record))
        if key not in present and other is not None:
            register.problem(name, key, schema.key, f"renumbered: {other} → {key}; what is published keeps its own")


def _check_new_moments(register: Register, name: str, inserts: Iterable[Any], today: datetime.date) -> None:
    moment = MOMENT.get(name)
    if moment is None:
        return
    for key in inserts:
        day = register.of(name)[key].get(moment)
        if day is not None and day != today.isoformat():
            register.problem(
                name, key, moment, f"a register in use publishes with the day of now: write {today.isoformat()}"
            )


def _differing(register: Register, name: str, key: Any, wanted: Record, present: Record) -> list[str]:
    """The fields of a label change; anything that may not change becomes a problem."""
    fields = [field for field in FILES[name].fields if wanted.get(field) != present.get(field)]
    if not fields:
        return []
    if name in FINAL:
        for field_name in fields:
            register.problem(
                name, key, field_name, f"{_difference(wanted, present, field_name)}; {FINAL[name].format(key=key)}"
            )
        return []
    if name == "commitments" and "published_on" not in present:
        return fields
    frozen = FROZEN.get(name, set())
    if name == "sources" and not _is_cited(key):
        frozen = set()
    if name == "commitments" and "withdrawn_on" not in present:
        frozen = frozen - {"withdrawn_on", "withdrawal_reason"}
    for field_name in fields:
        if field_name in frozen:
            register.problem(
                name, key, field_name, f"{_difference(wanted, present, field_name)}; {REMEDY[name].format(key=key)}"
            )
    return [field_name for field_name in fields if field_name not in frozen]


def _difference(wanted: Record, present: Record, field_name: str) -> str:
    return f"published as {present.get(field_name)!r:.120}, the file has {wanted.get(field_name)!r:.120}"


def _is_cited(slug: str) -> bool:
    return (
        Citation.objects.filter(source__slug=slug, update__published_at__isnull=False).exists()
        or MilestoneSource.objects.filter(source__slug=slug, milestone__recorded_at__isnull=False).exists()
    )


def _write(register: Register, plan: Plan, *, reason: str, is_seed: bool) -> None:
    """One transaction. What the database refuses all the same is a problem like any other."""
    writer = _Writer(register, is_seed)
    try:
        with publishing.refusals(), reason_for_change(reason):
            for name in FILES:
                writer.insert(name, plan.inserts.get(name, []))
                writer.change(name, plan.changes.get(name, {}))
            for name in plan.reordered:
                _reorder(ORDERED[name], FILES[name].key, list(register.of(name)))
            writer.publish(plan)
    except (publishing.Refused, DataError) as error:
        raise RegisterRefused([Problem("register", "database", "rule", str(error))]) from error


def _reorder(model: type[models.Model], key: str, keys: list[Any]) -> None:
    for position, value in enumerate(keys):
        model._default_manager.filter(**{key: value}).exclude(position=position).update(position=position)


class _Writer:
    """Writes records as drafts with their links; publishing them is a step of its own at the end."""

    def __init__(self, register: Register, is_seed: bool) -> None:
        self.register = register
        self.is_seed = is_seed
        self.ids: dict[type[models.Model], dict[Any, int]] = {}
        self.created: dict[str, dict[Any, Any]] = {name: {} for name in FILES}

    def id_of(self, model: type[models.Model], key_field: str, key: Any) -> int | None:
        """The primary key of a record that another one names; reads all of them once."""
        if key is None:
            return None
        if key not in self.ids.get(model, {}):
            self.ids[model] = dict(model._default_manager.values_list(key_field, "pk"))
        return self.ids[model][key]

    def source(self, slug: str | None) -> Any:
        return self.id_of(Source, "slug", slug)

    def commitment(self, reference: str | None) -> Any:
        return self.id_of(Commitment, "reference", reference)

    def insert(self, name: str, keys: list[Any]) -> None:
        model = MODELS[name]
        order = list(self.register.of(name))
        rows = []
        for key in keys:
            values = self.values(name, self.register.of(name)[key])
            if name in ORDERED:
                values["position"] = order.index(key)
            rows.append(model(**values))
        model._default_manager.bulk_create(rows)
        for key, row in zip(keys, rows, strict=True):
            self.link(name, row.pk, self.register.of(name)[key], set(FILES[name].fields))
        if name == "commitments":
            self.follow(keys)
        self.created[name] = dict(zip(keys, rows, strict=True))

    def change(self, name: str, changes: dict[Any, list[str]]) -> None:
        key_field = FILES[name].key
        for key, fields in changes.items():
            record = self.register.of(name)[key]
            row = MODELS[name]._default_manager.get(**{key_field: key})
            values = self.values(name, record)
            type(row)._default_manager.filter(pk=row.pk).update(**values)
            self.link(name, row.pk, record, set(fields))
            if name == "commitments" and "follows" in fields:
                self.follow([key])

    def follow(self, references: list[str]) -> None:
        for reference in references:
            follows = self.register.of("commitments")[reference].get("follows", {})
            Commitment.objects.filter(reference=reference).update(
                follows_id=self.commitment(follows.get("reference")), follows_relation=follows.get("relation", "")
            )

    def values(self, name: str, record: Record) -> dict[str, Any]:
        """The columns of a record, absent texts empty; links and times of publication are not among them."""
        values = {
            COLUMNS.get(key, key): record.get(key, "" if field.kind is str and not field.is_date else None)
            for key, field in FILES[name].fields.items()
            if key not in NOT_COLUMNS[name]
        }
        if name == "commitments":
            wording = record.get("wording", {})
            values["wording_text"] = wording.get("text", "")
            values["wording_language"] = wording.get("language", "")
            values["wording_source_id"] = self.source(wording.get("source"))
            values["instrument_id"] = self.id_of(Instrument, "slug", record["instrument"])
            values["area_id"] = self.id_of(Area, "slug", record["area"])
        elif name == "milestones":
            values["commitment_id"] = self.commitment(record["commitment"])
            values["replaces_id"] = self.id_of(Milestone, "slug", record.get("replaces"))
        return values

    def link(self, name: str, row_id: int, record: Record, fields: set[str]) -> None:
        """Make the links of these fields what the record says."""
        for field_name, (through, parent, child, find) in LINKS.get(name, {}).items():
            if field_name in fields:
                through._default_manager.filter(**{f"{parent}_id": row_id}).delete()
                through._default_manager.bulk_create(
                    through(**{f"{parent}_id": row_id, f"{child}_id": find(self, key), "position": position})
                    for position, key in enumerate(record.get(field_name, []))
                )
        if name == "updates":
            self.link_update(row_id, record)

    def link_update(self, row_id: int, record: Record) -> None:
        Citation.objects.bulk_create(
            Citation(
                update_id=row_id,
                source_id=self.source(item["source"]),
                locator=item.get("locator", ""),
                position=position,
            )
            for position, item in enumerate(record["citations"])
        )
        Assessment.objects.bulk_create(
            Assessment(
                update_id=row_id,
                commitment_id=self.commitment(item["commitment"]),
                bearing=item["bearing"],
                status=item.get("status", ""),
                evidence=item.get("evidence", ""),
                reasoning=item["reasoning"],
                is_occurrence=item.get("occurrence", False),
                meets_id=self.id_of(Milestone, "slug", item.get("meets")),
                position=position,
            )
            for position, item in enumerate(record.get("assessments", []))
        )

    def publish(self, plan: Plan) -> None:
        """In the order in which one rests on the other; the times of the file count only for a seed."""
        for reference, commitment in self.created_or_changed(plan, "commitments"):
            record = self.register.of("commitments")[reference]
            if "published_on" in record and commitment.published_at is None:
                publishing.publish_commitment(commitment, at=self.moment(record["published_on"]))
            if "withdrawn_on" in record and commitment.withdrawn_at is None:
                publishing.withdraw_commitment(
                    commitment, reason=record["withdrawal_reason"], at=self.moment(record["withdrawn_on"])
                )
        for slug, milestone in self.created["milestones"].items():
            publishing.record_milestone(milestone, at=self.moment(self.register.of("milestones")[slug]["recorded_on"]))
        for number, update in self.created["updates"].items():
            record = self.register.of("updates")[number]
            if "corrects" in record:
                corrected = StatusUpdate.objects.get(number=record["corrects"])
                StatusUpdate.objects.filter(pk=update.pk).update(
                    corrects=corrected, correction_reason=record["correction_reason"]
                )
            publishing.publish_from_register(update, at=self.moment(record["recorded_on"]))
        for slug, check in self.created["checks"].items():
            publishing.record_check(check, by=None, at=self.moment(self.register.of("checks")[slug]["recorded_on"]))

    def created_or_changed(self, plan: Plan, name: str) -> Iterable[tuple[Any, Any]]:
        yield from self.created[name].items()
        for key in plan.changes.get(name, {}):
            yield key, MODELS[name]._default_manager.get(**{FILES[name].key: key})

    def moment(self, day: str) -> datetime.datetime | None:
        if not self.is_seed:
            return None
        return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time.min, datetime.UTC)


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
LINKS: dict[str, dict[str, tuple[type[models.Model], str, str, Any]]] = {
    "instruments": {"sources": (InstrumentSource, "instrument", "source", _Writer.source)},
    "commitments": {
        "sources": (CommitmentSource, "commitment", "source", _Writer.source),
        "actors": (CommitmentActor, "commitment", "actor", lambda writer, slug: writer.id_of(Actor, "slug", slug)),
    },
    "milestones": {"sources": (MilestoneSource, "milestone", "source", _Writer.source)},
    "checks": {"commitments": (CheckCommitment, "performed_check", "commitment", _Writer.commitment)},
    "discrepancies": {"sources": (DiscrepancySource, "discrepancy", "source", _Writer.source)},
}
