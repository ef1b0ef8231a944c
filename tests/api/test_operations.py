"""What every operation of the API has in common."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openapi_schema_validator import OAS31Validator

from commitments.api.document import document
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

from .conftest import PATHS, Register

DOCUMENT = document()
MOST_QUERIES = 12

NEEDED = {"/api/v1/search": {"q": "made up"}}


def yesterday() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)


def complaints(path: str, answer: Any) -> list[str]:
    """How the answer differs from what the document says of it."""
    content = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    schema = content["schema"] | {"components": DOCUMENT["components"]}
    return [error.message for error in OAS31Validator(schema).iter_errors(answer)]


def undescribed(schema: dict[str, Any], answer: Any, at: str = "") -> list[str]:
    """What the answer holds and the document does not name."""
    schemas = DOCUMENT["components"]["schemas"]
    while "$ref" in schema or "anyOf" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema["anyOf"][0]
    if isinstance(answer, list):
        return [found for each in answer for found in undescribed(schema["items"], each, f"{at}[]")]
    if not isinstance(answer, dict):
        return []
    known = schema["properties"]
    extra = [f"{at}.{name}" for name in answer if name not in known]
    return extra + [
        found
        for name in known
        if answer.get(name) is not None
        for found in undescribed(known[name], answer[name], name)
    ]


@pytest.mark.parametrize("clocks", ["", "as_of={day}", "known_on={day}", "as_of=2025-07-01"])
def test_every_operation_answers_as_the_document_says(register: Register, client: Client, clocks: str) -> None:
    for path in PATHS:
        response = client.get(register.address(path, clocks.format(day=yesterday())))
        if response.status_code == 404 and clocks and "{" in path:
            continue
        assert response.status_code == 200, (path, response.content)
        assert response["Content-Type"].startswith("application/json")
        answer = json.loads(response.content)
        assert complaints(path, answer) == [], path
        content = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        assert undescribed(content["schema"], answer) == [], path


@pytest.mark.django_db
def test_an_empty_register_answers_too(client: Client) -> None:
    for path in PATHS:
        address = path.format(reference="EUJP-07", number=1, slug="made-up", name="timeline")
        response = client.get(address, NEEDED.get(path))
        assert response.status_code == (404 if "{" in path and "{name}" not in path else 200), path
        if response.status_code == 200:
            assert complaints(path, json.loads(response.content)) == [], path


def test_every_operation_needs_the_same_few_queries_however_much_there_is(register: Register, client: Client) -> None:
    addresses = {path: register.address(path) for path in PATHS}

    def count() -> dict[str, int]:
        counts = {}
        for path, address in addresses.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts[path] = len(queries)
        return counts

    few = count()
    register.grow(12)

    assert count() == few
    assert {path: queries for path, queries in few.items() if queries > MOST_QUERIES} == {}


def test_an_unchanged_answer_is_not_sent_again(register: Register, client: Client) -> None:
    for path in PATHS:
        address = register.address(path)
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert first["Cache-Control"].startswith("public, max-age=")
        assert again["Access-Control-Allow-Origin"] == "*"


def test_scripts_of_any_site_may_read_and_nobody_is_known_again(register: Register, client: Client) -> None:
    client.cookies["sessionid"] = "a-session-long-over"
    for path in PATHS:
        address = register.address(path)
        response = client.get(address, headers={"Origin": "https://example.org"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert {"ETag", "Link"} <= set(response["Access-Control-Expose-Headers"].split(", "))
        assert not response.cookies
        assert "cookie" not in response["Vary"].lower()
        asked_first = client.options(address, headers={"Origin": "https://example.org"})
        assert asked_first.status_code == 204
        assert asked_first["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        only_the_head = client.head(address)
        assert (only_the_head.status_code, only_the_head["ETag"]) == (200, response["ETag"])


def test_nothing_of_a_draft_is_seen(register: Register, client: Client) -> None:
    marker = "Unveröffentlicht"
    first = register.commitments[0]
    addresses = [register.address(path) for path in PATHS]
    before = [client.get(address).content for address in addresses]
    make_update(
        published=False,
        title=marker,
        assessments=[{"commitment": first, "status": "ended", "reasoning": marker}],
        sources=[make_source(slug="hidden", title=marker, publisher=marker)],
    )
    draft = make_commitment(
        published=False,
        title=marker,
        area=make_area(slug="hidden", name=marker),
        instrument=make_instrument(slug="hidden", title=marker),
        actors=[make_actor(slug="hidden", name=marker)],
        follows=first,
        follows_relation="restates",
    )
    make_check(first, recorded=False, slug="hidden", found=marker)
    make_milestone(first, recorded=False, slug="hidden", title=marker)

    assert [client.get(address).content for address in addresses] == before
    hidden = [
        f"/api/v1/{noun}/hidden" for noun in ("areas", "actors", "instruments", "sources", "checks", "milestones")
    ]
    for address in [*hidden, f"/api/v1/commitments/{draft.reference}", f"/api/v1/updates/{len(register.updates) + 2}"]:
        assert client.get(address).status_code == 404, address
    for noun in ("checks", "milestones", "assessments"):
        assert client.get(f"/api/v1/{noun}?commitment={draft.reference}").status_code == 400
