"""What all of our files for spreadsheet programs share: cells that stay text, and no trace of when they were made."""

from __future__ import annotations

import csv
import datetime
import io
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from ..register.reading import is_day
from .cells import FIRST_DAY, escaped_for_xml, plain_text

# The earliest that a ZIP file can hold; the time of writing would make every file a different one.
NO_TIME = (1980, 1, 1, 0, 0, 0)
CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones
AS_TEXT = "@"
AS_DAY = "yyyy-mm-dd"
BOM = "\ufeff"
END_OF_ROWS = b"</sheetData>"


def write_lines(output: IO[str], lines: Iterable[Sequence[Any]]) -> None:
    """A CSV file that opens with a byte order mark, by which Excel tells UTF-8; no cell runs as a formula."""
    output.write(BOM)
    csv.writer(output, quoting=csv.QUOTE_ALL).writerows([plain_text(value) for value in line] for line in lines)


def entry(name: str) -> zipfile.ZipInfo:
    """A file in an archive, of no time."""
    info = zipfile.ZipInfo(name, NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def new_book() -> Workbook:
    """Written row by row, by nobody."""
    book = Workbook(write_only=True)
    book.properties.creator = ""
    book.properties.created = CREATED
    return book


def book_cell(page: Any, value: Any, *, is_date: bool = False, bold: bool = False) -> Any:
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


def save_book(book: Workbook, output: IO[bytes], more: Mapping[str, Iterable[bytes]] | None = None) -> None:
    """With no trace of when it was written. `more` are rows as XML, by the sheet that they follow the rows of."""
    written = io.BytesIO()
    book.save(written)
    book.properties.modified = CREATED
    following = {page.path.removeprefix("/"): (more or {}).get(page.title, ()) for page in book.worksheets}
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(output, "w") as timeless:
        for name in archive.namelist():
            with timeless.open(entry(name), "w") as part:
                if name == ARC_CORE:
                    part.write(tostring(book.properties.to_tree()))
                elif following.get(name):
                    rows, end, rest = archive.read(name).rpartition(END_OF_ROWS)
                    part.write(rows)
                    part.writelines(following[name])
                    part.write(end + rest)
                else:
                    shutil.copyfileobj(archive.open(name), part)
