"""Walking through lists, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from commitments.models import Check, Commitment, Milestone, Source, StatusUpdate
from commitments.publishing import withdraw_commitment
from tests.factories import make_source, make_update
from tests.raw_sql import fire_deferred

from .conftest import Answer, Register

Ask = Callable[[str], Answer]


def walk(ask: Ask, address: str, between: Callable[[], object] = lambda: None) -> Iterator[Any]:
    """All items, while something else happens between the pages."""
    following: str | None = address
    while following:
        page = ask(following)
        assert page["items"] or following == address
        yield from page["items"]
        following = page["next"]
        between()


@pytest.fixture
def large(register: Register) -> Register:
    register.grow(6)
    return register


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_a_walk_meets_every_record_once(large: Register, ask: Ask, limit: int) -> None:
    first = large.commitments[0].reference

    def met(noun: str, key: str) -> list[Any]:
        return [item[key] for item in walk(ask, f"/{noun}?limit={limit}")]

    assert sorted(met("commitments", "reference")) == sorted(Commitment.objects.values_list("reference", flat=True))
    assert met("updates", "number") == list(StatusUpdate.objects.order_by("-number").values_list("number", flat=True))
    assert sorted(met("sources", "slug")) == sorted(Source.objects.values_list("slug", flat=True))
    assert met("checks", "slug") == sorted(Check.objects.values_list("slug", flat=True))
    assert met("milestones", "slug") == sorted(Milestone.objects.values_list("slug", flat=True))
    assert len(met(f"commitments/{first}/events", "number")) == StatusUpdate.objects.count()
    found = [f"{item['kind']}.{item['name']}" for item in walk(ask, f"/search?q=made+up&limit={limit}")]
    assert found == [f"{item['kind']}.{item['name']}" for item in ask("/search?q=made+up&limit=200")["items"]]
    assert len(set(found)) == len(found) > len(large.commitments)
    assessed = [(item["update"], item["commitment"]) for item in walk(ask, f"/assessments?limit={limit}")]
    said = [
        (item["number"], each["commitment"]) for item in walk(ask, "/updates?limit=200") for each in item["assessments"]
    ]
    assert assessed == said
    assert len(set(assessed)) == len(assessed)


@pytest.mark.parametrize("sort", ["area", "reference", "status", "evidence", "schedule", "latest"])
def test_the_pages_of_every_order_are_those_of_one_long_page(large: Register, ask: Ask, sort: str) -> None:
    for query in (f"sort={sort}", f"sort={sort}&kind=recurring&side=eu"):
        whole = ask(f"/commitments?{query}")["items"]
        assert list(walk(ask, f"/commitments?{query}&limit=2")) == whole


@pytest.mark.parametrize("sort", ["area", "reference"])
def test_what_is_published_during_a_walk_disturbs_it_not(large: Register, ask: Ask, sort: str) -> None:
    commitments = Commitment.objects.values_list("reference", flat=True)
    updates = list(StatusUpdate.objects.order_by("-number").values_list("number", flat=True))
    turning = large.commitments[-1]

    def publish() -> None:
        make_update(
            assessments=[{"commitment": turning, "status": "stalled", "bearing": "setback"}], sources=[large.source]
        )

    met = [item["reference"] for item in walk(ask, f"/commitments?sort={sort}&limit=2", publish)]
    numbers = [item["number"] for item in walk(ask, "/updates?limit=2", publish)]

    assert sorted(met) == sorted(commitments)
    assert numbers[-len(updates) :] == updates
    assert len(set(numbers)) == len(numbers)


def test_a_walk_goes_on_behind_what_has_left_the_list(large: Register, ask: Ask) -> None:
    page = ask("/commitments?sort=reference&kind=recurring&limit=2")
    met = page["items"][-1]["reference"]
    fire_deferred()

    withdraw_commitment(Commitment.objects.get(reference=met), reason="Made up.")

    rest = [item["reference"] for item in walk(ask, page["next"])]
    assert rest == sorted(row.reference for row in large.commitments)[2:]


def test_the_next_page_stands_in_the_answer_and_in_its_head(large: Register, client: Client) -> None:
    response = client.get("/api/v1/updates?limit=2&kind=meeting&as_of=2026-01-02")
    address = response.json()["next"]

    assert response["Link"] == f'<{address}>; rel="next"'
    assert address.startswith("http://testserver/api/v1/updates?")
    assert {"limit=2", "kind=meeting", "as_of=2026-01-02"} < set(address.partition("?")[2].split("&"))
    last = client.get("/api/v1/updates?limit=200")
    assert last.json()["next"] is None
    assert "Link" not in last


def test_filters_and_counts_are_those_of_the_page(large: Register, ask: Ask, client: Client) -> None:
    make_source(slug="unused")
    query = "status=announced&kind=recurring"
    answer = ask(f"/commitments?{query}")
    page = client.get(f"/commitments/?{query}")

    assert [item["reference"] for item in answer["items"]] == [row.commitment.reference for row in page.context["rows"]]
    assert (answer["matching"], answer["total"]) == (page.context["matching"], page.context["total"])
    facets = [
        (facet["name"], option["value"], option["count"], option["is_chosen"])
        for facet in answer["facets"]
        for option in facet["options"]
    ]
    assert facets == [
        (facet.name, option.value, option.count, option.is_chosen)
        for facet in page.context["facets"]
        for option in facet.options
    ]


def test_what_is_asked_of_one_commitment_is_of_that_alone(large: Register, ask: Ask) -> None:
    first, second = large.commitments[:2]

    assert ask(f"/checks?commitment={second.reference}")["items"] == []
    assert len(ask(f"/checks?commitment={first.reference}")["items"]) == len(large.commitments)
    assert ask(f"/milestones?commitment={second.reference}")["items"] == []
    assert len(ask(f"/assessments?commitment={second.reference}")["items"]) == 1
    events = ask(f"/commitments/{second.reference}/events")["items"]
    assert {each["commitment"] for event in events for each in event["assessments"]} == {second.reference}
