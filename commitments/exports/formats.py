"""One table in every format. All of them hold the same values; the columns and their order come from the table."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..spreadsheets.cells import as_json, text_of
from ..spreadsheets.files import write_lines
from .tables import LICENCE, Table, Writer
from .workbook import write_xlsx


@dataclass(frozen=True)
class Format:
    """`extension` ends the address and the name of the file."""

    extension: str
    media_type: str
    label: str | Promise
    write: Writer


def write_csv(table: Table, output: IO[bytes]) -> None:
    """RFC 4180 in UTF-8: what is stored, character for character."""
    with _text(output) as text:
        lines = csv.writer(text)
        lines.writerow(table.header)
        lines.writerows([text_of(value) for value in record.values()] for record in table.records)


def write_safe_csv(table: Table, output: IO[bytes]) -> None:
    """For spreadsheet programs: no cell runs as a formula.

    An apostrophe stands before what would, also where some stood already; without the first of them it is as stored.
    """
    with _text(output) as text:
        write_lines(text, itertools.chain([table.header], (list(record.values()) for record in table.records)))


def write_json(table: Table, output: IO[bytes]) -> None:
    """One object that says of which days it is and under which licence, with the records under the table's name."""
    with _text(output) as text:
        text.write(f"{as_json({**table.about, 'licence': LICENCE})[:-1]},{as_json(table.name)}:[")
        separator = "\n"
        for record in table.records:
            text.write(separator + as_json(record))
            separator = ",\n"
        text.write("\n]}\n")


def write_jsonl(table: Table, output: IO[bytes]) -> None:
    with _text(output) as text:
        for record in table.records:
            text.write(as_json(record) + "\n")


@contextlib.contextmanager
def _text(output: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    """The output for text, left open when the text ends."""
    text = io.TextIOWrapper(output, "utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


FORMATS: dict[str, Format] = {
    form.extension: form
    for form in (
        Format("csv", "text/csv; charset=utf-8; header=present", "CSV", write_csv),
        Format("safe.csv", "text/csv; charset=utf-8; header=present", _("CSV for spreadsheets"), write_safe_csv),
        Format("json", "application/json", "JSON", write_json),
        Format("jsonl", "application/jsonl", "JSON Lines", write_jsonl),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", write_xlsx),
    )
}
