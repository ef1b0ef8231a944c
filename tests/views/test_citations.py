"""References on pages and as files."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from commitments.models import Source, reason_for_change
from tests.factories import make_commitment, make_source, make_update, moment

from .conftest import Register

Get = Callable[[str], str]
LONG_AGO = moment(datetime.date(2025, 1, 1))


@pytest.fixture
def paths(register: Register) -> list[str]:
    return [
        f"/commitments/{register.commitments[0].reference}/",
        f"/updates/{register.updates[0].number}/",
        "/sources/made-up-source/",
    ]


def meta(page: str, name: str) -> str:
    found = re.search(rf'<meta name="{re.escape(name)}" content="([^"]*)">', page)
    return unescape(found[1]) if found else ""


def test_each_page_offers_its_reference_as_text_and_as_files(paths: list[str], get: Get) -> None:
    for path in paths:
        page = get(path)
        for extension, written in (("bib", "@online{"), ("ris", "TY  - ELEC"), ("json", "&quot;type&quot;")):
            assert f'href="{path}cite.{extension}" download' in page
            assert written in page
            assert written in get(f"{path}cite.{extension}").replace('"', "&quot;")


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [
        ("bib", "application/x-bibtex; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
        ("json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_a_file_is_of_its_type_and_has_a_name(
    register: Register, client: Client, extension: str, content_type: str
) -> None:
    response = client.get(f"/updates/{register.updates[0].number}/cite.{extension}")

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="update-{register.updates[0].number}.{extension}"'


def test_the_page_and_its_files_say_the_same(paths: list[str], get: Get) -> None:
    for path in paths:
        shown = [unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", get(path), re.DOTALL)]
        files = [get(f"{path}cite.{extension}") for extension in ("bib", "ris", "json")]
        assert [text.split() for text in shown] == [text.split() for text in files]


def test_the_cited_address_of_a_page_of_today_leads_there_and_stays(db: None, client: Client) -> None:
    old = make_commitment(published_at=LONG_AGO)
    new = make_update(assessments=[{"commitment": old, "status": "under_way"}])
    for path in (f"/commitments/{old.reference}/", f"/updates/{new.number}/"):
        address = meta(client.get(path).content.decode(), "citation_public_url")
        parts = urlsplit(address)
        assert parts.path == path
        assert "as_of=" in parts.query
        assert "known_on=" in parts.query
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_a_page_of_today_says_that_its_day_is_not_over(db: None, client: Client) -> None:
    old, new = make_commitment(published_at=LONG_AGO), make_commitment()
    sentence = "until midnight the cited page may still change"

    assert sentence not in client.get(f"/commitments/{old.reference}/").content.decode()
    assert sentence in client.get(f"/commitments/{new.reference}/").content.decode()


def test_the_head_of_a_page_has_what_reference_managers_read(register: Register, get: Get) -> None:
    page = get(f"/updates/{register.updates[0].number}/")

    assert meta(page, "DC.title") == register.updates[0].title
    assert meta(page, "DC.creator") == meta(page, "DC.publisher") == "EU–Japan Commitment Tracker"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", meta(page, "DC.date"))
    assert meta(page, "DC.language") == "en"
    assert meta(page, "citation_public_url") == meta(page, "DC.identifier")
    # Zotero would take the page for an article of a journal.
    assert "citation_title" not in page


def test_the_head_of_a_source_describes_the_document(db: None, get: Get) -> None:
    source = make_source(published_on=datetime.date(2025, 7, 1), published_precision="month", language="ja")
    make_commitment(sources=[source])

    page = get(f"/sources/{source.slug}/")

    assert meta(page, "DC.title") == source.title
    assert meta(page, "DC.creator") == ""
    assert meta(page, "DC.publisher") == source.publisher
    assert meta(page, "DC.date") == "2025-07"
    assert meta(page, "DC.language") == "ja"
    assert meta(page, "DC.identifier") == source.url


def test_a_file_of_a_past_known_on_day_has_the_words_of_that_day(db: None, get: Get) -> None:
    source = make_source(title="Earlier title")
    make_commitment(sources=[source], published_at=LONG_AGO)
    with reason_for_change("Made up."):
        Source.objects.filter(pk=source.pk).update(title="Later title")

    assert "Later title" in get(f"/sources/{source.slug}/cite.ris")
    assert "Earlier title" in get(f"/sources/{source.slug}/cite.ris?known_on=2025-06-01")


def test_text_of_an_editor_is_no_markup_in_a_reference(db: None, client: Client) -> None:
    hostile = "<script>alert(1)</script>\"'&{{ 7 }}"
    commitment = make_commitment(title=hostile, summary=hostile)

    page = client.get(f"/commitments/{commitment.reference}/").content.decode()

    assert "<script>alert" not in page
    assert meta(page, "DC.title") == f"{commitment.reference}: {hostile}"


def test_a_picture_is_cited_where_it_stands_with_what_was_chosen(register: Register, get: Get) -> None:
    page = unescape(get("/pictures/?steps=quarter"))
    written = get("/pictures/status-over-time/cite.ris?steps=quarter")

    [address] = re.findall(r"UR  - (\S+)", written)
    assert re.fullmatch(
        r"http://testserver/pictures/\?steps=quarter&as_of=[\d-]+&known_on=[\d-]+#status-over-time", address
    )
    assert address in page
    assert 'href="/pictures/status-over-time/cite.ris?steps=quarter" download' in page


def test_the_timeline_is_cited_with_its_period_and_area(register: Register, get: Get) -> None:
    page = get("/timeline/?period=2025-Q2&area=made-up-area")

    address = meta(page, "citation_public_url")
    assert address.endswith("#lanes")
    assert "area=made-up-area" in address
    assert "as_of=" in address


@pytest.mark.parametrize(
    "address",
    [
        "/commitments/EUJP-999999/cite.bib",
        "/updates/999/cite.ris",
        "/sources/nowhere/cite.json",
        "/sources/nowhere/cite.xml",
        "/pictures/nowhere/cite.bib",
        "/commitments/%ED%A0%80/cite.bib",
        "/commitments/%00/cite.bib",
        "/commitments/%00/",
        "/feeds/commitments/%00.rss",
    ],
)
def test_what_is_not_there_has_no_reference(register: Register, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_draft_has_no_reference(db: None, client: Client) -> None:
    draft = make_commitment(published=False)

    assert client.get(f"/commitments/{draft.reference}/cite.bib").status_code == 404
    assert client.get(f"/sources/{draft.sources.get().slug}/cite.bib").status_code == 404
