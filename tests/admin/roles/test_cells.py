"""Every cell of the table of roles, by a forged request that somebody permitted could have sent."""

from __future__ import annotations

import pytest

from .forging import REFUSED, Cell, outcome_of
from .pages import cells_of_models
from .persons import everybody_but, owner, persons

pytestmark = pytest.mark.django_db

CELLS = [*cells_of_models()]


@pytest.mark.parametrize("cell", [pytest.param(cell, id=cell.name) for cell in CELLS])
def test_it_is_for_those_whom_the_table_names(cell: Cell) -> None:
    superuser = owner()
    forge = cell.prepare(superuser)
    everybody = [*persons(), superuser]

    outcomes = {person.name: outcome_of(forge, person) for person in everybody}

    assert outcomes == {person.name: cell.expected_for(person) for person in everybody}
