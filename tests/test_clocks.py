"""The two clocks of an address."""

from __future__ import annotations

import datetime

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from commitments.clocks import BadClock, Clocks

TODAY = datetime.date(2026, 6, 15)
PAST = datetime.date(2026, 6, 1)

days = st.dates(datetime.date(2000, 1, 1), TODAY)


def read(query: str) -> Clocks:
    return Clocks.read(QueryDict(query), TODAY)


@pytest.mark.parametrize("query", ["", "as_of=", "known_on=&as_of=", "as_of=2026-06-15", "known_on=2026-06-15"])
def test_absent_empty_and_today_all_mean_now(query: str) -> None:
    clocks = read(query)

    assert clocks == Clocks.at(TODAY)
    assert not clocks.is_past
    assert clocks.query_string() == ""


def test_a_past_day_is_read_on_either_clock() -> None:
    assert read("as_of=2026-06-01") == Clocks(TODAY, PAST)
    assert read("known_on=2026-06-01") == Clocks(TODAY, TODAY, PAST)
    assert read("as_of=2026-06-01").is_past
    assert read("known_on=2026-06-01").is_past


@pytest.mark.parametrize("name", ["as_of", "known_on"])
@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2026-6-1",
        "2026-02-30",
        "20260601",
        "2026-W23-1",
        "2026-06-01T00:00",
        "0000-01-01",
        "2026-06-01%0A",
        "%EF%BC%92026-06-01",
        "%20",
        "%00",
    ],
)
def test_what_is_no_day_is_refused_with_an_example(name: str, value: str) -> None:
    with pytest.raises(BadClock, match=f"{name} is not a day. Write it as 2026-06-01."):
        read(f"{name}={value}")


@pytest.mark.parametrize("name", ["as_of", "known_on"])
def test_a_day_to_come_is_refused(name: str) -> None:
    with pytest.raises(BadClock, match=rf"{name} lies in the future. Today is 2026-06-15 \(UTC\)."):
        read(f"{name}=2026-06-16")


@given(as_of=days, known_on=st.none() | days)
def test_an_address_with_its_parameters_is_read_as_the_same_clocks(
    as_of: datetime.date, known_on: datetime.date | None
) -> None:
    clocks = Clocks(TODAY, as_of, known_on if known_on != TODAY else None)

    assert read(clocks.query_string()) == clocks


@given(as_of=days, known_on=st.none() | days)
def test_what_is_cited_lies_on_closed_days_and_stays_there(
    as_of: datetime.date, known_on: datetime.date | None
) -> None:
    cited = Clocks(TODAY, as_of, known_on).closed()

    assert cited.as_of < TODAY
    assert cited.known_on is not None
    assert cited.known_on < TODAY
    assert cited.closed() == cited
    assert set(cited.parameters) == {"as_of", "known_on"}


def test_a_past_day_is_cited_as_it_was_asked_for() -> None:
    assert read("as_of=2026-06-01&known_on=2026-06-02").closed() == read("as_of=2026-06-01&known_on=2026-06-02")
