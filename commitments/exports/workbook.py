"""A table as a workbook (XLSX)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import IO, Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ..clocks import BadQuery
from ..records import Record
from ..spreadsheets.cells import FIRST_DAY, escaped_for_xml, text_of
from ..spreadsheets.files import book_cell, new_book, save_book
from ..spreadsheets.layout import README
from .tables import LICENCE, Table

DAY_ZERO = datetime.date(1899, 12, 30)
WIDE, NARROW = 50, 18
# From this many characters on a column is wide.
LONG = 100
# What Excel can hold: characters in a cell, counted in pairs of bytes, and rows on a sheet, the header among them.
MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576


def write_xlsx(table: Table, output: IO[bytes]) -> None:
    """The records on the first sheet, what the columns mean on the second. Raises BadQuery for more than a sheet holds.

    openpyxl makes everything but the rows: at 100,000 of them it takes a minute, too long for an address that everybody
    may ask, where writing their XML takes seconds.
    """
    book = new_book()
    page: Any = book.create_sheet(table.name)
    page.freeze_panes = "A2"
    for place, column in enumerate(table.columns, 1):
        width = WIDE if (column.longest or 0) >= LONG else NARROW
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([book_cell(page, name, bold=True) for name in table.header])
    as_text = book_cell(page, "").style_id
    as_day = book_cell(page, FIRST_DAY.isoformat(), is_date=True).style_id
    _explain(book, table)
    save_book(book, output, {table.name: _rows(table.records, as_text, as_day)})


def _explain(book: Workbook, table: Table) -> None:
    page: Any = book.create_sheet(README)
    for letter, width in zip("ABCD", (24, 12, 60, 100), strict=True):
        page.column_dimensions[letter].width = width
    facts = {_("Title"): table.title, **table.about, _("Licence"): LICENCE}
    for name, value in facts.items():
        page.append([book_cell(page, text) for text in (name, value)])
    page.append([])
    page.append([book_cell(page, text, bold=True) for text in ("column", "type", "values", "")])
    for column in table.columns:
        texts = (column.name, column.type_name, ", ".join(column.values), column.description)
        page.append([book_cell(page, text) for text in texts])


def _rows(records: Iterable[Record], as_text: int, as_day: int) -> Iterator[bytes]:
    for number, record in enumerate(records, 2):
        if number > MOST_ROWS:
            raise BadQuery(_("Excel holds %(most)s rows, and there are more. Take CSV.") % {"most": f"{MOST_ROWS:,}"})
        yield f"<row>{''.join(_cell(value, as_text, as_day) for value in record.values())}</row>".encode()


def _cell(value: Any, as_text: int, as_day: int) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime.date) and value >= FIRST_DAY:
        return f'<c s="{as_day}"><v>{(value - DAY_ZERO).days}</v></c>'
    text = escape(escaped_for_xml(fitting(text_of(value))))
    return f'<c s="{as_text}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def fitting(text: str) -> str:
    """As much of it as a cell holds; what is cut says so at its end."""
    length = len(text.encode("utf-16-le")) // 2
    if length <= MOST_CHARACTERS:
        return text
    mark = _("… [cut for Excel: %(length)s characters in all; the CSV file has every one]") % {"length": f"{length:,}"}
    room = 2 * (MOST_CHARACTERS - len(mark))
    # Half of a character that the cut falls into is left out.
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + mark
