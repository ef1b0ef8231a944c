"""What the API refuses, and how it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from commitments.api.problems import Problem

from .conftest import PATHS, Register


def assert_problem(response: HttpResponse, status: int, words: str = "") -> None:
    assert response.status_code == status, response.content[:300]
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "ETag" not in response
    said = Problem.model_validate(json.loads(response.content))
    assert said.status == status
    assert words in said.detail


REFUSED = [
    ("as_of=tomorrow", "as_of is not a day"),
    ("as_of=9999-01-01", "as_of lies in the future"),
    ("known_on=2026-02-30", "known_on is not a day"),
    ("as_of=", "“as_of” is empty"),
    ("as_of=2026-01-01&as_of=2026-01-02", "more than once"),
    ("statuss=under_way", "There is no parameter “statuss” here"),
    ("status=", "“status” is empty"),
    ("status=broken", "is no delivery status"),
    ("status=under_way&status=broken", "is no delivery status"),
    ("area=%00", "is no area"),
    ("area=%ED%A0%80", "is no area"),
    ("actor=" + "x" * 5_000, "is no actor"),
    ("sort=pk", "sorted by"),
    ("page=2", "There is no parameter “page” here"),
    ("limit=0", "from 1 to 200"),
    ("limit=201", "from 1 to 200"),
    ("limit=-1", "from 1 to 200"),
    ("limit=1e1", "from 1 to 200"),
    ("limit=%EF%BC%91", "from 1 to 200"),
    ("limit=" + "9" * 5_000, "from 1 to 200"),
    ("after=EUJP-99", "names no item"),
    ("after=%00", "names no item"),
    ("commitment__status=x", "There is no parameter"),
    ("%00=x", "There is no parameter"),
]


def test_what_cannot_be_answered_is_refused_with_a_reason(register: Register, client: Client) -> None:
    for query, words in REFUSED:
        assert_problem(client.get(f"/api/v1/commitments?{query}"), 400, words)


BAD_PLACES_AND_NAMES = [
    "/updates?after=x",
    "/updates?after=9999999999",
    "/updates?after=-1",
    "/updates?area=nowhere",
    "/updates?year=1900",
    "/sources?after=nothing",
    "/sources?publisher=Nobody",
    "/assessments?after=1",
    "/assessments?after=99.EUJP-99",
    "/assessments?commitment=%00",
    "/checks?after=%00",
    "/checks?commitment=EUJP-99",
    "/milestones?after=%C3%A4",
    "/milestones?commitment=1%27--",
    "/changes?since=2026-01-02&until=2026-01-01",
    "/changes?by=both",
    "/search",
    "/search?q=%00",
    "/search?q=-",
    "/search?q=x&after=update.0",
    "/search?q=x&after=source.%00",
    "/search?q=x&after=nothing",
    "/search?q=x&kind=milestone",
    "/corrections?after=%F0%9F%92%A9",
]


def test_a_bad_place_or_name_is_refused(register: Register, client: Client) -> None:
    for address in BAD_PLACES_AND_NAMES:
        assert_problem(client.get(f"/api/v1{address}"), 400)


def test_a_bad_place_among_events_is_refused(register: Register, client: Client) -> None:
    address = f"/api/v1/commitments/{register.commitments[0].reference}/events"
    for place in ("2025-02-30.1", "x", "2025-01-01.", "2025-01-01.99999999999"):
        assert_problem(client.get(f"{address}?after={place}"), 400)


NOWHERE = [
    "/api/v1/",
    "/api/v1/nowhere",
    "/api/v1/commitments/",
    "/api/v1/commitments/EUJP-99",
    "/api/v1/commitments/%00",
    "/api/v1/commitments/%ED%A0%80/events",
    "/api/v1/commitments/EUJP-07%0a",
    "/api/v1/commitments/EUJP-" + "9" * 5_000,
    "/api/v1/updates/0",
    "/api/v1/updates/31.5",
    "/api/v1/updates/" + "9" * 30,
    "/api/v1/updates/" + "9" * 5_000,
    "/api/v1/sources/" + "x" * 5_000,
    "/api/v1/sources/..%2f..",
    "/api/v2/commitments",
]


@pytest.mark.django_db
def test_what_is_not_there_is_a_problem_too(client: Client) -> None:
    for address in NOWHERE:
        assert_problem(client.get(address), 404)


def test_the_interface_is_only_read(register: Register) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in PATHS:
        for method in ("post", "put", "patch", "delete", "trace"):
            response = getattr(client, method)(register.address(path))
            assert_problem(response, 405)
            assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_failure_of_ours_is_a_problem_and_tells_nothing(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    with django_db_blocker.unblock():
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "EMBEDDED", "")
        monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
        try:
            response = Client(raise_request_exception=False).get("/api/v1/commitments")
        finally:
            connection.close()

    assert_problem(response, 500, "Something failed on our side")
    assert "psycopg" not in response.content.decode()


@pytest.mark.django_db
def test_a_page_for_people_still_fails_like_one(client: Client) -> None:
    assert client.get("/nowhere/")["Content-Type"].startswith("text/html")
    assert client.get("/commitments/?as_of=soon")["Content-Type"].startswith("text/html")
    assert client.get("/api/?as_of=soon")["Content-Type"].startswith("text/html")
