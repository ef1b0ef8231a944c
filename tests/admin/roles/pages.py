"""The cells of every model: its list, forms and history, the rows under it, and the steps that follow its saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models

from tests.admin.forms import desk, sent_back
from tests.factories import make_actor, make_commitment, make_source

from .forging import SHOWN, Cell, Forge, Request
from .persons import Needs, Person, permission, reading
from .rows import MAKE

# What tells a new row from the one that its data was taken from.
UNLIKE = {
    "commitments.instrument": {"slug": "forged"},
    "commitments.area": {"slug": "forged"},
    "commitments.actor": {"slug": "forged"},
    "commitments.source": {"slug": "forged", "url": "https://example.org/forged"},
    "commitments.commitment": {"reference": "EUJP-9999"},
    "commitments.discrepancy": {"topic": "Forged"},
    "auth.user": {
        "username": "forged",
        "usable_password": "true",
        "password1": "q8-made-up",
        "password2": "q8-made-up",
    },
}
TEXTS = ("title", "name", "topic", "found", "first_name")
# What the desk refuses to everybody, a superuser too.
NEVER: Needs = ((),)
NOBODY = {("commitments.discrepancy", "delete")}
ADDS = {"auth.user": ("add", "change")}
# The field of a row under a record that says what the row is about.
ABOUT: dict[str, Callable[[], Any]] = {"commitment": make_commitment, "source": make_source, "actor": make_actor}
# The button of a form, and what was written once it was pressed.
SAVING_STEPS = {
    ("commitments.statusupdate", "submit"): (("change",), "submitted_at"),
    ("commitments.commitment", "publish"): (("change", "publish"), "published_at"),
    ("commitments.check", "record"): (("change",), "recorded_at"),
    ("commitments.milestone", "record"): (("change",), "recorded_at"),
}


def cells_of_models() -> Iterator[Cell]:
    for label in MAKE:
        yield from cells_of_model(label)
        model_admin = admin.site._registry[apps.get_model(label)]
        for inline in model_admin.inlines:
            yield from cells_of_inline(label, inline.model)
    for (label, step), (actions, column) in SAVING_STEPS.items():
        yield Cell(f"{label}: save and {step}", needs(label, *actions), saving_step(label, step, column))


def needs(label: str, *actions: str) -> Needs:
    if any((label, action) in NOBODY for action in actions):
        return NEVER
    return tuple((permission(action, label),) for action in actions)


def cells_of_model(label: str) -> Iterator[Cell]:
    reads: Needs = (reading(label),)
    for view in ("change", "history"):
        yield Cell(f"{label}: open the {view} page", reads, opening(label, view), SHOWN)
    yield Cell(f"{label}: list", reads, listing(label, {}), SHOWN)
    yield Cell(f"{label}: search", reads, listing(label, {"q": "made up"}), SHOWN)
    yield Cell(f"{label}: open the form of a new one", needs(label, *ADDS.get(label, ("add",))), blank(label), SHOWN)
    yield Cell(f"{label}: open the page of deletion", needs(label, "delete"), opening(label, "delete"), SHOWN)
    yield Cell(f"{label}: add", needs(label, *ADDS.get(label, ("add",))), adding(label))
    yield Cell(f"{label}: change", needs(label, "change"), changing(label))
    yield Cell(f"{label}: delete", needs(label, "delete"), deleting(label))


def listing(label: str, query: dict[str, str]) -> Any:
    def prepare(owner: Person) -> Forge:
        MAKE[label]()
        return lambda person: Request(desk(apps.get_model(label), "changelist"), query, "get")

    return prepare


def opening(label: str, view: str) -> Any:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        return lambda person: Request(desk(row, view), method="get")

    return prepare


def blank(label: str) -> Any:
    return lambda owner: lambda person: Request(desk(apps.get_model(label)), method="get")


def fields_of(owner: Person, row: models.Model) -> dict[str, Any]:
    """What a superuser's browser would send from the form of the row. Where nobody gets a form, something."""
    model_admin = admin.site._registry[type(row)]
    if not model_admin.has_change_permission(owner.client.get(desk(row)).wsgi_request, row):
        return {"reason": "Forged."}
    return sent_back(owner.client, desk(row)) | {"reason": "Forged."}


def adding(label: str) -> Any:
    model = apps.get_model(label)

    def prepare(owner: Person) -> Forge:
        fields = as_new(fields_of(owner, MAKE[label]()), model) | UNLIKE.get(label, {})
        return lambda person: Request(desk(model), fields, within=model._meta.db_table)

    return prepare


def as_new(fields: dict[str, Any], model: type[models.Model]) -> dict[str, Any]:
    """What was sent of a row that is there, as of one that is not."""
    links = {link_to(model._meta.label_lower, inline.model).name for inline in admin.site._registry[model].inlines}
    said = {name: value for name, value in fields.items() if name.rpartition("-")[2] not in {"id", *links}}
    none_yet = {name: 0 for name in fields if name.endswith("-INITIAL_FORMS")}
    return said | none_yet


def changing(label: str) -> Any:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        fields = fields_of(owner, row)
        text = next((name for name in TEXTS if name in fields), "title")
        return lambda person: Request(desk(row), fields | {text: "Forged"}, within=row._meta.db_table)

    return prepare


def deleting(label: str) -> Any:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        return lambda person: Request(desk(row, "delete"), {"post": "yes"}, within=row._meta.db_table)

    return prepare


def saving_step(label: str, step: str, column: str) -> Any:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        fields = fields_of(owner, row) | {"_step": step}
        taken = type(row)._default_manager.filter(pk=row.pk, **{f"{column}__isnull": False})
        return lambda person: Request(desk(row), fields, within=row._meta.db_table, is_done=taken.exists)

    return prepare


def cells_of_inline(label: str, model: type[models.Model]) -> Iterator[Cell]:
    name = model._meta.label_lower
    for action in ("add", "change", "delete"):
        page = needs(label, "change")
        wants = (*page, (permission(action, name),))
        yield Cell(f"{label}: {action} {name}", wants, changing_rows(label, model, action), page=page)


def changing_rows(label: str, model: type[models.Model], action: str) -> Any:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        fields = fields_of(owner, row)
        data = fields | changed_rows(fields, link_to(label, model), action)
        return lambda person: Request(desk(row), data, within=model._meta.db_table)

    return prepare


def link_to(label: str, model: type[models.Model]) -> Any:
    """The field by which a row hangs on its record."""
    return next(field for field in model._meta.concrete_fields if field.related_model is apps.get_model(label))


def changed_rows(fields: dict[str, Any], link: Any, action: str) -> dict[str, Any]:
    """Of one row under the record: another beside it, another in its place, or none."""
    prefix = link.remote_field.get_accessor_name().replace("+", "")
    first = {name: value for name, value in fields.items() if name.startswith(f"{prefix}-0-")}
    assert first, f"No form of a row called {prefix}: {sorted(fields)}"
    if action == "delete":
        return {f"{prefix}-0-DELETE": "on"}
    about = next(name for name in ABOUT if f"{prefix}-0-{name}" in first and name != link.name)
    if action == "change":
        return {f"{prefix}-0-{about}": ABOUT[about]().pk}
    beside = {name.replace("-0-", "-1-"): value for name, value in first.items()}
    return beside | {f"{prefix}-1-{about}": ABOUT[about]().pk, f"{prefix}-1-id": "", f"{prefix}-TOTAL_FORMS": 2}
