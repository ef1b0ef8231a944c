from __future__ import annotations

import datetime
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client

from commitments.exports.formats import FORMATS
from commitments.models import Commitment, StatusUpdate
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


class Register:
    """A small made-up register, with every kind of public record in it; grow() adds more of the same."""

    def __init__(self) -> None:
        self.area = make_area(slug="made-up-area", name="Made-up area", is_headline=True)
        self.actor = make_actor(slug="made-up-actor", name="Made-up actor")
        self.instrument = make_instrument(slug="made-up-text", title="Made-up text")
        self.source = make_source(slug="made-up-source", title="Made-up source")
        self.commitments: list[Commitment] = []
        self.updates: list[StatusUpdate] = []
        self.grow(3)

    def grow(self, count: int) -> None:
        for _ in range(count):
            commitment = make_commitment(
                kind="recurring",
                cadence_months=12,
                area=self.area,
                instrument=self.instrument,
                actors=[self.actor],
                sources=[self.source],
                follows=self.commitments[0] if self.commitments else None,
                follows_relation="restates" if self.commitments else "",
            )
            self.commitments.append(commitment)
            first = self.commitments[0]
            assessments = [{"commitment": first, "status": "kept_up", "is_occurrence": True}]
            if commitment != first:
                assessments.append({"commitment": commitment, "status": "announced"})
            self.updates.append(make_update(assessments=assessments, sources=[self.source]))
            make_check(first)
            make_milestone(first, sources=[self.source])
        corrected = self.updates[-1]
        make_update(corrects=corrected, correction_reason="A made-up slip.", sources=[self.source])

    @property
    def addresses(self) -> list[str]:
        reference, number = self.commitments[0].reference, self.updates[0].number
        return [
            "/",
            "/commitments/",
            "/commitments/?kind=recurring&sort=latest",
            f"/commitments/{reference}/",
            f"/commitments/{reference}/card.png",
            f"/embed/commitments/{reference}/",
            "/card.png",
            "/robots.txt",
            "/sitemap.xml",
            "/sitemaps/register-1.xml",
            "/sitemaps/sources-1.xml",
            "/sitemaps/updates-1.xml",
            "/areas/made-up-area/",
            "/actors/made-up-actor/",
            "/instruments/made-up-text/",
            "/updates/",
            "/updates/?area=made-up-area",
            f"/updates/{number}/",
            "/sources/",
            "/sources/?side=joint&sort=title",
            "/sources/made-up-source/",
            f"/commitments/{reference}/cite.bib",
            f"/updates/{number}/cite.ris",
            "/sources/made-up-source/cite.json",
            "/coverage/",
            "/search/",
            "/search/?q=made",
            "/search/?q=made&kind=update&area=made-up-area",
            "/search/?q=mede-up",
            "/coverage/?reports=both&group=done",
            "/timeline/",
            "/timeline/?period=2025-Q2&area=made-up-area&act=yes",
            "/pictures/",
            "/pictures/?steps=change",
            "/pictures/status-over-time/cite.bib?steps=quarter",
            "/pictures/timeline.svg?from=2025-01-01&to=2025-12-31",
            "/pictures/status-over-time.svg?steps=quarter",
            "/methodology/",
            "/changes/",
            "/compare/",
            f"/compare/?left={self.commitments[0].reference}&right={self.commitments[1].reference}",
            "/changes/?since=2024-01-01&until=2025-12-31&by=publication",
            "/changes/?since=2025-01-01",
            "/changes/?since=2025-01-01&area=made-up-area",
            f"/briefs/commitments/{reference}/",
            "/briefs/areas/made-up-area/",
            "/briefs/changes/?since=2025-01-01",
            "/briefs/changes/?since=2024-01-01&by=publication&area=made-up-area",
            "/corrections/",
            "/subscribe/",
            "/data/",
            "/data/dictionary/",
            "/api/",
            *(f"/exports/commitments.{extension}" for extension in FORMATS),
            "/exports/updates.csv?area=made-up-area",
            "/exports/sources.json?side=joint",
            "/exports/changes.csv",
            "/feeds/updates.rss",
            "/feeds/corrections.atom",
            "/feeds/changes.atom?since=2024-01-01&by=publication",
            "/feeds/changes.rss?since=2024-01-01&area=made-up-area",
            "/feeds/areas/made-up-area.atom",
            "/feeds/actors/made-up-actor.json",
            "/feeds/updates.json?area=made-up-area&kind=meeting",
            "/feeds/checks.rss",
            "/feeds/commitments.atom",
            "/feeds/weeks.json",
            "/feeds.opml",
            f"/feeds/commitments/{reference}.rss",
            "/calendar.ics",
            "/calendars/areas/made-up-area.ics",
            f"/calendars/commitments/{reference}.ics",
        ]

    @property
    def pages(self) -> list[str]:
        """Those for people: their paths end with a slash, those of files do not."""
        return [address for address in self.addresses if urlsplit(address).path.endswith("/")]


@pytest.fixture
def register(db: None) -> Register:
    return Register()


@pytest.fixture
def get(client: Client) -> Callable[[str], str]:
    def answer(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return words(response)

    return answer


@pytest.fixture
def yesterday() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
