"""What an import would do, for people and for the writer."""

from __future__ import annotations

import enum
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

from ..register.reading import Record
from .reading import Refusal


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
