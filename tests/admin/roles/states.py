"""What a row's state takes from everybody, what is done to several rows, and what a form looks up for its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import reverse

from commitments.models import StatusUpdate, latest_entry_id
from tests.admin.forms import desk, new_update
from tests.factories import (
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    make_user,
    put_in_review,
)

from .forging import SHOWN, Cell, Forge, Request
from .pages import NEVER, needs
from .persons import Needs, Person, reading
from .rows import MAKE, make_draft

ACTIONS = {("commitments.statusupdate", "publish_chosen")}


def make_update_in_review() -> StatusUpdate:
    update = make_draft()
    put_in_review(update, make_user())
    return update


def make_cited_source() -> models.Model:
    source = make_source()
    make_update(sources=[source], assessments=[{"commitment": make_commitment()}])
    return source


# Rows of which nothing typed is taken any more: by themselves, and by what refers to them.
CLOSED: dict[str, Callable[[], models.Model]] = {
    "published": lambda: make_update(assessments=[{"commitment": make_commitment()}]),
    "in review": make_update_in_review,
    "recorded check": lambda: make_check(make_commitment()),
    "recorded milestone": lambda: make_milestone(make_commitment()),
}
REFERRED_TO: dict[str, Callable[[], models.Model]] = {
    "cited source": make_cited_source,
    "area of a commitment": lambda: make_commitment().area,
    "instrument of a commitment": lambda: make_commitment(instrument=make_instrument()).instrument,
}


def cells_of_states() -> Iterator[Cell]:
    for name, make in CLOSED.items():
        label = {"recorded check": "commitments.check", "recorded milestone": "commitments.milestone"}.get(
            name, "commitments.statusupdate"
        )
        changes = needs(label, "change")
        yield Cell(f"{name}: change", changes, sending(make, lambda row: {"title": "Forged", "found": "F"}), SHOWN)
        yield Cell(f"{name}: rows", changes, sending(make, lambda row: forged_rows()), SHOWN)
        for step in ("submit", "publish", "record"):
            yield Cell(f"{name}: {step}", changes, pressing(make, step), SHOWN)
        yield Cell(f"{name}: delete", NEVER, sending(make, lambda row: {"post": "yes"}, "delete"))
    yield Cell("published commitment: delete", NEVER, sending(make_commitment, lambda row: {"post": "yes"}, "delete"))
    for name, make in REFERRED_TO.items():
        label = f"commitments.{name.partition(' of')[0].rpartition(' ')[2]}"
        yield Cell(
            f"{name}: delete", needs(label, "delete"), sending(make, lambda row: {"post": "yes"}, "delete"), SHOWN
        )


def forged_rows() -> dict[str, Any]:
    return new_update(make_commitment(), make_source())


def sending(make: Callable[[], Any], data: Callable[[Any], dict[str, Any]], view: str = "") -> Any:
    def prepare(owner: Person) -> Forge:
        row = make()
        fields = data(row)
        return lambda person: Request(desk(row, view), fields)

    return prepare


def pressing(make: Callable[[], Any], step: str) -> Any:
    return sending(make, lambda row: {"_step": step})


def cells_of_actions() -> Iterator[Cell]:
    for label in MAKE:
        yield Cell(f"{label}: delete_selected", NEVER, deleting_several(label), page=(reading(label),))
    update = "commitments.statusupdate"

    def publishing(owner: Person) -> Forge:
        row = make_update_in_review()
        return lambda person: publishing_several(row)

    yield Cell(f"{update}: publish_chosen", needs(update, "publish"), publishing, page=(reading(update),))


def deleting_several(label: str) -> Any:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        return lambda person: Request(desk(type(row), "changelist"), data, within=row._meta.db_table)

    return prepare


def publishing_several(row: StatusUpdate) -> Request:
    data = {
        "action": "publish_chosen",
        "_selected_action": [row.pk],
        "confirmed": "yes",
        f"_version_{row.pk}": latest_entry_id(row),
    }
    is_published = StatusUpdate.objects.filter(pk=row.pk, published_at__isnull=False).exists
    return Request(desk(StatusUpdate, "changelist"), data, within=row._meta.db_table, is_done=is_published)


def relations() -> Iterator[Any]:
    """Every field of a form of the desk, and of a row under it, that refers to something."""
    for model, model_admin in admin.site._registry.items():
        for each in (model, *(inline.model for inline in model_admin.inlines)):
            yield from (field for field in each._meta.get_fields() if field.many_to_one or field.many_to_many)


def cells_of_autocompletion() -> Iterator[Cell]:
    asked = {(field.model._meta.label_lower, field.name): field for field in relations() if field.concrete}
    for (label, name), field in sorted(asked.items()):
        target = field.related_model
        yield Cell(f"autocomplete:{label}.{name}", may_look_up(target), looking_up(label, name), SHOWN)


def may_look_up(target: type[models.Model]) -> Needs:
    """What is no page of the desk, or is not searched there, is not looked up through a form either."""
    found = admin.site._registry.get(target)
    return (reading(target._meta.label_lower),) if found is not None and found.search_fields else NEVER


def looking_up(label: str, name: str) -> Any:
    model = apps.get_model(label)
    query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name, "term": "a"}
    return lambda owner: lambda person: Request(reverse("admin:autocomplete"), query, "get")
