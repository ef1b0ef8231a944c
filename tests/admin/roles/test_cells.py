"""Every cell of the table of roles, by a forged request that somebody permitted could have sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib import admin
from django.test import RequestFactory

from commitments.desk_page import KINDS

from .addresses import SECTIONS, cells_of_addresses, walked
from .forging import DONE, Cell, outcome_of
from .pages import SAVING_STEPS, cells_of_models
from .persons import everybody_but, owner, persons
from .rows import MAKE
from .states import ACTIONS, cells_of_actions, cells_of_autocompletion, cells_of_states

pytestmark = pytest.mark.django_db

PAGES = ("changelist", "add", "change", "delete", "history")
CELLS = [
    *cells_of_models(),
    *cells_of_addresses(),
    *cells_of_states(),
    *cells_of_actions(),
    *cells_of_autocompletion(),
]


@pytest.mark.parametrize("cell", [pytest.param(cell, id=cell.name) for cell in CELLS])
def test_it_is_for_those_whom_the_table_names(cell: Cell) -> None:
    superuser = owner()
    forge = cell.prepare(superuser)
    but_one = [everybody_but(any_of) for any_of in cell.needs or () if any_of]
    everybody = [*persons(), superuser, *but_one]

    outcomes = {person.name: (outcome_of(forge, person), cell.expected_for(person)) for person in everybody}

    assert {name: pair for name, pair in outcomes.items() if pair[0] != pair[1]} == {}
    assert outcome_of(lambda person: replace(forge(person), method="get"), superuser) != DONE, "changed by a link"


def test_every_address_of_the_desk_has_a_cell() -> None:
    """The failing test of whoever adds an address: say in addresses.py what it asks of a person."""
    pages = {f"{label.replace('.', '_')}_{page}" for label in MAKE for page in PAGES}
    named = {cell.name.partition(", ")[0] for cell in cells_of_addresses()}

    assert set(walked()) == pages | named | {"autocomplete"}


def test_every_model_of_the_desk_has_cells() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == {*MAKE, "commitments.sheetimport"}


def test_every_action_on_several_rows_has_a_cell(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = owner().user

    offered = {
        (model._meta.label_lower, action)
        for model, model_admin in admin.site._registry.items()
        for action in model_admin.get_actions(request)
    }

    assert offered == ACTIONS


def test_every_button_that_saves_has_a_cell() -> None:
    offered = {
        (model._meta.label_lower, step.name)
        for model, model_admin in admin.site._registry.items()
        for step in getattr(model_admin, "steps", ())
        if step.saves
    }

    assert offered == set(SAVING_STEPS)


def test_every_list_of_the_front_page_has_a_cell() -> None:
    assert {kind.key for kind in KINDS} == set(SECTIONS)
