from __future__ import annotations

import csv
import datetime
import html
import io
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import make_area, make_commitment, make_milestone, make_update

from .conftest import Register

Get = Callable[[str], str]
ADDRESS = "since=2025-01-01&until=2025-12-31"


def test_the_page_names_each_turn_and_its_update(register: Register, get: Get) -> None:
    page = get(f"/changes/?{ADDRESS}")

    assert register.commitments[1].title in page
    assert register.updates[1].title in page


def test_every_link_leads_to_the_record_at_the_end_of_the_period(register: Register, get: Get) -> None:
    assert f"/commitments/{register.commitments[0].reference}/?as_of=2025-12-31" in get(f"/changes/?{ADDRESS}")


def test_one_of_each_is_said_in_the_singular(db: None, get: Get) -> None:
    make_update(
        happened_on=datetime.date(2025, 3, 1), assessments=[{"commitment": make_commitment(), "status": "announced"}]
    )

    text = " ".join(get(f"/changes/?{ADDRESS}").split())

    assert "1 update was recorded (acts of the two parties: 1, context: 0)." in text


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


def test_the_changes_of_an_area_are_those_of_its_pledges_alone(db: None, get: Get) -> None:
    ours, other = make_commitment(area=make_area(slug="ours", name="Ours")), make_commitment()
    for commitment in (ours, other):
        make_update(
            title=f"About {commitment.reference}", assessments=[{"commitment": commitment, "status": "announced"}]
        )

    page = get(f"/changes/?{ADDRESS}&area=ours")

    assert "Ours: What changed" in page
    assert "1 update was recorded" in page
    assert f"About {ours.reference}" in page
    assert f"About {other.reference}" not in page
    for export in ("exports/changes.csv", "feeds/changes.rss"):
        text = get(f"/{export}?{ADDRESS}&area=ours")
        assert ours.reference in text
        assert other.reference not in text


def test_an_area_leads_to_its_own_changes_since_the_instruments(register: Register, get: Get) -> None:
    assert "/changes/?since=2020-01-01&amp;area=made-up-area" in get("/areas/made-up-area/")


@pytest.mark.parametrize("kind", ["changes/", "feeds/changes.rss", "exports/changes.json"])
@pytest.mark.parametrize("area", ["nowhere", "%00", "%ED%A0%80", "'"])
def test_an_unknown_area_is_a_clear_refusal(register: Register, client: Client, kind: str, area: str) -> None:
    assert client.get(f"/{kind}?{ADDRESS}&area={area}").status_code == 400


def test_what_changed_names_those_who_say_so(register: Register, get: Get) -> None:
    page = get(f"/changes/?{ADDRESS}")

    assert 'href="/sources/made-up-source/?as_of=2025-12-31">Example Gazette</a> (Joint)' in page


@pytest.fixture
def of_two(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commitments.views.changes.PAGE_SIZE", 2)
    monkeypatch.setattr("commitments.views.briefs.PAGE_SIZE", 2)
    for day in (1, 2, 3):
        make_update(
            title=f"Told {day}",
            happened_on=datetime.date(2025, 3, day),
            assessments=[{"commitment": make_commitment(), "status": "announced"}],
        )
    make_milestone(make_commitment(), due_on=datetime.date(2025, 6, 1))


def test_a_long_list_goes_on_where_it_was_cut_off_and_the_others_stay(of_two: None, get: Get) -> None:
    first = get(f"/changes/?{ADDRESS}")
    [older] = re.findall(r'rel="next" href="(\?[^"#]*)#turned"', first)
    second = get(f"/changes/{older.replace('&amp;', '&')}")

    def listed(page: str) -> list[str]:
        return re.findall(r"Told \d", page.partition('id="turned"')[2].partition("</section>")[0])

    assert listed(first) == ["Told 3", "Told 2"]
    assert listed(second) == ["Told 1"]
    assert first.partition('id="shifted"')[2] == second.partition('id="shifted"')[2]
    assert f'<link rel="canonical" href="http://testserver/changes/?{html.escape(ADDRESS)}&amp;turned=2">' in second


def test_what_more_there_is_than_a_row_names_is_said(db: None, get: Get) -> None:
    commitment = make_commitment()
    for day in (1, 2, 3, 4):
        make_update(
            title=f"Told {day}",
            happened_on=datetime.date(2025, 3, day),
            assessments=[{"commitment": commitment, "status": "announced"}],
        )

    page, brief = get(f"/changes/?{ADDRESS}"), get(f"/briefs/changes/?{ADDRESS}")

    said = f'<a href="/commitments/{commitment.reference}/?as_of=2025-12-31#happened">Earlier ones</a>'
    assert said in page
    assert "Earlier ones are on the page of the pledge." in brief
    for path in ("/changes/", "/briefs/changes/"):
        fewer = get(f"{path}?since=2025-01-01&until=2025-03-03")
        assert "Told 1" in fewer
        assert "Earlier ones" not in fewer


@pytest.mark.parametrize(("number", "status"), [("2", 200), ("3", 404), ("0", 400), ("x", 400), ("%00", 400)])
def test_only_a_page_that_is_there_is_answered(of_two: None, client: Client, number: str, status: int) -> None:
    assert client.get(f"/changes/?{ADDRESS}&turned={number}").status_code == status


def test_files_answers_to_programs_and_a_brief_say_how_many_there_are(of_two: None, get: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(get(f"/exports/changes.csv?{ADDRESS}"))))
    answer = json.loads(get(f"/api/v1/changes?{ADDRESS}"))
    brief = " ".join(get(f"/briefs/changes/?{ADDRESS}").split())

    assert [row["change"] for row in rows].count("turned") == len(answer["turned"]) == 3
    assert "The first 2 of 3; all of them are on the page of this period." in brief


@pytest.mark.parametrize("query", [ADDRESS, f"{ADDRESS}&area=made-up-area", "since=2025-01-01&by=publication"])
def test_each_part_of_the_bars_leads_to_the_pledges_it_counts(register: Register, get: Get, query: str) -> None:
    page = html.unescape(get(f"/changes/?{query}"))
    parts = re.findall(r'<a href="(/commitments/[^"]*)" aria-label="[^"]*: (\d+)"><rect class="step', page)

    assert parts
    for address, count in parts:
        assert len(set(re.findall(r'href="/commitments/(EUJP-\d+)/', get(address)))) == int(count), address
