"""Which pledges rest on little."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from commitments.clocks import Clocks
from commitments.coverage import OLD, Thinness, coverage
from commitments.models import Commitment
from tests.factories import make_commitment, make_source, make_update, moment

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime.now(datetime.UTC).date()
NOW = Clocks.at(TODAY)


def rests_on(*sources: dict[str, Any], **update: Any) -> Commitment:
    commitment = make_commitment(published_at=moment(datetime.date(2025, 1, 1)))
    tell(commitment, *sources, **update)
    return commitment


def tell(commitment: Commitment, *sources: dict[str, Any], bearing: str = "advance", **update: Any) -> None:
    for fields in sources:
        make_update(
            sources=[make_source(**fields)], assessments=[{"commitment": commitment, "bearing": bearing}], **update
        )


def lists_of(commitment: Commitment, clocks: Clocks = NOW) -> set[Thinness]:
    lists = coverage(clocks).lists
    return {name for name, rows in lists.items() if commitment in [row.judged.commitment for row in rows]}


@pytest.mark.parametrize(
    ("sides", "is_of_one"),
    [
        (["eu"], True),
        (["japan", "japan"], True),
        (["eu", "japan"], False),
        (["joint"], False),
        (["eu", "independent"], False),
        (["independent"], False),
    ],
)
def test_one_side_only(sides: list[str], is_of_one: bool) -> None:
    commitment = rests_on(*({"side": side} for side in sides), happened_on=TODAY)

    assert (Thinness.ONE_SIDE in lists_of(commitment)) == is_of_one


@pytest.mark.parametrize(
    ("kinds", "is_news"),
    [
        (["reporting"], True),
        (["reporting", "rewrite"], True),
        (["reporting", "analysis"], False),
        (["official_statement", "reporting"], False),
    ],
)
def test_news_only(kinds: list[str], is_news: bool) -> None:
    commitment = rests_on(*({"kind": kind, "side": "independent"} for kind in kinds), happened_on=TODAY)

    assert (Thinness.NEWS_ONLY in lists_of(commitment)) == is_news


def test_nothing_newer_than_a_year_counts_from_the_day_of_the_page() -> None:
    happened = TODAY - OLD
    commitment = rests_on({"side": "joint"}, happened_on=happened, published_at=moment(happened))

    assert lists_of(commitment) == set()
    tomorrow = TODAY + datetime.timedelta(days=1)
    assert lists_of(commitment, Clocks.at(tomorrow)) == {Thinness.OLD}


def test_context_is_nothing() -> None:
    assert lists_of(make_commitment()) == {Thinness.NOTHING}
    assert lists_of(rests_on({"side": "eu"}, bearing="context")) == {Thinness.NOTHING}


def test_what_was_corrected_or_published_later_does_not_count() -> None:
    commitment = make_commitment(published_at=moment(datetime.date(2025, 1, 1)))
    yesterday = TODAY - datetime.timedelta(days=1)
    slip = make_update(
        happened_on=yesterday,
        published_at=moment(yesterday),
        sources=[make_source(side="japan")],
        assessments=[{"commitment": commitment, "bearing": "advance"}],
    )
    make_update(
        corrects=slip,
        correction_reason="Made up.",
        happened_on=yesterday,
        sources=[make_source(side="eu"), make_source(side="independent")],
        assessments=[{"commitment": commitment, "bearing": "advance"}],
    )

    assert lists_of(commitment) == set()
    assert lists_of(commitment, Clocks(TODAY, as_of=yesterday, known_on=yesterday)) == {Thinness.ONE_SIDE}


def test_context_does_not_stand_in_for_an_act_that_was_withdrawn() -> None:
    commitment = make_commitment()
    slip = make_update(
        sources=[make_source(side="japan")], assessments=[{"commitment": commitment, "bearing": "advance"}]
    )
    tell(commitment, {"side": "japan"}, bearing="context")

    make_update(corrects=slip, correction_reason="Made up.", sources=[make_source(side="japan")])

    assert lists_of(commitment) == {Thinness.NOTHING}
