"""Rows that the database kept as JSON, in words: column by column, related records by their names."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

Columns = Mapping[str, Any]
Names = dict[tuple[type[models.Model], int], str]
NOTHING = "–"


@dataclass(frozen=True)
class Change:
    """One column; `before` or `after` is "–" where there was, or is, nothing."""

    label: str
    before: str
    after: str


def model_of(table: str) -> type[models.Model] | None:
    """The model of ours, or of an account, that has this table."""
    found = (
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table == table and not model._meta.proxy
    )
    return next(found, None)


def changes_between(
    model: type[models.Model], was: Columns | None, became: Columns | None, names: Names
) -> list[Change]:
    """What a person would call changed: no keys, no derived columns, and of a new or lost row what it held."""
    return [
        Change(capfirst(str(field.verbose_name)), before, after)
        for field in _told(model)
        if field.column in {**(was or {}), **(became or {})}
        for before in [in_words(field, (was or {}).get(field.column), names)]
        for after in [in_words(field, (became or {}).get(field.column), names)]
        if before != after
    ]


def _told(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]


def in_words(field: Any, value: Any, names: Names) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(field, models.ForeignKey):
        related: Any = field.related_model
        return names.get((related, value), f"{capfirst(str(related._meta.verbose_name))} {value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(field, models.DateTimeField):
        moment = datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
        return _("%(moment)s UTC") % {"moment": date_format(moment, "j F Y, H:i")}
    return str(value)


def names_in(rows: Iterable[tuple[type[models.Model], Columns | None]]) -> Names:
    """The names of all that these rows refer to, as they read now. One query for each kind of record."""
    wanted: dict[type[models.Model], set[int]] = {}
    for model, columns in rows:
        for field in _told(model):
            value = (columns or {}).get(field.column)
            if isinstance(field, models.ForeignKey) and isinstance(value, int):
                related: Any = field.related_model
                wanted.setdefault(related, set()).add(value)
    return names_of(wanted)


def names_of(wanted: Mapping[type[models.Model], Iterable[int]]) -> Names:
    """Of those of these rows that still exist. One query for each kind of record."""
    names: Names = {}
    for model, keys in wanted.items():
        manager: Any = model._base_manager
        names |= {(model, key): str(row) for key, row in manager.in_bulk(keys).items()}
    return names
