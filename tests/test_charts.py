"""Geometry of the charts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.charts import (
    BAR_WIDTH,
    GROUP_GAP,
    GROUP_ORDER,
    MOST_SQUARES,
    MOST_YEARS,
    SQUARE,
    Mark,
    Occurrence,
    OccurrenceState,
    area_squares,
    occurrence_strip,
    totals_bars,
)
from commitments.judgements import StatusGroup

groups = st.sampled_from(GROUP_ORDER)


def mark(group: str, reference: str = "EUJP-01") -> Mark:
    return Mark(reference, "Made up", "announced", "Announced", group, group.title(), f"/commitments/{reference}/")


def marks(of: Sequence[str]) -> list[Mark]:
    return [mark(group, f"EUJP-{number:02d}") for number, group in enumerate(of)]


def test_every_group_has_its_place() -> None:
    assert sorted(GROUP_ORDER) == sorted(StatusGroup.values)


@given(st.lists(groups, max_size=MOST_SQUARES))
def test_squares_stand_in_groups_with_a_gap_between_and_none_is_lost(of: list[str]) -> None:
    drawn = area_squares(marks(of))

    assert sorted(square.mark.reference for square in drawn.squares) == [each.reference for each in marks(of)]
    assert not drawn.bars
    ranks = [GROUP_ORDER.index(square.mark.group) for square in drawn.squares]
    assert ranks == sorted(ranks)
    steps = zip(drawn.squares, drawn.squares[1:], strict=False)
    for one, following in steps:
        gap = 0 if one.mark.group == following.mark.group else GROUP_GAP
        assert following.x - one.x == SQUARE + gap
    assert drawn.width == (drawn.squares[-1].x + SQUARE if of else 0)


@given(st.lists(groups, min_size=MOST_SQUARES + 1, max_size=400))
def test_many_become_bars_that_fill_the_width_exactly(of: list[str]) -> None:
    drawn = area_squares(marks(of))

    assert not drawn.squares
    assert sum(bar.width for bar in drawn.bars) == BAR_WIDTH
    ends = [0, *(bar.x + bar.width for bar in drawn.bars)]
    assert [bar.x for bar in drawn.bars] == ends[:-1]
    for bar, total in zip(drawn.bars, drawn.totals, strict=True):
        assert abs(bar.width - BAR_WIDTH * total.count / len(of)) <= 1
    assert drawn.width > BAR_WIDTH


@given(st.lists(groups, max_size=60))
def test_totals_count_every_pledge_once(of: list[str]) -> None:
    totals = area_squares(marks(of)).totals

    assert {total.group: total.count for total in totals} == {group: of.count(group) for group in of}


@given(st.lists(st.lists(st.tuples(groups, st.integers(0, 10_000)), max_size=5), max_size=5))
def test_bars_share_one_scale_and_leave_out_what_counts_none(counts: list[list[tuple[str, int]]]) -> None:
    widest = max((sum(count for _group, count in bar) for bar in counts), default=0)

    bars = totals_bars(counts)

    assert len(bars) == len(counts)
    for bar, segments in zip(counts, bars, strict=True):
        assert [(segment.group, segment.count) for segment in segments] == [pair for pair in bar if pair[1]]
        reached = 0.0
        for segment in segments:
            assert float(segment.x.rstrip("%")) == pytest.approx(reached, abs=0.011)
            reached += 100 * segment.count / widest
            assert float(segment.width.rstrip("%")) == pytest.approx(100 * segment.count / widest, abs=0.011)
        assert reached <= 100.01


DAY = datetime.date(2026, 6, 15)


def strip(**facts: Any) -> dict[int, str]:
    defaults: dict[str, Any] = {
        "adopted_by": datetime.date(2024, 11, 1),
        "occurrences": [],
        "expected_by": None,
        "is_yearly": False,
        "searched": (),
        "day": DAY,
    }
    return {cell.year: cell.state.value for cell in occurrence_strip(**defaults | facts).cells}


def held(*days: str) -> list[Occurrence]:
    return [Occurrence(datetime.date.fromisoformat(day), "day") for day in days]


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ({}, {2024: "outside", 2025: "outside", 2026: "outside"}),
        (
            {"is_yearly": True, "expected_by": datetime.date(2026, 12, 31), "occurrences": held("2025-03-01")},
            {2024: "outside", 2025: "held", 2026: "due", 2027: "expected"},
        ),
        (
            {"is_yearly": True, "expected_by": datetime.date(2025, 12, 31), "searched": {2024, 2025}},
            {2024: "outside", 2025: "no_record", 2026: "outside", 2027: "expected"},
        ),
        (
            {"expected_by": datetime.date(2029, 3, 1), "occurrences": held("2025-03-01")},
            {2024: "outside", 2025: "held", 2026: "outside", 2027: "outside", 2028: "outside", 2029: "expected"},
        ),
        ({"occurrences": held("2023-05-01")}, {2023: "held", 2024: "outside", 2025: "outside", 2026: "outside"}),
    ],
    ids=["no cadence", "yearly", "yearly and missed", "every four years", "before the pledge"],
)
def test_a_year_says_what_is_known_of_it(facts: dict[str, Any], states: dict[int, str]) -> None:
    assert strip(**facts) == states


def test_the_latest_of_a_year_is_shown_and_the_window_s_end_where_it_is_due() -> None:
    cells = occurrence_strip(
        adopted_by=datetime.date(2024, 11, 1),
        occurrences=held("2025-09-01", "2025-03-01"),
        expected_by=datetime.date(2026, 12, 31),
        is_yearly=True,
        searched=(),
        day=DAY,
    ).cells

    assert [(cell.on, cell.by, cell.is_current) for cell in cells] == [
        (None, None, False),
        (datetime.date(2025, 9, 1), None, False),
        (None, datetime.date(2026, 12, 31), True),
        (None, None, False),
    ]


@given(
    st.dates(datetime.date(2000, 1, 1), DAY),
    st.lists(st.dates(datetime.date(1990, 1, 1), DAY), max_size=6),
    st.none() | st.dates(datetime.date(2000, 1, 1), datetime.date(2040, 1, 1)),
    st.booleans(),
    st.sets(st.integers(1990, 2026)),
)
def test_a_strip_is_a_run_of_few_years_and_its_key_names_what_is_in_it(
    adopted_by: datetime.date,
    days: list[datetime.date],
    expected_by: datetime.date | None,
    is_yearly: bool,
    searched: set[int],
) -> None:
    drawn = occurrence_strip(
        adopted_by=adopted_by,
        occurrences=[Occurrence(day, "day") for day in days],
        expected_by=expected_by,
        is_yearly=is_yearly,
        searched=searched,
        day=DAY,
    )

    years = [cell.year for cell in drawn.cells]
    assert years == list(range(years[0], years[0] + len(years)))
    assert 1 <= len(years) <= MOST_YEARS
    assert {cell.year for cell in drawn.cells if cell.state == OccurrenceState.HELD} == {
        day.year for day in days
    }.intersection(years)
    assert set(drawn.key) == {cell.state for cell in drawn.cells}
