"""Requests that the OpenAPI document allows, and some that it does not, made up by schemathesis without a network.

A few hundred in every run of the tests, always the same; `CASES=400 make test TESTS=tests/api/test_schemathesis.py`
tries so many of each operation, at random.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from commitments.api.document import document
from partnership.wsgi import application

from .conftest import Register

CASES = int(os.environ.get("CASES", "8"))

SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = application
SCHEMA.config.generation.update(modes=list(schemathesis.GenerationMode))
# What the document cannot say: which days have come, which areas, actors, publishers, languages, years and commitments
# there are. A request with another value is well formed, and refused all the same.
SCHEMA.config.checks.positive_data_acceptance.expected_statuses = ["2xx", "304", "400", "404"]


@pytest.fixture
def register(transactional_db: None) -> Register:
    return Register()


@SCHEMA.parametrize()
@settings(
    max_examples=CASES,
    derandomize="CASES" not in os.environ,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_keeps_to_the_document(case: schemathesis.Case, register: Register) -> None:
    # Compressed, it would not be read.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})
