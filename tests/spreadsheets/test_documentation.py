from __future__ import annotations

from pathlib import Path

import pytest

from commitments.spreadsheets import layout
from commitments.spreadsheets.exporting import empty_tables, example_tables
from commitments.spreadsheets.writing import workbook
from tests.spreadsheets.sheets import parts_of, plan_of

README = Path(layout.__file__).with_name("README.md")


def test_the_documentation_has_the_columns_of_the_code() -> None:
    assert layout.documentation() in README.read_text("utf-8")


def test_every_column_is_described() -> None:
    assert set(layout.HELP) == {(sheet, name) for sheet, fields in layout.SHEETS.items() for name in fields}


def test_the_template_explains_every_column_and_shows_examples() -> None:
    pages = b"".join(
        part for name, part in parts_of(workbook(empty_tables(), example_tables())).items() if "sheet" in name
    )

    for described in layout.described_columns():
        assert described.column.encode() in pages
    assert b"A made-up meeting" in pages


@pytest.mark.django_db
def test_the_examples_can_never_be_imported_by_mistake() -> None:
    """Their dates exist in no calendar."""
    plan = plan_of(example_tables())

    assert {(refusal.sheet, refusal.column) for refusal in plan.refusals} >= {
        ("sources", "accessed_on"),
        ("updates", "happened_on"),
        ("assessments", "commitment"),
    }
