"""The data dictionary: every dataset, column and value, from the classes that the files follow.

Told once, and written as Markdown for the package and as a page of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from ..clocks import Clocks
from ..definitions import meaning_if_any
from ..records import DATASETS, Column, Dataset
from .tables import LICENCE, days
from .workbook import MOST_CHARACTERS


@dataclass(frozen=True)
class Value:
    value: str
    label: str
    meaning: str


@dataclass(frozen=True)
class Explained:
    """A column: `need` is "key", "required" or nothing, `leads_to` the dataset and column whose values it takes."""

    column: Column
    need: str
    leads_to: tuple[str, str] | None
    values: list[Value]


def explained(dataset: Dataset) -> list[Explained]:
    return [
        Explained(
            column,
            need="key" if column.name in dataset.key else "required" if column.is_required else "",
            leads_to=dataset.keys.get(column.name),
            values=values(column.choices) if column.choices else [],
        )
        for column in dataset.columns
    ]


def values(choices: type[TextChoices]) -> list[Value]:
    return [Value(choice.value, str(choice.label), str(meaning_if_any(choice))) for choice in choices]


def notes() -> list[str]:
    """What holds for every file."""
    return [
        _("Days are UTC. An empty cell is no value; a list stands in its cell as JSON."),
        _(
            "CSV holds what is stored, character for character. In the CSV for spreadsheets an apostrophe stands "
            "before whatever a program would take for a formula."
        ),
        _(
            "In Excel days are days, from March 1900 on; earlier ones are text. A control character stands as "
            "_xHHHH_, by the convention of the format. Excel holds %(most)s characters in a cell: a longer text is cut "
            "there and ends by saying how long it is. The other formats have all of it."
        )
        % {"most": f"{MOST_CHARACTERS:,}"},
    ]


def dictionary(clocks: Clocks) -> str:
    return "\n".join(_lines(clocks))


def _lines(clocks: Clocks) -> Iterator[str]:
    told = days(clocks)
    yield f"# {_('Data dictionary')}"
    yield ""
    yield _("As of %(as_of)s: what had happened by then. Known on %(known_on)s: what was published by then.") % told
    yield from notes()
    yield _("Licence of the data: CC BY 4.0, %(licence)s. See LICENSE.") % {"licence": LICENCE}
    for dataset in DATASETS.values():
        columns = explained(dataset)
        yield from ("", f"## {dataset.name}", "", *dataset.description.splitlines(), "")
        yield from _table(("column", "type", "", "leads to", "meaning"), map(_row, columns))
        for each in columns:
            if each.values:
                yield from ("", f"`{each.column.name}`:", "")
                rows = ((f"`{value.value}`", value.label, value.meaning) for value in each.values)
                yield from _table(("value", "label", "meaning"), rows)
    yield ""


def _row(each: Explained) -> tuple[str, ...]:
    column = each.column
    return f"`{column.name}`", column.type_name, each.need, ".".join(each.leads_to or ()), column.description


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|---" * len(header) + "|"
    for row in rows:
        yield f"| {' | '.join(text.replace('|', chr(92) + '|') for text in row)} |"
