"""One table in every format."""

from __future__ import annotations

import datetime
import io
import itertools
import json
from typing import Any

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from commitments.clocks import BadQuery
from commitments.exports.formats import FORMATS
from commitments.exports.tables import Table
from commitments.exports.workbook import MOST_CHARACTERS
from commitments.records import Column

from .files import csv_lines, read, written

COLUMNS = [
    Column("text", str, is_required=False, description="Made up."),
    Column("number", int, is_required=True, description="Made up."),
    Column("flag", bool, is_required=True, description="Made up."),
    Column("day", datetime.date, is_required=False, description="Made up."),
    Column("items", list, is_required=True, description="Made up."),
]
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    "'=1+1",
    "''=1",
    "'plain",
    '"quoted", and more',
    "two\r\nlines",
    "ends in a return\r",
    "_x000D_",
    "#N/A",
    "TRUE",
    "2026-01-01",
    "007",
    "1e5",
    "</t></is></c>",
    "&amp; <b>",
    " spaces ",
    "防衛協力",
    "\u2028",
    "\ufeffmark",
    "\ufffe",
    "\x0b\x1f\x7f",
    "😀",
    "a" * 1000,
]
EVERY_FORMAT = pytest.mark.parametrize("extension", FORMATS)


def record(text: str | None, **more: Any) -> dict[str, Any]:
    return {"text": text, "number": 7, "flag": True, "day": datetime.date(2026, 2, 28), "items": []} | more


def table(*records: dict[str, Any]) -> Table:
    return Table("made-up", "Made up", COLUMNS, records, {"as_of": "2026-01-01"})


def returned(extension: str, *records: dict[str, Any]) -> list[dict[str, Any]]:
    return read(written(table(*records), extension), extension, COLUMNS, "made-up")


@EVERY_FORMAT
@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_comes_back_as_it_is_stored(extension: str, text: str) -> None:
    given_records = [record(text), record(None, items=[text, "2"])]
    assert returned(extension, *given_records) == given_records


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_comes_back_from_every_format(text: str) -> None:
    for extension in FORMATS:
        assert returned(extension, record(text)) == [record(text)], extension


@EVERY_FORMAT
def test_every_kind_of_value_comes_back(extension: str) -> None:
    values = [
        record("a", flag=False, number=0, day=None, items=["b", "c,d"]),
        record(None, day=datetime.date(1600, 1, 1)),
        record("c", number=2**40),
    ]
    assert returned(extension, *values) == values


@EVERY_FORMAT
def test_a_table_without_records_is_a_file_all_the_same(extension: str) -> None:
    assert returned(extension) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_for_a_spreadsheet_begins_a_formula(text: str) -> None:
    for line in csv_lines(written(table(record(text)), "safe.csv")):
        for cell in line:
            assert cell[:1] not in set("=+-@\t\r\n＝＋－＠"), cell


def test_the_plain_file_is_what_the_standard_asks_for() -> None:
    content = written(table(record('a "b", c'), record("=1")), "csv")
    assert content == (
        b'text,number,flag,day,items\r\n"a ""b"", c",7,true,2026-02-28,[]\r\n=1,7,true,2026-02-28,[]\r\n'
    )


def test_the_file_for_spreadsheets_begins_with_the_mark_by_which_they_tell_its_encoding() -> None:
    assert written(table(), "safe.csv").startswith(b"\xef\xbb\xbf")


def test_a_json_file_says_of_which_days_it_is_and_under_which_licence() -> None:
    content = json.loads(written(table(record("a")), "json"))
    assert (content["as_of"], content["licence"]) == ("2026-01-01", "https://creativecommons.org/licenses/by/4.0/")


@EVERY_FORMAT
def test_the_same_table_gives_the_same_bytes(extension: str) -> None:
    assert written(table(record("a")), extension) == written(table(record("a")), extension)


def test_a_workbook_explains_its_columns_on_a_second_sheet() -> None:
    sheets = pandas.read_excel(io.BytesIO(written(table(record("a")), "xlsx")), sheet_name=None, header=None)
    assert list(sheets) == ["made-up", "README"]
    assert "items" in sheets["README"][0].tolist()


def test_days_in_a_workbook_are_days() -> None:
    frame = pandas.read_excel(io.BytesIO(written(table(record("a")), "xlsx")))
    assert frame["day"][0] == pandas.Timestamp(2026, 2, 28)


@pytest.mark.parametrize("letter", ["a", "防", "😀", "\r"])
def test_a_text_that_excel_holds_is_whole(letter: str) -> None:
    width = len(letter.encode("utf-16-le")) // 2
    text = letter * (MOST_CHARACTERS // width)
    assert returned("xlsx", record(text)) == [record(text)]


@pytest.mark.parametrize("letter", ["a", "防", "😀"])
def test_a_text_that_excel_cannot_hold_is_cut_and_says_so_while_other_files_have_all_of_it(letter: str) -> None:
    text = letter * (MOST_CHARACTERS + 1)
    [cut] = returned("xlsx", record(text))
    length = len(text.encode("utf-16-le")) // 2
    assert cut["text"].endswith(f"… [cut for Excel: {length:,} characters in all; the CSV file has every one]")
    assert text.startswith(cut["text"].partition("…")[0])
    assert MOST_CHARACTERS - 1 <= len(cut["text"].encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    for extension in set(FORMATS) - {"xlsx"}:
        assert returned(extension, record(text)) == [record(text)]


def test_a_list_that_excel_cannot_hold_is_cut_like_a_text() -> None:
    content = written(table(record("a", items=["b" * 1000] * 40)), "xlsx")
    frame = pandas.read_excel(io.BytesIO(content))
    assert frame["items"][0].startswith('["bbb')
    assert "cut for Excel" in frame["items"][0]


def test_more_rows_than_excel_holds_are_refused_with_a_sentence() -> None:
    endless = Table("made-up", "Made up", COLUMNS[:1], itertools.repeat({"text": None}))
    with pytest.raises(BadQuery, match="1,048,576 rows"):
        FORMATS["xlsx"].write(endless, io.BytesIO())


def test_the_header_of_a_workbook_stays_in_sight_and_long_columns_are_wide() -> None:
    long = Column("long", str, is_required=False, description="Made up.", longest=400)
    made = Table("made-up", "Made up", [*COLUMNS, long], [record("a") | {"long": "b"}])
    page = load_workbook(io.BytesIO(written(made, "xlsx"))).worksheets[0]
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["F"].width > page.column_dimensions["A"].width > 13
    assert all(cell.font.b for cell in page[1])


def test_the_name_of_a_file_tells_what_is_in_it() -> None:
    selection = Table(
        "updates", "Updates", (), (), {"as_of": "2026-01-01", "known_on": "2026-02-01"}, is_selection=True
    )
    assert selection.file_name("safe.csv") == "eu-japan-updates-selection-as-of-2026-01-01-known-on-2026-02-01.safe.csv"
