from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import make_commitment, make_update

from .conftest import Register

Get = Callable[[str], str]
ADDRESS = "since=2025-01-01&until=2025-12-31"


def test_the_page_names_each_turn_and_its_update(register: Register, get: Get) -> None:
    page = get(f"/changes/?{ADDRESS}")

    assert register.commitments[1].title in page
    assert register.updates[1].title in page


def test_every_link_leads_to_the_record_at_the_end_of_the_period(register: Register, get: Get) -> None:
    assert f"/commitments/{register.commitments[0].reference}/?as_of=2025-12-31" in get(f"/changes/?{ADDRESS}")


@pytest.mark.parametrize("query", ["since=2025-02-30", "since=2025-03-01&until=2025-01-01", "by=x", "until=%00"])
def test_a_bad_period_is_a_clear_page(client: Client, db: None, query: str) -> None:
    assert client.get(f"/changes/?{query}").status_code == 400


def test_table_and_files_hold_the_same_rows(register: Register, get: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(get(f"/exports/changes.csv?{ADDRESS}"))))
    records = json.loads(get(f"/exports/changes.json?{ADDRESS}"))["changes"]

    assert [row["reference"] for row in rows] == [record["reference"] for record in records]
    assert {row["reference"] for row in rows if row["change"] == "turned"} == {
        commitment.reference
        for commitment in register.commitments[:-1]  # the update of the last has been withdrawn
    }


def test_a_draft_is_no_change(get: Get, db: None) -> None:
    commitment = make_commitment()
    make_update(
        published=False, title="Marker of a draft", assessments=[{"commitment": commitment, "status": "announced"}]
    )

    assert "Marker of a draft" not in get(f"/changes/?{ADDRESS}")
    assert "announced" not in get(f"/exports/changes.csv?{ADDRESS}")
