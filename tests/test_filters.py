"""Filters of the list of commitments."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from commitments.clocks import BadQuery, Clocks
from commitments.coverage import Thinness
from commitments.filters.commitments import CommitmentFilter, Row, listed_rows
from commitments.judgements import Facts, Freshness, FreshnessState, Judged, Schedule, ScheduleState
from commitments.models import Actor, Area, Commitment, DeliveryStatus, Evidence, Instrument
from tests.factories import make_actor, make_area, make_commitment

FACETS, SORTS = CommitmentFilter.FACETS, CommitmentFilter.SORTS
TODAY = datetime.date(2026, 6, 15)
NOW = Clocks.at(TODAY)
ADOPTED = datetime.date(2024, 11, 1)
EEAS, MOFA = (
    Actor(slug="eeas", name="External service", side="eu"),
    Actor(slug="mofa", name="Foreign ministry", side="japan"),
)


def make_row(
    reference: str,
    *actors: Actor,
    area: str = "space",
    is_headline: bool = True,
    instrument: str = "text",
    **judged: Any,
) -> Row:
    kind, thinness = judged.pop("kind", "standing"), judged.pop("thinness", [])
    commitment = Commitment(
        reference=reference,
        area=Area(slug=area, name=area.title(), is_headline=is_headline),
        instrument=Instrument(slug=instrument, title=f"Made-up {instrument}"),
        kind=kind,
    )
    defaults: dict[str, Any] = {
        "status": DeliveryStatus.NOT_ASSESSED,
        "evidence": "",
        "schedule": Schedule(ScheduleState.NO_DATE),
        "freshness": Freshness(FreshnessState.NEVER_CHECKED),
    }
    latest = judged.pop("latest", None)
    facts = Facts(kind=kind, status="not_assessed", adopted_by=ADOPTED, last_evidence_by=latest)
    return Row(Judged(commitment=commitment, facts=facts, **defaults | judged), list(actors), thinness)


ROWS = [
    make_row(
        "EUJP-03",
        EEAS,
        MOFA,
        status=DeliveryStatus.DELIVERED,
        evidence=Evidence.BOTH_SIDES,
        schedule=Schedule(ScheduleState.MET_ON_TIME, datetime.date(2025, 3, 1)),
        freshness=Freshness(FreshnessState.CURRENT),
        kind="one_off",
        thinness=[Thinness.ONE_SIDE, Thinness.OLD],
        latest=datetime.date(2025, 2, 1),
    ),
    make_row(
        "EUJP-01",
        EEAS,
        status=DeliveryStatus.UNDER_WAY,
        evidence=Evidence.ONE_SIDE,
        schedule=Schedule(ScheduleState.OVERDUE, datetime.date(2026, 1, 31)),
        freshness=Freshness(FreshnessState.STALE),
        latest=datetime.date(2026, 2, 1),
    ),
    make_row("EUJP-02", area="cyber", is_headline=False, instrument="statement", kind="recurring"),
]


def read(query: str) -> CommitmentFilter:
    return CommitmentFilter.read(QueryDict(query), ROWS)


def found(query: str) -> list[str]:
    return [row.judged.commitment.reference for row in read(query).apply(ROWS)]


def test_rows_stay_in_the_order_of_their_areas_unless_told() -> None:
    assert found("") == ["EUJP-03", "EUJP-01", "EUJP-02"]


CHOICES = [
    ("group=moving", ["EUJP-01"]),
    ("status=delivered", ["EUJP-03"]),
    ("evidence=one_side", ["EUJP-01"]),
    ("schedule=overdue", ["EUJP-01"]),
    ("freshness=never_checked", ["EUJP-02"]),
    ("area=cyber", ["EUJP-02"]),
    ("headline=yes", ["EUJP-03", "EUJP-01"]),
    ("headline=no", ["EUJP-02"]),
    ("kind=one_off", ["EUJP-03"]),
    ("instrument=text", ["EUJP-03", "EUJP-01"]),
    ("instrument=statement", ["EUJP-02"]),
    ("rests_on=one_side", ["EUJP-03"]),
    ("rests_on=old&rests_on=nothing", ["EUJP-03"]),
    ("side=japan", ["EUJP-03"]),
    ("actor=eeas", ["EUJP-03", "EUJP-01"]),
    ("status=ended", []),
    ("status=delivered&status=under_way", ["EUJP-03", "EUJP-01"]),
    ("actor=eeas&kind=standing", ["EUJP-01"]),
    ("status=&status=delivered", ["EUJP-03"]),
]


@pytest.mark.parametrize(("query", "references"), CHOICES)
def test_values_of_one_facet_are_alternatives_and_facets_hold_together(query: str, references: list[str]) -> None:
    assert found(query) == references


def test_every_facet_is_tried_above() -> None:
    assert {query.partition("=")[0] for query, _references in CHOICES} == {facet.name for facet in FACETS}


@pytest.mark.parametrize(
    ("sort", "references"),
    [
        ("reference", ["EUJP-01", "EUJP-02", "EUJP-03"]),
        ("status", ["EUJP-02", "EUJP-01", "EUJP-03"]),
        ("evidence", ["EUJP-03", "EUJP-01", "EUJP-02"]),
        ("schedule", ["EUJP-01", "EUJP-03", "EUJP-02"]),
        ("latest", ["EUJP-01", "EUJP-03", "EUJP-02"]),
        ("area", ["EUJP-03", "EUJP-01", "EUJP-02"]),
    ],
)
def test_sorts(sort: str, references: list[str]) -> None:
    assert sort in SORTS
    assert found(f"sort={sort}") == references


chosen_at_random = st.fixed_dictionaries(
    {},
    optional={
        facet.name: st.lists(st.sampled_from([value for value, _label in facet.options(ROWS)]), min_size=1)
        for facet in FACETS
    },
)


@given(chosen_at_random, st.sampled_from([*SORTS]), st.integers(1, 999_999), st.randoms())
def test_one_choice_has_one_address_however_it_was_written(
    chosen: dict[str, list[str]], sort: str, page: int, random: Any
) -> None:
    pairs = [(name, value) for name, values in chosen.items() for value in values]
    pairs += [("sort", sort), ("page", str(page))]
    random.shuffle(pairs)
    written = read(urlencode(pairs))

    address = written.query_string(NOW, page=written.page)

    assert read(address) == written
    assert read(address).query_string(NOW, page=page) == address


@given(chosen_at_random)
def test_an_option_counts_what_choosing_it_alone_would_show(chosen: dict[str, list[str]]) -> None:
    made = read(urlencode(chosen, doseq=True))

    for facet in made.facets(ROWS):
        for option in facet.options:
            alone = CommitmentFilter(made.chosen | {facet.name: (option.value,)})
            assert len(alone.apply(ROWS)) == option.count, (facet.name, option.value)


@given(chosen_at_random)
def test_a_chip_takes_back_its_own_choice_and_no_other(chosen: dict[str, list[str]]) -> None:
    made = read(urlencode(chosen, doseq=True))
    everything = {(name, value) for name, values in made.chosen.items() for value in values}

    chips = made.chips(ROWS, NOW)

    assert {(chip.facet, chip.value) for chip in chips} == everything
    for chip in chips:
        left = {(name, value) for name, values in read(chip.query).chosen.items() for value in values}
        assert left == everything - {(chip.facet, chip.value)}


def test_a_chip_says_the_word_and_keeps_the_sort_and_the_clocks_but_not_the_page() -> None:
    past = Clocks(TODAY, as_of=datetime.date(2026, 1, 1), known_on=datetime.date(2026, 2, 1))

    [chip] = read("actor=mofa&sort=latest&page=3").chips(ROWS, past)

    assert chip.label == "Foreign ministry"
    assert chip.query == "sort=latest&as_of=2026-01-01&known_on=2026-02-01"


def test_a_facet_that_rows_bring_has_only_their_values() -> None:
    assert [value for value, _name in next(f for f in FACETS if f.name == "actor").options(ROWS)] == [
        "eeas",
        "mofa",
    ]
    with pytest.raises(BadQuery):
        CommitmentFilter.read(QueryDict("area=space"), [])


HOSTILE = [
    "\0",
    "delivered\0",
    "' OR 1=1 --",
    "<script>",
    "x" * 10_240,
    "\udcff",
    "DELIVERED",
    " delivered",
    "%s",
    "{0}",
]


@pytest.mark.parametrize("name", [*(facet.name for facet in FACETS), "sort", "page"])
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_a_value_that_no_option_has_is_refused_in_few_words(name: str, value: str) -> None:
    query = QueryDict(mutable=True)
    query[name] = value

    with pytest.raises(BadQuery) as refusal:
        CommitmentFilter.read(query, ROWS)

    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("page", ["0", "-1", "1.0", "٣", "²", "1e3", "1000000"])
def test_a_page_is_a_number_from_one(page: str) -> None:
    with pytest.raises(BadQuery):
        read(urlencode({"page": page}))


@pytest.mark.parametrize(
    "query", ["status__in=x", "pk=1", "password=x&commitment__note=%00", "__class__=x", "utm_source=x"]
)
def test_a_parameter_that_is_not_ours_does_nothing(query: str) -> None:
    assert read(query) == CommitmentFilter()


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "%FF", "%F0%9F%92%A9", "x" * 10_240, "%3Cscript%3E"])
@pytest.mark.parametrize("name", ["status", "actor", "sort", "page", "as_of"])
def test_a_hostile_address_is_a_clear_refusal(client: Client, name: str, value: str) -> None:
    answer = client.get(f"/commitments/?{name}={value}")

    assert answer.status_code == 400
    assert "<script>" not in answer.content.decode()


@pytest.mark.django_db
def test_rows_come_from_the_database_with_those_who_are_to_act_in_their_order() -> None:
    second, first = make_actor(name="Second"), make_actor(name="First")
    area = make_area(slug="made-up")
    make_commitment(area=area, actors=[first, second], reference="EUJP-77")
    make_commitment(published=False, actors=[first])

    [row] = listed_rows(Clocks.at(datetime.datetime.now(datetime.UTC).date()))

    assert (row.judged.commitment.reference, row.actors) == ("EUJP-77", [first, second])


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Commitments"),
        ("status=delivered&status=under_way", "Under way or delivered commitments"),
        ("area=cyber&kind=recurring", "Recurring commitments in Cyber"),
        ("side=eu&evidence=one_side", "Commitments with the evidence “one side’s statement” for the side “EU”"),
        ("headline=yes", "Commitments of the seven headline pledges"),
    ],
)
def test_a_filtered_list_is_said_in_words(query: str, title: str) -> None:
    assert read(query).title(ROWS, NOW) == title


def test_the_words_name_the_day_that_the_list_is_read_as_of() -> None:
    past = Clocks(TODAY, as_of=datetime.date(2026, 1, 1))

    assert read("status=stalled").title(ROWS, past) == "Stalled commitments, as of 1 January 2026"


@given(chosen_at_random)
def test_every_choice_stands_in_the_title(chosen: dict[str, list[str]]) -> None:
    filtered = read(urlencode([(name, value) for name, values in chosen.items() for value in values]))

    title = filtered.title(ROWS, NOW).lower()

    assert all(chip.label.lower() in title for chip in filtered.chips(ROWS, NOW))
