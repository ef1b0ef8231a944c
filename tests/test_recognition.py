"""What is known of a pasted address, and which updates look like the one that is being written."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Source
from commitments.recognition import Likenesses, known_source, possible_duplicates, suggested_details
from commitments.standing import standings
from tests.factories import make_commitment, make_milestone, make_source, make_update

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 1)
DAY = datetime.date(2025, 6, 1)


class TestKnownSource:
    @pytest.mark.parametrize(
        "spelling",
        [
            "https://gazette.example.org/minutes/7",
            "http://www.gazette.example.org:80/minutes/7/?utm_source=letter#top",
            "GAZETTE.example.org/minutes/%37",
        ],
    )
    def test_is_recognised_in_any_spelling(self, spelling: str) -> None:
        source = make_source(url="http://www.gazette.example.org/minutes/7/")

        assert known_source(spelling) == source

    @pytest.mark.parametrize(
        "other",
        [
            "https://gazette.example.org/minutes/70",
            "https://gazette.example.organic/minutes/7",
            "https://sub.gazette.example.org/minutes/7",
            "javascript:alert(1)",
            "https://gazette.example.org/minutes/7\0",
            "\ud800",
            "%" * 1000,
            "a" * 1_000_000,
            "",
        ],
    )
    def test_is_not_mistaken(self, other: str) -> None:
        make_source(url="https://gazette.example.org/minutes/7")

        assert known_source(other) is None

    def test_in_its_own_script_is_recognised_in_letters_of_the_domain_name_system(self) -> None:
        source = make_source(url="https://例え.jp/議事録")

        assert known_source("https://xn--r8jz45g.jp/%E8%AD%B0%E4%BA%8B%E9%8C%B2") == source

    def test_is_the_very_one_where_two_spellings_are_registered_and_else_the_oldest(self) -> None:
        oldest = make_source(url="http://gazette.example.org/minutes")
        newest = make_source(url="https://gazette.example.org/minutes")

        assert known_source("https://gazette.example.org/minutes") == newest
        assert known_source("https://www.gazette.example.org/minutes") == oldest

    def test_is_found_among_ten_thousand_by_two_queries(self) -> None:
        Source.objects.bulk_create(
            Source(
                slug=f"made-up-{number}",
                url=f"https://host-{number % 100}.example.org/{number}",
                title="Made up",
                publisher="Example Gazette",
                side="eu",
                kind="reporting",
                language="en",
                accessed_on=TODAY,
            )
            for number in range(10_000)
        )

        with CaptureQueriesContext(connection) as asked:
            found = known_source("http://www.host-42.example.org/4242/")

        assert found is not None
        assert found.slug == "made-up-4242"
        assert len(asked) == 2


class TestSuggestions:
    def test_are_those_of_most_sources_of_the_site(self) -> None:
        for number in range(2):
            make_source(url=f"https://gazette.example.org/{number}", publisher="Gazette", side="eu", kind="reporting")
        make_source(url="https://www.gazette.example.org/x", publisher="Guest", side="third", kind="analysis")
        make_source(url="https://another.example.org/y", publisher="Another", side="japan")

        assert suggested_details("https://www.gazette.example.org/new") == {
            "publisher": "Gazette",
            "side": "eu",
            "kind": "reporting",
            "language": "en",
        }

    def test_follow_the_language_that_the_address_says(self) -> None:
        make_source(url="https://gazette.example.org/1", language="en")

        assert suggested_details("https://gazette.example.org/ja/2")["language"] == "ja"

    def test_of_an_unheard_site_are_a_language_at_most(self) -> None:
        assert suggested_details("https://unheard.example.net/1") == {"language": "en"}
        assert suggested_details("no address") == {"language": "en"}


def titles(likenesses: Likenesses) -> list[tuple[str, bool, bool]]:
    return [(each.update.title, each.cites_same, each.is_same_day) for each in likenesses.shown]


class TestDuplicates:
    def test_cite_the_same_source_or_are_of_the_same_day_and_commitment(self) -> None:
        commitment, source = make_commitment(), make_source()
        make_update(title="Same source", sources=[source], happened_on="2024-01-01", published=False)
        make_update(title="Same day", assessments=[{"commitment": commitment}], happened_on=DAY)
        make_update(title="Both", sources=[source], assessments=[{"commitment": commitment}], happened_on=DAY)
        make_update(title="Another day", assessments=[{"commitment": commitment}], happened_on="2025-06-02")
        make_update(title="Another commitment", assessments=[{"commitment": make_commitment()}], happened_on=DAY)

        found = possible_duplicates(sources=[source.pk], commitments=[commitment.pk], happened_on=DAY)

        assert titles(found) == [("Both", True, True), ("Same day", False, True), ("Same source", True, False)]

    def test_are_not_the_update_itself_nor_what_it_corrects_nor_what_was_corrected(self) -> None:
        source, commitment = make_source(), make_commitment()
        assessed = [{"commitment": commitment}]
        old = make_update(title="Old", sources=[source], assessments=assessed)
        current = make_update(
            title="Current", sources=[source], assessments=assessed, corrects=old, correction_reason="Made up."
        )
        draft = make_update(sources=[source], published=False, corrects=current, correction_reason="Made up.")

        of_draft = possible_duplicates(sources=[source.pk], commitments=[], happened_on=None, besides=draft.pk)
        of_new = possible_duplicates(sources=[source.pk], commitments=[], happened_on=None)

        assert titles(of_draft) == []
        assert [each.update for each in of_new.shown] == [draft, current]

    def test_are_cut_off_and_cost_one_query(self) -> None:
        source = make_source()
        for _ in range(7):
            make_update(sources=[source], published=False)

        with CaptureQueriesContext(connection) as asked:
            found = possible_duplicates(sources=[source.pk], commitments=[], happened_on=DAY)

        assert (len(found.shown), found.has_more, len(asked)) == (5, True, 1)

    def test_of_nothing_are_none(self) -> None:
        make_update(published=False)

        assert not possible_duplicates(sources=[], commitments=[], happened_on=DAY).shown


class TestStandings:
    def test_say_what_the_status_rests_on_and_what_is_still_to_come(self) -> None:
        commitment = make_commitment()
        update = make_update(assessments=[{"commitment": commitment, "status": "under_way"}])
        ahead = make_milestone(commitment, due_on="2026-09-01")
        met = make_milestone(commitment)
        make_update(assessments=[{"commitment": commitment, "meets": met}])

        standing = standings([commitment.pk], datetime.datetime.now(datetime.UTC).date())[commitment.pk]

        assert standing.judged.status == "under_way"
        assert standing.rests_on is not None
        assert standing.rests_on.update == update
        assert standing.evidence == "Both sides"
        assert standing.milestones == [ahead]

    def test_of_what_nobody_assessed_rest_on_nothing(self) -> None:
        commitment = make_commitment(published=False)

        standing = standings([commitment.pk], TODAY)[commitment.pk]

        assert (standing.judged.status, standing.rests_on, standing.evidence) == ("not_assessed", None, "")

    def test_of_many_cost_three_queries(self) -> None:
        keys = []
        for _ in range(4):
            commitment = make_commitment()
            make_update(assessments=[{"commitment": commitment, "status": "under_way"}])
            make_milestone(commitment)
            keys.append(commitment.pk)

        with CaptureQueriesContext(connection) as asked:
            assert len(standings(keys, TODAY)) == 4

        assert len(asked) == 3
        assert standings([], TODAY) == {}
