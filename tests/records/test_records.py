"""What a machine reads of each dataset."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.clocks import Clocks
from commitments.models import (
    Area,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    InstrumentSource,
    Source,
    StatusUpdate,
    reason_for_change,
)
from commitments.overview import judged_set
from commitments.publishing import withdraw_commitment
from commitments.records import DATASETS, Dataset, reading, record_counts
from tests.factories import (
    make_actor,
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
)
from tests.views.conftest import Register

TODAY = datetime.datetime.now(datetime.UTC).date()
NOW = Clocks.at(TODAY)
EVERY_DATASET = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


@pytest.fixture
def register(db: None) -> Register:
    register = Register()
    with reason_for_change("Made up."):
        InstrumentSource.objects.create(instrument=register.instrument, source=register.source)
    return register


def records(name: str, clocks: Clocks = NOW) -> list[dict[str, Any]]:
    return list(DATASETS[name].read(clocks))


@EVERY_DATASET
def test_every_record_holds_exactly_the_columns_of_its_class_and_is_valid(register: Register, dataset: Dataset) -> None:
    found = records(dataset.name)
    assert found
    for record in found:
        assert list(record) == [column.name for column in dataset.columns]
        assert dataset.shape.model_validate(record).model_dump(mode="python") == record


@EVERY_DATASET
def test_every_column_is_described(dataset: Dataset) -> None:
    assert dataset.description
    assert [column.name for column in dataset.columns if not column.description.strip(".")] == []


@EVERY_DATASET
def test_the_key_of_a_dataset_tells_its_records_apart_and_is_never_empty(register: Register, dataset: Dataset) -> None:
    keys = [tuple(record[name] for name in dataset.key) for record in records(dataset.name)]
    assert len(set(keys)) == len(keys)
    assert None not in {value for key in keys for value in key}


def leading_nowhere(clocks: Clocks) -> list[tuple[str, str, Any]]:
    """Values of keys that no record of the other dataset has."""
    there = {
        (dataset.name, key): {record[key] for record in records(dataset.name, clocks)}
        for dataset in DATASETS.values()
        for key in dataset.key
    }
    return [
        (dataset.name, column, record[column])
        for dataset in DATASETS.values()
        for record in records(dataset.name, clocks)
        for column, target in dataset.keys.items()
        if record[column] is not None and record[column] not in there[target]
    ]


def test_every_key_leads_to_a_record(register: Register) -> None:
    assert leading_nowhere(NOW) == []


def test_at_a_past_as_of_day_every_key_still_leads_to_a_record(db: None) -> None:
    later = make_instrument(adopted_on=datetime.date(2025, 3, 1))
    earlier, pledge = make_commitment(), make_commitment(instrument=later)
    follower = make_commitment(instrument=make_instrument(), follows=pledge, follows_relation="restates")
    step = make_milestone(
        earlier, sources=[make_source(published_on=datetime.date(2025, 5, 1), published_precision="day")]
    )
    first = make_update(
        happened_on=datetime.date(2025, 6, 1), assessments=[{"commitment": earlier, "status": "announced"}]
    )
    make_update(
        happened_on=datetime.date(2025, 1, 5),
        corrects=first,
        correction_reason="Made up.",
        assessments=[{"commitment": earlier, "meets": step}, {"commitment": pledge, "bearing": "context"}],
    )
    make_check(earlier, pledge)
    make_milestone(pledge)
    for day in (datetime.date(2025, 1, 10), datetime.date(2025, 5, 1), datetime.date(2025, 6, 1), TODAY):
        assert leading_nowhere(Clocks(TODAY, as_of=day)) == [], day
    past = Clocks(TODAY, as_of=datetime.date(2025, 1, 10))
    assert [record["reference"] for record in records("commitments", past)] == [earlier.reference, follower.reference]
    assert [record["follows"] for record in records("commitments", past)] == [None, None]
    assert [record["corrects"] for record in records("updates", past)] == [None]


def test_commitments_have_the_judgements_of_the_pages(register: Register) -> None:
    shown = {row.commitment.reference: row for row in judged_set(NOW)}
    found = records("commitments")
    assert {record["reference"] for record in found} == set(shown)
    for record in found:
        row = shown[record["reference"]]
        assert (record["group"], record["status"], record["evidence"]) == (row.group, row.status, row.evidence or None)
        assert (record["schedule"], record["schedule_on"]) == (row.schedule.state, row.schedule.on)
        assert (record["freshness"], record["review_on"]) == (row.freshness.state, row.freshness.review_on)


def test_a_commitment_names_the_update_that_its_status_rests_on(db: None) -> None:
    rated, silent = make_commitment(), make_commitment()
    update = make_update(assessments=[{"commitment": rated, "status": "announced"}])
    numbers = {record["reference"]: record["status_update"] for record in records("commitments")}
    assert numbers == {rated.reference: update.number, silent.reference: None}


def test_a_withdrawn_commitment_stays_says_so_and_is_not_judged(db: None) -> None:
    commitment = make_commitment()
    make_update(assessments=[{"commitment": commitment, "status": "announced"}])
    # As if the two were transactions of their own.
    connection.check_constraints()
    withdraw_commitment(commitment, reason="A made-up slip.")
    (record,) = records("commitments")
    assert {record[name] for name in ("group", "status", "status_update", "schedule", "freshness")} == {None}
    assert (record["withdrawn_on"], record["withdrawal_reason"]) == (TODAY, "A made-up slip.")


def test_a_withdrawal_is_not_known_before_its_day(db: None) -> None:
    commitment = make_commitment(published_at=datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.UTC))
    withdraw_commitment(commitment, reason="A made-up slip.")
    (record,) = records("commitments", Clocks(TODAY, TODAY, known_on=datetime.date(2025, 6, 1)))
    assert (record["withdrawn_on"], record["withdrawal_reason"]) == (None, None)


def test_no_draft_is_in_any_dataset(register: Register) -> None:
    marker = "Unveröffentlicht"
    before = {name: records(name) for name in DATASETS}
    draft = make_commitment(published=False, title=marker, actors=[make_actor(name=marker)])
    make_update(
        published=False,
        title=marker,
        assessments=[{"commitment": register.commitments[0]}, {"commitment": draft}],
        sources=[make_source(title=marker)],
    )
    make_check(register.commitments[0], recorded=False, found=marker)
    make_milestone(register.commitments[0], recorded=False, title=marker)
    assert {name: records(name) for name in DATASETS} == before


def test_a_past_known_on_day_gives_the_words_and_links_of_that_day(db: None) -> None:
    long_ago = datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.UTC)
    source, actor = make_source(title="Earlier source"), make_actor(name="Earlier actor")
    commitment = make_commitment(title="Earlier title", published_at=long_ago, actors=[actor], sources=[source])
    known = Clocks(TODAY, TODAY, known_on=datetime.date(2025, 6, 1))
    before = {name: records(name, known) for name in DATASETS}
    with reason_for_change("Made up."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Later title")
        Area.objects.filter(pk=commitment.area_id).update(name="Later area", position=9)
        Source.objects.filter(pk=source.pk).update(title="Later source")
        CommitmentActor.objects.filter(commitment=commitment).update(actor=make_actor(name="Later actor"))
        CommitmentSource.objects.filter(commitment=commitment).update(source=make_source(title="Another"))
    assert {name: records(name, known) for name in DATASETS} == before
    assert [record["title"] for record in records("commitments")] == ["Later title"]
    assert [record["name"] for record in records("actors")] == ["Later actor"]
    assert [record["title"] for record in records("sources")] == ["Another"]


def test_citations_count_their_places_anew_in_each_update(db: None) -> None:
    sources = [make_source() for _ in range(3)]
    for _ in range(2):
        make_update(sources=sources, assessments=[{"commitment": make_commitment()}])
    assert [record["position"] for record in records("citations")] == [1, 2, 3, 1, 2, 3]


def test_what_is_read_of_updates_may_be_filtered_ordered_and_cut(register: Register) -> None:
    register.grow(3)
    latest = StatusUpdate.objects.published(TODAY).order_by("-number")[:2]
    numbers = [record["number"] for record in reading.updates(NOW, latest)]
    assert len(numbers) == 2
    assert numbers == sorted(numbers, reverse=True)
    assert {record["update"] for record in reading.citations(NOW, latest)} == set(numbers)
    assert {record["update"] for record in reading.assessments(NOW, latest)} <= set(numbers)


@EVERY_DATASET
def test_every_dataset_needs_the_same_few_queries_however_much_there_is(register: Register, dataset: Dataset) -> None:
    def count(clocks: Clocks) -> int:
        with CaptureQueriesContext(connection) as queries:
            records(dataset.name, clocks)
        return len(queries)

    past = Clocks(TODAY, TODAY, known_on=TODAY - datetime.timedelta(days=1))
    few = count(NOW)
    register.grow(5)
    assert count(NOW) == few <= 8
    assert count(past) <= 14


def test_records_are_counted_without_being_read(register: Register) -> None:
    later = make_instrument(adopted_on=datetime.date(2025, 7, 1))
    others = [make_actor(), make_actor()]
    pledge = make_commitment(instrument=later, actors=others, sources=[make_source(), make_source()])
    make_milestone(pledge)
    make_check(pledge, register.commitments[0])
    make_update(assessments=[{"commitment": pledge}], happened_on=datetime.date(2025, 7, 2))
    connection.check_constraints()
    withdraw_commitment(register.commitments[1], reason="Made up.")
    with reason_for_change("Made up."):
        Commitment.objects.filter(pk=pledge.pk).update(area=register.area)
        CommitmentActor.objects.filter(commitment=pledge, actor=others[0]).delete()
        CommitmentSource.objects.filter(commitment=pledge).last().delete()
    yesterday = TODAY - datetime.timedelta(days=1)
    for clocks in (
        NOW,
        Clocks(TODAY, as_of=datetime.date(2025, 3, 1)),
        Clocks(TODAY, as_of=datetime.date(2019, 1, 1)),
        Clocks(TODAY, TODAY, known_on=yesterday),
    ):
        assert record_counts(clocks) == {name: len(records(name, clocks)) for name in record_counts(clocks)}
        assert set(record_counts(clocks)) == set(DATASETS) - {"assessments", "citations"}


def test_past_links_are_counted_as_of_their_day(db: None) -> None:
    commitment = make_commitment(
        published_at=datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.UTC), actors=[make_actor(), make_actor()]
    )
    with reason_for_change("Made up."):
        CommitmentActor.objects.filter(commitment=commitment).first().delete()
    known = Clocks(TODAY, TODAY, known_on=datetime.date(2025, 6, 1))
    assert record_counts(known) == {name: len(records(name, known)) for name in record_counts(known)}
    assert (record_counts(known)["actors"], record_counts(NOW)["actors"]) == (2, 1)
