"""What robots ask for: the sitemap with each page's last change, robots.txt, security.txt, canonical addresses."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from commitments import sitemaps
from commitments.models import Area, Commitment, Edition, Source, StatusUpdate, reason_for_change
from commitments.publishing import withdraw_commitment
from tests.factories import make_actor, make_area, make_check, make_commitment, make_milestone, make_source, make_update

from .conftest import Register

pytestmark = pytest.mark.django_db

Get = Callable[[str], str]
SITE = "http://testserver"


def listed(get: Get, address: str) -> dict[str, datetime.datetime | None]:
    """Path → last change, of one file."""
    found = re.findall(r"<loc>http://testserver(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?", get(address))
    return {path: datetime.datetime.fromisoformat(moment) if moment else None for path, moment in found}


def whole(get: Get) -> dict[str, datetime.datetime | None]:
    return {path: moment for file in listed(get, "/sitemap.xml") for path, moment in listed(get, file).items()}


class TestSitemap:
    def test_it_lists_every_page_that_has_no_query(self, register: Register, get: Get) -> None:
        pages = {
            address
            for address in register.pages
            if "?" not in address and not address.startswith(("/embed", "/briefs"))
        }

        found = whole(get)

        assert pages <= set(found)
        assert {row.get_absolute_url() for row in Commitment.objects.all()} <= set(found)
        assert {row.get_absolute_url() for row in StatusUpdate.objects.all()} <= set(found)
        assert {row.get_absolute_url() for row in Source.objects.all()} <= set(found)

    def test_every_page_it_lists_is_there_and_is_its_own_canonical_address(
        self, register: Register, get: Get, check_rules: Callable[[], None]
    ) -> None:
        check_rules()
        withdraw_commitment(register.commitments[1], reason="Made up.")
        lonely = make_commitment(actors=[make_actor()])
        withdraw_commitment(lonely, reason="Made up.")

        for path in whole(get):
            page = get(path)
            assert f'<link rel="canonical" href="{SITE}{path}">' in page, path
            assert "noindex" not in page, path

    def test_no_draft_stands_in_it(self, register: Register, get: Get) -> None:
        draft = make_commitment(
            published=False, area=make_area(slug="hidden"), actors=[make_actor(slug="hidden")], sources=[]
        )
        make_update(published=False, sources=[make_source(slug="hidden")])

        found = whole(get)

        assert not [path for path in found if "hidden" in path or draft.reference in path]
        assert draft.instrument.get_absolute_url() not in found
        assert len([path for path in found if path.startswith("/updates/")]) == 1 + len(register.updates) + 1

    def test_files_are_cut_by_permanent_numbers_and_dated_each_for_itself(
        self, register: Register, get: Get, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sitemaps, "LARGEST", 3)

        index = listed(get, "/sitemap.xml")

        assert [path for path in index if "updates" in path] == ["/sitemaps/updates-1.xml", "/sitemaps/updates-2.xml"]
        assert list(listed(get, "/sitemaps/updates-2.xml")) == ["/updates/4/"]
        for path, changed_at in index.items():
            # The register's is the day of the edition, which a test inside one transaction never raises.
            if "register" not in path:
                assert changed_at == max(moment for moment in listed(get, path).values() if moment), path

    @pytest.mark.parametrize(
        "name", ["updates-0", "updates-99", "register-2", "sources-99", "nothing-1", "updates-" + "9" * 30]
    )
    def test_a_file_that_is_none_is_not_found(self, register: Register, client: Client, name: str) -> None:
        assert client.get(f"/sitemaps/{name}.xml").status_code == 404

    def test_an_empty_register_has_one(self, get: Get) -> None:
        assert list(listed(get, "/sitemap.xml")) == ["/sitemaps/register-1.xml"]
        assert whole(get)["/"] is None


class TestLastChange:
    @pytest.fixture
    def commitment(self) -> Commitment:
        return make_commitment(actors=[make_actor()])

    def dated(self, get: Get, *rows: Any) -> list[datetime.datetime | None]:
        found = whole(get)
        return [found[row.get_absolute_url()] for row in rows]

    def test_a_commitment_and_what_it_belongs_to_change_with_every_update_on_it(
        self, commitment: Commitment, get: Get
    ) -> None:
        actor = commitment.actors.get()
        other = make_commitment()
        assert self.dated(get, commitment) == [commitment.published_at]

        update = make_update(assessments=[{"commitment": commitment}])

        changed = self.dated(get, update, commitment, commitment.area, commitment.instrument, actor)
        assert changed == [update.published_at] * 5
        assert self.dated(get, other) == [other.published_at]

    def test_a_correction_changes_the_page_of_what_it_corrects_and_of_its_commitments(
        self, commitment: Commitment, get: Get
    ) -> None:
        update = make_update(assessments=[{"commitment": commitment}])

        correction = make_update(corrects=update, correction_reason="Made up.")

        assert self.dated(get, update, correction, commitment) == [correction.published_at] * 3

    def test_searches_announced_dates_withdrawals_and_rewordings_are_changes(
        self, commitment: Commitment, get: Get, check_rules: Callable[[], None]
    ) -> None:
        check = make_check(commitment)
        assert self.dated(get, commitment) == [check.recorded_at]
        milestone = make_milestone(commitment)
        assert self.dated(get, commitment) == [milestone.recorded_at]
        with reason_for_change("Made up."):
            Commitment.objects.filter(pk=commitment.pk).update(title="Reworded")
        [reworded] = self.dated(get, commitment)
        assert reworded not in (None, milestone.recorded_at)
        check_rules()
        withdraw_commitment(commitment, reason="Made up.")
        commitment.refresh_from_db()
        assert self.dated(get, commitment) == [commitment.withdrawn_at]

    def test_a_reworded_area_changes_its_own_page_alone(self, commitment: Commitment, get: Get) -> None:
        with reason_for_change("Made up."):
            Area.objects.filter(pk=commitment.area_id).update(name="Reworded")

        area, pledge = self.dated(get, commitment.area, commitment)

        assert pledge == commitment.published_at
        assert area not in (None, pledge)

    def test_a_source_changes_when_something_new_rests_on_it(self, get: Get) -> None:
        source = make_source()
        commitment = make_commitment(sources=[source])
        assert self.dated(get, source) == [commitment.published_at]

        update = make_update(assessments=[{"commitment": commitment}], sources=[source])

        assert self.dated(get, source) == [update.published_at]

    def test_pages_of_the_whole_register_change_with_each_edition(self, commitment: Commitment, get: Get) -> None:
        Edition.objects.update_or_create(id=1, defaults={"number": 7, "changed_at": commitment.published_at})

        found = whole(get)

        assert found["/"] == found["/commitments/"] == found["/changes/"] == commitment.published_at
        assert found["/subscribe/"] is None


class TestRobots:
    def test_they_are_led_to_the_sitemap_and_kept_out_of_the_desk_and_of_queries(self, client: Client) -> None:
        response = client.get("/robots.txt")

        assert response.headers["Content-Type"] == "text/plain"
        lines = response.content.decode().splitlines()
        assert f"Sitemap: {SITE}/sitemap.xml" in lines
        everybody = lines[lines.index("User-agent: *") : lines.index("", lines.index("User-agent: *"))]
        assert everybody == ["User-agent: *", "Disallow: /admin/", "Disallow: /briefs/", "Disallow: /*?"]


class TestCanonicalAddress:
    @pytest.mark.parametrize(
        ("asked", "canonical"),
        [
            ("/commitments/?utm_source=x", "/commitments/"),
            ("/commitments/?sort=&page=1", "/commitments/"),
            ("/commitments/?kind=standing&status=announced&kind=recurring", None),
            ("/updates/?before=3&as_of={day}", "/updates/?as_of={day}&amp;before=3"),
            ("/changes/", "/changes/"),
            ("/changes/?by=event&until={day}&since=2025-01-01", "/changes/?since=2025-01-01&amp;until={day}"),
            ("/compare/?x=1", "/compare/"),
            ("/?known_on={day}&as_of={day}", "/?as_of={day}&amp;known_on={day}"),
        ],
    )
    def test_it_has_one_order_and_nothing_that_the_page_does_not_read(
        self, register: Register, get: Get, yesterday: datetime.date, asked: str, canonical: str | None
    ) -> None:
        page = get(asked.format(day=yesterday))

        found = re.findall(r'<link rel="canonical" href="http://testserver([^"]*)">', page)
        assert len(found) == 1
        if canonical is not None:
            assert found == [canonical.format(day=yesterday)]
        again = get(found[0].replace("&amp;", "&"))
        assert f'<link rel="canonical" href="{SITE}{found[0]}">' in again
        assert ("noindex" in page) == ("?" in found[0])

    def test_two_orders_of_one_filter_have_one_address(self, register: Register, get: Get) -> None:
        one, other = (
            re.findall(r'<link rel="canonical" href="([^"]*)">', get(f"/commitments/?{asked}"))
            for asked in ("kind=recurring&status=announced", "status=announced&kind=recurring&page=1")
        )
        assert one == other

    def test_a_page_that_is_none_has_none(self, register: Register, client: Client) -> None:
        for address in ("/nowhere/", "/commitments/?status=broken"):
            assert "canonical" not in client.get(address).content.decode()


class TestSecurity:
    def test_without_a_contact_there_is_no_file(self, client: Client) -> None:
        assert client.get("/.well-known/security.txt").status_code == 404

    def test_it_names_the_contacts_and_ends_within_a_year(self, client: Client, settings: Any) -> None:
        settings.SECURITY_CONTACT = ["mailto:security@example.org", "https://example.org/report?a=1&b=2"]

        response = client.get("/.well-known/security.txt")

        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        fields = [line.split(": ", 1) for line in response.content.decode().splitlines()]
        assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACT
        assert ["Canonical", f"{SITE}/.well-known/security.txt"] in fields
        [expires] = [datetime.datetime.fromisoformat(value) for name, value in fields if name == "Expires"]
        ahead = expires - datetime.datetime.now(datetime.UTC)
        assert datetime.timedelta(days=30) < ahead < datetime.timedelta(days=365)

    def test_a_contact_that_is_no_address_keeps_the_site_from_starting(self) -> None:
        started = subprocess.run(
            [sys.executable, "-c", "import partnership.settings"],
            env=os.environ | {"SECURITY_CONTACT": "security@example.org"},
            capture_output=True,
            text=True,
        )
        assert started.returncode
        assert "SECURITY_CONTACT" in started.stderr
