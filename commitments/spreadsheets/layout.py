"""Which sheet and column holds which field. Writing, reading and the documentation all follow these tables."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..register.reading import Record
from ..register.schema import FILES, Field

KEY = Field(str, required=False)
VERSION = Field(str, required=False)
NUMBER = re.compile(r"[1-9]\d{0,8}\Z", re.ASCII)
DRAFT = re.compile(r"draft ([1-9]\d{0,17})\Z", re.ASCII)
NEW = re.compile(r"new\b")

# Sheets for people, which reading leaves out.
README = "README"
EXAMPLE = "example"

# Records inside an update, each kind in a sheet of its own.
NESTED = ("assessments", "citations")


def _updates() -> dict[str, Field]:
    plain = {name: field for name, field in FILES["updates"].fields.items() if field.items is None and name != "number"}
    optional = {name: replace(plain[name], required=False) for name in ("recorded_on", "happened_precision")}
    return {"update": KEY, **plain, **optional, "version": VERSION}


def _nested(name: str) -> dict[str, Field]:
    return {"update": KEY, **(FILES["updates"].fields[name].items or {})}


SHEETS: dict[str, dict[str, Field]] = {
    "sources": {
        **FILES["sources"].fields,
        "slug": replace(FILES["sources"].fields["slug"], required=False),
        "version": VERSION,
    },
    "updates": _updates(),
    "assessments": _nested("assessments"),
    "citations": _nested("citations"),
}

HELP: dict[tuple[str, str], str] = {
    ("sources", "slug"): "The permanent address. Leave it empty for a new source: it is made for you.",
    ("sources", "url"): "The web address. A row without a slug is the source with this address, if there is one.",
    ("sources", "title"): "The title as printed.",
    ("sources", "title_seen"): "false where the title is a description of ours.",
    ("sources", "publisher"): "Who published it.",
    ("sources", "side"): "Whose voice it is.",
    ("sources", "kind"): "What it is.",
    ("sources", "language"): "A language tag such as en or ja.",
    ("sources", "published_on"): "A day. 2025-06 is a month, 2025 a year.",
    ("sources", "published_precision"): "Empty: as the date is written.",
    ("sources", "accessed_on"): "The day on which it was read.",
    ("sources", "archived_url"): "The address of an archived copy.",
    ("sources", "note"): "",
    ("sources", "version"): "Leave as it is; empty for a new row. Tells whether the record moved since the export.",
    ("updates", "update"): (
        "The number of a published update, “draft 12” for a draft, and for a new one empty or a name of your own that "
        "begins with “new”: “new 1”. The other sheets name the update by it."
    ),
    ("updates", "recorded_on"): "The day of publication. Empty for drafts.",
    ("updates", "title"): "",
    ("updates", "summary"): "",
    ("updates", "happened_on"): "A day. 2025-06 is a month, 2025 a year.",
    ("updates", "happened_precision"): "Empty: as the date is written.",
    ("updates", "kind"): "",
    ("updates", "context"): "true where it bears on a pledge without being an act of the EU and Japan.",
    ("updates", "corrects"): "The number of the update that this one corrects.",
    ("updates", "correction_reason"): "Public. Given exactly when it corrects another.",
    ("updates", "note"): "",
    ("updates", "version"): "Leave as it is; empty for a new row. Tells whether the draft moved since the export.",
    ("assessments", "update"): "The update, as in the sheet updates. Its rows count from the top.",
    ("assessments", "commitment"): "The reference of the commitment, such as EUJP-07.",
    ("assessments", "bearing"): "",
    ("assessments", "status"): "Only where the update changes or confirms it.",
    ("assessments", "evidence"): "Given exactly when there is a status.",
    ("assessments", "meets"): "The slug of the milestone that it meets.",
    ("assessments", "reasoning"): "",
    ("assessments", "occurrence"): "true where it counts as an occurrence of a recurring or standing commitment.",
    ("citations", "update"): "The update, as in the sheet updates. Its rows count from the top.",
    ("citations", "source"): "The slug of the source, or its web address.",
    ("citations", "locator"): "Page or paragraph.",
}

# Plainly made up: they show the form, and name nothing that exists.
EXAMPLES: dict[str, list[Mapping[str, object]]] = {
    "sources": [
        {
            "url": "https://example.org/made-up-statement",
            "title": "A made-up statement",
            "title_seen": True,
            "publisher": "Example Ministry",
            "side": "japan",
            "kind": "official_statement",
            "language": "ja",
            "published_on": "2026-02-30",
            "published_precision": "day",
            "accessed_on": "2026-02-30",
        }
    ],
    "updates": [
        {
            "update": "new 1",
            "title": "A made-up meeting",
            "summary": "Nobody met, on a day that no calendar has.",
            "happened_on": "2026-02-30",
            "happened_precision": "day",
            "kind": "meeting",
            "context": False,
        }
    ],
    "assessments": [
        {"update": "new 1", "commitment": "EUJP-000", "bearing": "neutral", "reasoning": "It shows where this goes."}
    ],
    "citations": [{"update": "new 1", "source": "https://example.org/made-up-statement", "locator": "p. 0"}],
}


def allowed_values(field: Field) -> str:
    """What may stand in a column, for a person."""
    if field.choices is not None:
        return ", ".join(sorted(field.choices))
    if field.kind is bool:
        return "true, false"
    if field.is_date:
        return "a date: 2026-06-01"
    if field.kind is int:
        return "a number"
    return f"text, at most {field.limit} characters" if field.limit else "text"


@dataclass(frozen=True)
class Described:
    sheet: str
    column: str
    is_required: bool
    values: str
    help: str


def described_columns() -> Iterator[Described]:
    for sheet, fields in SHEETS.items():
        for name, field in fields.items():
            yield Described(sheet, name, field.required, allowed_values(field), HELP[sheet, name])


def documentation() -> str:
    """The tables of columns in README.md."""
    lines: list[str] = []
    for sheet in SHEETS:
        lines += [f"### `{sheet}`", "", "| column | needed | holds | |", "|---|---|---|---|"]
        lines += [
            f"| `{each.column}` | {'yes' if each.is_required else ''} | {each.values} | {each.help} |"
            for each in described_columns()
            if each.sheet == sheet
        ]
        lines.append("")
    return "\n".join(lines)


def version_of(record: Record) -> str:
    """Changes with every word of the record. Begins with a letter, so that no spreadsheet takes it for a number."""
    content = json.dumps(record, sort_keys=True, ensure_ascii=True)
    return f"v{hashlib.sha256(content.encode()).hexdigest()[:16]}"
