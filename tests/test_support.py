"""What rests on which sources, kept by a trigger, beside what a reader finds who goes through every update."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.clocks import Clocks
from commitments.coverage import supports
from commitments.models import Commitment, CommitmentVoice, Source, SourceBacking, SourceUse, StatusUpdate
from commitments.overview import judged_set
from commitments.support import with_support
from tests.factories import make_commitment, make_source, make_update, moment

TODAY = datetime.date(2026, 1, 1)
DAYS = [datetime.date(2025, 3, day) for day in range(1, 7)]
DERIVED = (SourceUse, SourceBacking, CommitmentVoice)


@dataclass(frozen=True)
class Told:
    """One update of a story. Sources and commitments by their places, `corrects` by its place among the earlier."""

    happened: int
    later: int
    sources: frozenset[int]
    commitments: frozenset[int]
    is_context: bool
    corrects: int | None


tellings = st.builds(
    Told,
    happened=st.integers(0, 3),
    later=st.integers(0, 1),
    sources=st.frozensets(st.integers(0, 2), min_size=1),
    commitments=st.frozensets(st.integers(0, 1), min_size=1),
    is_context=st.booleans(),
    corrects=st.none() | st.integers(0, 3),
)


@dataclass(frozen=True)
class Known:
    """The same as published."""

    told: Told
    row: StatusUpdate
    happened_by: datetime.date
    published_on: datetime.date


def tell(story: Sequence[Told], sources: Sequence[Source], commitments: Sequence[Commitment]) -> list[Known]:
    """Published in their order, and none before it happened."""
    known: list[Known] = []
    corrected: set[int] = set()
    published = 0
    for told in story:
        published = min(max(published + told.later, told.happened), len(DAYS) - 1)
        corrects = told.corrects if told.corrects is not None and told.corrects < len(known) else None
        if corrects in corrected:
            corrects = None
        corrected |= {corrects} if corrects is not None else set()
        bearing = "context" if told.is_context else "advance"
        row = make_update(
            happened_on=DAYS[told.happened],
            published_at=moment(DAYS[published]) + datetime.timedelta(seconds=len(known)),
            is_context=told.is_context,
            sources=[sources[place] for place in sorted(told.sources)],
            assessments=[{"commitment": commitments[place], "bearing": bearing} for place in sorted(told.commitments)],
            **({"corrects": known[corrects].row, "correction_reason": "Made up."} if corrects is not None else {}),
        )
        known.append(Known(told, row, DAYS[told.happened], DAYS[published]))
    return known


def made_up() -> tuple[list[Source], list[Commitment]]:
    kinds = [("eu", "reporting"), ("eu", "official_text"), ("independent", "reporting")]
    sources = [make_source(side=side, kind=kind) for side, kind in kinds]
    commitments = [make_commitment(published_at=moment(datetime.date(2025, 1, 1))) for _place in range(2)]
    return sources, commitments


def assert_same_as_counted(
    clocks: Clocks, known: list[Known], sources: list[Source], pledges: list[Commitment]
) -> None:
    until = clocks.known_on or TODAY
    public = [each for each in known if each.published_on <= until and each.happened_by <= clocks.as_of]
    corrected = {each.row.corrects_id for each in known if each.published_on <= until}
    acts = [each for each in public if each.row.pk not in corrected and not each.told.is_context]
    citing = [[each for each in public if place in each.told.sources] for place in range(len(sources))]
    voices = [
        {sources[source] for each in acts if place in each.told.commitments for source in each.told.sources}
        for place in range(len(pledges))
    ]

    told = with_support(sources, clocks)
    heard = {row.judged.commitment.pk: row for row in supports(judged_set(clocks), clocks)}

    assert [row[1:] for row in told] == [
        (len(found), len(frozenset[int]().union(*(each.told.commitments for each in found)))) for found in citing
    ]
    assert [(heard[row.pk].sides, heard[row.pk].kinds) for row in pledges] == [
        ({source.side for source in found}, {source.kind for source in found}) for found in voices
    ]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    story=st.lists(tellings, max_size=7),
    clocks=st.lists(st.tuples(st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)), min_size=2, max_size=4),
)
def test_support_is_what_a_reader_counts_at_every_pair_of_clocks(story: list[Told], clocks: list[Any]) -> None:
    with transaction.atomic():
        sources, commitments = made_up()
        known = tell(story, sources, commitments)
        for as_of, known_on in clocks:
            assert_same_as_counted(Clocks(TODAY, as_of, known_on), known, sources, commitments)
        transaction.set_rollback(True)


def rows_kept() -> list[list[dict[str, Any]]]:
    return [sorted(({**row, "id": 0} for row in model.objects.values()), key=str) for model in DERIVED]


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=st.lists(tellings, min_size=1, max_size=7))
def test_the_migration_finds_what_the_trigger_would_have_kept(story: list[Told]) -> None:
    migration = import_module("commitments.migrations.0004_support")
    with transaction.atomic():
        tell(story, *made_up())
        kept = rows_kept()
        for model in DERIVED:
            model.objects.all().delete()

        with connection.cursor() as cursor:
            for statement in (migration.USES, migration.BACKINGS, migration.VOICES):
                cursor.execute(statement)

        assert rows_kept() == kept
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_of_updates_that_say_the_same_only_the_first_and_those_of_earlier_events_are_kept() -> None:
    [source, *_others], [commitment, _other] = made_up()
    for happened_on in (DAYS[2], DAYS[3], DAYS[1]):
        make_update(happened_on=happened_on, sources=[source], assessments=[{"commitment": commitment}])

    assert SourceUse.objects.count() == 3
    for model in (SourceBacking, CommitmentVoice):
        assert sorted(model.objects.values_list("happened_by", flat=True)) == [DAYS[1], DAYS[2]]


@pytest.mark.django_db
def test_a_draft_supports_nothing() -> None:
    [source, *_others], [commitment, _other] = made_up()

    make_update(published=False, sources=[source], assessments=[{"commitment": commitment}])

    assert not any(model.objects.exists() for model in DERIVED)
