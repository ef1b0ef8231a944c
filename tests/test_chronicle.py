"""Dated lists: what each update meant, in which order, page by page."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from commitments import chronicle
from commitments.chronicle import (
    BY_NUMBER,
    Entry,
    EntryPage,
    first_updates,
    latest_events,
    load_entries,
    page_by_event,
    page_by_number,
    update_context,
)
from commitments.clocks import BadQuery, Clocks
from commitments.models import Assessment, Commitment, Source, StatusUpdate, reason_for_change
from tests.factories import make_check, make_commitment, make_source, make_update, moment

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime.now(datetime.UTC).date()
NOW = Clocks.at(TODAY)


def on(month: int, day: int = 1) -> datetime.date:
    return datetime.date(2025, month, day)


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(published_at=moment(on(1)))


def said(commitment: Commitment, status: str, month: int, **fields: Any) -> StatusUpdate:
    return make_update(
        assessments=[{"commitment": commitment, "status": status}],
        **{"happened_on": on(month), "published_at": moment(on(month, 2))} | fields,
    )


def turns(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(reading.before.value, str(reading.assessment.status)) for entry in entries for reading in entry.readings]


def published() -> Any:
    return StatusUpdate.objects.published(NOW.as_of, NOW.known_on)


def latest_publications(updates: Any, touching: Any = None) -> list[Entry]:
    return load_entries(first_updates(updates, touching, BY_NUMBER, 9), NOW, as_published=True)


def titles(entries: list[Entry]) -> list[str]:
    return [entry.update.title for entry in entries]


class TestStatusBefore:
    def test_it_is_that_of_the_event_before_in_whatever_order_they_were_published(self, commitment: Commitment) -> None:
        said(commitment, "announced", 2)
        said(commitment, "under_way", 6)
        said(commitment, "stalled", 4, published_at=moment(on(7)))

        assert turns(latest_events(NOW, 9)) == [
            ("stalled", "under_way"),
            ("announced", "stalled"),
            ("not_assessed", "announced"),
        ]

    def test_a_feed_says_what_it_was_at_publication_and_a_later_find_changes_nothing(
        self, commitment: Commitment
    ) -> None:
        said(commitment, "announced", 2)
        said(commitment, "under_way", 6)
        before = turns(latest_publications(published()))
        said(commitment, "stalled", 4, published_at=moment(on(7)))

        assert turns(latest_publications(published()))[1:] == before
        assert before == [("announced", "under_way"), ("not_assessed", "announced")]

    def test_a_search_before_the_day_makes_it_no_public_action(self, commitment: Commitment) -> None:
        make_check(commitment, checked_on=on(3), recorded_at=moment(on(3)))
        said(commitment, "announced", 6)

        assert turns(latest_events(NOW, 9)) == [("no_public_action", "announced")]

    def test_what_was_corrected_does_not_count_as_before(self, commitment: Commitment) -> None:
        wrong = said(commitment, "announced", 2)
        said(commitment, "under_way", 6)
        make_update(corrects=wrong, correction_reason="Made up.", published_at=moment(on(8)), happened_on=on(2))

        assert ("not_assessed", "under_way") in turns(latest_events(NOW, 9))

    def test_an_assessment_that_sets_no_status_or_the_same_turns_nothing(self, commitment: Commitment) -> None:
        said(commitment, "announced", 2)
        said(commitment, "announced", 3)
        said(commitment, "", 4)

        assert [bool(entry.turns) for entry in latest_events(NOW, 9)] == [False, False, True]


class TestEntries:
    @pytest.mark.parametrize(
        ("bearings", "strongest"),
        [
            (["neutral", "advance"], "advance"),
            (["advance", "setback", "context"], "setback"),
            (["context", "neutral"], "neutral"),
            (["context"], "context"),
            ([], "neutral"),
        ],
    )
    def test_the_margin_shows_the_strongest_bearing(self, bearings: list[str], strongest: str) -> None:
        update = make_update(
            published=False, assessments=[{"commitment": make_commitment(), "bearing": each} for each in bearings]
        )

        [entry] = load_entries(StatusUpdate.objects.filter(pk=update.pk), NOW)

        assert entry.bearing == strongest

    def test_a_correction_without_assessments_is_a_withdrawal_and_marks_the_earlier(
        self, commitment: Commitment
    ) -> None:
        wrong = said(commitment, "announced", 2)
        correction = make_update(
            corrects=wrong, correction_reason="Made up.", happened_on=on(2), published_at=moment(on(3))
        )

        withdrawal, withdrawn = latest_publications(published())

        assert (withdrawal.is_withdrawal, withdrawal.corrected_by) == (True, None)
        assert (withdrawn.is_withdrawal, withdrawn.corrected_by) == (False, correction.number)
        assert titles(latest_publications(published().filter(corrects__isnull=False))) == [correction.title]
        before = Clocks(TODAY, as_of=TODAY, known_on=on(2, 20))
        [then] = load_entries(StatusUpdate.objects.filter(pk=wrong.pk), before)
        assert then.corrected_by is None

    def test_areas_stand_once_in_the_order_of_the_assessments(self, commitment: Commitment) -> None:
        sibling, other = make_commitment(area=commitment.area), make_commitment()
        make_update(assessments=[{"commitment": each} for each in (other, commitment, sibling)])

        [entry] = latest_events(NOW, 9)

        assert entry.areas == [other.area, commitment.area]

    def test_of_one_commitment_only_its_own_readings(self, commitment: Commitment) -> None:
        make_update(assessments=[{"commitment": commitment}, {"commitment": make_commitment()}])

        [entry] = page_by_event(NOW, "", commitment).entries

        assert [reading.assessment.commitment for reading in entry.readings] == [commitment]

    def test_a_past_known_on_day_has_its_own_words(self, commitment: Commitment) -> None:
        source = make_source(title="Earlier source")
        make_update(
            assessments=[{"commitment": commitment}], sources=[source], happened_on=on(2), published_at=moment(on(2))
        )
        earlier = commitment.title
        with reason_for_change("Read again."):
            Commitment.objects.filter(pk=commitment.pk).update(title="Later title")
            Source.objects.filter(pk=source.pk).update(title="Later source")

        def words(clocks: Clocks) -> tuple[str, str]:
            [entry] = latest_events(clocks, 9)
            return entry.readings[0].assessment.commitment.title, entry.citations[0].source.title

        assert words(NOW) == ("Later title", "Later source")
        assert words(Clocks(TODAY, as_of=TODAY, known_on=on(6))) == (earlier, "Earlier source")

    def test_only_what_touches_is_taken_and_each_once(self, commitment: Commitment) -> None:
        sibling = make_commitment(area=commitment.area)
        both = make_update(assessments=[{"commitment": commitment}, {"commitment": sibling}])
        make_update(assessments=[{"commitment": make_commitment()}])
        touching = Assessment.objects.filter(commitment__area=commitment.area)

        assert titles(latest_events(NOW, 9, touching)) == [both.title]
        assert titles(latest_publications(published(), touching)) == [both.title]

    def test_what_had_not_happened_or_was_not_known_is_not_there(self, commitment: Commitment) -> None:
        said(commitment, "announced", 2, published_at=moment(on(9)))

        assert len(latest_events(Clocks(TODAY, as_of=on(2)), 9)) == 1
        assert latest_events(Clocks(TODAY, as_of=on(1, 31)), 9) == []
        assert latest_events(Clocks(TODAY, as_of=TODAY, known_on=on(8, 31)), 9) == []


class TestPages:
    @pytest.fixture(autouse=True)
    def _short_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chronicle, "PAGE_SIZE", 2)

    def walk(self, page: Any) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            shown: EntryPage = page(cursor)
            assert len(shown.entries) <= 2
            found += titles(shown.entries)
            cursor = shown.next_cursor
            if not cursor:
                return found

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
    def test_pages_show_every_update_once_though_many_happened_on_one_day(
        self, commitment: Commitment, count: int
    ) -> None:
        for number in range(count):
            make_update(
                title=f"Event {number}", happened_on=on(2, 1 + number // 3), assessments=[{"commitment": commitment}]
            )
        expected = [f"Event {number}" for number in reversed(range(count))]

        assert self.walk(lambda cursor: page_by_event(NOW, cursor, commitment)) == expected
        assert self.walk(lambda cursor: page_by_number(StatusUpdate.objects.published(TODAY), NOW, cursor)) == expected

    @pytest.mark.parametrize(
        "cursor",
        [
            "x",
            "31",
            "2025-06-01",
            "2025-02-30.1",
            "2025-06-01.",
            "2025-06-01.-1",
            "٢٠٢٥-06-01.1",
            "2025-06-01.1\n",
            "\x00",
            "2025-06-01." + "9" * 10000,
        ],
    )
    def test_a_cursor_that_is_none_is_refused(self, commitment: Commitment, cursor: str) -> None:
        with pytest.raises(BadQuery):
            page_by_event(NOW, cursor, commitment)

    @pytest.mark.parametrize("cursor", ["x", "-1", "1.0", "٣", "1\n", "\0", "9" * 10_000, "2025-06-01.31"])
    def test_a_number_that_is_none_is_refused(self, cursor: str) -> None:
        with pytest.raises(BadQuery):
            page_by_number(StatusUpdate.objects.published(TODAY), NOW, cursor)


class TestOneUpdate:
    def test_its_neighbours_are_the_published_ones_by_number(self, commitment: Commitment) -> None:
        first, second, third = (said(commitment, "", month) for month in (2, 3, 4))
        make_update(published=False)

        context = update_context(second, NOW)
        assert (context["previous"], context["next"]) == (first, third)
        assert update_context(first, NOW)["previous"] is None
        assert update_context(third, NOW)["next"] is None
        assert update_context(second, Clocks(TODAY, as_of=on(3, 15)))["next"] is None

    def test_a_draft_has_none_and_stands_where_it_would_if_published_now(self, commitment: Commitment) -> None:
        said(commitment, "announced", 2)
        draft = make_update(
            published=False, happened_on=on(6), assessments=[{"commitment": commitment, "status": "under_way"}]
        )

        context = update_context(draft, NOW)

        assert (context["previous"], context["next"]) == (None, None)
        assert turns([context["entry"]]) == [("announced", "under_way")]
