"""Examples of answers, made from their schemas: plainly made up, and always valid."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

DAY = datetime.date(2026, 6, 1).isoformat()
# By the name of the property, where "Made up" would not do.
WORDS = {
    "reference": "EUJP-07",
    "commitment": "EUJP-07",
    "commitments": "EUJP-07",
    "follows": "EUJP-03",
    "late": "EUJP-07",
    "announced_passed": "EUJP-07",
    "expected": "EUJP-07",
    "review_due": "EUJP-07",
    "title_ja": "架空の約束",
    "name_ja": "架空の分野",
    "abbreviation": "MU",
    "wording_language": "en",
    "language": "en",
    "languages": "en",
    "url": "https://example.org/made-up",
    "address": "https://tracker.example.org/data/register-2026-06-01.yaml",
    "sha256": "0123456789abcdef" * 4,
    "id": "milestone/made-up",
    "week": "2026-W10",
    "archived_url": "https://archive.example.org/made-up",
    "next": "https://tracker.example.org/api/v1/…?after=made-up",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "type": "about:blank",
    "release": "0123456789ab",
}
SLUGS = frozenset({"slug", "instrument", "area", "source", "wording_source", "meets", "replaces", "replaced_by"})


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """An instance of the schema; `schemas` are those that it may refer to, `name` that of its property."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for alternatives in ("anyOf", "allOf"):
        if alternatives in schema:
            return example_of(schema[alternatives][0], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {key: example_of(each, schemas, key) for key, each in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas, name)]
    return _value(schema, name)


def _value(schema: Mapping[str, Any], name: str) -> Any:
    if schema.get("format") == "date":
        return DAY
    if schema.get("format") == "date-time":
        return f"{DAY}T12:00:00Z"
    if schema["type"] == "boolean":
        return False
    if schema["type"] == "integer":
        return max(schema.get("minimum", 0), 3)
    if name in SLUGS or name.endswith("sources"):
        return "made-up"
    return WORDS.get(name, "Made up")
