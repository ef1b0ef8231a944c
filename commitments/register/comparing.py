"""What a load would do, and what it must not: the files against the register as it stands."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..models import commitment, source
from .checking import check_register, used_sources
from .reading import Record, Register
from .schema import FILES

# The days that publication gives a record; from then on they are as final as it is.
MOMENTS = {
    "commitments": ("published_on", "withdrawn_on"),
    "milestones": ("recorded_on",),
    "updates": ("recorded_on",),
    "checks": ("recorded_on",),
}
FINAL = {
    "updates": "a published update is final: add an update with “corrects: {key}”",
    "milestones": "a recorded milestone is final: add one with “replaces: {key}”",
    "checks": "a recorded check is final: add another one",
}
FROZEN = {
    "commitments": {*commitment.FROZEN},
    "sources": {*source.FROZEN},
    "instruments": {"adopted_on", "adopted_precision"},
}
REMEDY = {
    "commitments": "frozen since publication: withdraw {key} and add a new reference that “restates” it",
    "sources": "frozen since something published rests on it: add another source",
    "instruments": "frozen since a published commitment counts from that day",
}
FORWARD = {"published_on", "withdrawn_on", "withdrawal_reason"}
IN_DISPLAY_ORDER = ("areas", "actors", "instruments", "discrepancies")


@dataclass
class Plan:
    """Keys to insert and fields to change, by file; the files whose order changes, and those that owe a reason."""

    inserts: dict[str, list[Any]] = field(default_factory=dict)
    changes: dict[str, dict[Any, list[str]]] = field(default_factory=dict)
    reordered: list[str] = field(default_factory=list)
    reworded: set[str] = field(default_factory=set)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.inserts or self.changes or self.reordered)


def compare(
    register: Register,
    current: Register,
    *,
    today: datetime.date,
    partial: bool,
    is_seed: bool,
    drafts: Mapping[str, set[str]],
) -> Plan:
    """The plan, and every objection to it as a problem of `register`.

    `current` holds every source, used or not; `drafts` are the keys that unpublished records of a file hold already.
    """
    check_register(register, current, partial=partial)
    comparison = _Comparison(register, current, today, is_seed)
    for name in register.files:
        comparison.compare_records(name, drafts.get(name, set()))
        if not partial and name not in register.cut_short:
            comparison.find_missing(name)
            comparison.compare_order(name)
    if "updates" not in register.cut_short:
        comparison.check_numbers_run_on()
    return comparison.plan


class _Comparison:
    def __init__(self, register: Register, current: Register, today: datetime.date, is_seed: bool) -> None:
        self.register = register
        self.current = current
        self.today = today.isoformat()
        self.is_seed = is_seed
        self.plan = Plan()
        self.renumbered: set[tuple[str, Any]] = set()
        self.used = used_sources(current)
        self.public_sources = used_sources(Register({name: current.of(name) for name in ("updates", "milestones")}))
        self.public_instruments = {
            record["instrument"] for record in current.of("commitments").values() if "published_on" in record
        }

    def problem(self, name: str, key: Any, field_name: str, message: str) -> None:
        self.register.problem(name, key, field_name, message)

    def compare_records(self, name: str, drafts: set[str]) -> None:
        present = self.current.of(name)
        twins = {_content(name, record): key for key, record in present.items()} if name in MOMENTS else {}
        for key, record in self.register.of(name).items():
            if record == present.get(key):
                self.plan.unchanged += 1
                continue
            twin = twins.get(_content(name, record)) if twins else None
            if twin is not None and twin != key:
                self.renumbered.add((name, twin))
                self.problem(name, key, FILES[name].key, f"renumbered: {twin} → {key}; what is published keeps its own")
            elif key in drafts:
                self.problem(name, key, FILES[name].key, "a draft at the desk has it: record or delete that first")
            elif key not in present:
                self.plan.inserts.setdefault(name, []).append(key)
                self.check_moments(name, key, record, {})
            elif not self.register.is_broken(name, key):
                self.compare_record(name, key, record, present[key])

    def compare_record(self, name: str, key: Any, wanted: Record, present: Record) -> None:
        fields = [field_name for field_name in FILES[name].fields if wanted.get(field_name) != present.get(field_name)]
        objections = {field_name: self.objection(name, key, field_name, wanted, present) for field_name in fields}
        for field_name, objection in objections.items():
            if objection:
                was, now = present.get(field_name), wanted.get(field_name)
                self.problem(
                    name, key, field_name, f"published as {was!r:.120}, the file has {now!r:.120}; {objection}"
                )
        allowed = [field_name for field_name, objection in objections.items() if not objection]
        if not allowed:
            return
        self.check_moments(name, key, wanted, present)
        self.plan.changes.setdefault(name, {})[key] = allowed
        if not (_is_draft(name, present) or FORWARD.issuperset(allowed)):
            self.plan.reworded.add(name)

    def objection(self, name: str, key: Any, field_name: str, wanted: Record, present: Record) -> str:
        """Why this field may not change, "" if it may."""
        if name in FINAL:
            return FINAL[name].format(key=key)
        if _is_draft(name, present):
            return ""
        if name == "commitments" and field_name in FORWARD:
            is_step = field_name not in present and "withdrawn_on" in wanted and "withdrawn_on" not in present
            return "" if is_step else "a commitment goes from draft to published to withdrawn, never back"
        is_public = {"sources": self.public_sources, "instruments": self.public_instruments}.get(name, {key})
        if key in is_public and field_name in FROZEN.get(name, ()):
            return REMEDY[name].format(key=key)
        return ""

    def check_moments(self, name: str, key: Any, wanted: Record, present: Record) -> None:
        for field_name in MOMENTS.get(name, ()):
            day = wanted.get(field_name, self.today)
            if field_name in present:
                continue
            if self.is_seed and day > self.today:
                self.problem(name, key, field_name, "in the future")
            elif not self.is_seed and day != self.today:
                message = f"a register in use publishes with the day of now: write '{self.today}'"
                self.problem(name, key, field_name, message)

    def find_missing(self, name: str) -> None:
        for key in self.current.of(name):
            is_unused = name == "sources" and key not in self.used
            if key not in self.register.of(name) and (name, key) not in self.renumbered and not is_unused:
                message = "in the database and not in the file: deletion is never implied. dump_register adds it to "
                self.problem(name, key, "record", f"{message}the file; --partial is for files that only add")

    def compare_order(self, name: str) -> None:
        """New records go last; any other place moves those that are there, which changes what the public sees."""
        if name in IN_DISPLAY_ORDER:
            wanted = self.register.of(name)
            stays = [key for key in self.current.of(name) if key in wanted]
            if list(wanted) != [*stays, *self.plan.inserts.get(name, [])]:
                self.plan.reordered.append(name)
                self.plan.reworded.add(name)

    def check_numbers_run_on(self) -> None:
        numbers = [*self.current.of("updates"), *self.plan.inserts.get("updates", [])]
        for expected, number in enumerate(numbers, 1):
            if number != expected:
                self.problem("updates", number, "number", f"numbers run on without a gap: expected {expected}")
                return


def _content(name: str, record: Record) -> str:
    """What a record says, apart from its key and the days of its publication."""
    left_out = {FILES[name].key, *MOMENTS[name]}
    return json.dumps({field: value for field, value in record.items() if field not in left_out}, sort_keys=True)


def _is_draft(name: str, record: Record) -> bool:
    return name == "commitments" and "published_on" not in record
