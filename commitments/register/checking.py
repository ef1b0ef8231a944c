"""What must hold between records; the database refuses the same, one by one and later."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from ..models import Bearing, CommitmentKind, DeliveryStatus, Evidence, Precision, SourceKind, last_day
from .reading import Record, Register
from .schema import FILES, Field

PARTIES = {"eu", "japan", "joint"}
WEAK = {Evidence.NONE_FOUND, Evidence.ONE_SIDE}


def check_register(register: Register, known: Register) -> None:
    """Add every problem between the records of `register` to it. References may also name records of `known`."""
    everything = {name: {**known.of(name), **register.of(name)} for name in FILES}
    for name, schema in FILES.items():
        for key, record in register.of(name).items():
            _check_names(register, name, key, record, schema.fields, everything)
    for key, source in register.of("sources").items():
        if source.get("published_on", "") > source.get("accessed_on", "9"):
            register.problem("sources", key, "published_on", "later than accessed_on")
    _check_addresses(register, everything["sources"])
    for key, commitment in register.of("commitments").items():
        _check_commitment(register, key, commitment, everything)
    _check_numbers(register)
    for key, update in register.of("updates").items():
        _check_update(register, key, update, everything)
    for name in ("milestones", "checks"):
        for key, record in register.of(name).items():
            _check_commitments_are_public(register, name, key, record, everything)


def _check_names(
    register: Register, file: str, key: Any, record: Record, fields: dict[str, Field] | Any, everything: dict[str, Any]
) -> None:
    for name, field in fields.items():
        value = record.get(name)
        if value is None:
            continue
        if field.items is not None:
            for item in value if isinstance(value, list) else [value]:
                _check_names(register, file, key, item, field.items, everything)
        elif field.names:
            named = value if isinstance(value, list) else [value]
            for one in named:
                if one not in everything[field.names]:
                    register.problem(file, key, name, f"there is no “{one}” in {field.names}.yaml")
            _check_once(register, file, key, name, named)


def _check_once(register: Register, file: str, key: Any, name: str, values: Iterable[Any]) -> None:
    seen = list(values)
    if len(seen) != len(set(seen)):
        register.problem(file, key, name, "names the same one twice")


def _check_addresses(register: Register, sources: dict[str, Record]) -> None:
    owners: dict[str, str] = {}
    for key, source in sources.items():
        first = owners.setdefault(source.get("url", key), key)
        if first != key and key in register.of("sources"):
            register.problem("sources", key, "url", f"the same address as {first}")


def _check_commitment(register: Register, key: str, commitment: Record, everything: dict[str, Any]) -> None:
    def problem(field: str, message: str) -> None:
        register.problem("commitments", key, field, message)

    is_recurring = commitment.get("kind") == CommitmentKind.RECURRING
    cadence = commitment.get("cadence_months")
    if cadence is not None and not (is_recurring and 1 <= cadence <= 120):
        problem("cadence_months", "1 to 120, and only for a recurring commitment")
    if is_recurring and "due_on" in commitment:
        problem("due_on", "a recurring commitment has a cadence, not a due date")
    if ("withdrawn_on" in commitment) != ("withdrawal_reason" in commitment):
        problem("withdrawal_reason", "given exactly when the commitment is withdrawn")
    if "withdrawn_on" in commitment and "published_on" not in commitment:
        problem("withdrawn_on", "only a published commitment is withdrawn")
    _check_wording(register, key, commitment)
    followed = commitment.get("follows", {}).get("reference")
    if followed == key:
        problem("follows.reference", "a commitment does not follow itself")
    elif followed and "published_on" in commitment:
        if "published_on" not in everything["commitments"].get(followed, {"published_on": ""}):
            problem("follows.reference", "a published commitment cannot name a draft")


def _check_wording(register: Register, key: str, commitment: Record) -> None:
    def problem(field: str, message: str) -> None:
        register.problem("commitments", key, field, message)

    wording = commitment.get("wording", {})
    if wording.get("text", "").endswith((".", "。", "!", "?")) or len(wording.get("text", "").split()) > 20:
        problem("wording.text", "a phrase of at most 20 words, never a sentence")
    if wording.get("source") and wording["source"] not in commitment.get("sources", []):
        problem("wording.source", "not among the sources of the commitment")


def _check_commitments_are_public(
    register: Register, file: str, key: str, record: Record, everything: dict[str, Any]
) -> None:
    named = record.get("commitments") or [record.get("commitment")]
    for reference in named:
        if "published_on" not in everything["commitments"].get(reference, {"published_on": ""}):
            register.problem(file, key, "commitment", f"{reference} is a draft, and nothing public is said of it")


def _check_numbers(register: Register) -> None:
    previous = ""
    for number, update in register.of("updates").items():
        recorded_on = update.get("recorded_on", previous)
        if recorded_on < previous:
            register.problem("updates", number, "recorded_on", "out of order: numbers follow publication")
        previous = max(previous, recorded_on)


def _check_update(register: Register, number: int, update: Record, everything: dict[str, Any]) -> None:
    def problem(field: str, message: str) -> None:
        register.problem("updates", number, field, message)

    if update.get("happened_on", "") > update.get("recorded_on", "9"):
        problem("happened_on", "later than recorded_on: what has not happened cannot be published")
    if ("corrects" in update) != ("correction_reason" in update):
        problem("correction_reason", "given exactly when the update corrects another")
    if update.get("corrects", 0) >= number:
        problem("corrects", "names an update that was published earlier")
    if "assessments" not in update and "corrects" not in update:
        problem("assessments", "missing: only a withdrawal assesses nothing")
    citations = update.get("citations", [])
    _check_once(
        register, "updates", number, "citations", ((item.get("source"), item.get("locator")) for item in citations)
    )
    assessments = update.get("assessments", [])
    _check_once(register, "updates", number, "assessments", (item.get("commitment") for item in assessments))
    cited = [everything["sources"].get(item.get("source"), {}) for item in citations]
    for item in assessments:
        for field, message in _assessment_problems(item, update, cited, everything):
            problem(f"assessments.{item.get('commitment')}.{field}", message)


def _assessment_problems(
    item: Record, update: Record, cited: list[Record], everything: dict[str, Any]
) -> Iterable[tuple[str, str]]:
    commitment = everything["commitments"].get(item.get("commitment"), {})
    kind = commitment.get("kind")
    status, evidence, bearing = item.get("status"), item.get("evidence"), item.get("bearing")
    is_context = update.get("context", False)
    if commitment and ("published_on" not in commitment):
        yield "commitment", "is a draft, and not assessed in public"
    if is_context and bearing not in (Bearing.CONTEXT, Bearing.NEUTRAL):
        yield "bearing", "a context update bears as context or neutral"
    if "occurrence" in item and (
        is_context or kind not in (CommitmentKind.RECURRING, CommitmentKind.STANDING) or not item["occurrence"]
    ):
        yield "occurrence", "true or left out, for recurring and standing commitments, not in a context update"
    if bearing != Bearing.CONTEXT and _precedes_adoption(update, commitment, everything):
        yield "bearing", "before the commitment was made, an event is only context"
    milestone = everything["milestones"].get(item.get("meets"), {})
    if milestone and milestone.get("commitment") != item.get("commitment"):
        yield "meets", "not a milestone of this commitment"
    if (status is None) != (evidence is None):
        yield "evidence", "a status comes with an evidence grade, and a grade with a status"
    if status is None:
        return
    if is_context or bearing == Bearing.CONTEXT:
        yield "status", "context sets no status"
    yield from _status_problems(str(status), str(evidence), str(kind), cited)


def _status_problems(status: str, evidence: str, kind: str, cited: list[Record]) -> Iterable[tuple[str, str]]:
    if status == DeliveryStatus.DELIVERED and kind not in (CommitmentKind.ONE_OFF, CommitmentKind.EXPLORATORY):
        yield "status", f"delivered does not fit a {kind} commitment"
    if status == DeliveryStatus.KEPT_UP and kind not in (CommitmentKind.RECURRING, CommitmentKind.STANDING):
        yield "status", f"kept_up does not fit a {kind} commitment"
    if status == DeliveryStatus.DELIVERED and evidence in WEAK:
        yield "evidence", "delivered needs both_sides or better"
    if evidence == Evidence.NONE_FOUND and status != DeliveryStatus.NOT_ASSESSABLE:
        yield "evidence", f"none_found cannot carry {status}"
    weighty = [source for source in cited if source.get("kind") != SourceKind.REWRITE]
    if cited and not weighty:
        yield "status", "rests on rewrites alone"
    sides = {source.get("side") for source in weighty}
    if evidence == Evidence.BOTH_SIDES and not ("joint" in sides or {"eu", "japan"} <= sides):
        yield "evidence", "both_sides needs a joint source, or one of each side"
    if evidence == Evidence.INDEPENDENT and not ("independent" in sides and sides & PARTIES):
        yield "evidence", "independent needs a party’s source and an independent one"


def _precedes_adoption(update: Record, commitment: Record, everything: dict[str, Any]) -> bool:
    instrument = everything["instruments"].get(commitment.get("instrument"), {})
    happened_on, adopted_on = update.get("happened_on"), instrument.get("adopted_on")
    if not happened_on or not adopted_on:
        return False
    ended = last_day(datetime.date.fromisoformat(happened_on), update.get("happened_precision", Precision.DAY))
    return ended < datetime.date.fromisoformat(adopted_on)
