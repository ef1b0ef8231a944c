"""From rows to files, always the same way: the same rows give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ..register.schema import Field
from .exporting import Row, Tables
from .files import book_cell, entry, new_book, save_book, write_lines
from .layout import EXAMPLE, README, SHEETS, described_columns
from .progress import Progress, no_progress

WIDTHS = {"title": 50, "summary": 60, "reasoning": 60, "url": 50, "note": 30, "publisher": 30, "slug": 40, "source": 40}
INTRODUCTION = (
    "Sources and updates of the tracker. The first row of each sheet names its columns; every column stays.",
    "An import adds rows and changes drafts and labels of sources. It deletes nothing, and what is published stays.",
    "New rows become drafts. Sheets that are left out stay as they are in the tracker.",
    "The sheets README and example are not read.",
)


def csv_archive(tables: Tables) -> bytes:
    """A ZIP file with one CSV file a sheet."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for sheet, rows in tables.items():
            archive.writestr(entry(f"{sheet}.csv"), csv_file(sheet, rows))
    return output.getvalue()


def csv_file(sheet: str, rows: Iterable[Row]) -> bytes:
    return csv_of([list(SHEETS[sheet]), *([row.get(name, "") for name in SHEETS[sheet]] for row in rows)])


def csv_of(lines: Iterable[Sequence[Any]]) -> bytes:
    output = io.StringIO(newline="")
    write_lines(output, lines)
    return output.getvalue().encode("utf-8")


def workbook(
    tables: Tables, examples: Mapping[str, Sequence[Row]] | None = None, progress: Progress = no_progress
) -> bytes:
    """An XLSX file: a sheet that explains the columns, the tables, and examples where there are any."""
    book = new_book()
    _write_readme(book)
    for sheet, rows in tables.items():
        _write_sheet(book, sheet, rows, progress)
    if examples:
        _write_examples(book, examples)
    output = io.BytesIO()
    save_book(book, output)
    return output.getvalue()


def _write_readme(book: Workbook) -> None:
    page = book.create_sheet(README)
    for column, width in zip("ABCDE", (14, 22, 10, 70, 90), strict=True):
        page.column_dimensions[column].width = width
    for line in INTRODUCTION:
        page.append([book_cell(page, line)])
    page.append([])
    page.append([book_cell(page, name, bold=True) for name in ("sheet", "column", "needed", "holds", "")])
    for each in described_columns():
        needed = "yes" if each.is_required else ""
        page.append([book_cell(page, text) for text in (each.sheet, each.column, needed, each.values, each.help)])


def _write_sheet(book: Workbook, sheet: str, rows: Sequence[Row], progress: Progress) -> None:
    page = book.create_sheet(sheet)
    page.freeze_panes = "A2"
    for position, name in enumerate(SHEETS[sheet], 1):
        page.column_dimensions[get_column_letter(position)].width = WIDTHS.get(name, 16)
    page.append(_header(page, sheet))
    for done, row in enumerate(rows):
        page.append(list(_cells(page, row, SHEETS[sheet])))
        if done % 500 == 0:
            progress(gettext("Writing %(sheet)s") % {"sheet": sheet}, done, len(rows))


def _write_examples(book: Workbook, examples: Mapping[str, Sequence[Row]]) -> None:
    page = book.create_sheet(EXAMPLE)
    for sheet, rows in examples.items():
        page.append([book_cell(page, sheet, bold=True)])
        page.append(_header(page, sheet))
        for row in rows:
            page.append(list(_cells(page, row, SHEETS[sheet])))
        page.append([])


def _header(page: Any, sheet: str) -> list[Any]:
    return [book_cell(page, name, bold=True) for name in SHEETS[sheet]]


def _cells(page: Any, row: Row, fields: Mapping[str, Field]) -> Iterator[Any]:
    """Empty ones are formatted too: what is typed into them stays text."""
    for name, field in fields.items():
        yield book_cell(page, row.get(name, ""), is_date=field.is_date)
