"""What an import would do, row by row, and every reason why it may not."""

from __future__ import annotations

import datetime
import enum
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from ..addresses import Addresses, stem_of
from ..models import Source
from ..register.checking import Checks
from ..register.comparing import compare
from ..register.reading import Record, Register, precision_findings, printable, text_problem
from ..register.schema import FILES, Field
from .cells import BadCell, value_of, whole_date
from .known import Draft, Known
from .layout import DRAFT, NESTED, NEW, NUMBER, SHEETS, version_of
from .reading import Refusal, Row, Sheets
from .writing import Progress, no_progress

MOST_REFUSALS = 10_000
TOLD_EVERY = 200
NOT_FIELDS = {"update", "version"}
FINAL = "a published update is final: correct it from its page"
MOVED = "changed at the desk since this file was made: export again, and make the change there"


class Outcome(enum.StrEnum):
    CREATE = "create"
    CHANGE = "change"
    SAME = "no change"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """What becomes of one row. `name` is what people call its record; `note` says more than the outcome."""

    sheet: str
    row: int
    name: str
    outcome: Outcome
    note: str = ""


@dataclass
class Plan:
    """The lines of all rows, and what is to be written: records by slug, by the name in the file, by draft."""

    lines: list[Line] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    new_sources: dict[str, Record] = field(default_factory=dict)
    changed_sources: dict[str, tuple[Record, list[str]]] = field(default_factory=dict)
    new_updates: dict[str, Record] = field(default_factory=dict)
    changed_drafts: dict[int, tuple[Record, list[str]]] = field(default_factory=dict)

    @property
    def needs_reason(self) -> bool:
        return bool(self.changed_sources)

    @property
    def is_empty(self) -> bool:
        return not (self.new_sources or self.changed_sources or self.new_updates or self.changed_drafts)

    def counts(self) -> dict[str, Counter[Outcome]]:
        counts: dict[str, Counter[Outcome]] = {}
        for line in self.lines:
            counts.setdefault(line.sheet, Counter())[line.outcome] += 1
        return counts

    def digest(self) -> str:
        """The same for two plans that write the same and refuse the same rows."""
        whole = [
            [str(refusal) for refusal in self.refusals if refusal.row],
            self.new_sources,
            self.changed_sources,
            self.new_updates,
            self.changed_drafts,
        ]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def plan_import(sheets: Sheets, known: Known, *, today: datetime.date, progress: Progress = no_progress) -> Plan:
    """Compare the sheets with what is known. No query; a file with a problem of its own is not compared."""
    plan = Plan(refusals=list(sheets.refusals))
    if not plan.refusals:
        _Planner(sheets, known, today, progress, plan).run()
    return plan


@dataclass
class _Read:
    """A row with its record; `is_broken` where a cell could not be read, and nothing is concluded from the rest."""

    row: Row
    record: Record
    version: str = ""
    is_broken: bool = False


@dataclass
class _Update(_Read):
    key: str = ""
    children: dict[str, list[_Read]] = field(default_factory=dict)


class _Planner:
    def __init__(self, sheets: Sheets, known: Known, today: datetime.date, progress: Progress, plan: Plan) -> None:
        self.sheets = sheets
        self.known = known
        self.today = today
        self.progress = progress
        self.plan = plan
        self.refused: set[tuple[str, int]] = set()
        self.missing_sheets = {name for name in NESTED if name not in sheets.tables}
        self.sources: Register = Register({"sources": {}})
        self.slug_of: dict[str, str] = {}

    def run(self) -> None:
        self.plan_sources()
        self.plan_updates()
        order = list(SHEETS)
        self.plan.lines.sort(key=lambda line: (order.index(line.sheet), line.row))
        self.plan.refusals.sort(key=lambda refusal: (order.index(refusal.sheet), refusal.row))

    def refuse(self, sheet: str, row: Row, column: str, message: str) -> None:
        if len(self.plan.refusals) < MOST_REFUSALS:
            self.plan.refusals.append(Refusal(sheet, row.number, printable(column), printable(message)))
        self.refused.add((sheet, row.number))

    def settle(self, sheet: str, row: Row, name: str, outcome: Outcome, note: str = "") -> None:
        if (sheet, row.number) in self.refused:
            outcome, note = Outcome.REFUSED, ""
        self.plan.lines.append(Line(sheet, row.number, printable(name[:80]), outcome, note))

    def read(self, sheet: str, row: Row) -> _Read:
        """The record of a row. Texts stay as they are: whether they may be written is asked only where they are new."""
        read = _Read(row, {})
        for name, cell in row.cells.items():
            try:
                value = value_of(cell, SHEETS[sheet][name])
            except BadCell as error:
                self.refuse(sheet, row, name, str(error))
                read.is_broken = True
                continue
            if name == "version":
                read.version = value
            elif name != "update" and not (name == "occurrence" and value is False):
                read.record[name] = value
        for name, schema in SHEETS[sheet].items():
            if schema.precision and name in read.record:
                self.complete_date(sheet, read, name, schema.precision)
        return read

    def complete_date(self, sheet: str, read: _Read, name: str, precision_name: str) -> None:
        written = read.record[name]
        read.record[name], precision = whole_date(written)
        if read.record.setdefault(precision_name, precision.value) != precision and read.record[name] != written:
            self.refuse(sheet, read.row, name, f"“{written}” is a {precision}, and {precision_name} says otherwise")
            read.is_broken = True

    def check_form(self, sheet: str, read: _Read) -> None:
        """Refuse what is wrong with the record by itself, and drop it, so that nothing else is judged by it."""
        fields = {name: each for name, each in SHEETS[sheet].items() if name not in NOT_FIELDS}
        for name, message in list(_form_findings(read, fields)):
            self.refuse(sheet, read.row, name, message)
            read.record.pop(name, None)
            read.is_broken = True

    # Sources

    def plan_sources(self) -> None:
        present = self.known.register.of("sources")
        by_address = {source["url"]: slug for slug, source in present.items()}
        addresses = Addresses({*present, *self.sheets.texts("sources", "slug")})
        rows: dict[str, _Read] = {}
        outcomes: dict[str, Outcome] = {}
        for done, row in enumerate(self.sheets.of("sources")):
            self.tell("sources", done)
            read = self.read("sources", row)
            slug = (
                read.record.get("slug") or by_address.get(read.record.get("url", "")) or _made(read.record, addresses)
            )
            read.record = {"slug": slug, **read.record}
            if slug in rows:
                self.refuse("sources", row, "slug", f"the same source as row {rows[slug].row.number}")
                self.settle("sources", row, slug, Outcome.REFUSED)
                continue
            rows[slug] = read
            outcomes[slug] = self.compare_source(read, present.get(slug))
        self.compare_with_register(rows, outcomes)
        for slug, read in rows.items():
            fields = self.plan.changed_sources.get(slug, ({}, []))[1]
            self.settle("sources", read.row, slug, outcomes[slug], ", ".join(fields))
        known = present | self.sources.of("sources")
        self.slug_of = {source["url"]: slug for slug, source in known.items() if "url" in source}

    def compare_source(self, read: _Read, present: Record | None) -> Outcome:
        if present is None:
            self.check_form("sources", read)
            return Outcome.CREATE
        if read.record == present or (read.version and version_of(read.record) == read.version):
            return Outcome.SAME
        if read.version not in ("", version_of(present)):
            self.refuse("sources", read.row, "version", MOVED)
        self.check_form("sources", read)
        return Outcome.CHANGE

    def compare_with_register(self, rows: Mapping[str, _Read], outcomes: Mapping[str, Outcome]) -> None:
        """By the same comparison that the register's files pass through."""
        for slug, read in rows.items():
            if outcomes[slug] is not Outcome.SAME:
                self.sources.files["sources"][slug] = read.record
                if read.is_broken:
                    self.sources.broken.add(("sources", slug))
        plan = compare(self.sources, self.known.register, today=self.today, partial=True, is_seed=False, drafts={})
        for problem in self.sources.problems:
            self.refuse("sources", rows[problem.record].row, problem.field, problem.message)
        self.plan.new_sources = {slug: rows[slug].record for slug in plan.inserts.get("sources", [])}
        self.plan.changed_sources = {
            slug: (rows[slug].record, fields) for slug, fields in plan.changes.get("sources", {}).items()
        }

    # Updates

    def plan_updates(self) -> None:
        checks = Checks(self.sources, self.known.register)
        number = max(self.known.register.of("updates"), default=0) + 1
        judge = _Judge(self, checks, number)
        twins = {
            self.content(record): f"update {number}" for number, record in self.known.register.of("updates").items()
        }
        twins |= {self.content(draft.record): f"draft {pk}" for pk, draft in self.known.drafts.items()}
        updates = self.read_updates()
        for done, update in enumerate(updates):
            self.tell("updates", done)
            self.plan_update(update, judge, twins)

    def read_updates(self) -> list[_Update]:
        """Each update with its rows of the other sheets; rows that belong to none are refused here."""
        updates: list[_Update] = []
        by_key: dict[str, _Update] = {}
        for row in self.sheets.of("updates"):
            read = self.read("updates", row)
            key = self.key_of("updates", row)
            update = _Update(row, read.record, read.version, read.is_broken, key, {name: [] for name in NESTED})
            if key and key in by_key:
                self.refuse("updates", row, "update", f"the same update as row {by_key[key].row.number}")
            elif key:
                by_key[key] = update
            updates.append(update)
        for name in NESTED:
            for row in self.sheets.of(name):
                read = self.read(name, row)
                key = self.key_of(name, row)
                if key in by_key:
                    by_key[key].children[name].append(read)
                else:
                    self.refuse(name, row, "update", f"the sheet updates has no “{key[:80]}”")
                    self.settle(name, row, key, Outcome.REFUSED)
        for update in updates:
            self.add_children(update)
        return updates

    def key_of(self, sheet: str, row: Row) -> str:
        try:
            return str(value_of(row.cells.get("update", ""), SHEETS[sheet]["update"])).strip()
        except BadCell:
            return ""

    def add_children(self, update: _Update) -> None:
        for name, reads in update.children.items():
            for read in reads:
                source = read.record.get("source", "")
                if source.startswith("http"):
                    read.record["source"] = self.slug_of.get(source, source)
            if reads:
                update.record[name] = [read.record for read in reads]

    def plan_update(self, update: _Update, judge: _Judge, twins: dict[str, str]) -> None:
        number, draft = NUMBER.match(update.key), DRAFT.match(update.key)
        if number:
            self.compare_published(update, self.known.register.of("updates").get(int(update.key)))
        elif draft:
            self.compare_draft(update, int(draft[1]), judge)
        elif update.key and not NEW.match(update.key):
            self.refuse("updates", update.row, "update", "write a number, “draft 12”, or a name that begins with “new”")
            self.settle_all(update, Outcome.CREATE)
        else:
            self.plan_new(update, judge, twins)

    def compare_published(self, update: _Update, present: Record | None) -> None:
        if present is None:
            self.refuse("updates", update.row, "update", "there is no published update with this number")
        else:
            update.record["number"] = present["number"]
            for name in self.differing(update, present):
                if name in update.record or name not in update.row.cells:
                    self.refuse_published(update, name, present)
        self.settle_all(update, Outcome.SAME)

    def refuse_published(self, update: _Update, name: str, present: Record) -> None:
        if name not in NESTED:
            was, now = present.get(name), update.record.get(name)
            self.refuse("updates", update.row, name, f"published as {was!r:.120}, the file has {now!r:.120}; {FINAL}")
            return
        differing = [read for read in update.children[name] if read.record not in present.get(name, [])]
        for read in differing:
            if not read.is_broken:
                self.refuse(name, read.row, "", f"not as it was published; {FINAL}")
        if not differing:
            self.refuse("updates", update.row, name, f"not all as they were published, or in another order; {FINAL}")

    def compare_draft(self, update: _Update, pk: int, judge: _Judge) -> None:
        draft = self.known.drafts.get(pk)
        if draft is None:
            number = self.known.numbers.get(pk)
            became = (
                f"{update.key} has been published as {number}: export again" if number else "there is no such draft"
            )
            self.refuse("updates", update.row, "update", became)
            self.settle_all(update, Outcome.CHANGE)
            return
        whole = {**{name: draft.record[name] for name in self.missing_sheets & draft.record.keys()}, **update.record}
        fields = self.differing(update, draft.record)
        if not fields or version_of(whole) == update.version:
            self.settle_all(update, Outcome.SAME)
            return
        self.check_draft(update, draft)
        judge.judge(update)
        self.plan.changed_drafts[pk] = (update.record, fields)
        self.settle_all(update, Outcome.CHANGE, ", ".join(fields))

    def check_draft(self, update: _Update, draft: Draft) -> None:
        if not draft.is_open:
            self.refuse("updates", update.row, "update", "in review: it can be changed once it has been sent back")
        elif update.version != version_of(draft.record):
            self.refuse("updates", update.row, "version", MOVED)

    def plan_new(self, update: _Update, judge: _Judge, twins: dict[str, str]) -> None:
        content = self.content(update.record)
        twin = twins.get(content, "")
        if twin and not twin.startswith("row"):
            self.settle_all(update, Outcome.SAME, f"there already: {twin}")
            return
        if twin:
            self.refuse("updates", update.row, "", f"says the same as {twin}")
        twins[content] = f"row {update.row.number}"
        judge.judge(update)
        self.plan.new_updates[update.key or f"row {update.row.number}"] = update.record
        self.settle_all(update, Outcome.CREATE)

    def differing(self, update: _Update, present: Record) -> list[str]:
        """The fields that the file has otherwise. Of sheets that it lacks it says nothing."""
        names = [name for name in FILES["updates"].fields if name not in self.missing_sheets]
        return [name for name in names if update.record.get(name) != present.get(name)]

    def settle_all(self, update: _Update, outcome: Outcome, note: str = "") -> None:
        """The row of the update and those of the other sheets, which are as they were or share its fate."""
        is_known = NUMBER.match(update.key) or DRAFT.match(update.key)
        name = update.key if is_known else str(update.record.get("title", update.key))
        self.settle("updates", update.row, name, outcome, note)
        for sheet, reads in update.children.items():
            is_same = outcome is Outcome.CHANGE and sheet not in note.split(", ")
            for read in reads:
                self.settle(sheet, read.row, name, Outcome.SAME if is_same else outcome)

    def content(self, record: Record) -> str:
        left_out = {"number", "recorded_on", *self.missing_sheets}
        return json.dumps({name: value for name, value in record.items() if name not in left_out}, sort_keys=True)

    def tell(self, sheet: str, done: int) -> None:
        if done % TOLD_EVERY == 0:
            self.progress(gettext("Checking %(sheet)s") % {"sheet": sheet}, done, len(self.sheets.of(sheet)))


@dataclass(frozen=True)
class _Judge:
    """Asks of a draft what publication will ask of it, except for what may still be missing."""

    planner: _Planner
    checks: Checks
    number: int

    def judge(self, update: _Update) -> None:
        refuse = self.planner.refuse
        if "recorded_on" in update.record:
            refuse("updates", update.row, "recorded_on", "leave it empty: a draft has not been published")
        self.planner.check_form("updates", update)
        for sheet, reads in update.children.items():
            for read in reads:
                self.planner.check_form(sheet, read)
                for column, message in self.checks.names(read.record, SHEETS[sheet]):
                    refuse(sheet, read.row, column, message)
        for column, message in self.checks.names(update.record, SHEETS["updates"]):
            refuse("updates", update.row, column, message)
        for column, message in self.findings(update):
            sheet, row, column = self.place(update, column)
            refuse(sheet, row, column, message)

    def findings(self, update: _Update) -> Iterator[tuple[str, str]]:
        """As if it were published today."""
        record = update.record | {"recorded_on": self.planner.today.isoformat()}
        yield from self.checks.update(self.number, record)
        yield from (each for each in self.checks.correction(record) if each[0] != "assessments")

    def place(self, update: _Update, column: str) -> tuple[str, Row, str]:
        """The cell that a finding is about."""
        sheet, _dot, rest = column.partition(".")
        if sheet not in NESTED or not update.children[sheet]:
            return "updates", update.row, column
        reads = update.children[sheet]
        if not rest:
            return sheet, _repeated(reads).row, ""
        commitment, _dot, column = rest.rpartition(".")
        read = next(each for each in reads if str(each.record.get("commitment")) == commitment)
        return sheet, read.row, column


def _form_findings(read: _Read, fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    for name, each in fields.items():
        value = read.record.get(name)
        if value is None and each.required and name not in read.row.cells:
            yield name, "missing"
        elif isinstance(value, str):
            message = text_problem(value, each)
            if message:
                yield name, message
    yield from precision_findings(read.record, read.record.keys(), fields)


def _made(source: Record, addresses: Addresses) -> str:
    """As the desk makes it."""
    words = f"{source.get('publisher', '')} {source.get('title', '')}"
    return addresses.free(stem_of(words, "source", Source._meta.get_field("slug").max_length or 0))


def _repeated(reads: list[_Read]) -> _Read:
    """The first that names what an earlier one names; where none does, the last."""
    seen: set[tuple[Any, Any]] = set()
    for read in reads:
        named = (read.record.get("commitment", read.record.get("source")), read.record.get("locator"))
        if named in seen:
            return read
        seen.add(named)
    return reads[-1]
