"""A register of made-up records that keeps every rule, to be bent by one test at a time."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from commitments.register.reading import Record, Register, read_register
from commitments.register.schema import FILES
from commitments.register.writing import write_register

Records = dict[str, list[Record]]
DAY = "2026-01-15"


def source(slug: str, **fields: Any) -> Record:
    return {
        "slug": slug,
        "url": f"https://example.org/{slug}",
        "title": f"Page {slug}",
        "title_seen": True,
        "publisher": "Example Gazette",
        "side": "joint",
        "kind": "official_text",
        "language": "en",
        "accessed_on": DAY,
        **fields,
    }


def commitment(reference: str, **fields: Any) -> Record:
    return {
        "reference": reference,
        "published_on": DAY,
        "title": f"Pledge {reference}",
        "summary": "Something made up is promised.",
        "instrument": "pact",
        "basis": "text_seen",
        "area": "drills",
        "kind": "one_off",
        "strength": "firm",
        "actors": ["ministry"],
        "progress_looks_like": ["A made-up step."],
        "fulfilled_when": "It is made up.",
        "sources": ["text"],
        **fields,
    }


def milestone(slug: str, **fields: Any) -> Record:
    return {
        "slug": slug,
        "commitment": "EUJP-01",
        "title": f"Step {slug}",
        "recorded_on": DAY,
        "due_on": "2026-12-01",
        "due_precision": "month",
        "sources": ["text"],
        **fields,
    }


def assessment(reference: str, **fields: Any) -> Record:
    return {"commitment": reference, "bearing": "advance", "reasoning": f"Because of {reference}.", **fields}


def update(number: int, *assessments: Record, **fields: Any) -> Record:
    return {
        "number": number,
        "recorded_on": DAY,
        "title": f"Event {number}",
        "summary": f"Made-up event {number} happened.",
        "happened_on": "2025-06-01",
        "happened_precision": "month",
        "kind": "meeting",
        "context": False,
        "citations": [{"source": "text", "locator": f"p. {number}"}],
        "assessments": list(assessments) or [assessment("EUJP-01")],
        **fields,
    }


def check(slug: str, **fields: Any) -> Record:
    return {
        "slug": slug,
        "checked_on": DAY,
        "recorded_on": DAY,
        "commitments": ["EUJP-02"],
        "places": ["example.org"],
        "terms": ["made up"],
        "languages": ["en", "ja"],
        "found": "Nothing.",
        **fields,
    }


def records() -> Records:
    return {
        "areas": [area("drills"), area("space")],
        "actors": [{"slug": "ministry", "name": "Ministry", "side": "japan"}],
        "sources": [
            source("copy", side="third", kind="rewrite"),
            source("ours", side="eu", kind="official_statement"),
            source(
                "press", side="independent", kind="reporting", published_on="2025-01-01", published_precision="year"
            ),
            source("text"),
        ],
        "instruments": [
            {
                "slug": "pact",
                "title": "Pact",
                "kind": "treaty",
                "adopted_on": "2024-11-01",
                "adopted_precision": "day",
                "description": "Made up.",
                "sources": ["text", "ours"],
            }
        ],
        "commitments": [
            commitment("EUJP-01", wording={"text": "will make it up", "language": "en", "source": "text"}),
            commitment("EUJP-02", kind="recurring", cadence_months=12, follows=follows("EUJP-01")),
            without(commitment("EUJP-03", kind="standing"), "published_on"),
        ],
        "milestones": [milestone("first-step")],
        "updates": [
            update(
                1,
                assessment("EUJP-01", status="delivered", evidence="both_sides", meets="first-step"),
                assessment("EUJP-02", status="kept_up", evidence="both_sides", occurrence=True),
            ),
            update(2, assessment("EUJP-01", bearing="neutral"), happened_on="2025-07-09", happened_precision="day"),
        ],
        "checks": [check("search-one")],
        "discrepancies": [
            {
                "topic": "Number",
                "article": "Says seven.",
                "official": "Says eight.",
                "assessment": "We count eight.",
                "sources": ["press", "copy"],
            }
        ],
    }


def area(slug: str, **fields: Any) -> Record:
    return {
        "slug": slug,
        "name": slug.title(),
        "name_ja": "分野",
        "headline": True,
        "description": "Made up.",
        **fields,
    }


def follows(reference: str) -> Record:
    return {"reference": reference, "relation": "restates"}


def without(record: Record, *fields: str) -> Record:
    return {name: value for name, value in record.items() if name not in fields}


def record_of(of: Records, name: str, key: Any) -> Record:
    return next(record for record in of[name] if record[FILES[name].key] == key)


def register_of(of: Records) -> Register:
    of = copy.deepcopy(of)
    return Register({name: {record[FILES[name].key]: record for record in of[name]} for name in FILES})


def write(of: Records, folder: Path) -> Path:
    """The files of these records, as the software itself writes them."""
    write_register(register_of(of), folder)
    return folder


def write_plainly(of: dict[str, Any], folder: Path) -> Path:
    """The files of these records, whatever they hold, as anybody's YAML library writes them."""
    folder.mkdir(exist_ok=True)
    for name, content in of.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def findings(register: Register) -> set[tuple[str, str, str]]:
    return {(problem.file, problem.record, problem.field) for problem in register.problems}


def read_back(folder: Path, *, partial: bool = False) -> dict[str, list[Record]]:
    register = read_register(folder, partial=partial)
    assert not register.problems, register.problems
    return {name: list(register.of(name).values()) for name in register.files}
