"""The data dictionary, as Markdown: every dataset, column and value, from the classes that the files follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from ..clocks import Clocks
from ..definitions import meaning_if_any
from ..records import DATASETS, Dataset
from .tables import LICENCE, days


@dataclass(frozen=True)
class Value:
    value: str
    label: str
    meaning: str


def choices_of(dataset: Dataset) -> list[tuple[str, list[Value]]]:
    """For each column that takes certain values alone, these."""
    return [(column.name, values(column.choices)) for column in dataset.columns if column.choices]


def values(choices: type[TextChoices]) -> list[Value]:
    return [Value(choice.value, str(choice.label), str(meaning_if_any(choice))) for choice in choices]


def dictionary(clocks: Clocks) -> str:
    return "\n".join(_lines(clocks))


def _lines(clocks: Clocks) -> Iterator[str]:
    told = days(clocks)
    yield f"# {_('Data dictionary')}"
    yield ""
    yield _("As of %(as_of)s: what had happened by then. Known on %(known_on)s: what was published by then.") % told
    yield _("Days are UTC. An empty cell is no value; a list stands in its cell as JSON.")
    yield _("Licence of the data: CC BY 4.0, %(licence)s. See LICENSE.") % {"licence": LICENCE}
    for dataset in DATASETS.values():
        yield from ("", f"## {dataset.name}", "", *dataset.description.splitlines(), "")
        yield from _table(("column", "type", "", "leads to", "meaning"), _columns(dataset))
        for name, choices in choices_of(dataset):
            yield from ("", f"`{name}`:", "")
            rows = ((f"`{choice.value}`", choice.label, choice.meaning) for choice in choices)
            yield from _table(("value", "label", "meaning"), rows)
    yield ""


def _columns(dataset: Dataset) -> Iterator[tuple[str, ...]]:
    for column in dataset.columns:
        need = "key" if column.name in dataset.key else "required" if column.is_required else ""
        leads_to = ".".join(dataset.keys.get(column.name, ()))
        yield f"`{column.name}`", column.type_name, need, leads_to, column.description


def _table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|---" * len(header) + "|"
    for row in rows:
        yield f"| {' | '.join(text.replace('|', chr(92) + '|') for text in row)} |"
