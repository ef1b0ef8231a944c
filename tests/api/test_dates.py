"""What pages, pictures, calendars, digests and kept files know, beyond the records."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from commitments.calendar_feed import permanent_id
from commitments.dumps import write_dump
from commitments.feeds.weeks import WEEK
from commitments.pictures import PICTURES
from commitments.publishing import withdraw_commitment
from commitments.register.dumping import dump
from tests.answers import body
from tests.factories import make_check, make_commitment, make_milestone, make_update, moment

from .conftest import Answer, Register
from .test_lists import walk

Ask = Callable[[str], Answer]
TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("clocks", ["", "as_of=2025-07-01"])
def test_a_picture_is_answered_as_the_table_beneath_it(
    register: Register, client: Client, ask: Ask, name: str, clocks: str
) -> None:
    pictures = [each["picture"] for each in client.get(f"/pictures/?{clocks}").context["pictures"]]
    pictures.append(client.get(f"/timeline/?{clocks}").context["picture"])
    [shown] = [picture for picture in pictures if picture.name == name]

    answer = ask(f"/pictures/{name}?{clocks}")["picture"]

    assert (answer["name"], answer["title"], answer["note"]) == (name, shown.title, shown.note)
    assert (answer["rows_are"], answer["columns"]) == (shown.table.corner, list(shown.table.heads))
    assert [(row["label"], [str(value) for value in row["values"]]) for row in answer["rows"]] == [
        (line.label, [cell.text for cell in line.cells]) for line in shown.table.lines
    ]


def test_counts_in_a_picture_are_numbers(register: Register, ask: Ask) -> None:
    [row] = ask("/pictures/status-by-area")["picture"]["rows"]
    assert row["values"][-1] == len(register.commitments)


def test_a_picture_takes_the_choices_that_it_reads_and_no_others(register: Register, client: Client, ask: Ask) -> None:
    assert len(ask("/pictures/status-over-time?steps=quarter")["picture"]["rows"]) > 1
    assert len(ask("/pictures/timeline?period=2025-Q2&area=made-up-area&act=yes")["picture"]["rows"]) == 1
    assert ask("/pictures/occurrences?part=1") == ask("/pictures/occurrences")
    for address in (
        "status-by-area?steps=quarter",
        "timeline?steps=quarter",
        "occurrences?part=99",
        "timeline?part=1",
        "status-over-time?period=2025",
        "status-over-time?steps=hour",
        "timeline?period=2025-Q9",
        "timeline?area=nowhere",
        "timeline?area=%ED%A0%80",
        "timeline?from=2025-02-01&to=2025-01-01",
    ):
        assert client.get(f"/api/v1/pictures/{address}").status_code == 400, address
    assert client.get("/api/v1/pictures/made-up").status_code == 404


def ids_of(content: bytes) -> list[str]:
    return [str(event["uid"]) for event in Calendar.from_ical(content).walk("VEVENT")]


def test_the_agenda_is_what_the_calendars_hold(register: Register, client: Client, ask: Ask) -> None:
    withdrawn = make_commitment(kind="one_off", due_on=datetime.date(2027, 1, 1), due_precision="year")
    make_milestone(withdrawn)
    # As if the two were transactions of their own.
    connection.check_constraints()
    withdraw_commitment(withdrawn, reason="Made up.")
    reference = register.commitments[0].reference
    for query, address in (
        ("", "/calendar.ics"),
        ("area=made-up-area", "/calendars/areas/made-up-area.ics"),
        (f"commitment={reference}", f"/calendars/commitments/{reference}.ics"),
    ):
        items = ask(f"/agenda?limit=200&{query}")["items"]
        assert items
        assert [permanent_id(item["id"]) for item in items] == ids_of(body(client.get(address))), query
        for clocks in ("as_of=2025-07-01", f"known_on={TODAY - datetime.timedelta(days=1)}"):
            past = client.get(f"{address}?{clocks}")
            if past.status_code == 200:
                items = ask(f"/agenda?limit=200&{query}&{clocks}")["items"]
                assert [permanent_id(item["id"]) for item in items] == ids_of(body(past)), (query, clocks)
    gone = [item for item in ask("/agenda?limit=200")["items"] if item["commitments"] == [withdrawn.reference]]
    assert {(item["kind"], item["cancelled"]) for item in gone} == {("deadline", True), ("milestone", True)}
    assert all("Made up." in item["outcome"] for item in gone)


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_walks_through_dates_and_weeks_meet_everything_once(register: Register, ask: Ask, limit: int) -> None:
    dates = [item["id"] for item in walk(ask, f"/agenda?limit={limit}")]
    assert dates == [item["id"] for item in ask("/agenda?limit=200")["items"]]
    assert len(set(dates)) == len(dates) > 3


@pytest.mark.parametrize(
    "query",
    [
        "agenda?after=milestone/nowhere",
        "agenda?after=%00",
        "agenda?area=nowhere",
        "agenda?area=%ED%A0%80",
        "agenda?commitment=EUJP-99999",
        "agenda?page=2",
        "weeks?after=2026-W99",
        "weeks?after=2026-10",
        "weeks?after=0000-W00",
        "weeks?after=%00",
        "dumps?after=yesterday",
        "dumps?after=2026-02-30",
    ],
)
def test_what_cannot_be_answered_is_refused(register: Register, client: Client, query: str) -> None:
    response = client.get(f"/api/v1/{query}")
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_weeks_say_what_the_digest_says(client: Client, ask: Ask) -> None:
    first, second = datetime.date(2025, 6, 4), datetime.date(2025, 6, 12)
    kept, other = (make_commitment(published_at=moment(day)) for day in (first, second))
    number = make_update(assessments=[{"commitment": kept}], happened_on=first, published_at=moment(second)).number
    check = make_check(kept, checked_on=first, recorded_at=moment(second))

    items = ask("/weeks")["items"]

    assert [item["week"] for item in items] == ["2025-W24", "2025-W23"]
    assert items[0] == {
        "week": "2025-W24",
        "monday": "2025-06-09",
        "sunday": "2025-06-15",
        "updates": 1,
        "latest": [number],
        "checks": [check.slug],
        "added": [other.reference],
        "withdrawn": [],
    }
    assert [item["week"] for item in walk(ask, "/weeks?limit=1")] == ["2025-W24", "2025-W23"]
    assert ask("/weeks?after=0001-W01")["items"] == []
    digest = client.get("/feeds/weeks.json").json()["items"]
    assert [each["id"].rpartition("/")[2] for each in digest] == [item["week"] for item in items]
    assert ask(f"/weeks?known_on={second}")["items"] == items[1:]
    assert ask("/weeks?after=2025-W23")["items"] == []


@pytest.mark.django_db
def test_every_week_has_the_number_of_all_of_its_updates(ask: Ask) -> None:
    commitment = make_commitment(published_at=moment(datetime.date(2025, 6, 4)))
    for _ in range(22):
        make_update(
            assessments=[{"commitment": commitment}],
            published_at=moment(datetime.date(2025, 6, 5)),
            happened_on=datetime.date(2025, 6, 4),
        )
    [week] = ask("/weeks")["items"]
    assert (week["updates"], len(week["latest"])) == (22, 20)


@pytest.mark.django_db
def test_kept_files_are_listed_from_the_next_day_on(
    client: Client, ask: Ask, settings: Settings, tmp_path: Path
) -> None:
    settings.DUMPS_DIR = tmp_path
    days = [TODAY - WEEK, TODAY - datetime.timedelta(days=1), TODAY]
    for day in days:
        make_commitment()
        write_dump(dump(), tmp_path, day)

    items = ask("/dumps")["items"]

    assert [item["day"] for item in items] == [str(day) for day in reversed(days[:2])]
    for item in items:
        served = client.get(item["address"])
        content = body(served)
        assert (item["bytes"], f'"{item["sha256"]}"') == (len(content), served["ETag"])
    assert [item["day"] for item in walk(ask, "/dumps?limit=1")] == [item["day"] for item in items]
    assert [item["day"] for item in ask(f"/dumps?known_on={days[0]}")["items"]] == [str(days[0])]


def test_the_search_counts_its_options_and_knows_another_spelling(register: Register, client: Client, ask: Ask) -> None:
    page = client.get("/search/?q=made").context
    answer = ask("/search?q=made")
    assert [(each["name"], [(one["value"], one["count"]) for one in each["options"]]) for each in answer["facets"]] == [
        (each.name, [(one.value, one.count) for one in each.options]) for each in page["options"]
    ]
    assert answer["meant"] is None
    misspelt = ask("/search?q=mede-up")
    [(words, _address)] = client.get("/search/?q=mede-up").context["meant"]
    assert (misspelt["items"], misspelt["meant"]) == ([], words)


def test_the_coverage_says_of_every_pledge_who_reports(register: Register, client: Client, ask: Ask) -> None:
    answer = ask("/coverage")
    assert len(answer["every"]) == answer["total"] == len(register.commitments)
    for reports in {each["reports"] for each in answer["every"]}:
        [(_name, _heading, _meaning, rows)] = client.get(f"/coverage/?reports={reports}").context["lists"]
        assert [row.judged.commitment.reference for row in rows] == [
            each["commitment"] for each in answer["every"] if each["reports"] == reports
        ]
