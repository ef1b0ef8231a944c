"""Rows of sheets for tests, plainly made up, and files of them as other programs write them."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from commitments.spreadsheets.exporting import Tables, tables_of
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.layout import SHEETS
from commitments.spreadsheets.planning import Outcome, Plan, plan_import
from commitments.spreadsheets.reading import Sheets, read_sheets
from commitments.spreadsheets.writing import workbook

TODAY = datetime.datetime.now(datetime.UTC).date()


def source_row(**fields: Any) -> dict[str, Any]:
    return {
        "url": "https://example.org/new-source",
        "title": "Made-up page",
        "title_seen": True,
        "publisher": "Example Gazette",
        "side": "joint",
        "kind": "official_text",
        "language": "en",
        "accessed_on": "2026-01-15",
        **fields,
    }


def update_row(key: str = "new 1", **fields: Any) -> dict[str, Any]:
    return {
        "update": key,
        "title": f"Event {key}".strip(),
        "summary": f"Made-up event {key} happened.",
        "happened_on": "2025-06-01",
        "happened_precision": "month",
        "kind": "meeting",
        "context": False,
        **fields,
    }


def assessment_row(commitment: str, key: str = "new 1", **fields: Any) -> dict[str, Any]:
    return {"update": key, "commitment": commitment, "bearing": "neutral", "reasoning": "Made up.", **fields}


def citation_row(source: str, key: str = "new 1", **fields: Any) -> dict[str, Any]:
    return {"update": key, "source": source, **fields}


def tables(**rows: Sequence[Mapping[str, Any]]) -> Tables:
    """Only these sheets."""
    return {name: list(rows[name]) for name in SHEETS if name in rows}


def exported(*, with_drafts: bool = True) -> dict[str, list[dict[str, Any]]]:
    """What the tracker holds, ready to be edited."""
    whole = tables_of(read_known(), with_drafts=with_drafts)
    return {name: [dict(row) for row in rows] for name, rows in whole.items()}


def sheets_of(content: Mapping[str, Sequence[Mapping[str, Any]]]) -> Sheets:
    return read_sheets(workbook({name: list(rows) for name, rows in content.items()}))


def plan_of(content: Mapping[str, Sequence[Mapping[str, Any]]] | bytes) -> Plan:
    sheets = read_sheets(content) if isinstance(content, bytes) else sheets_of(content)
    return plan_import(sheets, read_known(), today=TODAY)


def refusals(plan: Plan) -> set[tuple[str, int, str]]:
    return {(refusal.sheet, refusal.row, refusal.column) for refusal in plan.refusals}


def outcomes(plan: Plan) -> set[tuple[str, Outcome]]:
    return {(line.sheet, line.outcome) for line in plan.lines}


def foreign_workbook(pages: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """As a spreadsheet program saves it: with shared texts, numbers, true dates and formulas."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in pages.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    output = io.BytesIO()
    book.save(output)
    return with_shared_texts(output.getvalue())


def with_shared_texts(content: bytes) -> bytes:
    """The same workbook with its texts in a part of their own, each with a reading aid as Japanese ones have."""
    parts = parts_of(content)
    texts: list[bytes] = []

    def shared(cell: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + cell[2] + b'<rPh sb="0" eb="1"><t>aid</t></rPh></si>')
        return b'<c%s t="s"><v>%d</v></c>' % (cell[1], len(texts) - 1)

    for name in parts:
        if name.startswith("xl/worksheets/"):
            parts[name] = re.sub(rb'<c([^>]*) t="inlineStr"><is>(.*?)</is></c>', shared, parts[name], flags=re.DOTALL)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s" /></Types>' % kind
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s">%s</sst>' % (namespace, b"".join(texts))
    return zipped(parts)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return output.getvalue()
