"""From the database to the rows of sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..register.reading import Record
from .known import Known
from .layout import EXAMPLES, NESTED, SHEETS, version_of

Row = Mapping[str, Any]
Tables = dict[str, list[Row]]


def tables_of(known: Known, *, with_drafts: bool) -> Tables:
    """Every source and every published update, always in the same order; drafts come last."""
    tables: Tables = {name: [] for name in SHEETS}
    for source in known.register.of("sources").values():
        tables["sources"].append({**source, "version": version_of(source)})
    for number, update in known.register.of("updates").items():
        _add_update(tables, str(number), update)
    if with_drafts:
        for pk, draft in known.drafts.items():
            _add_update(tables, f"draft {pk}", draft.record, version=version_of(draft.record))
    return tables


def _add_update(tables: Tables, key: str, record: Record, **version: str) -> None:
    tables["updates"].append({**record, "update": key, **version})
    for name in NESTED:
        tables[name] += [{**item, "update": key} for item in record.get(name, [])]


def empty_tables() -> Tables:
    return {name: [] for name in SHEETS}


def example_tables() -> Tables:
    return {name: list(EXAMPLES[name]) for name in SHEETS}
