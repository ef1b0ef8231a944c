"""The filter of search results: a common word finds too much to read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..models import Area
from ..search.asking import Question
from ..search.finding import UNDATED, Hit, RecordKind
from .core import Facet, FacetView, ListFilter, Option

FIRST_YEAR = 1945


@dataclass(frozen=True)
class Offer:
    """What can be chosen, whatever was found."""

    areas: list[Area]
    last_year: int

    @property
    def years(self) -> list[str]:
        return [*(str(year) for year in range(self.last_year, FIRST_YEAR - 1, -1)), UNDATED]


Row = Hit | Offer


def _kinds(row: Row) -> list[tuple[str, str]]:
    return [(row.kind.value, "")] if isinstance(row, Hit) else []


def _areas(row: Row) -> list[tuple[str, str]]:
    return (
        [(slug, "") for slug in row.areas] if isinstance(row, Hit) else [(area.slug, area.name) for area in row.areas]
    )


def _years(row: Row) -> list[tuple[str, str]]:
    return [(row.year, "")] if isinstance(row, Hit) else [(year, _now(year)) for year in row.years]


@dataclass(frozen=True)
class SearchFilter(ListFilter[Row]):
    NOUN = _("results")
    FACETS: ClassVar[tuple[Facet[Row], ...]] = (
        Facet("kind", _("Kind of record"), _kinds, RecordKind.choices, after=_("among %(values)s")),
        Facet("area", _("Area"), _areas, after=_("in %(values)s")),
        Facet("year", _("Year"), _years, after=_("of %(values)s")),
    )
    SORTS: ClassVar[dict[str, tuple[Any, Callable[[Row], Any]]]] = {"relevance": (_("Relevance"), lambda row: 0)}

    question: Question = dataclasses.field(default_factory=Question)

    @classmethod
    def asked(cls, query: QueryDict, offer: Offer, question: Question) -> SearchFilter:
        """Raises BadQuery for a value that no option has, whatever was found."""
        return dataclasses.replace(cls.read(query, [offer]), question=question)

    def query_string(self, clocks: Clocks, *, without: tuple[str, str] | None = None, **changes: str | int) -> str:
        asked = urlencode({"q": self.question.typed}) if self.question.typed else ""
        rest = super().query_string(clocks, without=without, **changes)
        return "&".join(part for part in (asked, rest) if part)

    def title(self, rows: Iterable[Row], clocks: Clocks) -> str:
        if not self.question.typed:
            return _now("Search")
        return _now("%(list)s: %(typed)s") % {
            "list": super().title(list(rows), clocks),
            "typed": f"“{self.question.typed}”",
        }

    def matching(self, hits: Iterable[Hit]) -> list[Hit]:
        return [hit for hit in hits if self.matches(hit)]

    def options(self, offer: Offer, hits: Iterable[Hit]) -> list[FacetView]:
        """The options that would show something, or are chosen."""
        rows: list[Row] = list(hits)
        return [self._offered(facet, offer, rows) for facet in self.FACETS]

    def _offered(self, facet: Facet[Row], offer: Offer, rows: list[Row]) -> FacetView:
        counts, chosen = self._counts(facet, rows), self.chosen.get(facet.name, ())
        options = [
            Option(value, str(label), counts[value], value in chosen)
            for value, label in facet.options([offer])
            if counts[value] or value in chosen
        ]
        return FacetView(facet.name, str(facet.label), options)
