"""What keeps a subscription: addresses, archives, validators and ids that hold."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import feedparser
import pytest
import time_machine
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import Client
from django.utils.http import parse_http_date
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.feeds.items import plain_line
from commitments.models import Area, Commitment, CommitmentActor, Source, StatusUpdate, reason_for_change
from commitments.publishing import withdraw_commitment
from tests.factories import make_actor, make_area, make_check, make_commitment, make_source, make_update, moment
from tests.raw_sql import fire_deferred
from tests.register.made_up import records, write

pytestmark = pytest.mark.django_db

ENDINGS = ("rss", "atom", "json")
HOSTILE = [
    "a\x01\x08\x0b\x1fb",
    "a\ufffe\uffffb",
    "a\x7f\x85b",
    "a\ufffdb",
    "\U0001fffe",
    "\ufdd0",
    "]]>",
    "<![CDATA[ x ]]>",
    "<b>&amp;</b> & <script>alert(1)</script>",
    "<!-- c -->",
    "<a href='javascript:x'>y</a>",
    "R&D < 3",
    "&copy; é",
    "&#0; &nbsp; &lt;",
    "\u202eabc",
    "日本語",
    "👩‍👩‍👧",
    "=1+1",
    "@x 'y' \"z\"",
    "%s {} {{ x }}",
    "tab\tx",
    "  spaces",
]
ATOM = "{http://www.w3.org/2005/Atom}"


def items(client: Client, address: str) -> list[dict[str, Any]]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = json.loads(response.content)["items"]
    return found


def ids(client: Client, address: str) -> list[str]:
    return [item["id"].rpartition(":")[2] for item in items(client, address)]


def links(client: Client, address: str) -> dict[str, str]:
    root = ElementTree.fromstring(client.get(address).content)  # noqa: S314 - our own answer
    return {link.attrib["rel"]: link.attrib["href"] for link in root.iter(f"{ATOM}link")}


def touch(commitment: Commitment, **fields: Any) -> StatusUpdate:
    return make_update(assessments=[{"commitment": commitment, **fields.pop("says", {})}], **fields)


def again(client: Client, address: str, **headers: str) -> int:
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code


class TestFormats:
    def test_the_three_formats_hold_the_same_items(self, client: Client) -> None:
        source = make_source()
        for number, text in enumerate(HOSTILE):
            commitment = make_commitment(title=text, area=make_area(name=text))
            touch(commitment, title=f"{text} {number}", summary=text, says={"reasoning": text}, sources=[source])

        told = items(client, "/feeds/updates.json")

        for ending in ("rss", "atom"):
            parsed = feedparser.parse(client.get(f"/feeds/updates.{ending}").content)
            assert not parsed.bozo
            assert [(entry.id, entry.title) for entry in parsed.entries] == [
                (one["id"], one["title"].strip()) for one in told
            ]

    def test_a_json_feed_says_what_the_standard_asks_for(self, client: Client) -> None:
        touch(make_commitment())

        response = client.get("/feeds/updates.json")
        told = json.loads(response.content)

        assert response["Content-Type"] == "application/feed+json; charset=utf-8"
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        assert told["feed_url"] == "http://testserver/feeds/updates.json"
        assert set(told["items"][0]) == {"id", "url", "title", "content_html", "date_published", "tags"}

    @pytest.mark.parametrize(
        ("text", "line"),
        [("R&D", "R&D"), ("a < b", "a ‹ b"), ("&lt;", "＆lt;"), ("&#0;", "＆#0;"), ("</b>", "‹/b›"), ("A\ud800", "A□")],
    )
    def test_no_line_can_be_taken_for_markup(self, text: str, line: str) -> None:
        assert plain_line(text) == line

    def test_an_address_that_is_none_becomes_no_link(self, client: Client) -> None:
        touch(make_commitment(), sources=[make_source(url="https://example.org/a?b=1&c='2'")])

        [item] = items(client, "/feeds/updates.json")

        assert 'href=""' not in item["content_html"]
        assert "b=1&amp;c=" in item["content_html"]


class TestCategories:
    @pytest.mark.parametrize(
        ("says", "expected"),
        [
            ({"status": "announced"}, ["progress", "status change"]),
            ({"status": "stalled", "bearing": "setback"}, ["setback", "status change"]),
            ({}, []),
        ],
    )
    def test_an_update_says_what_it_means(self, client: Client, says: dict[str, str], expected: list[str]) -> None:
        area = make_area(name="Made-up area")
        touch(make_commitment(area=area), says=says)

        assert items(client, "/feeds/updates.json")[0]["tags"] == [*expected, "Made-up area"]

    def test_a_search_a_new_pledge_and_one_withdrawn_say_so(self, client: Client) -> None:
        commitment = make_commitment()
        check = make_check(commitment)
        withdraw_commitment(make_commitment(), reason="Counted twice.")

        [searched] = items(client, "/feeds/checks.json")
        left, added, _first = items(client, "/feeds/commitments.json")

        assert searched["tags"][0] == "re-check"
        assert searched["id"].endswith(f":check/{check.slug}")
        assert [left["tags"][0], added["tags"][0]] == ["withdrawn commitment", "new commitment"]
        assert left["id"] == f"{added['id']}/withdrawal"
        assert "Counted twice." in left["content_html"]


class TestAddresses:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_a_filtered_feed_names_itself_in_one_order(self, client: Client, ending: str) -> None:
        touch(make_commitment(area=make_area(slug="made-up")))

        body = client.get(
            f"/feeds/updates.{ending}?kind=meeting&utm_source=x&area=made-up&area=made-up"
        ).content.decode()

        address = f"http://testserver/feeds/updates.{ending}?area=made-up&kind=meeting"
        assert address in body.replace("&amp;", "&")
        assert "utm_source" not in body

    def test_a_filtered_feed_holds_what_its_list_does(self, client: Client) -> None:
        commitment = make_commitment()
        touch(commitment, kind="meeting")
        training = touch(commitment, kind="training")

        assert ids(client, "/feeds/updates.json?kind=training") == [f"update/{training.number}"]

    def test_a_feed_of_a_past_day_keeps_its_clocks(self, client: Client) -> None:
        touch(make_commitment(published_at=moment(datetime.date(2024, 1, 1))))

        assert links(client, "/feeds/updates.atom?as_of=2025-01-01") == {
            "self": "http://testserver/feeds/updates.atom?as_of=2025-01-01",
            "alternate": "http://testserver/updates/?as_of=2025-01-01",
        }

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["area", "kind", "act", "year", "correction", "archive", "as_of", "known_on", "page"]),
                st.one_of(st.text(max_size=8), st.sampled_from(["meeting", "yes", "no", "2025", "1", "2025-06-01"])),
            ),
            max_size=4,
        ),
        st.sampled_from(ENDINGS),
    )
    def test_any_filter_is_a_feed_or_a_clear_refusal(self, asked: list[tuple[str, str]], ending: str) -> None:
        query = urlencode(asked, errors="surrogatepass")

        response = Client().get(f"/feeds/updates.{ending}?{query}")

        assert response.status_code in (200, 400, 404)
        if response.status_code == 200 and ending == "json":
            json.loads(response.content)
        elif response.status_code == 200:
            assert not feedparser.parse(response.content).bozo


class TestArchives:
    def test_every_item_is_reached_once_or_more_through_archives_that_stay(self, client: Client) -> None:
        commitment = make_commitment()
        for _ in range(118):
            touch(commitment)

        def walk(address: str) -> dict[str, list[str]]:
            told = json.loads(client.get(address).content)
            rest = walk(told["next_url"].removeprefix("http://testserver")) if "next_url" in told else {}
            return {address: [item["id"] for item in told["items"]]} | rest

        before = walk("/feeds/updates.json")
        touch(commitment)
        after = walk("/feeds/updates.json")

        archives = ["/feeds/updates.json?archive=2", "/feeds/updates.json?archive=1"]
        assert list(before) == ["/feeds/updates.json", *archives]
        assert len({identity for held in before.values() for identity in held}) == 118
        assert {name: before[name] for name in archives} == {name: after[name] for name in archives}

    def test_an_archive_says_that_it_is_one_and_leads_on(self, client: Client) -> None:
        commitment = make_commitment()
        for _ in range(118):
            touch(commitment)
        feed = "http://testserver/feeds/updates.atom"

        first, second = (links(client, f"/feeds/updates.atom?archive={number}") for number in (1, 2))

        assert first["current"] == second["current"] == second["next-archive"] == feed
        assert first["next-archive"] == second["self"] == f"{feed}?archive=2"
        assert second["prev-archive"] == first["self"]
        assert "prev-archive" not in first
        assert "history/1.0" in client.get("/feeds/updates.rss?archive=1").content.decode()
        assert links(client, "/feeds/updates.atom")["prev-archive"] == f"{feed}?archive=2"

    @pytest.mark.parametrize(
        ("archive", "status"), [("1", 404), ("999999999", 404), ("0", 400), ("x", 400), ("１", 400)]
    )
    def test_an_archive_that_is_not_complete_is_not_there(self, client: Client, archive: str, status: int) -> None:
        touch(make_commitment())

        assert client.get(f"/feeds/updates.rss?archive={archive}").status_code == status

    def test_a_sparse_feed_skips_archives_without_items(self, client: Client) -> None:
        rare, common = make_commitment(), make_commitment()
        for number in range(170):
            touch(rare if number < 10 or number >= 120 else common)

        address = f"/feeds/commitments/{rare.reference}.json"

        assert json.loads(client.get(address).content)["next_url"].endswith("?archive=1")
        assert len(ids(client, f"{address}?archive=1")) == 10


class TestValidators:
    @pytest.fixture
    def commitment(self) -> Commitment:
        return make_commitment(actors=[make_actor(slug="eeas")], area=make_area(slug="made-up"))

    @pytest.fixture(
        params=[
            "commitments/{}.rss",
            "areas/made-up.atom",
            "actors/eeas.json",
            "updates.json?area=made-up&kind=meeting",
        ]
    )
    def address(self, request: pytest.FixtureRequest, commitment: Commitment) -> str:
        touch(commitment)
        return f"/feeds/{request.param.format(commitment.reference)}"

    def test_an_edit_elsewhere_leaves_a_feed_unchanged(self, client: Client, address: str) -> None:
        first = client.get(address)

        other = make_commitment()
        touch(other)
        make_check(other)
        with reason_for_change("Clearer."):
            Commitment.objects.filter(pk=other.pk).update(title="Another title")
            Area.objects.filter(pk=other.area_id).update(name="Another name")

        assert again(client, address, if_none_match=first["ETag"]) == 304
        assert again(client, address, if_modified_since=first["Last-Modified"]) == 304

    def test_another_pledge_of_the_same_area_and_actor_leaves_it_unchanged_when_reworded(
        self, client: Client, commitment: Commitment, address: str
    ) -> None:
        beside = make_commitment(area=commitment.area, actors=[commitment.actor_links.get().actor])
        first = client.get(address)

        for title in ("Another title", "A third"):
            with reason_for_change("Clearer."):
                Commitment.objects.filter(pk=beside.pk).update(title=title)

        assert again(client, address, if_none_match=first["ETag"]) == 304
        assert again(client, address, if_modified_since=first["Last-Modified"]) == 304

    @pytest.mark.parametrize("is_renamed_then", [False, True])
    def test_a_pledge_that_left_its_area_dates_the_feed_of_the_area(
        self, client: Client, commitment: Commitment, is_renamed_then: bool
    ) -> None:
        with time_machine.travel(datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)):
            touch(commitment)
        make_commitment(area=commitment.area)
        first = client.get("/feeds/areas/made-up.rss")

        with reason_for_change("Misfiled."):
            Commitment.objects.filter(pk=commitment.pk).update(area=make_area())
        if is_renamed_then:
            with reason_for_change("Clearer."):
                Commitment.objects.filter(pk=commitment.pk).update(title="Another title")
        second = client.get("/feeds/areas/made-up.rss")

        assert second["ETag"] != first["ETag"]
        assert parse_http_date(second["Last-Modified"]) >= parse_http_date(first["Last-Modified"])

    def test_an_edit_elsewhere_leaves_the_feed_of_a_period_unchanged(
        self, client: Client, commitment: Commitment
    ) -> None:
        touch(commitment)
        addresses = [
            "/feeds/changes.rss?since=2024-01-01",
            "/feeds/changes.atom?since=2024-01-01&until=2025-12-31&area=made-up",
            "/feeds/changes.json?since=2024-01-01&by=publication",
        ]
        first = {address: client.get(address) for address in addresses}

        other = make_commitment()
        make_check(other)
        with reason_for_change("Clearer."):
            Commitment.objects.filter(pk=other.pk).update(title="Another title")
        fire_deferred()

        for address in addresses:
            assert b"Event" in first[address].content
            assert again(client, address, if_none_match=first[address]["ETag"]) == 304
            assert again(client, address, if_modified_since=first[address]["Last-Modified"]) == 304

    def test_what_is_corrected_from_without_dates_the_feed_of_its_period(
        self, client: Client, commitment: Commitment
    ) -> None:
        wrong = make_update(assessments=[{"commitment": commitment}], happened_on=datetime.date(2025, 6, 1))
        address = "/feeds/changes.rss?since=2025-05-01&until=2025-06-30"
        first = client.get(address)

        correction = make_update(corrects=wrong, correction_reason="Made up.", happened_on=datetime.date(2026, 1, 1))
        second = client.get(address)

        assert b"<item>" in first.content
        assert b"<item>" not in second.content
        assert again(client, address, if_none_match=first["ETag"]) == 200
        assert correction.published_at is not None
        assert parse_http_date(second["Last-Modified"]) == int(correction.published_at.timestamp())

    @pytest.mark.parametrize("model", [Commitment, Area, Source])
    def test_a_label_reworded_in_it_changes_it(self, client: Client, address: str, model: Any) -> None:
        first = client.get(address)

        with reason_for_change("Clearer."):
            rows: QuerySet[Any] = model.objects.all()
            rows.update(**{"name" if model is Area else "title": "Another wording"})

        second = client.get(address)
        assert again(client, address, if_none_match=first["ETag"]) == 200
        assert "Another wording" in second.content.decode()
        assert first.content != second.content

    def test_what_leaves_a_feed_changes_its_date_too(self, client: Client, commitment: Commitment) -> None:
        with time_machine.travel(datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)):
            touch(commitment)
        addresses = ["/feeds/areas/made-up.rss", "/feeds/actors/eeas.rss", "/feeds/updates.rss?area=made-up"]
        make_commitment(area=commitment.area, actors=[commitment.actor_links.get().actor])
        first = {address: client.get(address) for address in addresses}

        with reason_for_change("Misfiled."):
            Commitment.objects.filter(pk=commitment.pk).update(area=make_area())
            CommitmentActor.objects.filter(commitment=commitment).update(actor=make_actor())

        for address in addresses:
            second = client.get(address)
            assert b"<item>" in first[address].content
            assert b"<item>" not in second.content
            assert second["ETag"] != first[address]["ETag"]
            assert parse_http_date(second["Last-Modified"]) >= parse_http_date(first[address]["Last-Modified"])

    @pytest.mark.parametrize(
        "form",
        [
            "{0}",
            '"{1}"',
            '"other", {0}',
            'W/"a","{1}" , W/"b"',
            "*",
            'W/"{1}-gzip"',
            '"{1}-gzip"',
            '"{1};gzip"',
            '"{1}--gzip"',
            '"{1}-br"',
        ],
    )
    def test_every_form_of_a_tag_is_understood(self, client: Client, address: str, form: str) -> None:
        tag = client.get(address)["ETag"]

        asked = form.format(tag, tag.removeprefix("W/").strip('"'))

        assert again(client, address, if_none_match=asked) == 304

    def test_a_tag_that_does_not_match_outweighs_a_date_that_does(self, client: Client, address: str) -> None:
        first = client.get(address)

        assert again(client, address, if_none_match='"a"', if_modified_since=first["Last-Modified"]) == 200
        assert again(client, address, if_modified_since="Mon, 01 Jan 2024 00:00:00 GMT") == 200

    def test_an_answer_without_a_body_has_the_same_headers(self, client: Client, address: str) -> None:
        first = client.get(address)

        kept = client.get(address, headers={"If-None-Match": first["ETag"]})

        for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
            assert kept[name] == first[name]
        assert kept.content == b""

    def test_a_new_update_changes_only_the_feeds_that_it_stands_in(
        self, client: Client, address: str, commitment: Commitment
    ) -> None:
        first = client.get(address)

        touch(commitment)

        assert again(client, address, if_none_match=first["ETag"]) == 200


class TestWeeks:
    def test_a_week_is_an_item_once_it_is_over(self, client: Client) -> None:
        monday = datetime.date(2025, 7, 28)
        commitment = make_commitment(published_at=moment(monday))
        touch(commitment, published_at=moment(monday, 13), says={"status": "announced"}, title="In the week")

        def weeks(day: datetime.date) -> list[str]:
            with time_machine.travel(moment(day), tick=False):
                return ids(client, "/feeds/weeks.json")

        assert weeks(monday + datetime.timedelta(days=6)) == []
        assert weeks(monday + datetime.timedelta(days=7)) == ["week/2025-W31"]
        assert weeks(monday + datetime.timedelta(days=700)) == ["week/2025-W31"]

    def test_a_digest_says_what_was_new(self, client: Client) -> None:
        monday = datetime.date(2025, 7, 28)
        commitment = make_commitment(published_at=moment(monday), title="Made-up pledge")
        touch(commitment, published_at=moment(monday, 13), says={"status": "announced"}, title="In the week")
        make_check(commitment, recorded_at=moment(monday, 14), checked_on=monday)

        [item] = items(client, "/feeds/weeks.json")

        assert item["title"] == "Week 31: 28 Jul to 3 Aug 2025"
        assert item["date_published"] == "2025-08-04T00:00:00+00:00"
        for words in ("In the week", "Not yet assessed → Announced", "New pledges", "Made-up pledge", "nothing new"):
            assert words in item["content_html"]

    def test_a_full_week_is_cut_off_and_says_so(self, client: Client) -> None:
        monday = datetime.date(2025, 7, 28)
        commitment = make_commitment(published_at=moment(monday))
        for _ in range(23):
            touch(commitment, published_at=moment(monday, 13))

        [item] = items(client, "/feeds/weeks.json")

        assert "and 3 earlier ones" in item["content_html"]


def test_ids_come_from_the_file_and_from_nothing_else(client: Client, tmp_path: Path) -> None:
    folder = write(records(), tmp_path / "written")
    call_command("load_register", str(folder), verbosity=0)
    before = {name: ids(client, f"/feeds/{name}.json") for name in ("updates", "checks", "commitments")}

    call_command("dump_register", str(tmp_path / "dumped"), verbosity=0)

    assert all(before.values())
    assert before["updates"] == [f"update/{number}" for number in range(len(before["updates"]), 0, -1)]
    dumped = "".join(file.read_text("utf-8") for file in (tmp_path / "dumped").glob("*.yaml"))
    for identity in (identity for held in before.values() for identity in held):
        assert identity.partition("/")[2].partition("/")[0] in dumped


def test_the_list_of_feeds_names_each_of_them(client: Client) -> None:
    commitment = make_commitment(actors=[make_actor(slug="eeas", name="<b>EEAS</b>")])

    response = client.get("/feeds.opml")

    opml = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    addresses = [outline.attrib["xmlUrl"] for outline in opml.iter("outline") if "xmlUrl" in outline.attrib]
    assert response["Content-Type"] == "text/x-opml; charset=utf-8"
    assert len(addresses) == len(set(addresses)) == 8
    assert f"http://testserver/feeds/commitments/{commitment.reference}.rss" in addresses
    for address in addresses:
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_page_names_its_own_feed_first(client: Client, ending: str) -> None:
    commitment = make_commitment(actors=[make_actor(slug="eeas")], area=make_area(slug="made-up"))
    pages = {
        "/": "updates",
        "/actors/eeas/": "actors/eeas",
        "/areas/made-up/": "areas/made-up",
        f"/commitments/{commitment.reference}/": f"commitments/{commitment.reference}",
        "/commitments/": "commitments",
        "/corrections/": "corrections",
        "/methodology/": "updates",
    }
    for page, name in pages.items():
        head = client.get(page).content.decode().partition("</head>")[0]
        first = head.index('rel="alternate" type="application/')
        assert f'href="/feeds/{name}.rss"' in head[first : first + 200], page
        assert f'href="/feeds/{name}.{ending}"' in head, page
