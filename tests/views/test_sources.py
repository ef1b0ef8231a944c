"""The list of sources and what each supports."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from commitments.filters.sources import SourceFilter
from commitments.models import Commitment, Source, reason_for_change
from tests.factories import make_commitment, make_milestone, make_source, make_update, moment

from .conftest import Register

pytestmark = pytest.mark.django_db

Get = Callable[[str], str]


@pytest.fixture
def sources() -> list[Source]:
    found = [
        make_source(slug="both", title="Both", side="joint", published_on="2025-03-01", published_precision="day"),
        make_source(slug="news", title="News", side="independent", kind="reporting", publisher="Example Daily"),
        make_source(
            slug="kanji",
            title="漢字",
            side="japan",
            language="ja",
            published_on="2024-01-01",
            published_precision="year",
        ),
    ]
    commitment, other = make_commitment(sources=[found[0]]), make_commitment(sources=[found[0]])
    make_update(sources=found[:2], assessments=[{"commitment": commitment}, {"commitment": other}])
    make_update(sources=found[1:], assessments=[{"commitment": commitment}])
    make_update(published=False, sources=found[1:], assessments=[{"commitment": other}])
    return found


def listed(page: str) -> list[str]:
    return re.findall(r'class="title" href="/sources/([a-z]+)/', page)


OPTION = re.compile(r'name="([a-z]+)" value="([^"]*)"(?: checked)?><span>[^<]*</span><span [^>]*>(\d+)<')
CHOICES = [
    ("", ["both", "kanji", "news"]),
    ("side=joint", ["both"]),
    ("kind=reporting", ["news"]),
    ("language=ja", ["kanji"]),
    ("publisher=Example+Daily", ["news"]),
    ("year=2025&year=undated", ["both", "news"]),
    ("sort=title", ["both", "news", "kanji"]),
    ("sort=publisher", ["news", "both", "kanji"]),
    ("side=joint&language=ja", []),
]


@pytest.mark.parametrize(("query", "slugs"), CHOICES)
def test_sources_are_filtered_and_sorted(sources: list[Source], get: Get, query: str, slugs: list[str]) -> None:
    page = get(f"/sources/?{query}")

    assert listed(page) == slugs
    assert f"{len(slugs)} of 3 sources" in page


@pytest.mark.parametrize("chosen", ["", "side=independent", "year=2025&year=undated"])
def test_the_count_beside_a_choice_is_that_of_its_results(sources: list[Source], get: Get, chosen: str) -> None:
    options = OPTION.findall(get(f"/sources/?{chosen}"))
    assert len({name for name, _value, _count in options}) == 5
    for name, value, count in options:
        others = [pair for pair in chosen.split("&") if pair and not pair.startswith(f"{name}=")]
        query = "&".join([*others, urlencode({name: value})])
        assert len(listed(get(f"/sources/?{query}"))) == int(count), query


def test_every_facet_and_order_is_tried_above() -> None:
    tried = {part.partition("=")[0] for query, _slugs in CHOICES for part in query.split("&")} - {""}

    assert tried == {*(facet.name for facet in SourceFilter.FACETS), "sort"}


def test_each_says_how_much_published_it_supports(sources: list[Source], get: Get) -> None:
    page = get("/sources/?sort=title")

    assert re.findall(r"(\d updates?), (\d pledges?)", page) == [
        ("1 update", "2 pledges"),
        ("2 updates", "2 pledges"),
        ("1 update", "1 pledge"),
    ]


def test_the_list_is_said_in_words(sources: list[Source], get: Get) -> None:
    page = get("/sources/?side=japan&language=ja")

    assert '<h1 id="heading">Sources of the side “Japan” in Japanese</h1>' in page


def test_a_past_day_lists_what_was_cited_by_then(get: Get, yesterday: datetime.date) -> None:
    early = make_source(slug="early")
    make_update(
        published_at=moment(yesterday),
        sources=[early],
        assessments=[{"commitment": make_commitment(published_at=moment(yesterday), sources=[early])}],
    )
    make_update(sources=[make_source(slug="late")], assessments=[{"commitment": make_commitment(sources=[early])}])

    assert listed(get(f"/sources/?known_on={yesterday}")) == ["early"]
    assert "1 update, 1 pledge" in get(f"/sources/?known_on={yesterday}")


def test_the_page_of_a_source_has_the_words_of_the_day(get: Get, yesterday: datetime.date) -> None:
    source = make_source(slug="early", published_on=yesterday, published_precision="day", accessed_on=yesterday)
    commitment = make_commitment(title="As it was", published_at=moment(yesterday), sources=[source])
    make_milestone(commitment, recorded_at=moment(yesterday), sources=[source])
    with reason_for_change("Made up."):
        Commitment.objects.update(title="As it is")

    page = get(f"/sources/early/?known_on={yesterday}")

    assert "As it was" in page
    assert "As it is" not in page


def test_each_list_of_the_coverage_leads_to_the_same_pledges_as_a_filter(register: Register, get: Get) -> None:
    alone = make_commitment(title="Rests on nothing")

    assert 'href="/commitments/?rests_on=nothing"' in get("/coverage/")
    page = get("/commitments/?rests_on=nothing")

    assert "Commitments resting on nothing at all" in page
    assert alone.title in page
    assert register.commitments[0].title not in page.partition('id="results"')[2]


def test_what_rests_on_a_source_is_said_to_be_of_today_on_a_past_known_on_day(db: None, get: Get) -> None:
    source = make_source(slug="cited")
    make_commitment(sources=[source], published_at=moment(datetime.date(2025, 1, 1)))

    assert "By today’s links" in get("/sources/cited/?known_on=2025-06-01")
    assert "By today’s links" not in get("/sources/cited/")
