"""From rows to files, always the same way: the same rows give the same bytes."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from ..register.reading import is_day
from ..register.schema import Field
from .cells import FIRST_DAY, escaped_for_xml, plain_text
from .exporting import Row, Tables
from .layout import EXAMPLE, README, SHEETS, described_columns

# The earliest that a ZIP file can hold; the time of writing would make every file a different one.
NO_TIME = (1980, 1, 1, 0, 0, 0)
CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones
AS_TEXT = "@"
AS_DAY = "yyyy-mm-dd"
BOM = "\ufeff"
WIDTHS = {"title": 50, "summary": 60, "reasoning": 60, "url": 50, "note": 30, "publisher": 30, "slug": 40, "source": 40}
INTRODUCTION = (
    "Sources and updates of the tracker. The first row of each sheet names its columns; every column stays.",
    "An import adds rows and changes drafts and labels of sources. It deletes nothing, and what is published stays.",
    "New rows become drafts. Sheets that are left out stay as they are in the tracker.",
    "The sheets README and example are not read.",
)

Progress = Callable[[str, int, int], None]


def no_progress(stage: str, done: int, total: int) -> None:
    """For whoever does not wait."""


def csv_archive(tables: Tables) -> bytes:
    """A ZIP file with one CSV file a sheet."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for sheet, rows in tables.items():
            _put(archive, f"{sheet}.csv", csv_file(sheet, rows))
    return output.getvalue()


def csv_file(sheet: str, rows: Iterable[Row]) -> bytes:
    return csv_of([list(SHEETS[sheet]), *([row.get(name, "") for name in SHEETS[sheet]] for row in rows)])


def csv_of(lines: Iterable[Sequence[Any]]) -> bytes:
    """Opens with a byte order mark, by which Excel tells UTF-8; no cell runs as a formula."""
    output = io.StringIO(newline="")
    output.write(BOM)
    csv.writer(output, quoting=csv.QUOTE_ALL).writerows([plain_text(value) for value in line] for line in lines)
    return output.getvalue().encode("utf-8")


def workbook(
    tables: Tables, examples: Mapping[str, Sequence[Row]] | None = None, progress: Progress = no_progress
) -> bytes:
    """An XLSX file: a sheet that explains the columns, the tables, and examples where there are any."""
    book = Workbook(write_only=True)
    book.properties.creator = ""
    book.properties.created = CREATED
    _write_readme(book)
    for sheet, rows in tables.items():
        _write_sheet(book, sheet, rows, progress)
    if examples:
        _write_examples(book, examples)
    output = io.BytesIO()
    book.save(output)
    return _without_times(output.getvalue(), book)


def _write_readme(book: Workbook) -> None:
    page = book.create_sheet(README)
    for column, width in zip("ABCDE", (14, 22, 10, 70, 90), strict=True):
        page.column_dimensions[column].width = width
    for line in INTRODUCTION:
        page.append([_cell(page, line)])
    page.append([])
    page.append([_cell(page, name, bold=True) for name in ("sheet", "column", "needed", "holds", "")])
    for each in described_columns():
        needed = "yes" if each.is_required else ""
        page.append([_cell(page, text) for text in (each.sheet, each.column, needed, each.values, each.help)])


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
        page.append([_cell(page, sheet, bold=True)])
        page.append(_header(page, sheet))
        for row in rows:
            page.append(list(_cells(page, row, SHEETS[sheet])))
        page.append([])


def _header(page: Any, sheet: str) -> list[Any]:
    return [_cell(page, name, bold=True) for name in SHEETS[sheet]]


def _cells(page: Any, row: Row, fields: Mapping[str, Field]) -> Iterator[Any]:
    """Empty ones are formatted too: what is typed into them stays text."""
    for name, field in fields.items():
        yield _cell(page, row.get(name, ""), is_date=field.is_date)


def _cell(page: Any, value: Any, *, is_date: bool = False, bold: bool = False) -> Any:
    cell = WriteOnlyCell(page)
    day = datetime.date.fromisoformat(value) if is_date and is_day(value) else None
    if day is not None and day >= FIRST_DAY:
        cell.value = day
        cell.number_format = AS_DAY
    elif isinstance(value, bool):
        cell.value = value
    else:
        cell.value = escaped_for_xml(str(value))
        # Said last: a text that begins with “=” has become a formula by now, and “#N/A” an error.
        cell.data_type = "s"
        cell.number_format = AS_TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _without_times(content: bytes, book: Workbook) -> bytes:
    """The same file with no trace of when it was written."""
    book.properties.modified = CREATED
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(output, "w") as timeless:
        for name in archive.namelist():
            _put(timeless, name, tostring(book.properties.to_tree()) if name == ARC_CORE else archive.read(name))
    return output.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content)
