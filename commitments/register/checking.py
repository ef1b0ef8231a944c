"""What must hold between records; the database refuses the same, one by one and later."""

from __future__ import annotations

import datetime
import graphlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..models import Bearing, CommitmentKind, DeliveryStatus, Evidence, Precision, SourceKind, SourceSide, last_day
from .reading import Record, Register
from .schema import FILES, Field

PARTIES = {SourceSide.EU, SourceSide.JAPAN, SourceSide.JOINT}
WEAK = {Evidence.NONE_FOUND, Evidence.ONE_SIDE}
SUCCESSION = {"commitments": "follows", "milestones": "replaces"}
WORDS_OF_A_PHRASE = 20

# A field of a record, and what is wrong with it.
Finding = tuple[str, str]


def check_register(register: Register, known: Register, *, partial: bool) -> None:
    """Add every problem between the records of `register` to it. References may also name records of `known`.

    A record that is known word for word is not judged again: what the database holds can always be loaded back.
    """
    checks = Checks(register, known)
    for name in FILES:
        for key, record in register.of(name).items():
            if record != known.of(name).get(key):
                for field, message in checks.findings(name, key, record):
                    register.problem(name, key, field, message)
    _check_succession(register, known)
    _check_numbers(register)
    if not (partial or register.cut_short or register.broken):
        _check_every_source_is_used(register)


class Checks:
    """What a record may name, looked up once. A broken record is there, and nothing is concluded from it.

    A finding of an assessment names the commitment: `assessments.EUJP-07.status`.
    """

    def __init__(self, register: Register, known: Register) -> None:
        self.register = register
        self.known = known
        self.all: dict[str, dict[Any, Record]] = {
            name: known.of(name)
            | {key: {} if register.is_broken(name, key) else record for key, record in register.of(name).items()}
            for name in FILES
        }
        self.addresses: dict[str, str] = {}
        for slug, source in (known.of("sources") | register.of("sources")).items():
            self.addresses.setdefault(source.get("url", ""), slug)
        self.own: dict[str, Callable[[Any, Record], Iterable[Finding]]] = {
            "sources": self.source,
            "commitments": self.commitment,
            "milestones": self.milestone,
            "updates": self.update,
            "checks": self.check,
        }
        self.corrected = _first_by(self.all["updates"], "corrects")
        self.replaced = _first_by(self.all["milestones"], "replaces")

    def findings(self, name: str, key: Any, record: Record) -> Iterator[Finding]:
        yield from self.names(record, FILES[name].fields)
        yield from self.own.get(name, _nothing)(key, record)
        if self.register.is_broken(name, key):
            return
        if name in ("instruments", "discrepancies") and "sources" not in record:
            yield "sources", "missing"
        if name == "commitments":
            yield from self.publication(record)
        if name == "updates":
            yield from self.correction(record)

    def names(self, record: Record, fields: Mapping[str, Field]) -> Iterator[Finding]:
        for name, field in fields.items():
            value = record.get(name)
            if value is None:
                continue
            values = value if isinstance(value, list) else [value]
            if field.items is not None:
                for item in values:
                    for inner, message in self.names(item, field.items):
                        yield f"{name}.{inner}", message
            elif field.names:
                yield from ((name, message) for message in self.unknown(field.names, values))

    def unknown(self, file: str, keys: list[Any]) -> Iterator[str]:
        for key in keys:
            if key not in self.all[file] and file not in self.register.cut_short:
                yield f"there is no “{key}” among the {file}"
        if _has_twins(keys):
            yield "names the same one twice"

    def source(self, slug: str, source: Record) -> Iterator[Finding]:
        if source.get("published_on", "") > source.get("accessed_on", "9999"):
            yield "published_on", "later than accessed_on"
        same = self.addresses.get(source.get("url", ""), slug)
        if same != slug:
            yield "url", f"the same address as {same}"

    def commitment(self, reference: str, commitment: Record) -> Iterator[Finding]:
        is_recurring = commitment.get("kind") == CommitmentKind.RECURRING
        cadence = commitment.get("cadence_months")
        if cadence is not None and not (is_recurring and 1 <= cadence <= 120):
            yield "cadence_months", "1 to 120, and only for a recurring commitment"
        if is_recurring and "due_on" in commitment:
            yield "due_on", "a recurring commitment has a cadence, not a due date"
        wording = commitment.get("wording", {})
        quoted = wording.get("text", "")
        if quoted.endswith((".", "。", "!", "?")) or len(quoted.split()) > WORDS_OF_A_PHRASE:
            yield "wording.text", f"a phrase of at most {WORDS_OF_A_PHRASE} words, never a sentence"
        if wording.get("source", "") not in ["", *commitment.get("sources", [])]:
            yield "wording.source", "not among the sources of the commitment"

    def publication(self, commitment: Record) -> Iterator[Finding]:
        if ("withdrawn_on" in commitment) != ("withdrawal_reason" in commitment):
            yield "withdrawal_reason", "given exactly when the commitment is withdrawn"
        if "published_on" not in commitment:
            if "withdrawn_on" in commitment:
                yield "withdrawn_on", "only a published commitment is withdrawn"
            return
        if commitment.get("withdrawn_on", "9999") < commitment["published_on"]:
            yield "withdrawn_on", "earlier than published_on"
        for field in ("actors", "progress_looks_like", "sources"):
            if field not in commitment:
                yield field, "missing: a published commitment has it"
        followed = commitment.get("follows", {}).get("reference")
        if self.is_draft(followed):
            yield "follows.reference", f"{followed} is a draft, and a published commitment cannot name it"

    def is_draft(self, reference: str | None) -> bool:
        commitment = self.all["commitments"].get(reference, {})
        return bool(commitment) and "published_on" not in commitment

    def not_public(self, reference: str | None, on: str | None) -> str:
        """Why nothing may be said of this commitment on that day, "" if it may."""
        if self.is_draft(reference):
            return f"{reference} is a draft, and nothing public is said of it"
        withdrawn_on = self.all["commitments"].get(reference, {}).get("withdrawn_on")
        is_past = withdrawn_on is not None and on is not None and on > withdrawn_on
        if is_past or "withdrawn_on" in self.known.of("commitments").get(reference, {}):
            return f"{reference} was withdrawn before"
        return ""

    def milestone(self, slug: str, milestone: Record) -> Iterator[Finding]:
        reason = self.not_public(milestone.get("commitment"), milestone.get("recorded_on"))
        if reason:
            yield "commitment", reason
        replaced = milestone.get("replaces")
        other = self.all["milestones"].get(replaced, {}).get("commitment")
        if other is not None and other != milestone.get("commitment", other):
            yield "replaces", "not a milestone of this commitment"
        first = self.replaced.get(replaced, slug)
        if first != slug:
            yield "replaces", f"{replaced} is replaced by {first} already: replace its successor"

    def check(self, slug: str, check: Record) -> Iterator[Finding]:
        for reference in check.get("commitments", []):
            reason = self.not_public(reference, check.get("recorded_on"))
            if reason:
                yield "commitments", reason
        if check.get("checked_on", "") > check.get("recorded_on", "9999"):
            yield "checked_on", "later than recorded_on"
        if check.get("covers_from", "") > check.get("checked_on", "9999"):
            yield "covers_from", "later than checked_on: a search covers days before it"

    def correction(self, update: Record) -> Iterator[Finding]:
        if ("corrects" in update) != ("correction_reason" in update):
            yield "correction_reason", "given exactly when the update corrects another"
        if "assessments" not in update and "corrects" not in update:
            yield "assessments", "missing: only a withdrawal assesses nothing"

    def update(self, number: int, update: Record) -> Iterator[Finding]:
        if update.get("happened_on", "") > update.get("recorded_on", "9999"):
            yield "happened_on", "later than recorded_on: what has not happened cannot be published"
        corrected = update.get("corrects")
        if corrected is not None and corrected >= number:
            yield "corrects", "names an update that was published earlier"
        first = self.corrected.get(corrected, number)
        if first != number:
            yield "corrects", f"{corrected} is corrected by {first} already: correct its correction"
        citations = update.get("citations", [])
        if _has_twins((item.get("source"), item.get("locator")) for item in citations):
            yield "citations", "names the same place twice"
        assessments = update.get("assessments", [])
        if _has_twins(item.get("commitment") for item in assessments):
            yield "assessments", "names the same commitment twice"
        cited = [self.all["sources"].get(item.get("source"), {}) for item in citations]
        for item in assessments:
            judged = _Judged(
                item, update, self.all["commitments"].get(item.get("commitment"), {}), cited if all(cited) else []
            )
            for field, message in (*self.reach(item, update), *judged.findings()):
                yield f"assessments.{item.get('commitment')}.{field}", message

    def reach(self, item: Record, update: Record) -> Iterator[Finding]:
        """Whether the assessment may speak of what it names."""
        reason = self.not_public(item.get("commitment"), update.get("recorded_on"))
        if reason:
            yield "commitment", reason
        commitment = self.all["commitments"].get(item.get("commitment"), {})
        adopted_on = self.all["instruments"].get(commitment.get("instrument"), {}).get("adopted_on")
        happened_by = _last_day(update)
        if item.get("bearing", Bearing.CONTEXT) != Bearing.CONTEXT and adopted_on and happened_by:
            if happened_by < datetime.date.fromisoformat(adopted_on):
                yield "bearing", "before the commitment was made, an event is only context"
        milestone = self.all["milestones"].get(item.get("meets"), {})
        if milestone.get("commitment", item.get("commitment")) != item.get("commitment"):
            yield "meets", "not a milestone of this commitment"


@dataclass(frozen=True)
class _Judged:
    """One assessment with what it is judged by; an empty commitment or no sources are not known well enough."""

    item: Record
    update: Record
    commitment: Record
    cited: list[Record]

    def findings(self) -> Iterator[Finding]:
        is_context = self.update.get("context", False)
        bearing = self.item.get("bearing", Bearing.NEUTRAL)
        if is_context and bearing not in (Bearing.CONTEXT, Bearing.NEUTRAL):
            yield "bearing", "a context update bears as context or neutral"
        sets_nothing = is_context or bearing == Bearing.CONTEXT
        if "occurrence" in self.item:
            fits = self.fits(CommitmentKind.RECURRING, CommitmentKind.STANDING)
            if sets_nothing or not fits or not self.item["occurrence"]:
                yield "occurrence", "true or left out, for recurring and standing commitments, and never in context"
        if "status" not in self.item:
            if "evidence" in self.item:
                yield "evidence", "given without a status"
            return
        if sets_nothing:
            yield "status", "context sets no status"
        yield from self.status_findings(self.item["status"], self.item.get("evidence"))

    def fits(self, *kinds: CommitmentKind) -> bool:
        return self.commitment.get("kind", kinds[0]) in kinds

    def status_findings(self, status: str, evidence: str | None) -> Iterator[Finding]:
        if status == DeliveryStatus.DELIVERED:
            if not self.fits(CommitmentKind.ONE_OFF, CommitmentKind.EXPLORATORY):
                yield "status", f"delivered does not fit a {self.commitment['kind']} commitment"
            if evidence in WEAK:
                yield "evidence", "delivered needs both_sides or better"
        if status == DeliveryStatus.KEPT_UP and not self.fits(CommitmentKind.RECURRING, CommitmentKind.STANDING):
            yield "status", f"kept_up does not fit a {self.commitment['kind']} commitment"
        if evidence is None:
            yield "evidence", "missing beside a status"
        if evidence == Evidence.NONE_FOUND and status != DeliveryStatus.NOT_ASSESSABLE:
            yield "evidence", f"none_found cannot carry {status}"
        if self.cited:
            yield from self.evidence_findings(evidence)

    def evidence_findings(self, evidence: str | None) -> Iterator[Finding]:
        weighty = [source for source in self.cited if source.get("kind") != SourceKind.REWRITE]
        sides = {source.get("side") for source in weighty}
        if not weighty:
            yield "status", "rests on rewrites alone"
        both = SourceSide.JOINT in sides or {SourceSide.EU, SourceSide.JAPAN} <= sides
        if evidence == Evidence.BOTH_SIDES and not both:
            yield "evidence", "both_sides needs a joint source, or one of each side"
        if evidence == Evidence.INDEPENDENT and not (SourceSide.INDEPENDENT in sides and sides & PARTIES):
            yield "evidence", "independent needs a party’s source and an independent one"


def _nothing(_key: Any, _record: Record) -> Iterable[Finding]:
    return ()


def _first_by(records: Mapping[Any, Record], field: str) -> dict[Any, Any]:
    """For each record named by this field, the first that names it."""
    first: dict[Any, Any] = {}
    for key, record in records.items():
        if field in record:
            first.setdefault(record[field], key)
    return first


def _has_twins(values: Iterable[Any]) -> bool:
    seen = list(values)
    return len(seen) != len(set(seen))


def _last_day(update: Record) -> datetime.date | None:
    if "happened_on" not in update or "happened_precision" not in update:
        return None
    return last_day(datetime.date.fromisoformat(update["happened_on"]), Precision(update["happened_precision"]))


def predecessors(name: str, record: Record) -> list[Any]:
    """The records of the same file that must be public before this one can be."""
    before = record.get(SUCCESSION[name])
    before = before.get("reference") if isinstance(before, dict) else before
    return [] if before is None else [before]


def _check_succession(register: Register, known: Register) -> None:
    for name, field in SUCCESSION.items():
        new = {key: record for key, record in register.of(name).items() if record != known.of(name).get(key)}
        graph = {key: predecessors(name, record) for key, record in new.items()}
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circle = error.args[1]
            register.problem(name, circle[-1], field, f"a circle: {' → '.join(reversed(circle))}")


def _check_numbers(register: Register) -> None:
    previous = ""
    for number, update in register.of("updates").items():
        recorded_on = update.get("recorded_on", previous)
        if recorded_on < previous:
            register.problem("updates", number, "recorded_on", "out of order: numbers follow publication")
        previous = max(previous, recorded_on)


def used_sources(register: Register) -> set[str]:
    """The sources that a record names."""
    used: set[str] = set()
    for name in FILES:
        for record in register.of(name).values():
            used.update(record.get("sources", []))
            used.update(item["source"] for item in record.get("citations", []) if "source" in item)
            used.update(slug for slug in [record.get("wording", {}).get("source")] if slug)
    return used


def _check_every_source_is_used(register: Register) -> None:
    used = used_sources(register)
    for slug in register.of("sources"):
        if slug not in used:
            register.problem("sources", slug, "slug", "no record cites this source")
