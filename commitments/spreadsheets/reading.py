"""From a file to rows of cells, whatever the file is: every problem becomes a sentence with its sheet and row."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import ARC_WORKBOOK, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from ..models import LARGEST_FILE
from ..register.reading import printable
from .cells import Unreadable, undefused, unescaped_from_xml
from .files import BOM
from .layout import EXAMPLE, NESTED, README, SHEETS
from .progress import Progress, no_progress

LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 50_000
MOST_COLUMNS = 100
LONGEST_CELL = 100_000
DELIMITERS = ",;\t"
TOLD_EVERY = 500

Cells = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Refusal:
    """What is wrong and where; row 0 is the sheet as a whole, and the sheet "file" the whole file."""

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = [self.sheet, f"row {self.row}" if self.row else "", self.column]
        return printable(f"{', '.join(filter(None, place))}: {self.message}")


@dataclass(frozen=True)
class Row:
    """The filled cells of a row by column; the number is the one that a spreadsheet shows."""

    number: int
    cells: Mapping[str, Any]


@dataclass
class Sheets:
    """Sheets that were not there have no entry."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, sheet: str, row: int, column: str, message: str) -> None:
        self.refusals.append(Refusal(sheet, row, column, message))

    def of(self, sheet: str) -> list[Row]:
        return self.tables.get(sheet, [])

    def texts(self, sheet: str, column: str) -> set[str]:
        return {cell for row in self.of(sheet) if isinstance(cell := row.cells.get(column), str)}


class UnreadableFile(ValueError):
    """The sentence says why nothing of the file was read."""


def read_sheets(content: bytes, progress: Progress = no_progress) -> Sheets:
    """A workbook, a ZIP file of CSV files or one CSV file, told apart by what they hold. Never raises."""
    sheets = Sheets()
    try:
        _read(content, sheets, progress)
    except UnreadableFile as error:
        sheets.refuse("file", 0, "", str(error))
    if not sheets.refusals and not sheets.tables:
        sheets.refuse("file", 0, "", f"holds none of the sheets {', '.join(SHEETS)}")
    if not sheets.refusals and "updates" not in sheets.tables:
        for name in NESTED:
            if sheets.of(name):
                sheets.refuse(name, 0, "", "the sheet updates, which it belongs to, is missing")
    return sheets


def _read(content: bytes, sheets: Sheets, progress: Progress) -> None:
    if not content.strip():
        raise UnreadableFile("empty")
    if len(content) > LARGEST_FILE:
        raise UnreadableFile(f"larger than {LARGEST_FILE // 1024 // 1024} MB")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("an old .xls file, or one with a password: save it as .xlsx without one")
    if not content.startswith(b"PK"):
        _read_lone_csv(content, sheets, progress)
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:  # the last: of a version yet to come
        raise UnreadableFile("damaged: begins like a .xlsx or .zip file and is none") from error
    with archive:
        parts = _checked_parts(archive)
        if ARC_WORKBOOK in parts:
            _read_workbook(content, parts, sheets, progress)
        else:
            _read_csv_archive(parts, sheets, progress)


def _checked_parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The unpacked files. No more is unpacked than the archive's directory admits to."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise UnreadableFile(f"unpacks to more than {LARGEST_UNPACKED // 1024 // 1024} MB or {MOST_PARTS} files")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile("has a password: save it without one")
    names = {entry.filename for entry in entries}
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableFile("an OpenDocument file: save it as .xlsx")
    if any("vbaProject" in name for name in names):
        raise UnreadableFile("holds macros: save it as .xlsx without them")
    try:
        parts = {entry.filename: archive.read(entry) for entry in entries}
    except Exception as error:  # each way of packing fails in its own way over damaged bytes
        raise UnreadableFile("damaged: a part of it cannot be unpacked") from error
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")) and _has_document_type(part):
            raise UnreadableFile("holds an XML document type, which no spreadsheet program writes")
    return parts


def _has_document_type(part: bytes) -> bool:
    """Whether entities may be defined, by which a small file grows without end. Reads up to the first element."""
    found: list[str] = []
    parser = expat.ParserCreate()

    def begin_type(name: str, *_rest: object) -> None:
        found.append(name)

    def begin_element(*_rest: object) -> None:
        raise StopIteration

    parser.StartDoctypeDeclHandler = begin_type
    parser.StartElementHandler = begin_element
    try:
        parser.Parse(part, True)
    except (StopIteration, expat.ExpatError):
        return bool(found)
    return bool(found)


class _Reader(ExcelReader):
    """Leaves escapes in shared texts alone; the original drops every “x005F_”, even where it is meant."""

    def read_strings(self) -> None:
        part: Any = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]  # openpyxl annotates none of it
        if part is None:
            return
        self.shared_strings = []
        with self.archive.open(part.PartName[1:]) as source:
            for _event, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    text: Any = Text.from_tree(node)
                    self.shared_strings.append(text.content)
                    node.clear()


def _read_workbook(content: bytes, parts: Mapping[str, bytes], sheets: Sheets, progress: Progress) -> None:
    total = sum(part.count(b"<row") for name, part in parts.items() if name.startswith("xl/worksheets/"))
    counted = _counted(progress, total)
    try:
        reader = _Reader(io.BytesIO(content), read_only=True, keep_links=False)
        reader.read()
        for page in reader.wb:
            name = page.title.strip()
            if name not in (README, EXAMPLE):
                _read_table(name.lower(), _rows_of(page, counted), sheets)
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers stumble over
        raise UnreadableFile("damaged: it cannot be read as a workbook") from error


def _rows_of(page: Any, counted: Callable[[], None]) -> Cells:
    page.reset_dimensions()
    for row in page.iter_rows():
        counted()
        yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> Any:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return Unreadable("a formula: type the value itself")
    if cell.data_type == "e":
        return Unreadable(f"an error of the spreadsheet, {cell.value}")
    return unescaped_from_xml(cell.value) if isinstance(cell.value, str) else cell.value


def _read_csv_archive(parts: Mapping[str, bytes], sheets: Sheets, progress: Progress) -> None:
    files = {
        name: part
        for name, part in parts.items()
        if not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith(".")
    }
    if not any(name.endswith(".csv") for name in files):
        raise UnreadableFile("neither a workbook (.xlsx) nor a ZIP file of CSV files")
    counted = _counted(progress, sum(part.count(b"\n") for part in files.values()))
    for name, part in files.items():
        path = PurePosixPath(name)
        if path.suffix.lower() != ".csv":
            sheets.refuse(path.name[:80], 0, "", "not a CSV file")
            continue
        _read_csv(path.stem.lower(), part, sheets, counted)


def _read_lone_csv(content: bytes, sheets: Sheets, progress: Progress) -> None:
    """The sheet is the one that most of the columns belong to."""
    text = _decoded(content)
    header = set(next(iter(_lines(text)), ()))
    sheet = max(SHEETS, key=lambda name: len(header & SHEETS[name].keys()))
    if not header & SHEETS[sheet].keys():
        raise UnreadableFile("neither a workbook (.xlsx), nor a ZIP file, nor a CSV file whose first row names columns")
    _read_csv(sheet, content, sheets, _counted(progress, content.count(b"\n")))


def _read_csv(sheet: str, content: bytes, sheets: Sheets, counted: Callable[[], None]) -> None:
    try:
        _read_table(sheet, _csv_rows(_decoded(content), counted), sheets)
    except UnreadableFile as error:
        sheets.refuse(sheet[:80], 0, "", str(error))


def _csv_rows(text: str, counted: Callable[[], None]) -> Cells:
    for line in _lines(text):
        counted()
        yield [undefused(cell) for cell in line]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("UTF-16: save it as “CSV UTF-8”")
    try:
        return content.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"not UTF-8, from line {line} on: save it as “CSV UTF-8”") from error


def _lines(text: str) -> Iterator[list[str]]:
    """Split at the delimiter that the first line holds most of."""
    first_line = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(DELIMITERS, key=first_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in itertools.count(1):
        try:
            line = next(lines, None)
        except csv.Error as error:
            raise UnreadableFile(f"row {number} is no CSV: {error}") from error
        if line is None:
            return
        yield line


def _counted(progress: Progress, total: int) -> Callable[[], None]:
    rows = itertools.count()

    def count() -> None:
        done = next(rows)
        if done % TOLD_EVERY == 0:
            progress(gettext("Reading"), done, max(total, done))

    return count


def _read_table(sheet: str, rows: Cells, sheets: Sheets) -> None:
    if sheet not in SHEETS:
        sheets.refuse(sheet[:80], 0, "", f"unknown sheet: there are {', '.join(SHEETS)}")
        return
    if sheet in sheets.tables:
        sheets.refuse(sheet, 0, "", "is there twice")
        return
    sheets.tables[sheet] = []
    columns = _columns(sheet, next(rows, ()), sheets)
    if not columns:
        return
    for number, cells in enumerate(rows, 2):
        if number > MOST_ROWS + 1:
            raise UnreadableFile(f"the sheet {sheet} has more than {MOST_ROWS} rows")
        filled = _filled(sheet, number, columns, cells, sheets)
        if filled:
            sheets.tables[sheet].append(Row(number, filled))


def _columns(sheet: str, header: Sequence[Any], sheets: Sheets) -> list[str]:
    """The names in the first row, or none where they are not those of the sheet."""
    names = [cell.strip() if isinstance(cell, str) else "?" for cell in header]
    while names and not names[-1]:
        names.pop()
    before = len(sheets.refusals)
    if not names:
        sheets.refuse(sheet, 1, "", "empty: the first row names the columns")
    elif len(names) > MOST_COLUMNS:
        sheets.refuse(sheet, 1, "", f"more than {MOST_COLUMNS} columns")
    else:
        for problem, name in _column_problems(sheet, names):
            sheets.refuse(sheet, 1, name[:80], problem)
    return names if len(sheets.refusals) == before else []


def _column_problems(sheet: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    counts = Counter(names)
    yield from (("missing column", name) for name in SHEETS[sheet] if name not in counts)
    yield from (("unknown column", name or "a column without a name") for name in counts if name not in SHEETS[sheet])
    yield from (("is there twice", name) for name, count in counts.items() if count > 1 and name in SHEETS[sheet])


def _filled(sheet: str, number: int, columns: list[str], cells: Sequence[Any], sheets: Sheets) -> dict[str, Any]:
    if any(cell != "" for cell in cells[len(columns) :]):
        sheets.refuse(sheet, number, "", "has more cells than there are columns")
    filled = {name: cell for name, cell in zip(columns, cells, strict=False) if cell != ""}
    return {
        name: Unreadable(f"{len(cell)} characters long") if isinstance(cell, str) and len(cell) > LONGEST_CELL else cell
        for name, cell in filled.items()
    }
