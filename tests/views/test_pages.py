"""What every public page has in common."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Area, Commitment, CommitmentActor, reason_for_change
from tests.answers import words
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
)

from .conftest import Register

Get = Callable[[str], str]
MOST_QUERIES = 12
MARKER = "Unveröffentlicht"
# Of a page, and of an element of XML.
LINK = re.compile(r'(?<![-\w])(?:href|url)="([^"]+)"')


class Parsed(HTMLParser):
    """The tags of a page, its links, and what a strict content policy would refuse.

    A data block is no code: a script element of this one type, with nothing else said of it, is never run.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.resources: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "link" and found.get("rel") in ("stylesheet", "icon"):
            self.resources.append(str(found["href"]))
        is_data = tag == "script" and set(found) == {"type"} and found["type"] == "application/ld+json"
        if tag == "script" and not is_data:
            self.resources.append(found.get("src") or "")
            if not found.get("src"):
                self.inline.append("script")
        if tag == "style" or "style" in found or any(name.startswith("on") for name in found):
            self.inline.append(tag)


def test_every_page_needs_the_same_few_queries_however_much_there_is(register: Register, client: Client) -> None:
    def count() -> dict[str, int]:
        counts = {}
        for address in register.addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = client.get(address)
            assert words(response), address
            assert response.status_code == 200, address
            counts[address] = len(queries)
        return counts

    few = count()
    register.grow(12)
    many = count()
    assert many == few
    assert max(many.values()) <= MOST_QUERIES, many


def test_no_page_sets_a_cookie_or_holds_inline_code_or_asks_another_host(register: Register, client: Client) -> None:
    for address in register.addresses:
        response = client.get(address)
        assert "Set-Cookie" not in response.headers, address
        assert "Cookie" not in response.headers.get("Vary", ""), address
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        # Among the bytes of a picture anything may look like a tag.
        page = Parsed("" if response.headers["Content-Type"] == "image/png" else words(response))
        assert page.inline == [], address
        assert all(urlsplit(resource).netloc == "" for resource in page.resources), address


def test_pages_are_read_only(register: Register, client: Client) -> None:
    for address in register.addresses:
        assert client.post(address).status_code == 405, address
        assert client.head(address).status_code == 200, address


def test_both_clocks_stand_in_every_link_to_a_page_with_judgements(
    register: Register, get: Get, yesterday: datetime.date
) -> None:
    today = yesterday + datetime.timedelta(days=1)
    clocks = {"as_of": [yesterday.isoformat()]}
    for address in register.pages:
        past = f"{address}{'&' if '?' in address else '?'}as_of={yesterday}"
        for link in Parsed(get(past)).links:
            target = urlsplit(urljoin(past, link))
            is_ours = not target.netloc and target.path.startswith(
                (
                    "/commitments",
                    "/areas",
                    "/actors",
                    "/instruments",
                    "/updates",
                    "/sources",
                    "/methodology",
                    "/briefs",
                    "/coverage",
                    "/pictures",
                    "/timeline",
                )
            )
            is_back_to_now = link == urlsplit(address).path
            if is_ours and not is_back_to_now and not link.startswith("#"):
                query = parse_qs(target.query)
                # A step of “Status over time” leads to an earlier day.
                assert [min(day, str(yesterday)) for day in query.get("as_of", [])] == query.get("as_of"), (
                    address,
                    link,
                )
                if "group" not in query:
                    assert {name: query.get(name) for name in clocks} == clocks, (address, link)
    assert f"as_of={today}" not in get("/")


def plant_drafts(commitment: Commitment) -> list[str]:
    """Every kind of draft, full of the marker. Returns the addresses that they would have."""
    hidden_source = make_source(slug="hidden-source", title=MARKER, publisher=MARKER)
    make_update(
        published=False,
        title=MARKER,
        summary=MARKER,
        note=MARKER,
        assessments=[{"commitment": commitment, "status": "ended", "reasoning": MARKER}],
        sources=[hidden_source],
    )
    draft = make_commitment(
        published=False,
        title=MARKER,
        summary=MARKER,
        note=MARKER,
        area=make_area(name=MARKER),
        instrument=make_instrument(title=MARKER),
        actors=[make_actor(slug="hidden", name=MARKER)],
    )
    make_check(commitment, recorded=False, found=MARKER, note=MARKER)
    make_milestone(commitment, recorded=False, title=MARKER, note=MARKER)
    return [
        f"/commitments/{draft.reference}/",
        f"/commitments/{draft.reference}/card.png",
        f"/embed/commitments/{draft.reference}/",
        f"/areas/{draft.area.slug}/",
        "/actors/hidden/",
        "/sources/hidden-source/",
        f"/instruments/{draft.instrument.slug}/",
        f"/feeds/commitments/{draft.reference}.rss",
        f"/feeds/areas/{draft.area.slug}.rss",
        f"/calendars/commitments/{draft.reference}.ics",
        f"/calendars/areas/{draft.area.slug}.ics",
    ]


def told_apart(address: str, days: set[str]) -> str:
    """What a crawl goes to once: of a timeline, of the file of a picture and of a page of another day, one for all."""
    target = urlsplit(address)
    day = next((pair for pair in target.query.split("&") if pair.startswith("as_of=")), "")
    if day and day not in days:
        return f"{target.path} of another day"
    return f"{target.path} {day}" if target.path.startswith(("/pictures/", "/timeline/")) else address


def test_every_link_leads_somewhere_and_nowhere_to_a_draft(
    register: Register, client: Client, yesterday: datetime.date
) -> None:
    """From every address that there is, on its pages and in its feeds, files and lists of addresses."""
    not_public = [*plant_drafts(register.commitments[0]), f"/updates/{len(register.updates) + 2}/"]
    days = {f"as_of={yesterday}"}
    seen = {"/", *register.addresses, "/feeds/updates.atom"}
    waiting = [*sorted(seen), f"/?as_of={yesterday}"]
    reached = 0
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        text = words(response)
        assert response.status_code == 200, address
        assert MARKER not in text, address
        reached += 1
        if told_apart(address, days).endswith("of another day"):
            continue
        for link in LINK.findall(text):
            target = urljoin(address, html.unescape(link)).partition("#")[0]
            is_ours = target.startswith("/") and not target.startswith(("/static/", "/admin/"))
            if is_ours and told_apart(target, days) not in seen:
                seen.add(told_apart(target, days))
                waiting.append(target)
    assert reached > 2 * len(register.addresses)
    for address in not_public:
        response = client.get(address)
        assert response.status_code == 404, address
        assert MARKER not in words(response)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=tomorrow", "as_of is not a day"),
        ("as_of=2026-02-30", "as_of is not a day"),
        ("as_of=9999-01-01", "as_of lies in the future"),
        ("known_on=2999-01-01", "known_on lies in the future"),
        ("as_of=0001-01-01", "as_of lies before 1900-01-01"),
        ("known_on=1899-12-31", "known_on lies before 1900-01-01"),
        ("status=broken", "is no delivery status"),
        ("area=%00%0A", "is no area"),
        ("sort=pk", "sorted by"),
        ("page=-1", "is a number"),
        ("page=" + "9" * 5000, "is a number"),
    ],
)
def test_an_address_that_cannot_be_answered_says_why(
    register: Register, client: Client, query: str, sentence: str
) -> None:
    response = client.get(f"/commitments/?{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/updates/?before=x",
        "/updates/?area=nowhere",
        "/sources/?publisher=Nobody",
        "/updates/?before=99999999999999999999",
    ],
)
def test_a_bad_cursor_is_a_clear_refusal(register: Register, client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("name", ["%00", "EUJP-01%00", "%ED%A0%80", "%EF%BF%BE", "EUJP-01%0A", "x" * 5000])
@pytest.mark.parametrize("kind", ["/commitments/{}/", "/feeds/commitments/{}.rss", "/briefs/commitments/{}/"])
def test_what_is_no_reference_is_no_page(db: None, client: Client, kind: str, name: str) -> None:
    assert client.get(kind.format(name)).status_code == 404


def test_a_past_page_shows_no_later_fact(register: Register, get: Get, client: Client) -> None:
    commitment = register.commitments[0]
    assert "Being kept up" in get(f"/commitments/{commitment.reference}/")
    before = get(f"/commitments/{commitment.reference}/?as_of=2025-05-31")
    assert register.updates[0].title not in before
    assert client.get(f"/updates/{register.updates[0].number}/?as_of=2025-05-31").status_code == 404


def test_a_past_known_on_day_shows_the_words_of_that_day(db: None, client: Client) -> None:
    long_ago = datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.UTC)
    actor = make_actor(name="Earlier actor")
    commitment = make_commitment(title="Earlier title", published_at=long_ago, actors=[actor])
    with reason_for_change("The text was read."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Later title")
        Area.objects.filter(pk=commitment.area_id).update(name="Later area")
        CommitmentActor.objects.filter(commitment=commitment).update(actor=make_actor(name="Later actor"))
    address = f"/commitments/{commitment.reference}/"
    now, then = client.get(address).content.decode(), client.get(f"{address}?known_on=2025-06-01").content.decode()
    for word in ("title", "actor"):
        assert f"Later {word}" in now
        assert f"Earlier {word}" not in now.partition('id="record"')[0]
        assert f"Earlier {word}" in then
        assert f"Later {word}" not in then
    assert "Later area" not in then
    assert "Earlier title" in client.get("/commitments/?known_on=2025-06-01").content.decode()


def test_before_the_first_publication_a_sentence_says_so(register: Register, get: Get) -> None:
    assert "none had been published yet" in get("/commitments/?known_on=2020-01-02")
    assert "Nothing had been published by that day" in get("/?known_on=2020-01-02")


def test_text_of_an_editor_is_never_markup(db: None, client: Client) -> None:
    hostile = "<script>alert(1)</script>\"'&{{ 7 }}"
    commitment = make_commitment(title=hostile, summary=hostile, note=hostile)
    update = make_update(title=hostile, summary=hostile, assessments=[{"commitment": commitment, "reasoning": hostile}])
    for address in ("/", "/commitments/", f"/commitments/{commitment.reference}/", f"/updates/{update.number}/"):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body, address
        assert "&lt;script&gt;alert(1)" in body, address


def test_a_corrected_update_keeps_its_page_and_links_forward(register: Register, get: Get) -> None:
    corrected = register.updates[-1]
    page = get(f"/updates/{corrected.number}/")
    assert f"Corrected by update {corrected.number + 1}" in page
    correction = get(f"/updates/{corrected.number + 1}/")
    assert "A made-up slip." in correction
    assert f'href="/updates/{corrected.number}/"' in correction
    assert "A made-up slip." in get("/corrections/")


def test_every_status_leads_to_a_reasoning_and_a_source_in_one_click(register: Register, get: Get) -> None:
    row = register.commitments[0]
    assert f'href="/commitments/{row.reference}/"' in get("/commitments/")
    page = get(f"/commitments/{row.reference}/")
    assert "Made-up reasoning." in page
    assert register.source.url in page


def test_htmx_receives_the_results_alone(register: Register, client: Client) -> None:
    whole = client.get("/commitments/?kind=recurring").content.decode()
    part = client.get("/commitments/?kind=recurring", headers={"HX-Request": "true"})
    assert "<html" in whole
    assert "<html" not in part.content.decode()
    assert 'id="results"' in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def test_lists_of_updates_are_paged_by_key(register: Register, get: Get) -> None:
    register.grow(55)
    first = get("/updates/")
    cursors = re.findall(r"before=(\d+)", first)
    assert cursors
    second = get(f"/updates/?before={cursors[0]}")
    shown = [set(re.findall(r'id="update-(\d+)"', page)) for page in (first, second)]
    assert len(shown[0]) == 50
    assert not shown[0] & shown[1]


def test_the_page_for_a_failure_needs_nothing() -> None:
    assert "Something failed" in render_to_string("500.html")
