from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commitments.models import Assessment, Citation, Source, StatusUpdate
from commitments.register.loading import load_register
from commitments.spreadsheets.cells import defused, escaped_for_xml, undefused, unescaped_from_xml
from commitments.spreadsheets.exporting import tables_of
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.layout import SHEETS
from commitments.spreadsheets.planning import Outcome
from commitments.spreadsheets.reading import read_sheets
from commitments.spreadsheets.writing import csv_archive, workbook
from tests.factories import make_commitment, make_source, make_update
from tests.spreadsheets.sheets import exported, outcomes, plan_of, with_shared_texts

SHIPPED = Path(__file__).resolve().parents[2] / "commitments" / "data"

# What files of tables are known to stumble over, besides anything else that is no half of a surrogate pair.
TRAPS = ["=1+1", "+81", "-1", "@x", "'=x", "''", "007", "1e5", "TRUE", "#N/A", "2025-06-01", '"', "a;b,c\td", "\r\n"]
TRAPS += [" x ", "_x000D_", "_x005F_", "_x005F\x0b", "\r", "\x00", "\ufeff", "\ufffe", "日本", "😀", "x005F_"]
hostile = st.one_of(
    st.sampled_from(TRAPS),
    st.lists(st.sampled_from(TRAPS), min_size=2, max_size=3).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)


@given(hostile)
@example("_x005F\r_x000D_x000A_")
def test_any_text_survives_both_ways_of_writing_it(text: str) -> None:
    assert unescaped_from_xml(escaped_for_xml(text)) == text
    assert undefused(defused(text)) == text


@given(st.lists(hostile, min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_text_survives_the_files(texts: list[str]) -> None:
    rows: list[dict[str, Any]] = [{"slug": text, "title": text[::-1], "note": text} for text in texts]
    tables: Any = {"sources": rows}

    for content in (workbook(tables), with_shared_texts(workbook(tables)), csv_archive(tables)):
        read = read_sheets(content)
        assert not read.refusals
        assert [dict(row.cells) for row in read.of("sources")] == rows


def test_no_cell_of_an_export_is_a_formula_or_runs_as_one() -> None:
    tables: Any = {"sources": [{"slug": "=1+1", "title": "@SUM(1)", "note": "-1"}]}

    assert not read_sheets(workbook(tables)).refusals
    lines = csv_archive(tables)
    assert [row.cells["slug"] for row in read_sheets(lines).of("sources")] == ["=1+1"]


@pytest.mark.django_db
class TestShippedRegister:
    @pytest.fixture(autouse=True)
    def _loaded(self, db: None) -> None:
        load_register(SHIPPED, today=datetime.date(2026, 11, 23))

    @pytest.mark.parametrize("write", [workbook, csv_archive])
    def test_its_export_imports_as_no_change_and_a_second_export_has_the_same_bytes(self, write: Any) -> None:
        first = write(tables_of(read_known(), with_drafts=False))

        plan = plan_of(first)

        assert not plan.refusals
        assert plan.is_empty
        assert outcomes(plan) == {(name, Outcome.SAME) for name in SHEETS}
        assert write(tables_of(read_known(), with_drafts=False)) == first


def test_drafts_with_hostile_text_come_back_as_they_were(db: None) -> None:
    """Whatever the database holds can be exported and read back, allowed at the desk or not."""
    commitment, source = make_commitment(), make_source()
    texts = [text for text in TRAPS if "\0" not in text]
    for text in texts:
        draft = make_update(published=False, title=text, summary=f"{text}{text}", note=text, sources=[])
        Citation.objects.create(update=draft, source=source, locator=text)
        Assessment.objects.create(update=draft, commitment=commitment, bearing="neutral", reasoning=f"x{text}")
    Source.objects.filter(pk=source.pk).update(note=texts[0])

    for content in (workbook(exported()), csv_archive(exported())):
        plan = plan_of(content)

        assert not plan.refusals
        assert plan.is_empty
        assert plan.counts()["updates"] == {Outcome.SAME: len(texts)}


def test_drafts_are_exported_only_where_asked_for(db: None) -> None:
    make_update(published=False)

    assert not exported(with_drafts=False)["updates"]
    assert exported(with_drafts=True)["updates"][0]["update"] == f"draft {StatusUpdate.objects.get().pk}"


def test_dates_before_the_calendar_of_spreadsheets_survive() -> None:
    tables: Any = {"sources": [{"slug": "old", "published_on": "1868-01-03", "accessed_on": "2026-01-02"}]}

    cells = read_sheets(workbook(tables)).of("sources")[0].cells

    assert cells["published_on"] == "1868-01-03"
    assert cells["accessed_on"] == datetime.datetime(2026, 1, 2)  # noqa: DTZ001 - a spreadsheet knows no zones
