"""The list of updates, narrowed by area, kind, act or context, year and correction."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client

from commitments.filters.updates import UpdateFilter
from tests.factories import make_area, make_commitment, make_update, moment

pytestmark = pytest.mark.django_db

Get = Callable[[str], str]


@pytest.fixture(autouse=True)
def updates() -> None:
    space, cyber = (
        make_commitment(area=make_area(slug=slug, name=slug.title(), position=position))
        for position, slug in enumerate(("space", "cyber"))
    )
    make_update(title="One", happened_on="2024-12-31", kind="meeting", assessments=[{"commitment": space}])
    make_update(title="Two", happened_on="2025-06-01", kind="exercise", assessments=[{"commitment": cyber}])
    both = make_update(
        title="Three",
        happened_on="2026-01-01",
        kind="exercise",
        is_context=True,
        assessments=[{"commitment": space, "bearing": "context"}, {"commitment": cyber, "bearing": "context"}],
    )
    make_update(title="Four", happened_on="2026-01-01", kind="statement", corrects=both, correction_reason="Made up.")
    make_update(title="Draft", published=False, assessments=[{"commitment": space}])


def listed(page: str) -> list[str]:
    results = page[page.index('id="results"') :]
    return re.findall(r">(One|Two|Three|Four|Draft)</a>", results)


CHOICES = [
    ("", ["Four", "Three", "Two", "One"]),
    ("area=space", ["Four", "Three", "One"]),
    ("area=space&area=cyber", ["Four", "Three", "Two", "One"]),
    ("kind=exercise", ["Three", "Two"]),
    ("act=yes", ["Four", "Two", "One"]),
    ("act=no", ["Three"]),
    ("year=2025", ["Two"]),
    ("year=2024&year=2025", ["Two", "One"]),
    ("correction=yes", ["Four"]),
    ("area=cyber&kind=exercise&year=2025", ["Two"]),
    ("area=space&year=2025", []),
]


@pytest.mark.parametrize(("query", "titles"), CHOICES)
def test_updates_are_narrowed(get: Get, query: str, titles: list[str]) -> None:
    assert listed(get(f"/updates/?{query}")) == titles


def test_every_facet_is_tried_above() -> None:
    tried = {part.partition("=")[0] for query, _titles in CHOICES for part in query.split("&")} - {""}

    assert tried == {facet.name for facet in UpdateFilter.FACETS}


def test_the_list_is_said_in_words(get: Get) -> None:
    page = get("/updates/?year=2025&area=cyber&act=yes&as_of=2026-06-01")

    assert '<h1 id="heading">Updates in Cyber of 2025 that are acts of the parties, as of 1 June 2026</h1>' in page


def test_older_pages_keep_the_choices(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commitments.chronicle.PAGE_SIZE", 1)

    page = get("/updates/?kind=exercise")
    [older] = re.findall(r'rel="next" href="([^"]+)"', page)

    assert older == "?kind=exercise&amp;before=3"
    assert listed(get(f"/updates/{older.replace('&amp;', '&')}")) == ["Two"]


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
def test_a_filtered_list_names_the_feed_of_the_same_filter(get: Get, ending: str) -> None:
    head, _, body = get("/updates/?kind=meeting&area=space").partition("</head>")

    assert f'href="/feeds/updates.{ending}?area=space&amp;kind=meeting"' in head
    assert f'href="/feeds/updates.{ending}?area=space&amp;kind=meeting"' in body


@pytest.mark.parametrize(
    "query", ["area=nowhere", "kind=x", "act=maybe", "year=1066", "year=２０２５", "correction=no"]
)
def test_what_is_no_choice_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/updates/?{query}").status_code == 400


def test_years_run_from_the_first_event_to_the_last(get: Get) -> None:
    page = get("/updates/")

    assert re.findall(r'name="year" value="(\d+)"', page) == ["2026", "2025", "2024"]


def test_a_selection_by_todays_areas_says_so_on_a_past_known_on_day(db: None, get: Get) -> None:
    make_commitment(area=make_area(slug="early"), published_at=moment(datetime.date(2025, 1, 1)))
    notice = "Selected by today’s areas"

    assert notice in get("/updates/?area=early&known_on=2025-06-01")
    assert notice not in get("/updates/?area=early")
    assert notice not in get("/updates/?known_on=2025-06-01")
