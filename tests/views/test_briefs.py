"""A commitment, an area or a period on paper."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from commitments.models import Citation, Edition
from tests.factories import make_area, make_commitment, make_source, make_update, publish_row

from .conftest import Register

Get = Callable[[str], str]


def listed(page: str) -> list[str]:
    """The addresses of the sources in their order."""
    ending = page[page.index('id="sources"') :]
    return [
        html.unescape(re.findall(r'href="([^"]*)"', line)[0])
        for line in re.findall(r'<li id="source-\d+">.*?</li>', ending, re.DOTALL)
    ]


def noted(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<sup><a href="#source-(\d+)"', page)]


@pytest.fixture
def addresses(register: Register) -> list[str]:
    return [address for address in register.addresses if address.startswith("/briefs/")]


def test_each_source_is_listed_once_with_its_address_in_the_order_of_first_mention(db: None, get: Get) -> None:
    first, second, third = (make_source(url=f"https://example.org/{name}") for name in "abc")
    commitment = make_commitment(sources=[third])
    make_update(sources=[first], happened_on="2025-02-01", assessments=[{"commitment": commitment}])
    make_update(sources=[second, first], happened_on="2025-03-01", assessments=[{"commitment": commitment}])

    page = get(f"/briefs/commitments/{commitment.reference}/")

    assert noted(page) == [1, 2, 3, 3]
    assert listed(page) == ["https://example.org/c", "https://example.org/b", "https://example.org/a"]
    assert ">https://example.org/a</a>" in page


def test_a_note_says_where_in_the_source(db: None, get: Get) -> None:
    commitment = make_commitment()
    update = make_update(published=False, sources=[], assessments=[{"commitment": commitment}])
    Citation.objects.create(update=update, source=make_source(), locator="p. 4")

    publish_row(update)

    assert "[2, p. 4]" in get(f"/briefs/commitments/{commitment.reference}/")


def test_every_brief_carries_both_clocks_and_the_edition_to_the_foot_of_each_sheet(
    addresses: list[str], get: Get
) -> None:
    for address in addresses:
        [footer] = re.findall(r'data-footer="([^"]*)"', get(address))
        assert "as known on" in footer, address
        assert f"edition {Edition.objects.current().number}" in footer, address


def test_no_brief_has_a_navigation(addresses: list[str], get: Get) -> None:
    for address in addresses:
        assert "<nav" not in get(address), address
        assert "<form" not in get(address), address


def test_the_cited_address_reads_closed_days_on_both_clocks(
    addresses: list[str], get: Get, client: Client, yesterday: datetime.date
) -> None:
    for address in addresses:
        [cited] = re.findall(r"<code>http://testserver([^<]*)</code>", get(address))
        assert f"as_of={yesterday}" in cited, address
        assert f"known_on={yesterday}" in cited, address
        # Everything of this register was published today.
        assert client.get(html.unescape(cited)).status_code in (200, 400, 404), address


def test_each_page_leads_to_its_brief_on_its_own_days(register: Register, get: Get, yesterday: datetime.date) -> None:
    reference = register.commitments[0].reference
    for page, brief in (
        (f"/commitments/{reference}/?as_of={yesterday}", f"/briefs/commitments/{reference}/?as_of={yesterday}"),
        (f"/areas/made-up-area/?as_of={yesterday}", f"/briefs/areas/made-up-area/?as_of={yesterday}"),
        ("/changes/?since=2025-01-01&until=2025-12-31", "/briefs/changes/?since=2025-01-01&until=2025-12-31"),
    ):
        assert f'href="{brief}"' in html.unescape(get(page)), page
        [back] = re.findall(r'<a href="([^"]*)">← To the page itself', get(brief))
        assert html.unescape(back) == page, brief


def test_the_brief_of_a_period_leads_to_the_record_at_its_end(register: Register, get: Get) -> None:
    page = html.unescape(get("/briefs/changes/?since=2025-01-01&until=2025-12-31"))

    records = re.findall(r'href="(/(?:updates|commitments)/[^"]*)"', page)
    assert records
    assert all(address.endswith("/?as_of=2025-12-31") for address in records)


def test_the_brief_of_a_past_day_holds_no_later_fact(register: Register, get: Get) -> None:
    reference = register.commitments[0].reference
    assert register.updates[0].title in get(f"/briefs/commitments/{reference}/")
    assert register.updates[0].title not in get(f"/briefs/commitments/{reference}/?as_of=2025-05-31")


def test_the_brief_of_an_area_says_only_what_touches_its_own_pledges(db: None, get: Get) -> None:
    ours, other = make_commitment(area=make_area(slug="ours")), make_commitment()
    make_update(
        assessments=[
            {"commitment": ours, "reasoning": "What it means here."},
            {"commitment": other, "reasoning": "What it means elsewhere."},
        ]
    )

    page = get("/briefs/areas/ours/")

    assert "What it means here." in page
    assert "What it means elsewhere." not in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/briefs/commitments/EUJP-9999/", 404),
        ("/briefs/commitments/%00/", 404),
        ("/briefs/areas/nowhere/", 404),
        ("/briefs/changes/?since=x", 400),
        ("/briefs/changes/?area=nowhere", 400),
        ("/briefs/changes/?area=%ED%A0%80", 400),
    ],
)
def test_a_brief_of_nothing_is_a_clear_refusal(register: Register, client: Client, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_hostile_text_stays_text(db: None, get: Get) -> None:
    hostile = "\"><script>alert(1)</script>'"
    area = make_area(slug="hostile", name=hostile)
    commitment = make_commitment(area=area, title=hostile, sources=[make_source(title=hostile, publisher=hostile)])

    for address in (f"/briefs/commitments/{commitment.reference}/", "/briefs/areas/hostile/", "/briefs/changes/"):
        assert "<script>alert" not in get(address), address
