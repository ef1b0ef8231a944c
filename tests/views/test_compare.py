from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from .conftest import Register

Get = Callable[[str], str]


def test_two_pledges_stand_side_by_side(register: Register, get: Get) -> None:
    left, right = register.commitments[:2]

    page = get(f"/compare/?left={left.reference}&right={right.reference}")

    assert page.index(left.summary) < page.index(right.fulfilled_when)
    assert register.actor.name in page


def test_an_unknown_pledge_is_a_clear_page(register: Register, client: Client) -> None:
    response = client.get("/compare/?left=EUJP-9999")

    assert response.status_code == 400
    assert "EUJP-9999" in response.content.decode()


def test_an_instrument_links_its_pledges_to_those_they_follow(register: Register, get: Get) -> None:
    first, second = register.commitments[:2]

    assert f"left={first.reference}&amp;right={second.reference}" in get("/instruments/made-up-text/")
