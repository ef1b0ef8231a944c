"""What pages say to machines equals what they say to people."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from commitments.linked_data import LICENCE
from tests.factories import make_actor, make_commitment, make_update

from .conftest import Register

pytestmark = pytest.mark.django_db

Get = Callable[[str], str]
SITE = "http://testserver"
HOSTILE = "</script><script>alert(1)</script><!--&\"'"


class Seen(HTMLParser):
    """The text that a person reads, where its links lead, its days, and the data block."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: set[str] = set()
        self.days: set[str] = set()
        self.blocks: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.inside = "data" if found.get("type") == "application/ld+json" else tag
        if tag == "a":
            self.links.add(f"{SITE}{found.get('href')}")
            self.links.add(str(found.get("href")))
        if tag == "time":
            self.days.add(str(found["datetime"]))

    def handle_data(self, data: str) -> None:
        if self.inside == "data":
            self.blocks.append(data)
        elif self.inside not in ("style", "script", "title"):
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def said(page: str) -> list[dict[str, Any]]:
    blocks = Seen(page).blocks
    assert len(blocks) <= 1
    if not blocks:
        return []
    graph = json.loads(blocks[0])
    assert graph["@context"] == "https://schema.org"
    return list(graph["@graph"])


def of_type(page: str, kind: str) -> list[dict[str, Any]]:
    return [node for node in said(page) if node["@type"] == kind]


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


def assert_people_read_it_too(page: str, canonical: str) -> None:
    """Every string. Addresses are links of the page or its own, days stand in a <time>, a media type nowhere."""
    seen = Seen(page)
    for key, value in strings(said(page)):
        if key in ("@type", "encodingFormat"):
            continue
        if key in ("url", "@id", "contentUrl", "license"):
            assert value in seen.links | {canonical, LICENCE}, (key, value)
        elif key in ("startDate", "temporalCoverage"):
            assert value.removeprefix("../") in seen.days, (key, value)
        else:
            assert " ".join(value.split()) in seen.text, (key, value)


@pytest.fixture
def kept(register: Register, settings: Any, tmp_path: Path) -> Register:
    settings.DUMPS_DIR = tmp_path
    call_command("keep_dump")
    return register


def test_every_string_stands_in_the_visible_text(kept: Register, get: Get, yesterday: datetime.date) -> None:
    kinds = set()
    for address in kept.pages:
        for asked in (address, f"{address}{'&' if '?' in address else '?'}as_of={yesterday}"):
            page = get(asked)
            canonical = re.search(r'<link rel="canonical" href="([^"]*)">', page)
            assert_people_read_it_too(page, html.unescape(canonical[1]) if canonical else "")
            kinds |= {node["@type"] for node in said(page)}
    assert kinds == {"BreadcrumbList", "Dataset", "Event", "GovernmentOrganization"}


def test_no_text_ends_the_block_or_opens_another(db: None, get: Get) -> None:
    actor = make_actor(name=HOSTILE)
    commitment = make_commitment(title=HOSTILE, actors=[actor])
    update = make_update(title=HOSTILE, kind="meeting", assessments=[{"commitment": commitment}])

    for address in (f"/updates/{update.number}/", f"/actors/{actor.slug}/", f"/commitments/{commitment.reference}/"):
        page = get(address)
        assert HOSTILE in [value for _key, value in strings(said(page))], address
        assert "<script>alert" not in page
        assert "<!--" not in page
        assert page.count("</script>") == 1


def test_crumbs_are_numbered_and_lead_to_the_pages_above(register: Register, get: Get) -> None:
    commitment = register.commitments[0]

    [crumbs] = of_type(get(f"/commitments/{commitment.reference}/"), "BreadcrumbList")

    assert [
        (item["position"], item["name"], item.get("item", {}).get("@id")) for item in crumbs["itemListElement"]
    ] == [
        (1, "Commitments", f"{SITE}/commitments/"),
        (2, "Made-up area", f"{SITE}/areas/made-up-area/"),
        (3, commitment.reference, None),
    ]


@pytest.mark.parametrize(
    ("side", "kind"),
    [
        ("eu", "GovernmentOrganization"),
        ("japan", "GovernmentOrganization"),
        ("member_state", "GovernmentOrganization"),
        ("third", "Organization"),
        ("joint", None),
    ],
)
def test_an_actor_is_an_organisation_of_a_government_unless_it_is_joint_or_a_third_party(
    db: None, get: Get, side: str, kind: str | None
) -> None:
    actor = make_actor(side=side, name="Made-up office", abbreviation="MUO", name_ja="架空の庁")
    make_commitment(actors=[actor])

    found = [node for node in said(get(f"/actors/{actor.slug}/")) if node["@type"] != "BreadcrumbList"]

    address = f"{SITE}/actors/{actor.slug}/"
    assert found == (
        [{"@type": kind, "name": "Made-up office", "alternateName": ["MUO", "架空の庁"], "url": address}]
        if kind
        else []
    )


class TestEvents:
    def test_what_was_held_is_one_as_exactly_as_its_day_is_known(self, db: None, get: Get) -> None:
        update = make_update(
            kind="exercise",
            happened_on="2025-06-01",
            happened_precision="month",
            assessments=[{"commitment": make_commitment()}],
        )
        address = f"/updates/{update.number}/"

        assert of_type(get(address), "Event") == [
            {"@type": "Event", "name": update.title, "startDate": "2025-06", "url": f"{SITE}{address}"}
        ]

    def test_an_occurrence_is_one_whatever_its_kind_and_a_statement_is_none(self, db: None, get: Get) -> None:
        commitment = make_commitment(kind="recurring", cadence_months=12)
        held = make_update(kind="statement", assessments=[{"commitment": commitment, "is_occurrence": True}])
        make_update(kind="statement", assessments=[{"commitment": commitment}])

        events = of_type(get(f"/commitments/{commitment.reference}/"), "Event")

        assert [node["url"] for node in events] == [f"{SITE}/updates/{held.number}/"]

    def test_what_was_published_in_error_is_none_and_so_is_its_withdrawal(self, db: None, get: Get) -> None:
        wrong = make_update(kind="meeting", assessments=[{"commitment": make_commitment()}])
        assert of_type(get(f"/updates/{wrong.number}/"), "Event")

        withdrawal = make_update(kind="meeting", corrects=wrong, correction_reason="Made up.")

        assert not of_type(get(f"/updates/{wrong.number}/"), "Event")
        assert not of_type(get(f"/updates/{withdrawal.number}/"), "Event")


def test_the_data_page_describes_the_register_and_its_files(kept: Register, get: Get) -> None:
    [dataset] = of_type(get("/data/"), "Dataset")

    assert dataset["url"] == f"{SITE}/data/"
    assert dataset["license"] == LICENCE
    [file] = dataset["distribution"]
    assert re.fullmatch(rf"{SITE}/data/register-[0-9-]+\.yaml", file["contentUrl"])
    assert len(file["sha256"]) == 64


def test_a_fragment_and_an_error_say_nothing(register: Register, client: Client) -> None:
    for response in (
        client.get("/commitments/", headers={"HX-Request": "true"}),
        client.get("/nowhere/"),
        client.get("/commitments/?status=broken"),
    ):
        assert "ld+json" not in response.content.decode()
