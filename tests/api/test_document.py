"""The OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest
from django.test import Client
from openapi_schema_validator import OAS31Validator
from pytest_django import Settings

from commitments.api.about import vocabularies
from commitments.api.document import document
from commitments.records import DATASETS

DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {path: each["get"] for path, each in DOCUMENT["paths"].items()}


def test_it_is_a_valid_document_of_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    openapi_spec_validator.validate(DOCUMENT)


@pytest.mark.django_db
def test_it_is_served_as_it_is_made_and_the_same_twice(client: Client) -> None:
    response = client.get("/api/v1/openapi.json")

    assert response["Access-Control-Allow-Origin"] == "*"
    assert json.loads(response.content) == DOCUMENT == document()
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.get("/api/v1/openapi.json?as_of=2026-01-01").status_code == 400


@pytest.mark.django_db
def test_nobody_is_named_as_a_contact_but_by_a_setting(client: Client, settings: Settings) -> None:
    assert "contact" not in DOCUMENT["info"]

    settings.API_CONTACT = "mailto:made-up@example.org"
    served = client.get("/api/v1/openapi.json").json()

    assert served["info"]["contact"] == {"email": "made-up@example.org"}
    assert document("https://example.org/")["info"]["contact"] == {"url": "https://example.org/"}


def test_everything_in_it_is_described() -> None:
    for path, operation in OPERATIONS.items():
        assert operation["summary"], path
        assert all(parameter["description"].strip(". ") for parameter in operation["parameters"]), path
        for answer in {"200"} & set(operation["responses"]):
            assert operation["responses"][answer]["description"], path
    for name, schema in SCHEMAS.items():
        for column, described in schema.get("properties", {}).items():
            assert (
                described.get("description") or "$ref" in described or "anyOf" in described or "items" in described
            ), (
                name,
                column,
            )


def test_every_operation_takes_both_clocks() -> None:
    for path, operation in OPERATIONS.items():
        assert {"as_of", "known_on"} <= {parameter["name"] for parameter in operation["parameters"]}, path


def test_every_example_is_valid() -> None:
    for path, operation in OPERATIONS.items():
        content = operation["responses"]["200"]["content"]["application/json"]
        schema = content["schema"] | {"components": DOCUMENT["components"]}
        assert list(OAS31Validator(schema).iter_errors(content["example"])) == [], path
        for parameter in operation["parameters"]:
            if "example" in parameter:
                OAS31Validator(parameter["schema"]).validate(parameter["example"])


def columns_of(schema: dict[str, Any]) -> Iterator[str]:
    yield from schema.get("properties", {})


def test_the_records_are_those_of_the_files() -> None:
    """What a record of a dataset holds is written once."""
    answered = {name for name in SCHEMAS if name.endswith("Record")}
    for dataset in DATASETS.values():
        name = dataset.shape.__name__
        if name in answered:
            assert list(columns_of(SCHEMAS[name])) == [column.name for column in dataset.columns]
    assert {"CommitmentRecord", "CitationRecord", "CheckRecord", "MilestoneRecord", "SourceRecord"} <= answered


def test_every_value_of_a_vocabulary_is_said_in_words() -> None:
    for choices in vocabularies():
        schema = SCHEMAS[choices.__name__]
        assert schema["enum"] == choices.values
        assert all(f"`{choice.value}`: {choice.label}" in schema["description"] for choice in choices)
