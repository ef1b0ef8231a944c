from __future__ import annotations

import csv
import datetime
import io
from typing import Any

import pytest

from commitments.models import LARGEST_FILE
from commitments.spreadsheets import reading
from commitments.spreadsheets.cells import BadCell, Unreadable, value_of
from commitments.spreadsheets.exporting import empty_tables, example_tables
from commitments.spreadsheets.layout import SHEETS
from commitments.spreadsheets.reading import read_sheets
from commitments.spreadsheets.writing import csv_archive, csv_file, workbook
from tests.spreadsheets.sheets import citation_row, foreign_workbook, parts_of, source_row, tables, update_row, zipped

CITATION = ["update", "source", "locator"]
PARTS = {"citations.csv": csv_file("citations", []), "updates.csv": csv_file("updates", [update_row()])}


def problems(content: bytes) -> list[str]:
    return [str(refusal) for refusal in read_sheets(content).refusals]


def with_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    parts = parts_of(content)
    assert old in parts[name]
    return zipped({**parts, name: parts[name].replace(old, new, 1)})


class TestWhatIsNoSpreadsheet:
    def test_an_empty_file(self) -> None:
        assert problems(b"") == ["file: empty"]
        assert problems(b" \r\n") == ["file: empty"]

    def test_a_file_that_only_begins_like_a_zip(self) -> None:
        assert problems(b"PK\x03\x04 and nothing more") == [
            "file: damaged: begins like a .xlsx or .zip file and is none"
        ]

    def test_an_archive_of_a_version_yet_to_come(self) -> None:
        content = bytearray(zipped({"sources.csv": "slug"}))
        content[content.rindex(b"PK\x01\x02") + 6] = 99

        assert problems(bytes(content)) == ["file: damaged: begins like a .xlsx or .zip file and is none"]

    def test_an_old_or_locked_workbook(self) -> None:
        assert "save it as .xlsx" in problems(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")[0]

    def test_a_picture(self) -> None:
        assert "not UTF-8" in problems(b"\x89PNG\r\n\x1a\n\xff\xff")[0]

    def test_prose(self) -> None:
        assert "neither a workbook" in problems(b"Dear colleagues,\nplease find attached")[0]

    def test_a_zip_of_something_else(self) -> None:
        assert problems(zipped({"photo.jpg": b"x"})) == ["file: neither a workbook (.xlsx) nor a ZIP file of CSV files"]

    def test_an_open_document(self) -> None:
        assert problems(zipped({"mimetype": "x", "content.xml": "<x/>"})) == [
            "file: an OpenDocument file: save it as .xlsx"
        ]

    def test_a_truncated_workbook(self) -> None:
        whole = workbook(empty_tables())
        assert len(problems(whole[: len(whole) // 2])) == 1

    @pytest.mark.parametrize("position", range(200, 4000, 400))
    def test_a_workbook_with_damaged_bytes_never_raises(self, position: int) -> None:
        content = bytearray(workbook(tables(sources=[source_row()])))
        content[position : position + 20] = b"\xff" * 20

        read_sheets(bytes(content))


class TestAttacks:
    def test_a_file_larger_than_is_read(self) -> None:
        assert problems(b"x" * (LARGEST_FILE + 1)) == ["file: larger than 20 MB"]

    def test_an_archive_that_grows(self) -> None:
        bomb = zipped({"sources.csv": b"a" * (reading.LARGEST_UNPACKED + 1)})

        assert len(bomb) < 1_000_000
        assert "unpacks to more than 100 MB" in problems(bomb)[0]

    def test_an_archive_of_very_many_files(self) -> None:
        assert "500 files" in problems(zipped({f"{number}.csv": "x" for number in range(501)}))[0]

    def test_an_archive_that_lies_about_its_size(self) -> None:
        content = bytearray(zipped({"sources.csv": b"slug,title\n" * 1000}))
        position = content.rindex(b"PK\x01\x02") + 24
        content[position : position + 4] = (5).to_bytes(4, "little")

        assert problems(bytes(content)) == ["file: damaged: a part of it cannot be unpacked"]

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "[Content_Types].xml"])
    def test_entities_that_multiply(self, part: str) -> None:
        content = workbook(empty_tables())
        head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        body = parts_of(content)[part]
        body = body[body.index(b"?>") + 2 :] if body.startswith(b"<?xml") else body

        assert problems(zipped({**parts_of(content), part: head + body})) == [
            "file: holds an XML document type, which no spreadsheet program writes"
        ]

    def test_entities_in_another_encoding(self) -> None:
        text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
        parts = parts_of(workbook(empty_tables()))

        assert "document type" in problems(zipped({**parts, "xl/styles.xml": text.encode("utf-16")}))[0]

    def test_macros(self) -> None:
        parts = parts_of(workbook(empty_tables()))

        assert problems(zipped({**parts, "xl/vbaProject.bin": b"x"})) == [
            "file: holds macros: save it as .xlsx without them"
        ]

    def test_rows_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_ROWS", 3)
        rows = [citation_row("a") for _number in range(4)]

        assert "the sheet citations has more than 3 rows" in problems(workbook(tables(citations=rows)))[0]
        assert "the sheet citations has more than 3 rows" in problems(csv_archive(tables(citations=rows)))[0]

    def test_a_row_with_an_enormous_number(self) -> None:
        content = with_part(
            workbook(tables(citations=[citation_row("a")])),
            "xl/worksheets/sheet2.xml",
            b'<row r="2"',
            b'<row r="999999999999"',
        )

        assert "more than 50000 rows" in problems(content)[0]

    def test_columns_without_end(self) -> None:
        assert "more than 100 columns" in problems(foreign_workbook({"citations": [["x"] * 101]}))[0]

    def test_a_cell_of_a_megabyte(self) -> None:
        huge = "x" * 1_000_000
        parts = zipped(
            {"updates.csv": csv_file("updates", []), "citations.csv": csv_file("citations", [citation_row(huge)])}
        )

        assert "citations: row 2 is no CSV: field larger than field limit (131072)" in problems(parts)

    def test_a_long_cell_is_not_carried_around(self) -> None:
        rows = csv_file("citations", [citation_row("x" * 120_000)])

        read = read_sheets(zipped({"updates.csv": csv_file("updates", []), "citations.csv": rows}))

        assert read.of("citations")[0].cells["source"] == Unreadable("120000 characters long")


class TestColumns:
    def test_each_missing_unknown_or_repeated_column_is_named(self) -> None:
        content = foreign_workbook(
            {"updates": [list(SHEETS["updates"])], "citations": [["update", "source", "source", "page"]]}
        )

        assert problems(content) == [
            "citations, row 1, locator: missing column",
            "citations, row 1, page: unknown column",
            "citations, row 1, source: is there twice",
        ]

    def test_a_sheet_without_a_header(self) -> None:
        assert problems(foreign_workbook({"citations": []})) == [
            "citations, row 1: empty: the first row names the columns"
        ]

    def test_unknown_and_repeated_sheets(self) -> None:
        content = foreign_workbook(
            {"sources": [list(SHEETS["sources"])], "Sources ": [list(SHEETS["sources"])], "notes": []}
        )

        assert problems(content) == ["sources: is there twice", f"notes: unknown sheet: there are {', '.join(SHEETS)}"]

    def test_cells_beside_the_columns(self) -> None:
        content = foreign_workbook({"updates": [list(SHEETS["updates"])], "citations": [CITATION, ["1", "a", "", "x"]]})

        assert problems(content) == ["citations, row 2: has more cells than there are columns"]

    def test_columns_may_stand_in_any_order(self) -> None:
        content = foreign_workbook(
            {"updates": [list(SHEETS["updates"])], "citations": [CITATION[::-1], ["p. 1", "a", "1"]]}
        )

        assert read_sheets(content).of("citations")[0].cells == {"locator": "p. 1", "source": "a", "update": "1"}

    def test_empty_rows_are_left_out_and_the_others_keep_their_number(self) -> None:
        content = foreign_workbook({"updates": [list(SHEETS["updates"])], "citations": [CITATION, [], [], ["1", "a"]]})

        assert [row.number for row in read_sheets(content).of("citations")] == [4]

    def test_assessments_without_updates(self) -> None:
        assert problems(workbook(tables(citations=[citation_row("a")]))) == [
            "citations: the sheet updates, which it belongs to, is missing"
        ]

    def test_the_template_reads_as_no_rows(self) -> None:
        read = read_sheets(workbook(empty_tables(), example_tables()))

        assert not read.refusals
        assert read.tables == {name: [] for name in SHEETS}


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_a_lone_file_is_told_by_its_columns(self, delimiter: str, encoding: str) -> None:
        output = io.StringIO()
        lines = [list(SHEETS["sources"]), ["", "https://example.org/1", "防衛, 協力; ok"]]
        csv.writer(output, delimiter=delimiter).writerows(lines)

        read = read_sheets(output.getvalue().encode(encoding))

        assert not read.refusals
        assert [row.cells for row in read.of("sources")] == [
            {"url": "https://example.org/1", "title": "防衛, 協力; ok"}
        ]

    @pytest.mark.parametrize("encoding", ["cp1252", "shift_jis"])
    def test_another_encoding_is_named_as_what_to_change(self, encoding: str) -> None:
        word = "Défense" if encoding == "cp1252" else "防衛協力"
        content = f"{','.join(CITATION)}\n1,{word},\n".encode(encoding)

        assert problems(content) == ["file: not UTF-8, from line 2 on: save it as “CSV UTF-8”"]

    def test_utf_16(self) -> None:
        assert "UTF-16" in problems("update,source".encode("utf-16"))[0]

    def test_a_quotation_mark_that_is_never_closed(self) -> None:
        content = zipped({**PARTS, "citations.csv": f'{",".join(CITATION)}\n1,"a,\n2,b,\n'})

        assert problems(content) == ["citations: row 2 is no CSV: unexpected end of data"]

    def test_a_folder_packed_on_a_mac(self) -> None:
        content = zipped(
            {**{f"export/{name}": part for name, part in PARTS.items()}, "__MACOSX/export/._updates.csv": b"\0"}
        )

        assert set(read_sheets(content).tables) == {"citations", "updates"}

    def test_a_file_that_does_not_belong_there(self) -> None:
        assert problems(zipped({**PARTS, "notes.txt": "x"})) == ["notes.txt: not a CSV file"]

    def test_a_header_alone_is_no_rows(self) -> None:
        assert read_sheets(csv_file("sources", [])).tables == {"sources": []}


class TestWhatSpreadsheetProgramsMakeOfCells:
    def row(self, *cells: Any) -> dict[str, Any]:
        content = foreign_workbook({"updates": [list(SHEETS["updates"])], "citations": [CITATION, cells]})
        return dict(read_sheets(content).of("citations")[0].cells)

    def test_a_formula_is_refused(self) -> None:
        assert self.row("1", "=A1&B1")["source"] == Unreadable("a formula: type the value itself")

    def test_an_error_is_refused(self) -> None:
        assert self.row("1", "#N/A")["source"] == Unreadable("an error of the spreadsheet, #N/A")

    def test_shared_texts_keep_what_reads_like_an_escape(self) -> None:
        assert self.row("1", "a_x005F_x000D_ x005F_", "b_x000D_")["source"] == "a_x000D_ x005F_"

    def test_numbers_stand_for_the_texts_that_they_were(self) -> None:
        text, number = SHEETS["citations"]["locator"], SHEETS["updates"]["corrects"]
        assert value_of(12, text) == "12"
        assert value_of(12.0, text) == "12"
        assert value_of(0.5, text) == "0.5"
        assert value_of(12.0, number) == 12
        assert value_of("12", number) == 12

    @pytest.mark.parametrize("cell", [10**15, 1e300, float("inf"), True, datetime.datetime(2026, 1, 2)])  # noqa: DTZ001 - a spreadsheet knows no zones
    def test_what_has_lost_its_text_is_refused(self, cell: Any) -> None:
        with pytest.raises(BadCell, match="format the cell as text"):
            value_of(cell, SHEETS["citations"]["locator"])

    @pytest.mark.parametrize("cell", [datetime.datetime(2026, 1, 2), datetime.date(2026, 1, 2), "2026-01-02"])  # noqa: DTZ001 - a spreadsheet knows no zones
    def test_days_are_true_dates_or_texts(self, cell: Any) -> None:
        assert value_of(cell, SHEETS["sources"]["accessed_on"]) == "2026-01-02"

    def test_a_time_of_day_is_refused(self) -> None:
        with pytest.raises(BadCell, match="time"):
            value_of(datetime.datetime(2026, 1, 2, 3), SHEETS["sources"]["accessed_on"])  # noqa: DTZ001 - a spreadsheet knows no zones
        with pytest.raises(BadCell, match="time"):
            value_of(datetime.time(3), SHEETS["sources"]["accessed_on"])

    @pytest.mark.parametrize(("cell", "value"), [(True, True), ("TRUE", True), ("False", False)])
    def test_flags(self, cell: Any, value: bool) -> None:
        assert value_of(cell, SHEETS["updates"]["context"]) is value

    @pytest.mark.parametrize("cell", ["yes", 1, "", "WAHR"])
    def test_what_is_no_flag(self, cell: Any) -> None:
        with pytest.raises(BadCell, match="true or false"):
            value_of(cell, SHEETS["updates"]["context"])

    @pytest.mark.parametrize("cell", ["0", "-1", "1.5", "１２", "9" * 5000])
    def test_what_is_no_number(self, cell: Any) -> None:
        with pytest.raises(BadCell, match="whole number"):
            value_of(cell, SHEETS["updates"]["corrects"])


def test_progress_goes_from_nothing_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TOLD_EVERY", 1)
    told: list[tuple[str, int, int]] = []

    read_sheets(csv_file("sources", [source_row(), source_row()]), lambda *each: told.append(each))

    assert [done for _stage, done, _total in told] == [0, 1, 2]
    assert {total for _stage, _done, total in told} == {3}
