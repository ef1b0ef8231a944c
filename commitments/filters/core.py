"""The query string as a typed filter, with one canonical order; no value of a reader reaches the ORM.

Filters work on rows in memory: of commitments two judgements are computed, and every facet counts what each of its
options would show beside the choices made in the other facets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..clocks import BadQuery, Clocks

Row = TypeVar("Row")
NAME = "%(values)s"


@dataclass(frozen=True)
class Option:
    """One checkbox. `count` is what choosing it shows beside the other facets; None in a list too long to count."""

    value: str
    label: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True)
class FacetView:
    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Chip:
    """A choice in force, and the query string without it."""

    facet: str
    value: str
    label: str
    query: str


@dataclass(frozen=True)
class Facet(Generic[Row]):
    """`values` gives the options that a row falls under; `choices` are fixed, or None where rows bring them.

    `phrase` is what a choice adds to the title of the list, before its noun (an adjective) or after it.
    """

    name: str
    label: Any
    values: Callable[[Row], Iterable[tuple[str, str]]]
    choices: Sequence[tuple[str, Any]] | None = None
    before: Any = ""
    after: Any = ""
    is_sorted: bool = False

    def options(self, rows: Iterable[Row]) -> list[tuple[str, Any]]:
        if self.choices is not None:
            return list(self.choices)
        found: dict[str, str] = {}
        for row in rows:
            for value, label in self.values(row):
                found.setdefault(value, label)
        return sorted(found.items(), key=lambda option: option[1]) if self.is_sorted else list(found.items())

    def words(self, labels: Sequence[str]) -> str:
        """These choices as words of the title."""
        if self.choices is not None:
            labels = [_as_within_a_sentence(label) for label in labels]
        return str(self.before or self.after) % {"values": either(labels)}


def one(value: str, label: str = "") -> list[tuple[str, str]]:
    return [(value, label)] if value else []


def either(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(words)s or %(last)s") % {"words": ", ".join(words[:-1]), "last": words[-1]}


def _as_within_a_sentence(label: str) -> str:
    """Without its capital, unless it is one of an abbreviation or of a name."""
    return label[:1].lower() + label[1:] if label[1:2].islower() and label != "Japan" else label


@dataclass(frozen=True)
class ListFilter(Generic[Row]):
    """What the reader chose: facet name → values, in canonical order. Empty facets are left out.

    `sort` is "" for the first of SORTS, which are name → label and key.
    """

    FACETS: ClassVar[tuple[Facet[Any], ...]]
    SORTS: ClassVar[dict[str, tuple[Any, Callable[[Any], Any]]]]
    NOUN: ClassVar[Any]
    IS_COUNTED: ClassVar[bool] = True

    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict, rows: Sequence[Row]) -> Self:
        """Raises BadQuery for a value that no option has; unknown parameters are not ours and are left alone."""
        chosen = {}
        for facet in cls.FACETS:
            allowed = [value for value, _label in facet.options(rows)]
            wanted = set(query.getlist(facet.name)) - {""}
            unknown = sorted(wanted - set(allowed))
            if unknown:
                raise BadQuery(
                    _("“%(value)s” is no %(facet)s of this list.")
                    % {"value": unknown[0][:80], "facet": str(facet.label).lower()}
                )
            if wanted:
                chosen[facet.name] = tuple(value for value in allowed if value in wanted)
        return cls(chosen, cls._read_sort(query), read_page(query))

    @classmethod
    def _read_sort(cls, query: QueryDict) -> str:
        sort = query.get("sort", "")
        if sort and sort not in cls.SORTS:
            raise BadQuery(_("Lists are sorted by one of: %(sorts)s.") % {"sorts": ", ".join(cls.SORTS)})
        return "" if sort == next(iter(cls.SORTS)) else sort

    @property
    def sorted_by(self) -> str:
        return self.sort or next(iter(self.SORTS))

    def query_string(self, clocks: Clocks, *, without: tuple[str, str] | None = None, **changes: str | int) -> str:
        """The canonical address of this filter: facets in their order, then sort, page and clocks."""
        pairs = [(name, value) for name, values in self.chosen.items() for value in values if (name, value) != without]
        sort = changes.get("sort", self.sort)
        page = changes.get("page", 1)
        pairs += [("sort", str(sort))] if sort not in ("", next(iter(self.SORTS))) else []
        pairs += [("page", str(page))] if page != 1 else []
        return urlencode([*pairs, *clocks.parameters.items()])

    def matches(self, row: Row, *, leaving_out: str = "") -> bool:
        return all(
            facet.name == leaving_out
            or facet.name not in self.chosen
            or {value for value, _label in facet.values(row)} & set(self.chosen[facet.name])
            for facet in self.FACETS
        )

    def order(self, rows: Iterable[Row]) -> list[Row]:
        _label, key = self.SORTS[self.sorted_by]
        return sorted(rows, key=key)

    def apply(self, rows: Sequence[Row]) -> list[Row]:
        return self.order(row for row in rows if self.matches(row))

    def facets(self, rows: Sequence[Row]) -> list[FacetView]:
        return [self._facet(facet, rows) for facet in self.FACETS]

    def _facet(self, facet: Facet[Row], rows: Sequence[Row]) -> FacetView:
        counts = self._counts(facet, rows) if self.IS_COUNTED else None
        chosen = self.chosen.get(facet.name, ())
        options = [
            Option(value, str(label), counts[value] if counts is not None else None, value in chosen)
            for value, label in facet.options(rows)
        ]
        return FacetView(facet.name, str(facet.label), options)

    def _counts(self, facet: Facet[Row], rows: Sequence[Row]) -> Counter[str]:
        beside = [row for row in rows if self.matches(row, leaving_out=facet.name)]
        return Counter(value for row in beside for value, _label in facet.values(row))

    def chips(self, rows: Sequence[Row], clocks: Clocks) -> list[Chip]:
        return [
            Chip(facet.name, value, label, self.query_string(clocks, without=(facet.name, value)))
            for facet in self.FACETS
            for value, label in self._labels(facet, rows)
        ]

    def _labels(self, facet: Facet[Row], rows: Sequence[Row]) -> list[tuple[str, str]]:
        """The chosen options of a facet, with their labels."""
        labels = dict(facet.options(rows))
        return [(value, str(labels[value])) for value in self.chosen.get(facet.name, ())]

    def sorts(self, clocks: Clocks) -> list[tuple[str, Any, str]]:
        """Name, label and query string of each order."""
        return [(name, label, self.query_string(clocks, sort=name)) for name, (label, _key) in self.SORTS.items()]

    def title(self, rows: Sequence[Row], clocks: Clocks) -> str:
        """The list in words, with every choice that is in force and the day it is read as of."""
        chosen = [(facet, [label for _value, label in self._labels(facet, rows)]) for facet in self.FACETS]
        before = [facet.words(labels) for facet, labels in chosen if labels and facet.before]
        after = [facet.words(labels) for facet, labels in chosen if labels and not facet.before]
        words = capfirst(" ".join([*([", ".join(before)] if before else []), str(self.NOUN), *after]))
        return on_its_day(words, clocks)


def on_its_day(title: str, clocks: Clocks) -> str:
    """The title of a list, with the day that it is read as of where that is not today."""
    if clocks.as_of == clocks.today:
        return title
    return _("%(list)s, as of %(day)s") % {"list": title, "day": date_format(clocks.as_of, "j F Y")}


def read_page(query: QueryDict, name: str = "page") -> int:
    """Raises BadQuery."""
    page = query.get(name, "") or "1"
    if not (page.isascii() and page.isdigit() and len(page) <= 6 and int(page) > 0):
        raise BadQuery(_("“%(name)s” is a number from 1.") % {"name": name})
    return int(page)
