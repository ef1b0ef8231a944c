"""What stands in a calendar, and how a calendar program reads it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from icalendar import Calendar, Event

from commitments.calendar_feed import permanent_id
from commitments.citations import one_line
from commitments.models import Area, Commitment, CommitmentSource, Source, reason_for_change
from commitments.models.validators import plain_text
from commitments.publishing import withdraw_commitment
from commitments.register.dumping import dump
from commitments.register.loading import load_register
from commitments.register.writing import write_register
from tests.factories import (
    make_area,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    moment,
)
from tests.models.histories import DATES, DAYS, Teller, stories
from tests.raw_sql import fire_deferred
from tests.register.made_up import records, write

pytestmark = pytest.mark.django_db

Day = datetime.date
LONG_AGO = moment(Day(2022, 12, 31))
NEXT_YEAR = timezone.now().year + 1


def read(client: Client, address: str = "/calendar.ics", **headers: str) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def events(client: Client, address: str = "/calendar.ics", **headers: str) -> dict[str, Event]:
    return {str(event["uid"]): event for event in read(client, address, **headers).events}


def event(client: Client, path: str, address: str = "/calendar.ics") -> Event:
    return events(client, address)[permanent_id(path)]


def days(found: Event) -> tuple[Day, Day]:
    """The first, and the one that is not part of it any more."""
    assert found["dtstart"].params["VALUE"] == found["dtend"].params["VALUE"] == "DATE"
    return found["dtstart"].dt, found["dtend"].dt


def recurring(**fields: Any) -> Commitment:
    """Adopted in 2022, to be kept every year."""
    instrument = make_instrument(adopted_on=Day(2022, 3, 1))
    defaults = {"kind": "recurring", "cadence_months": 12, "instrument": instrument, "published_at": LONG_AGO}
    return make_commitment(**defaults | fields)


def held(commitment: Commitment, on: Day, **fields: Any) -> Any:
    assessments = [{"commitment": commitment, "bearing": "advance", "is_occurrence": True}]
    return make_update(happened_on=on, assessments=assessments, **fields)


class TestDays:
    def test_a_day_ends_before_the_next_one(self, client: Client) -> None:
        milestone = make_milestone(make_commitment(), due_on=Day(2024, 2, 29))

        assert days(event(client, f"milestone/{milestone.slug}")) == (Day(2024, 2, 29), Day(2024, 3, 1))

    @pytest.mark.parametrize(
        ("precision", "on", "until", "words"),
        [
            ("month", Day(2025, 12, 1), Day(2026, 1, 1), "Known to the month only: Dec 2025."),
            ("year", Day(2025, 1, 1), Day(2026, 1, 1), "Known to the year only: 2025."),
        ],
    )
    def test_a_period_of_which_no_day_is_known_is_shown_whole_and_says_so(
        self, client: Client, precision: str, on: Day, until: Day, words: str
    ) -> None:
        milestone = make_milestone(make_commitment(), due_on=on, due_precision=precision)

        found = event(client, f"milestone/{milestone.slug}")

        assert days(found) == (on, until)
        assert words in found["description"]

    def test_the_last_day_there_is_has_a_length_instead_of_an_end(self, client: Client) -> None:
        milestone = make_milestone(make_commitment(), due_on=Day(9999, 1, 1), due_precision="year")

        assert event(client, f"milestone/{milestone.slug}")["duration"].dt == datetime.timedelta(days=365)

    def test_nobody_is_made_busy(self, client: Client) -> None:
        milestone = make_milestone(make_commitment())

        assert event(client, f"milestone/{milestone.slug}")["transp"] == "TRANSPARENT"


class TestAMilestone:
    def test_ahead_is_tentative(self, client: Client) -> None:
        commitment = make_commitment()
        milestone = make_milestone(commitment, due_on=Day(NEXT_YEAR, 6, 1))

        found = event(client, f"milestone/{milestone.slug}")

        assert (found["status"], found["sequence"]) == ("TENTATIVE", 0)
        assert found["summary"] == f"{milestone.title} ({commitment.reference}, announced date)"
        assert found["description"].startswith("Still ahead.")
        assert [str(category) for category in found.categories] == ["Announced date", commitment.area.name]

    def test_met_names_the_update(self, client: Client) -> None:
        commitment = make_commitment()
        milestone = make_milestone(commitment)
        update = make_update(assessments=[{"commitment": commitment, "meets": milestone}])

        found = event(client, f"milestone/{milestone.slug}")

        assert (found["status"], found["sequence"]) == ("CONFIRMED", 2)
        assert f"Met: update {update.number}." in found["description"]
        assert f"http://testserver/updates/{update.number}/" in found["description"]

    def test_passed_says_so(self, client: Client) -> None:
        milestone = make_milestone(make_commitment(), due_on=Day(2025, 1, 1))

        assert event(client, f"milestone/{milestone.slug}")["description"].startswith("Passed without a known act.")

    def test_replaced_stays_as_cancelled_so_that_it_goes_from_every_copy(self, client: Client) -> None:
        commitment = make_commitment()
        old = make_milestone(commitment, due_on=Day(NEXT_YEAR, 1, 1))
        new = make_milestone(commitment, due_on=Day(NEXT_YEAR, 6, 1), replaces=old)

        was, is_now = (event(client, f"milestone/{milestone.slug}") for milestone in (old, new))

        assert (was["status"], was["sequence"]) == ("CANCELLED", 1)
        assert (is_now["status"], is_now["sequence"]) == ("TENTATIVE", 0)

    def test_met_and_replaced_stays_as_met(self, client: Client) -> None:
        commitment = make_commitment()
        old = make_milestone(commitment)
        make_milestone(commitment, due_on=Day(NEXT_YEAR, 6, 1), replaces=old)
        make_update(assessments=[{"commitment": commitment, "meets": old}])

        assert event(client, f"milestone/{old.slug}")["status"] == "CONFIRMED"

    def test_names_its_sources(self, client: Client) -> None:
        source = make_source(title="Made-up title")
        milestone = make_milestone(make_commitment(), sources=[source])

        found = event(client, f"milestone/{milestone.slug}")

        assert f"Example Gazette: Made-up title, {source.url}" in found["description"]


class TestADeadline:
    @pytest.fixture
    def commitment(self) -> Commitment:
        return make_commitment(
            kind="one_off",
            due_on=Day(2025, 6, 1),
            due_precision="month",
            deadline_wording="by June",
            published_at=LONG_AGO,
        )

    def test_is_ahead_and_then_overdue_and_says_its_words(self, client: Client, commitment: Commitment) -> None:
        path = f"deadline/{commitment.reference}"

        before, after = (event(client, path, f"/calendar.ics?as_of={day}") for day in ("2025-06-30", "2025-07-01"))

        assert days(before) == (Day(2025, 6, 1), Day(2025, 7, 1))
        assert before["description"].startswith("Still ahead.\nKnown to the month only: Jun 2025.")
        assert "“by June”" in before["description"]
        assert after["description"].startswith("Overdue.")
        assert before["sequence"] < after["sequence"]
        assert after["last-modified"].dt == moment(Day(2025, 7, 1), 0)

    @pytest.mark.parametrize(("on", "word"), [(Day(2025, 6, 30), "Met on time."), (Day(2025, 7, 1), "Met late.")])
    def test_met_names_the_update(self, client: Client, commitment: Commitment, on: Day, word: str) -> None:
        update = make_update(happened_on=on, assessments=[{"commitment": commitment, "status": "delivered"}])

        found = event(client, f"deadline/{commitment.reference}")

        assert found["description"].startswith(word)
        assert f"/updates/{update.number}/" in found["description"]

    def test_another_list_of_sources_says_that_it_was_modified(self, client: Client) -> None:
        commitment = make_commitment(
            kind="one_off", due_on=Day(NEXT_YEAR, 6, 1), due_precision="day", published_at=LONG_AGO
        )
        path = f"deadline/{commitment.reference}"
        before = event(client, path)

        with reason_for_change("A better one."):
            CommitmentSource.objects.filter(commitment=commitment).update(source=make_source(title="A better source"))

        after = event(client, path)
        assert "A better source" in after["description"]
        assert after["last-modified"].dt > before["last-modified"].dt
        assert after["sequence"] == before["sequence"]

    def test_is_cancelled_when_the_pledge_was_given_up_before(self, client: Client, commitment: Commitment) -> None:
        make_update(happened_on=Day(2025, 5, 1), assessments=[{"commitment": commitment, "status": "ended"}])

        found = event(client, f"deadline/{commitment.reference}")

        assert (found["status"], found["description"].splitlines()[0]) == ("CANCELLED", "No longer expected.")


class TestAWindow:
    def test_opens_with_the_year_after_the_adoption(self, client: Client) -> None:
        commitment = recurring()

        found = event(client, f"window/{commitment.reference}/2023-01-01", "/calendar.ics?as_of=2023-12-31")

        assert days(found) == (Day(2023, 1, 1), Day(2024, 1, 1))
        assert found["status"] == "TENTATIVE"
        assert found["description"].startswith("Expected by 31 Dec 2023; no occurrence is known yet.")

    def test_is_missed_when_nothing_was_held(self, client: Client) -> None:
        commitment = recurring()

        found = event(client, f"window/{commitment.reference}/2023-01-01")

        assert found["description"].startswith("Window missed: no occurrence is known.")
        assert len(events(client)) == 1

    def test_kept_names_the_update_and_opens_the_next(self, client: Client) -> None:
        commitment = recurring()
        update = held(commitment, Day(2023, 12, 31))

        kept = event(client, f"window/{commitment.reference}/2023-01-01")
        following = event(client, f"window/{commitment.reference}/2024-01-01")

        assert kept["status"] == "CONFIRMED"
        assert kept["description"].startswith(f"Held: update {update.number}.")
        assert following["status"] == "TENTATIVE"

    def test_kept_late_says_so(self, client: Client) -> None:
        commitment = recurring()
        update = held(commitment, Day(2024, 1, 1))

        found = event(client, f"window/{commitment.reference}/2023-01-01")

        assert found["description"].startswith(f"Held after the window had closed: update {update.number}.")

    def test_is_cancelled_where_what_opened_it_is_put_right(self, client: Client) -> None:
        commitment = recurring()
        wrong = held(commitment, Day(2023, 5, 1))
        opened = event(client, f"window/{commitment.reference}/2024-01-01")
        make_update(corrects=wrong, correction_reason="It was not held.")

        found = event(client, f"window/{commitment.reference}/2024-01-01")

        assert (found["status"], found["sequence"]) == ("CANCELLED", opened["sequence"] + 1)
        assert event(client, f"window/{commitment.reference}/2023-01-01")["status"] == "TENTATIVE"

    def test_is_cancelled_when_the_pledge_has_ended(self, client: Client) -> None:
        commitment = recurring()
        make_update(happened_on=Day(2023, 5, 1), assessments=[{"commitment": commitment, "status": "ended"}])

        assert event(client, f"window/{commitment.reference}/2023-01-01")["status"] == "CANCELLED"

    def test_of_another_cadence_runs_from_the_last_occurrence(self, client: Client) -> None:
        commitment = recurring(cadence_months=6)
        held(commitment, Day(2022, 8, 31))

        spans = [
            days(event(client, f"window/{commitment.reference}/{first}")) for first in ("2022-03-02", "2022-09-01")
        ]

        assert spans == [(Day(2022, 3, 2), Day(2022, 9, 2)), (Day(2022, 9, 1), Day(2023, 3, 1))]

    def test_without_a_cadence_there_is_none(self, client: Client) -> None:
        recurring(cadence_months=None)

        assert events(client) == {}


class TestWhatWasHeld:
    def test_is_one_event_of_all_the_pledges_it_counts_for(self, client: Client) -> None:
        one, other = (make_commitment(kind="standing") for _ in range(2))
        assessments = [{"commitment": row, "bearing": "advance", "is_occurrence": True} for row in (one, other)]
        update = make_update(happened_on=Day(2025, 3, 4), assessments=assessments)

        found = event(client, f"occurrence/{update.number}")

        assert found["summary"] == f"{update.title} ({one.reference}, {other.reference}, held)"
        assert found["url"] == f"http://testserver/updates/{update.number}/"
        assert (found["status"], days(found)) == ("CONFIRMED", (Day(2025, 3, 4), Day(2025, 3, 5)))
        assert found["dtstamp"].dt == found["created"].dt == update.published_at.replace(microsecond=0)

    def test_put_right_is_cancelled_and_names_the_correction(self, client: Client) -> None:
        commitment = make_commitment()
        wrong = held(commitment, Day(2025, 3, 4))
        right = make_update(corrects=wrong, correction_reason="It was not held.")

        found = event(client, f"occurrence/{wrong.number}")

        assert (found["status"], found["sequence"]) == ("CANCELLED", 1)
        assert f"corrected by update {right.number}" in found["description"]

    def test_stays_while_one_of_its_pledges_is_not_withdrawn(self, client: Client) -> None:
        kept, gone = make_commitment(), make_commitment()
        assessments = [{"commitment": each, "bearing": "advance", "is_occurrence": True} for each in (gone, kept)]
        update = make_update(happened_on=Day(2025, 3, 4), assessments=assessments)
        fire_deferred()

        withdraw_commitment(gone, reason="Entered twice.")

        found = event(client, f"occurrence/{update.number}")
        assert (found["status"], found["sequence"]) == ("CONFIRMED", 1)
        assert found["description"].startswith("Counts as an occurrence.")


def test_no_window_is_judged_by_occurrences_that_a_calendar_leaves_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    commitment = recurring()
    for year in (2023, 2024, 2025):
        held(commitment, Day(year, 5, 1))
    windows = {year: permanent_id(f"window/{commitment.reference}/{year}-01-01") for year in (2023, 2024, 2025, 2026)}
    whole = events(client)

    monkeypatch.setattr("commitments.agenda.finding.MOST", 2)

    cut = events(client)
    assert [year for year, uid in windows.items() if uid in whole] == [2023, 2024, 2025, 2026]
    assert [year for year, uid in windows.items() if uid in cut] == [2025, 2026]
    assert "Held: update" in cut[windows[2025]]["description"]


def test_an_earlier_occurrence_that_is_read_for_what_it_met_tells_nothing_of_the_years_left_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    commitment = recurring()
    met = make_update(
        happened_on=Day(2023, 5, 1),
        assessments=[
            {
                "commitment": commitment,
                "bearing": "advance",
                "is_occurrence": True,
                "meets": make_milestone(commitment),
                "status": "under_way",
            }
        ],
    )
    for year in (2024, 2025, 2025):
        held(commitment, Day(year, 5, 1))

    monkeypatch.setattr("commitments.agenda.finding.MOST", 2)

    cut = events(client)
    assert permanent_id(f"occurrence/{met.number}") not in cut
    assert permanent_id(f"window/{commitment.reference}/2024-01-01") not in cut


def test_all_dates_of_a_withdrawn_pledge_are_cancelled(client: Client) -> None:
    commitment = recurring()
    make_milestone(commitment)
    held(commitment, Day(2023, 5, 1))
    before = events(client)
    fire_deferred()

    withdraw_commitment(commitment, reason="Entered twice.")

    after = events(client)
    assert before.keys() == after.keys()
    assert {str(found["status"]) for found in after.values()} == {"CANCELLED"}
    assert all("Entered twice." in found["description"] for found in after.values())
    assert all(after[uid]["sequence"] == before[uid]["sequence"] + 1 for uid in before)


def test_a_past_calendar_of_an_area_holds_what_was_in_it_on_that_day(client: Client) -> None:
    commitment = recurring(area=make_area(slug="earlier"))
    yesterday = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
    address = f"/calendars/areas/earlier.ics?known_on={yesterday}"
    before = events(client, address)

    with reason_for_change("Misfiled."):
        Commitment.objects.filter(pk=commitment.pk).update(area=make_area(slug="later"))

    assert before
    assert events(client, address).keys() == before.keys()


def test_calendars_of_an_area_and_of_a_pledge_hold_only_theirs(client: Client) -> None:
    one, other = make_commitment(), make_commitment()
    mine, _theirs = make_milestone(one), make_milestone(other)

    for address in (f"/calendars/commitments/{one.reference}.ics", f"/calendars/areas/{one.area.slug}.ics"):
        assert list(events(client, address)) == [permanent_id(f"milestone/{mine.slug}")]
    assert len(events(client)) == 2


@pytest.mark.parametrize(
    "address", ["/calendars/commitments/EUJP-999999.ics", "/calendars/areas/nowhere.ics", "/calendars/areas/%00.ics"]
)
def test_of_what_is_not_there_is_no_calendar(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


class TestTheId:
    def test_survives_other_words_and_another_host(self, client: Client, settings: Any) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        commitment = recurring()
        make_milestone(commitment, recorded_at=LONG_AGO)
        held(commitment, Day(2022, 5, 1), published_at=LONG_AGO)
        before = events(client)

        with reason_for_change("Clearer."):
            Commitment.objects.filter(pk=commitment.pk).update(title="Another title")
        after = events(client, host="moved.example.org")

        assert after.keys() == before.keys()
        assert all("Another title" in found["description"] for found in after.values())
        assert all(after[uid]["last-modified"].dt > before[uid]["last-modified"].dt for uid in after)

    def test_and_the_sequence_survive_a_dump_and_a_load_into_another_database(
        self, client: Client, tmp_path: Path
    ) -> None:
        today = timezone.now().date()
        with transaction.atomic():
            load_register(write(records(), tmp_path / "first"), today=today)
            before = events(client)
            write_register(dump(), tmp_path / "dumped")
            transaction.set_rollback(True)

        load_register(tmp_path / "dumped", today=today)

        after = events(client)
        assert {str(found.categories[0]) for found in before.values()} == {"Announced date", "Expected", "Held"}
        assert after.keys() == before.keys()
        assert all(after[uid]["sequence"] == before[uid]["sequence"] for uid in after)


def test_the_sequence_of_no_event_falls_and_no_event_goes() -> None:
    """In random histories, from the end of each day to that of each later one."""
    check_histories()


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(story=stories)
def check_histories(story: Any) -> None:
    client = Client()
    with transaction.atomic():
        Teller(story, DATES).tell(DAYS[-1])
        earlier: dict[str, Event] = {}
        for day in DAYS[4:]:
            later = events(client, f"/calendar.ics?as_of={day}&known_on={day}")
            assert earlier.keys() <= later.keys()
            assert all(later[uid]["sequence"] >= earlier[uid]["sequence"] for uid in earlier)
            assert all(later[uid]["last-modified"].dt >= earlier[uid]["last-modified"].dt for uid in earlier)
            earlier = later
        transaction.set_rollback(True)


class TestTheFile:
    def test_lines_end_as_they_must_and_are_no_longer_than_75_octets(self, client: Client) -> None:
        commitment = make_commitment(title="共同訓練と寄港を通じて海上での協力を進める" * 4)
        make_milestone(commitment, title="第四回デジタルパートナーシップ閣僚級会合" * 4, note="記録" * 150)

        lines = client.get("/calendar.ics").content.split(b"\r\n")

        assert lines.pop() == b""
        assert all(len(line) <= 75 and b"\n" not in line for line in lines)
        assert all(line.decode() for line in lines)

    @pytest.mark.parametrize(
        "text",
        ["a\x01\x0b\x1fb", "a\ufffe\x7f\x85b", "a\u2028\u202eb", "END:VEVENT\r\nBEGIN:VALARM", "x;y,z\\n\\", "日本語"],
    )
    def test_no_text_breaks_it(self, client: Client, text: str) -> None:
        """Whatever PostgreSQL stores: the forms refuse most of this, raw SQL does not."""
        area = make_area(name=text)
        milestone = make_milestone(
            make_commitment(title=text, area=area), title=text, sources=[make_source(title=text)]
        )

        found = event(client, f"milestone/{milestone.slug}")

        assert found["summary"].startswith(one_line(text))
        assert one_line(text) in found["description"]
        assert not plain_text.regex.search(client.get("/calendar.ics").content.decode())
        assert not found.subcomponents

    def test_its_name_is_escaped_like_any_other_text(self, client: Client) -> None:
        commitment = make_commitment(title="x;y,z\x01")

        content = client.get(f"/calendars/commitments/{commitment.reference}.ics").content.replace(b"\r\n ", b"")

        for name in ("NAME", "X-WR-CALNAME"):
            written = f"{name}:EU–Japan Commitment Tracker: {commitment.reference} x\\;y\\,z\r\n"
            assert written.encode() in content

    def test_says_its_name_and_when_to_read_it_again(self, client: Client) -> None:
        commitment = make_commitment()
        found = read(client, f"/calendars/commitments/{commitment.reference}.ics")

        assert found["x-wr-calname"] == found["name"] == f"EU–Japan Commitment Tracker: {commitment}"
        assert found["refresh-interval"].dt == datetime.timedelta(days=1)
        assert found["url"] == f"http://testserver/commitments/{commitment.reference}/"

    def test_without_dates_is_a_calendar_still(self, client: Client) -> None:
        found = read(client)

        assert found.events == []
        assert [part.name for part in found.subcomponents] == ["VTIMEZONE"]

    def test_is_the_same_at_every_request_and_then_not_sent_again(self, client: Client) -> None:
        make_milestone(recurring())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        first, second = client.get("/calendar.ics"), client.get("/calendar.ics")

        assert first.content == second.content
        assert client.get("/calendar.ics", headers={"If-None-Match": first["ETag"]}).status_code == 304

    def test_a_past_one_links_to_pages_of_the_same_day(self, client: Client) -> None:
        commitment = make_commitment(published_at=LONG_AGO)
        milestone = make_milestone(
            commitment,
            recorded_at=LONG_AGO,
            sources=[make_source(published_on=Day(2020, 5, 1), published_precision="day")],
        )
        address = "/calendar.ics?as_of=2024-01-01&known_on=2024-02-01"

        found = event(client, f"milestone/{milestone.slug}", address)

        page = f"http://testserver/commitments/{commitment.reference}/?as_of=2024-01-01&known_on=2024-02-01"
        assert found["url"] == f"{page}#milestones"
        assert page in found["description"]

    def test_a_past_known_on_day_has_the_words_of_that_day(self, client: Client) -> None:
        source = make_source(title="Earlier source")
        commitment = recurring(title="Earlier title", sources=[source])
        with reason_for_change("Made up."):
            Commitment.objects.filter(pk=commitment.pk).update(title="Later title")
            Area.objects.filter(pk=commitment.area_id).update(name="Later area")
            Source.objects.filter(pk=source.pk).update(title="Later source")

        then = client.get("/calendar.ics?known_on=2025-06-01").content.decode()
        now = client.get("/calendar.ics").content.decode()

        assert "Earlier title" in then
        assert "Earlier source" in then
        assert "Later" not in then
        assert all(f"Later {word}" in now for word in ("title", "area", "source"))


@pytest.mark.parametrize("page", ["/", "/subscribe/"])
def test_the_calendar_is_named_where_readers_look_for_it(client: Client, page: str) -> None:
    assert 'href="/calendar.ics"' in client.get(page).content.decode()


def test_pages_of_an_area_and_of_a_pledge_name_theirs(client: Client) -> None:
    commitment = make_commitment()
    for page, calendar in (
        (f"/commitments/{commitment.reference}/", f"/calendars/commitments/{commitment.reference}.ics"),
        (f"/areas/{commitment.area.slug}/", f"/calendars/areas/{commitment.area.slug}.ics"),
    ):
        head, _, body = client.get(page).content.decode().partition("</head>")
        assert calendar in head
        assert f'href="{calendar}">ICS' in body
