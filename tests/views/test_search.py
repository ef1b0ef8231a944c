"""The page of the search."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.models import Area, Commitment, Instrument, Source, reason_for_change
from commitments.publishing import withdraw_commitment
from commitments.search import finding
from commitments.search.asking import MOST_CHARACTERS
from tests.factories import make_area, make_commitment, make_instrument, make_source, make_update, moment

from .conftest import Register
from .test_pages import MOST_QUERIES

Get = Callable[[str], str]
BEFORE = datetime.date(2025, 1, 1)


def test_every_page_has_a_field_that_keeps_its_clocks(register: Register, get: Get, yesterday: datetime.date) -> None:
    for address in ("/", "/updates/", "/methodology/"):
        page = get(f"{address}?as_of={yesterday}")
        form = page[page.index('<form class="find"') :].partition("</form>")[0]
        assert 'action="/search/"' in form
        assert f'maxlength="{MOST_CHARACTERS}"' in form
        assert f'name="as_of" value="{yesterday}"' in form


def test_an_empty_search_says_what_can_be_searched_and_how(get: Get, register: Register) -> None:
    page = get("/search/")
    for words in ("The search reads pledges", "-debris", "joint exercise", "サイバー"):
        assert words in page


@pytest.mark.parametrize("typed", ["-", '""', "*", "%", "\\", "' --", "&|!", "\x00"])
def test_signs_alone_get_a_message(get: Get, register: Register, typed: str) -> None:
    page = get(f"/search/?q={quote(typed)}")
    assert ("There is no word or number in this search." in page) == (typed != "\x00")


def test_exclusions_alone_get_a_message(get: Get, register: Register) -> None:
    assert "Name a word to be found" in get("/search/?q=-zebra")


@pytest.mark.parametrize("typed", ["a" * 401, "日" * 10_000, "a " * 5_000])
def test_a_text_that_is_too_long_is_a_clear_refusal(client: Client, register: Register, typed: str) -> None:
    response = client.get("/search/", {"q": typed})
    assert response.status_code == 400
    assert "at most 400 characters" in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=%ED%A0%80",
        "q=%00%EF%BF%BE",
        "q='; DROP TABLE commitments_commitment; --",
        "q=%25%5C_",
        "q=made:*&q=other",
        "q=" + "a* " * 130,
        "q=" + quote('"' * 400),
        "q=" + quote("日'\\ " * 80),
        "q=!!(a|b)<->c:*AB",
    ],
)
def test_hostile_text_gets_an_answer(client: Client, register: Register, query: str) -> None:
    assert client.get(f"/search/?{query}").status_code == 200


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(typed=st.one_of(st.text(max_size=60), st.text("\"'-*\\%_()|&!<>: a日\x00", max_size=40), st.text(min_size=401)))
def test_any_text_gets_an_answer_or_a_message(typed: str) -> None:
    response = Client().get("/search/", {"q": typed})
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert "at most 400 characters" in response.content.decode()


def test_results_are_marked_counted_and_lead_to_their_pages(register: Register, get: Get) -> None:
    page = get("/search/?q=made-up")
    assert "<mark>Made-up</mark> source" in page
    assert "<mark>made-up</mark> pledge" in page
    assert f'href="/commitments/{register.commitments[0].reference}/"' in page
    assert f'href="/updates/{register.updates[0].number}/"' in page
    assert re.search(r'value="update".*?<span class="n">(\d+)</span>', page, re.DOTALL)


def test_corrected_and_withdrawn_records_are_marked(register: Register, get: Get) -> None:
    corrected = register.updates[-1]
    withdraw_commitment(make_commitment(), reason="Made up.")
    page = get("/search/?q=made")
    assert f"Corrected by update {corrected.number + 1}" in page
    assert f"Withdraws update {corrected.number}" in page
    assert "Withdrawn; no longer counts." in page


def test_choices_narrow_and_stay_whatever_is_found(register: Register, get: Get, client: Client) -> None:
    page = get("/search/?q=made&kind=update&area=made-up-area&year=2025")
    assert "Results among updates in Made-up area of 2025: “made”" in page
    assert "Remove the filter Made-up area" in page
    assert 'href="/sources/made-up-source/"' not in page
    nothing = get("/search/?q=zebra&kind=update&area=made-up-area")
    assert "Remove the filter Updates" in nothing
    for query in ("kind=draft", "area=nowhere", "year=0", "year=2999", "page=0", "sort=pk"):
        assert client.get(f"/search/?q=made&{query}").status_code == 400, query
    assert client.get("/search/?q=made&page=9").status_code == 404


def test_each_kind_of_record_is_shown_alone_by_its_own_choice(db: None, get: Get) -> None:
    source, instrument = make_source(title="Zebra"), make_instrument(title="Zebra")
    commitment = make_commitment(title="Zebra", sources=[source], instrument=instrument)
    update = make_update(title="Zebra", assessments=[{"commitment": commitment}])
    for kind, record in (
        ("commitment", commitment),
        ("instrument", instrument),
        ("update", update),
        ("source", source),
    ):
        shown = re.findall(r'<h3><a href="([^"]+)"', get(f"/search/?q=zebra&kind={kind}"))
        assert shown == [record.get_absolute_url()]


OPTION = re.compile(r'name="(kind|area|year)" value="([^"]*)"(?: checked)?><span>[^<]*</span><span class="n">(\d+)<')


@pytest.mark.parametrize("chosen", ["", "&kind=update", "&area=made-up-area&year=2025"])
def test_the_count_beside_a_choice_is_that_of_its_results(register: Register, get: Get, chosen: str) -> None:
    make_update(title="Made elsewhere", happened_on="2024-05-05", assessments=[{"commitment": make_commitment()}])
    offered = OPTION.findall(get(f"/search/?q=made{chosen}"))
    assert len({name for name, _value, _count in offered}) == 3
    for name, value, count in offered:
        others = "".join(f"&{pair}" for pair in chosen.split("&") if pair and not pair.startswith(f"{name}="))
        page = get(f"/search/?q=made{others}&{name}={value}")
        assert int(*re.findall(r'class="count"[^>]*>(\d+) results?<', page) or "0") == int(count), (name, value)


def test_results_are_paged_and_pages_do_not_overlap(register: Register, get: Get) -> None:
    register.grow(20)
    pages = [get(f"/search/?q=made&page={number}") for number in (1, 2)]
    assert 'href="?q=made&amp;page=2"' in pages[0]
    shown = [set(re.findall(r'<h3><a href="([^"]+)"', page)) for page in pages]
    assert [len(links) for links in shown] == [25, 25]
    assert not shown[0] & shown[1]


def test_a_cut_is_said_and_costs_one_query_more_at_most(
    register: Register, get: Get, monkeypatch: pytest.MonkeyPatch, client: Client, yesterday: datetime.date
) -> None:
    monkeypatch.setattr(finding, "MOST_OF_A_KIND", 2)
    assert "carry these words" in get("/search/?q=made")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/search/?q=made&year=2025&known_on={yesterday}")
    assert len(queries) <= MOST_QUERIES


def test_htmx_receives_the_results_alone(register: Register, client: Client) -> None:
    part = client.get("/search/?q=made", headers={"HX-Request": "true"})
    text = part.content.decode()
    assert "<html" not in text
    assert 'id="results"' in text
    assert '<h1 id="heading" hx-swap-oob="true">Results: “made”</h1>' in text
    assert "HX-Request" in part.headers["Vary"]


def test_a_misspelt_word_is_answered_by_a_suggestion_and_ways_on(register: Register, get: Get) -> None:
    make_commitment(title="Cybersecurity patrol")
    page = get("/search/?q=cyberscurity+patrol")
    assert 'Did you mean <a href="?q=cybersecurity+patrol">cybersecurity patrol</a>?' in page
    apart = get("/search/?q=cyberscurity+gazette")
    assert "Did you mean" not in apart
    assert '<a href="?q=cybersecurity">cybersecurity</a>' in apart
    assert "Or read the lists" in apart


def test_a_past_day_shows_its_own_words_and_says_by_which_it_finds(db: None, client: Client) -> None:
    source = make_source(title="Earlier source", published_on=BEFORE, published_precision="day")
    commitment = make_commitment(
        title="Earlier title",
        summary="Zebra",
        published_at=moment(BEFORE),
        sources=[source],
        instrument=make_instrument(title="Earlier text"),
        area=make_area(name="Old"),
    )
    with reason_for_change("Made up."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Later title")
        Source.objects.filter(pk=source.pk).update(title="Later source")
        Instrument.objects.filter(pk=commitment.instrument_id).update(title="Later text")
        Area.objects.filter(pk=commitment.area_id).update(name="New")
    make_update(title="Later find", assessments=[{"commitment": commitment}])
    page = client.get("/search/?q=later&known_on=2025-06-01").content.decode()
    results = page[page.index('<ol class="log">') :].partition("</ol>")[0]
    assert "Earlier title" in results
    assert "Earlier source" in results
    assert "Earlier text" in results
    assert "Later" not in results
    assert "Old" in results
    assert "found by their words of today" in page
    assert "New" not in page[page.index('id="searching"') :]


def test_planted_words_of_drafts_are_found_by_no_search_and_offered_by_none(register: Register, client: Client) -> None:
    marker = "Zebracrossing"
    hidden = make_source(title=marker, publisher=marker, note=marker, url=f"https://example.org/{marker}")
    make_update(
        published=False,
        title=marker,
        summary=marker,
        assessments=[{"commitment": register.commitments[0], "reasoning": marker}],
        sources=[hidden],
    )
    make_commitment(
        published=False, title=marker, area=make_area(name=marker), instrument=make_instrument(title=marker)
    )
    for clocks in ("", "&known_on=2025-06-01", "&as_of=2025-06-01"):
        for typed in (marker, '"zebracrossing"', "made zebracrossing"):
            assert '<ol class="log">' not in client.get(f"/search/?q={quote(typed)}{clocks}").content.decode()
        for typed in ("zebra*", "zebracrosing", "made -zebracross*", "made zebracrosing"):
            body = client.get(f"/search/?q={quote(typed)}{clocks}").content.decode()
            assert marker.lower() not in body.lower(), typed


def test_browsers_can_add_the_search(client: Client, register: Register) -> None:
    assert 'rel="search" type="application/opensearchdescription+xml"' in client.get("/").content.decode()
    response = client.get("/opensearch.xml")
    assert response.headers["Content-Type"] == "application/opensearchdescription+xml"
    [address] = ElementTree.fromstring(response.content).iter("{http://a9.com/-/spec/opensearch/1.1/}Url")  # noqa: S314 - our own answer
    assert address.attrib["template"] == "http://testserver/search/?q={searchTerms}"
    assert client.post("/opensearch.xml").status_code == 405
