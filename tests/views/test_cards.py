"""Pictures of shared pages, and a commitment in a frame for other sites."""

from __future__ import annotations

import datetime
import html
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from commitments.cards import COUNTS, HEIGHT, MARGIN, WIDTH, WORDS, Said, columns, title_lines
from commitments.glyphs import GLYPHS
from commitments.judgements import FreshnessState, ScheduleState
from commitments.models import Commitment, DeliveryStatus, Evidence, reason_for_change
from commitments.publishing import withdraw_commitment
from tests.factories import make_commitment, make_update

from .conftest import Register

Get = Callable[[str], str]
ROOT = Path(__file__).resolve().parent.parent.parent
LONG_AGO = datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.UTC)
HOSTILE = "</text><script>alert('1')</script>&\"日本😀"


def picture(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "image/png"
    return response.content


class TestLayout:
    def test_every_judgement_fits_its_column(self) -> None:
        for choices in (DeliveryStatus, Evidence, ScheduleState, FreshnessState):
            for choice in choices:
                said = [Said("Label", str(choice.label), choice.value, "31 Dec 2026")] * 4
                for column in columns(said, WORDS):
                    assert not [line for line in column.lines if line.text.endswith("…")], choice
                    assert column.lines[-1].y < HEIGHT - MARGIN // 2, choice
                    assert column.tone == GLYPHS[choice.value].tone

    def test_counts_stand_in_as_many_columns_as_there_are(self) -> None:
        drawn = columns([Said("Label", "100,000", "done")] * 5, COUNTS)

        assert len({column.x for column in drawn}) == 5
        assert max(column.text_x for column in drawn) < WIDTH - MARGIN

    def test_a_glyph_shows_the_ground_through_and_names_no_variable_of_a_page(self) -> None:
        [column] = columns([Said("Label", "Delivered", "delivered")], WORDS)

        assert "var(" not in column.drawing
        assert "#fcfbf8" in column.drawing

    @pytest.mark.parametrize("title", ["W" * 90, "日" * 90, "made up " * 20])
    def test_the_longest_title_ends_above_the_judgements(self, title: str) -> None:
        assert title_lines(title)[-1].y < 400

    def test_its_colours_are_light_ones_of_the_style_sheet(self) -> None:
        style = (ROOT / "static" / "css" / "site.css").read_text("utf-8")
        used = re.findall(r"#[0-9a-f]{6}", (ROOT / "templates/commitments/charts/card.svg").read_text("utf-8"))

        assert set(used) <= set(re.findall(r"light-dark\((#[0-9a-f]{6}),", style))


@pytest.mark.django_db
class TestCards:
    def test_they_have_the_size_that_is_promised(self, register: Register, client: Client) -> None:
        for address in ("/card.png", f"/commitments/{register.commitments[0].reference}/card.png"):
            assert struct.unpack(">II", picture(client, address)[16:24]) == (WIDTH, HEIGHT) == (1200, 630)

    def test_a_page_names_its_own_on_its_own_days(self, register: Register, get: Get, yesterday: datetime.date) -> None:
        reference = register.commitments[0].reference
        for address, card in (
            ("/", "/card.png"),
            ("/updates/", "/card.png"),
            (f"/commitments/{reference}/", f"/commitments/{reference}/card.png"),
            (f"/?as_of={yesterday}", f"/card.png?as_of={yesterday}"),
        ):
            page = get(address)
            assert f'<meta property="og:image" content="http://testserver{card}">' in page, address
            assert f'<meta property="og:url" content="http://testserver{address}">' in page, address

    def test_what_is_shared_has_the_title_and_the_description_of_the_page(self, db: None, get: Get) -> None:
        commitment = make_commitment(title=HOSTILE, summary=HOSTILE)

        page = get(f"/commitments/{commitment.reference}/")

        for name in ("title", "description"):
            [content] = re.findall(rf'<meta property="og:{name}" content="([^"]*)">', page)
            assert html.unescape(content).endswith(HOSTILE)

    def test_one_changes_with_the_judgements_and_with_the_day(self, db: None, client: Client) -> None:
        commitment = make_commitment(kind="standing")
        address = f"/commitments/{commitment.reference}/card.png"
        before = picture(client, address)
        make_update(assessments=[{"commitment": commitment, "status": "kept_up"}])

        after = picture(client, address)

        assert before != after
        assert picture(client, f"{address}?as_of=2025-05-31") not in (before, after)

    def test_a_past_known_on_day_has_the_title_of_that_day(self, db: None, client: Client) -> None:
        commitment = make_commitment(title="Earlier", published_at=LONG_AGO)
        address = f"/commitments/{commitment.reference}/card.png?as_of=2025-06-01&known_on=2025-06-01"
        before = picture(client, address)
        with reason_for_change("Made up."):
            Commitment.objects.update(title="Later")

        assert picture(client, address) == before

    @pytest.mark.parametrize("title", [HOSTILE, "W" * 90, "日本" * 45, "\u0301" * 90, "{{ 7 }}", " "])
    def test_no_title_breaks_it(self, db: None, client: Client, title: str) -> None:
        commitment = make_commitment(title=title)

        assert picture(client, f"/commitments/{commitment.reference}/card.png")

    def test_it_is_not_drawn_again_for_who_has_it(self, register: Register, client: Client) -> None:
        first = client.get("/card.png")

        again = client.get("/card.png", headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b"")

    def test_a_day_that_is_none_is_refused_in_words(self, register: Register, client: Client) -> None:
        assert client.get("/card.png?as_of=tomorrow").status_code == 400

    def test_an_empty_register_has_one(self, db: None, client: Client) -> None:
        assert picture(client, "/card.png")


@pytest.mark.django_db
class TestFrame:
    def address(self, register: Register) -> str:
        return f"/embed/commitments/{register.commitments[0].reference}/"

    def test_it_alone_may_be_framed(self, register: Register, client: Client) -> None:
        for address in register.addresses:
            response = client.head(address)
            policy = response.headers["Content-Security-Policy"]
            if address == self.address(register):
                assert "frame-ancestors *" in policy
                assert "X-Frame-Options" not in response.headers
            else:
                assert "frame-ancestors 'none'" in policy, address
                assert response.headers["X-Frame-Options"] == "DENY", address
            assert "default-src 'none'" in policy

    def test_it_may_be_framed_when_it_has_not_changed(self, register: Register, client: Client) -> None:
        etag = client.get(self.address(register)).headers["ETag"]

        response = client.get(self.address(register), headers={"If-None-Match": etag})

        assert response.status_code == 304
        assert "frame-ancestors *" in response.headers["Content-Security-Policy"]

    def test_it_shows_the_four_judgements_and_leads_out_of_the_frame(self, register: Register, get: Get) -> None:
        page = get(self.address(register))

        for words in ("Being kept up", "Both sides", "Freshness", register.commitments[0].title):
            assert words in page
        assert len(re.findall(r"<a [^>]*>", page)) == len(re.findall(r'<a [^>]* target="_top">', page)) == 2
        assert "<script" not in page
        assert '<meta name="robots" content="noindex">' in page

    def test_fixed_days_stand_in_it_and_in_its_links(
        self, register: Register, get: Get, yesterday: datetime.date
    ) -> None:
        page = get(f"{self.address(register)}?as_of=2025-05-31")

        assert "31 May 2025" in page
        assert "Being kept up" not in page
        assert "Current" not in page
        assert f'href="/commitments/{register.commitments[0].reference}/?as_of=2025-05-31" target="_top"' in page

    def test_a_withdrawn_commitment_says_so(self, db: None, get: Get) -> None:
        commitment = make_commitment()
        withdraw_commitment(commitment, reason="Made up.")

        assert "Withdrawn from the register" in get(f"/embed/commitments/{commitment.reference}/")

    def test_the_code_to_copy_is_one_frame_however_the_title_reads(
        self, db: None, get: Get, yesterday: datetime.date
    ) -> None:
        commitment = make_commitment(title=HOSTILE, published_at=LONG_AGO)
        page = get(f"/commitments/{commitment.reference}/")

        codes = [html.unescape(code) for code in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)]

        address = f"http://testserver/embed/commitments/{commitment.reference}/"
        for code, query in zip(codes, ("", f"?as_of={yesterday}&known_on={yesterday}"), strict=True):
            [(source, title)] = re.findall(r'^<iframe src="([^"]*)" title="([^"]*)" [^<>]*></iframe>$', code)
            assert html.unescape(source) == address + query
            assert html.unescape(title) == f"{commitment.reference}: {HOSTILE}"
