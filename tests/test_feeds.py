from __future__ import annotations

import datetime
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test import Client

from commitments.models import Commitment, reason_for_change
from commitments.xml_text import xml_safe
from tests.factories import make_commitment, make_source, make_update

pytestmark = pytest.mark.django_db

FORMATS = ("rss", "atom")
DAYS = [datetime.date(2025, month, 1) for month in (3, 4, 5)]


def read(client: Client, address: str = "/feeds/updates.rss", **headers: str) -> feedparser.FeedParserDict:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


@pytest.mark.parametrize("extension", FORMATS)
def test_an_item_has_a_permanent_id_its_time_of_publication_and_the_change_of_status_first(
    client: Client, extension: str
) -> None:
    commitment = make_commitment()
    update = make_update(assessments=[{"commitment": commitment, "status": "announced"}], sources=[make_source()])
    [item] = read(client, f"/feeds/updates.{extension}").entries
    assert item.id == "tag:eu-japan-tracker.example,2026:update/1"
    assert item.link == "http://testserver/updates/1/"
    assert update.published_at is not None
    assert item.published_parsed[:6] == update.published_at.timetuple()[:6]
    first_line = item.summary.partition("\n")[0]
    assert f"{commitment.reference}: Not yet assessed → Announced" in first_line
    assert 'href="https://example.org/' in item.summary


def test_ids_survive_a_retitling_and_another_host(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    commitment = make_commitment()
    make_update(assessments=[{"commitment": commitment}])
    before = read(client).entries[0].id
    with reason_for_change("Clearer."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Another title")
    moved = read(client, host="tracker.example.org").entries[0]
    assert moved.id == before
    assert moved.link == "http://tracker.example.org/updates/1/"


def test_publishing_one_update_makes_exactly_one_new_item(client: Client) -> None:
    commitment = make_commitment()
    make_update(assessments=[{"commitment": commitment}])
    before = {item.id for item in read(client).entries}
    make_update(published=False, assessments=[{"commitment": commitment}])
    assert {item.id for item in read(client).entries} == before
    make_update(assessments=[{"commitment": commitment}])
    assert len({item.id for item in read(client).entries} - before) == 1


def test_a_second_poll_is_answered_with_304(client: Client) -> None:
    commitment = make_commitment()
    make_update(assessments=[{"commitment": commitment}])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    first = client.get("/feeds/updates.rss")
    assert client.get("/feeds/updates.rss", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get("/feeds/updates.rss", headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    assert client.get("/feeds/updates.rss", headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_correction_says_so_and_leaves_the_item_it_corrects(client: Client) -> None:
    commitment = make_commitment()
    wrong = make_update(title="Wrong", assessments=[{"commitment": commitment, "status": "announced"}])
    before = read(client).entries[0]
    make_update(
        title="Right",
        corrects=wrong,
        correction_reason="The day was wrong.",
        assessments=[{"commitment": commitment, "status": "under_way"}],
    )
    correction, kept = read(client).entries
    assert correction.title == "Correction: Right"
    assert "Correction of update 1" in correction.summary
    assert "The day was wrong." in correction.summary
    assert (kept.id, kept.title, kept.summary) == (before.id, before.title, before.summary)


def test_a_withdrawal_reaches_the_feeds_of_what_it_withdraws(client: Client) -> None:
    commitment = make_commitment()
    wrong = make_update(assessments=[{"commitment": commitment}])
    make_update(corrects=wrong, correction_reason="It did not happen.")
    for address in (f"/feeds/commitments/{commitment.reference}.rss", f"/feeds/areas/{commitment.area.slug}.rss"):
        item = read(client, address).entries[0]
        assert item.title.startswith("Withdrawal: ")
        assert "Withdrawal of update 1" in item.summary


@pytest.mark.parametrize("extension", FORMATS)
def test_the_feed_of_corrections_holds_what_corrects_and_what_withdraws(client: Client, extension: str) -> None:
    commitment = make_commitment()
    one, other = (make_update(assessments=[{"commitment": commitment}]) for _ in range(2))
    right = make_update(corrects=one, correction_reason="The day was wrong.", assessments=[{"commitment": commitment}])
    make_update(title="Another event", assessments=[{"commitment": commitment}])
    gone = make_update(corrects=other, correction_reason="It did not happen.")
    make_update(published=False, corrects=right, correction_reason="Not yet.", assessments=[{"commitment": commitment}])

    feed = read(client, f"/feeds/corrections.{extension}")

    assert [item.link for item in feed.entries] == [
        f"http://testserver/updates/{update.number}/" for update in (gone, right)
    ]
    assert [item.title.partition(":")[0] for item in feed.entries] == ["Withdrawal", "Correction"]
    assert feed.feed.link == "http://testserver/corrections/"


def test_a_correction_is_the_same_item_in_every_feed(client: Client) -> None:
    wrong = make_update(assessments=[{"commitment": make_commitment()}])
    make_update(corrects=wrong, correction_reason="It did not happen.")

    [item] = read(client, "/feeds/corrections.rss").entries

    among_all = read(client).entries[0]
    assert (item.id, item.title, item.summary) == (among_all.id, among_all.title, among_all.summary)


@pytest.mark.parametrize("address", ["/corrections/", "/subscribe/"])
def test_the_feed_of_corrections_is_named_where_readers_look_for_it(client: Client, address: str) -> None:
    page = client.get(address).content.decode()

    assert "/feeds/corrections.rss" in page
    assert "/feeds/corrections.atom" in page


def test_a_feed_reader_finds_the_feed_of_corrections(client: Client) -> None:
    head = client.get("/corrections/").content.decode().partition("</head>")[0]

    assert 'type="application/rss+xml" title="Corrections (RSS)" href="/feeds/corrections.rss' in head
    assert 'type="application/atom+xml" title="Corrections (Atom)" href="/feeds/corrections.atom' in head


def test_a_late_find_leaves_earlier_items_as_they_were(client: Client) -> None:
    commitment = make_commitment()
    make_update(happened_on=datetime.date(2025, 6, 1), assessments=[{"commitment": commitment, "status": "under_way"}])
    before = read(client).entries[0].summary
    make_update(happened_on=datetime.date(2025, 1, 1), assessments=[{"commitment": commitment, "status": "announced"}])
    assert read(client).entries[1].summary == before


def test_feeds_of_an_area_and_of_a_commitment_hold_only_theirs(client: Client) -> None:
    one, other = make_commitment(), make_commitment()
    make_update(title="Of one", assessments=[{"commitment": one}])
    make_update(title="Of the other", assessments=[{"commitment": other}])
    for address in (f"/feeds/commitments/{one.reference}.atom", f"/feeds/areas/{one.area.slug}.rss"):
        assert [item.title for item in read(client, address).entries] == ["Of one"]


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(
    "text",
    ["a\x01\x08\x0b\x1fb", "a\ufffe\uffffb", "a\x7f\x85b", "]]>", "<b>&amp;</b> & <script>", "\u202eabc", "日本語"],
)
def test_no_text_breaks_a_feed(client: Client, extension: str, text: str) -> None:
    """Whatever PostgreSQL stores: the forms refuse most of this, raw SQL does not."""
    commitment = make_commitment(title=text)
    make_update(title=text, summary=text, assessments=[{"commitment": commitment, "reasoning": text}])
    [item] = read(client, f"/feeds/updates.{extension}").entries
    assert "<script>" not in item.summary


def test_a_lone_surrogate_is_replaced() -> None:
    assert xml_safe("a\ud800b") == "a\u25a1b"


@pytest.mark.parametrize("extension", FORMATS)
def test_an_empty_feed_is_a_feed(client: Client, extension: str) -> None:
    assert read(client, f"/feeds/updates.{extension}").entries == []


def test_every_page_names_the_feeds(client: Client) -> None:
    commitment = make_commitment()
    page = client.get(f"/commitments/{commitment.reference}/").content.decode()
    assert 'type="application/rss+xml"' in page
    assert f"/feeds/commitments/{commitment.reference}.rss" in page
    assert "/feeds/updates.atom" in page


@pytest.mark.parametrize("extension", FORMATS)
def test_a_feed_of_changes_holds_the_updates_of_its_period_and_goes_on(client: Client, extension: str) -> None:
    commitment = make_commitment()
    first, second, third = (
        make_update(title=f"Of {day}", happened_on=day, assessments=[{"commitment": commitment}]) for day in DAYS
    )

    since = read(client, f"/feeds/changes.{extension}?since={DAYS[0]}")
    until = read(client, f"/feeds/changes.{extension}?since={DAYS[0]}&until={DAYS[1]}")
    fourth = make_update(title="Later", happened_on=DAYS[2], assessments=[{"commitment": commitment}])
    later = read(client, f"/feeds/changes.{extension}?since={DAYS[0]}")

    assert [item.title for item in since.entries] == [third.title, second.title]
    assert [item.title for item in until.entries] == [second.title]
    assert [item.title for item in later.entries] == [fourth.title, third.title, second.title]
    assert since.feed.link == f"http://testserver/changes/?since={DAYS[0]}"
    assert first.title not in [item.title for item in later.entries]


def test_a_feed_of_changes_needs_a_first_day(client: Client) -> None:
    assert client.get("/feeds/changes.rss").status_code == 400


def test_the_page_of_changes_names_the_feed_of_what_is_to_come(client: Client) -> None:
    page = client.get(f"/changes/?since={DAYS[0]}&until={DAYS[1]}&by=publication").content.decode()

    assert f'href="/feeds/changes.rss?since={DAYS[0]}&amp;by=publication"' in page
