"""Everything that the page of one commitment shows."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.chronicle import latest_events
from commitments.clocks import Clocks
from commitments.dossier import Dossier, dossier
from commitments.models import Area, Commitment, CommitmentActor, Milestone, StatusUpdate, reason_for_change
from commitments.publishing import withdraw_commitment
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_milestone,
    make_source,
    make_update,
    moment,
)

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime.now(datetime.UTC).date()
NOW = Clocks.at(TODAY)


def on(month: int, day: int = 1) -> datetime.date:
    return datetime.date(2025, month, day)


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(published_at=moment(on(1)), kind="recurring", cadence_months=12)


def of(commitment: Commitment, clocks: Clocks = NOW, **options: Any) -> Dossier:
    return dossier(commitment.reference, clocks, **options)


def said(commitment: Commitment, month: int, **assessment: Any) -> StatusUpdate:
    return make_update(
        happened_on=on(month), published_at=moment(on(month, 2)), assessments=[{"commitment": commitment, **assessment}]
    )


def announced(commitment: Commitment, **fields: Any) -> Milestone:
    source = make_source(published_on=on(2), published_precision="day")
    return make_milestone(commitment, recorded_at=moment(on(2)), sources=[source], **fields)


class TestWhichCommitment:
    def test_a_draft_has_no_dossier(self) -> None:
        with pytest.raises(Commitment.DoesNotExist):
            of(make_commitment(published=False))

    @pytest.mark.parametrize("reference", ["", "eujp-01", "EUJP-01\n", "%", "x" * 10_240])
    def test_neither_has_a_reference_that_is_none(self, commitment: Commitment, reference: str) -> None:
        with pytest.raises(Commitment.DoesNotExist):
            dossier(reference, NOW)

    def test_nor_one_that_was_not_published_by_that_day(self, commitment: Commitment) -> None:
        assert of(commitment, Clocks(TODAY, as_of=TODAY, known_on=on(1))).commitment == commitment
        with pytest.raises(Commitment.DoesNotExist):
            of(commitment, Clocks(TODAY, as_of=TODAY, known_on=datetime.date(2024, 12, 31)))

    def test_one_that_was_withdrawn_says_so_from_that_day_on(self, commitment: Commitment) -> None:
        withdraw_commitment(commitment, reason="Made up.", at=moment(on(6)))

        assert of(commitment).is_withdrawn
        assert not of(commitment, Clocks(TODAY, as_of=TODAY, known_on=on(5))).is_withdrawn


class TestTurningPoints:
    def test_the_current_one_is_the_latest_that_sets_a_status(self, commitment: Commitment) -> None:
        said(commitment, 2, status="announced")
        latest = said(commitment, 4, status="under_way")
        said(commitment, 6)

        found = of(commitment)

        assert found.judged.status == "under_way"
        assert found.current is not None
        assert found.current.update == latest
        assert found.current_entry is not None
        assert found.current_entry.update == latest
        assert [assessment.status for assessment in found.history] == ["under_way", "announced"]

    def test_an_occurrence_without_a_status_is_none_of_the_history(self, commitment: Commitment) -> None:
        held = said(commitment, 3, is_occurrence=True)

        found = of(commitment)

        assert found.occurrences == [held]
        assert (found.history, found.current, found.current_entry) == ([], None, None)

    def test_on_an_earlier_day_it_is_that_of_the_day(self, commitment: Commitment) -> None:
        said(commitment, 2, status="announced")
        said(commitment, 4, status="under_way")

        found = of(commitment, Clocks(TODAY, as_of=on(3)))

        assert found.judged.status == "announced"
        assert len(found.entries.entries) == 1

    def test_a_corrected_one_does_not_count_and_is_still_listed(self, commitment: Commitment) -> None:
        wrong = said(commitment, 2, status="announced")
        correction = make_update(
            corrects=wrong, correction_reason="Made up.", happened_on=on(2), published_at=moment(on(3))
        )

        found = of(commitment)

        assert found.history == []
        assert [(entry.update, entry.corrected_by) for entry in found.entries.entries] == [
            (correction, None),
            (wrong, correction.number),
        ]


class TestSteps:
    def test_one_that_was_met_names_the_update(self, commitment: Commitment) -> None:
        milestone = announced(commitment, due_on=on(5))
        update = said(commitment, 4, meets=milestone)

        [step] = of(commitment).steps
        [before] = of(commitment, Clocks(TODAY, as_of=on(3))).steps

        assert (step.met_by, step.is_passed(TODAY)) == (update.number, False)
        assert (before.met_by, before.is_passed(on(3)), before.is_passed(on(6))) == (None, False, True)

    def test_one_that_another_replaces_is_not_passed(self, commitment: Commitment) -> None:
        first = announced(commitment, due_on=on(5))
        later = announced(commitment, due_on=on(9), replaces=first)

        steps = of(commitment).steps

        assert [(step.milestone, step.is_replaced, step.is_passed(TODAY)) for step in steps] == [
            (first, True, False),
            (later, False, True),
        ]

    def test_its_sources_stand_in_their_order_and_a_draft_is_not_there(self, commitment: Commitment) -> None:
        sources = [make_source(published_on=on(2), published_precision="day") for _ in range(2)]
        make_milestone(commitment, sources=sources)
        make_milestone(commitment, recorded=False)
        announced(make_commitment())

        [step] = of(commitment).steps

        assert step.sources == sources

    def test_on_the_last_day_it_is_not_passed_yet(self, commitment: Commitment) -> None:
        announced(commitment, due_on=on(5), due_precision="month")

        [step] = of(commitment).steps

        assert [step.is_passed(day) for day in (on(5, 31), on(6, 1))] == [False, True]


class TestWhatStandsBeside:
    def test_searches_are_those_of_the_commitment_that_were_recorded(self, commitment: Commitment) -> None:
        known = make_check(commitment)
        make_check(commitment, recorded=False)
        make_check(make_commitment())

        assert of(commitment).checks == [known]

    def test_what_follows_is_published_and_in_the_order_of_references(self, commitment: Commitment) -> None:
        for reference in ("EUJP-92", "EUJP-91"):
            make_commitment(reference=reference, follows=commitment, follows_relation="restates")
        make_commitment(published=False, follows=commitment, follows_relation="restates")

        found = of(commitment)

        assert [(row.reference, bool(row.title)) for row in found.followed_by] == [("EUJP-91", True), ("EUJP-92", True)]
        assert of(make_commitment()).followed_by == []

    def test_actors_and_words_are_those_of_the_day(self) -> None:
        earlier, later = make_actor(name="Earlier"), make_actor(name="Later")
        row = make_commitment(title="Earlier title", published_at=moment(on(1)), actors=[earlier])
        with reason_for_change("Read again."):
            Commitment.objects.filter(pk=row.pk).update(title="Later title")
            CommitmentActor.objects.filter(commitment=row).update(actor=later)

        now, then = of(row), of(row, Clocks(TODAY, as_of=TODAY, known_on=on(6)))

        assert (now.commitment.title, now.actors) == ("Later title", [later])
        assert (then.commitment.title, then.actors) == ("Earlier title", [earlier])
        assert now.rewordings
        assert not then.rewordings

    def test_the_area_is_the_one_of_the_day_by_its_name_of_the_day(self) -> None:
        earlier, later = make_area(name="Earlier name"), make_area(name="Later area")
        row = make_commitment(area=earlier, published_at=moment(on(1)))
        said(row, 2)
        with reason_for_change("Moved."):
            Commitment.objects.filter(pk=row.pk).update(area=later)
            Area.objects.filter(pk=earlier.pk).update(name="New name")

        now, then = of(row), of(row, Clocks(TODAY, as_of=TODAY, known_on=on(6)))

        assert now.commitment.area.name == "Later area"
        assert then.commitment.area.name == "Earlier name"
        # A list of updates names their areas, too.
        [entry] = latest_events(Clocks(TODAY, as_of=TODAY, known_on=on(6)), 5)
        assert [area.name for area in entry.areas] == ["Earlier name"]

    @pytest.mark.parametrize("clocks", [NOW, Clocks(TODAY, as_of=TODAY, known_on=TODAY - datetime.timedelta(days=1))])
    def test_it_takes_the_same_few_queries_however_much_has_happened(
        self, commitment: Commitment, clocks: Clocks
    ) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as counted:
                of(commitment, clocks)
            return len(counted)

        said(commitment, 2, status="announced")
        announced(commitment)
        few = queries()
        for month in range(3, 9):
            said(commitment, month, status="under_way", is_occurrence=True)
            announced(commitment)
            make_check(commitment, recorded_at=moment(on(month)), checked_on=on(month))

        assert queries() == few
        assert few <= (11 if clocks.known_on else 10)
