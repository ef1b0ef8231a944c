"""The query string as a typed filter, with one canonical order; no value of a reader reaches the ORM.

Filters work on judged rows, because two of the four judgements are computed. A facet counts what each of its options
would show beside the choices made in the other facets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .clocks import BadQuery, Clocks
from .judgements import FreshnessState, Judged, ScheduleState, StatusGroup
from .models import (
    Actor,
    CommitmentActor,
    CommitmentKind,
    DeliveryStatus,
    Evidence,
    Side,
    linked_ids,
    restore_labels,
)
from .overview import judged_set


@dataclass(frozen=True)
class Row:
    """A judged commitment with those who are to act."""

    judged: Judged
    actors: list[Actor]


@dataclass(frozen=True)
class Option:
    """One checkbox. `count` is what choosing it shows beside the other facets."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class FacetView:
    name: str
    label: str
    options: list[Option]

    @property
    def is_used(self) -> bool:
        return any(option.is_chosen for option in self.options)


@dataclass(frozen=True)
class Chip:
    """A choice in force, and the query string without it."""

    facet: str
    value: str
    label: str
    query: str


@dataclass(frozen=True)
class Facet:
    """`values` gives the options that a row falls under; `choices` are fixed, or None where rows bring them."""

    name: str
    label: Any
    values: Callable[[Row], Iterable[tuple[str, str]]]
    choices: Sequence[tuple[str, Any]] | None = None


def _one(value: str) -> list[tuple[str, str]]:
    return [(value, "")] if value else []


FACETS = (
    Facet("group", gettext_lazy("Delivery group"), lambda row: _one(row.judged.group), StatusGroup.choices),
    Facet("status", gettext_lazy("Delivery status"), lambda row: _one(row.judged.status), DeliveryStatus.choices),
    Facet("evidence", gettext_lazy("Evidence"), lambda row: _one(row.judged.evidence), Evidence.choices),
    Facet("schedule", gettext_lazy("Schedule"), lambda row: _one(row.judged.schedule.state), ScheduleState.choices),
    Facet("freshness", gettext_lazy("Freshness"), lambda row: _one(row.judged.freshness.state), FreshnessState.choices),
    Facet(
        "area",
        gettext_lazy("Area"),
        lambda row: [(row.judged.commitment.area.slug, row.judged.commitment.area.name)],
    ),
    Facet(
        "headline",
        gettext_lazy("Headline pledges"),
        lambda row: _one("yes" if row.judged.commitment.area.is_headline else "no"),
        [("yes", gettext_lazy("The seven headline pledges")), ("no", gettext_lazy("Further areas"))],
    ),
    Facet("kind", gettext_lazy("Kind of pledge"), lambda row: _one(row.judged.commitment.kind), CommitmentKind.choices),
    Facet("side", gettext_lazy("Side to act"), lambda row: {(actor.side, "") for actor in row.actors}, Side.choices),
    Facet("actor", gettext_lazy("Actor"), lambda row: [(actor.slug, actor.name) for actor in row.actors]),
)

SORTS: dict[str, tuple[Any, Callable[[Row], Any]]] = {
    "area": (gettext_lazy("Area"), lambda row: ()),
    "reference": (gettext_lazy("Reference"), lambda row: row.judged.commitment.reference),
    "status": (gettext_lazy("Delivery"), lambda row: _rank(DeliveryStatus, row.judged.status)),
    "evidence": (gettext_lazy("Evidence"), lambda row: -_rank(Evidence, row.judged.evidence)),
    "schedule": (
        gettext_lazy("Schedule"),
        lambda row: (not row.judged.schedule.is_late, row.judged.schedule.on is None, row.judged.schedule.on or 0),
    ),
    "latest": (
        gettext_lazy("Last evidence"),
        lambda row: -(row.judged.facts.last_evidence_by or row.judged.facts.adopted_by.min).toordinal(),
    ),
}
DEFAULT_SORT = "area"


def _rank(choices: Any, value: str) -> int:
    return choices.values.index(value) if value else -1


@dataclass(frozen=True)
class CommitmentFilter:
    """What the reader chose: facet name → values, in canonical order. Empty facets are left out."""

    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict, rows: Sequence[Row]) -> CommitmentFilter:
        """Raises BadQuery for a value that no option has; unknown parameters are not ours and are left alone."""
        chosen = {}
        for facet in FACETS:
            allowed = [value for value, _label in options_of(facet, rows)]
            wanted = set(query.getlist(facet.name)) - {""}
            unknown = sorted(wanted - set(allowed))
            if unknown:
                raise BadQuery(
                    _("“%(value)s” is no %(facet)s of this list.")
                    % {"value": unknown[0][:80], "facet": str(facet.label).lower()}
                )
            if wanted:
                chosen[facet.name] = tuple(value for value in allowed if value in wanted)
        return cls(chosen, _sort(query), _page(query))

    def query_string(self, clocks: Clocks, *, without: tuple[str, str] | None = None, **changes: str | int) -> str:
        """The canonical address of this filter: facets in their order, then sort, page and clocks."""
        pairs = [(name, value) for name, values in self.chosen.items() for value in values if (name, value) != without]
        sort = changes.get("sort", self.sort)
        page = changes.get("page", 1)
        pairs += [("sort", str(sort))] if sort != DEFAULT_SORT else []
        pairs += [("page", str(page))] if page != 1 else []
        return urlencode([*pairs, *clocks.parameters.items()])

    def matches(self, row: Row, *, leaving_out: str = "") -> bool:
        return all(
            name == leaving_out or {value for value, _label in FACETS_BY_NAME[name].values(row)} & set(values)
            for name, values in self.chosen.items()
        )

    def apply(self, rows: Sequence[Row]) -> list[Row]:
        _label, key = SORTS[self.sort]
        return sorted((row for row in rows if self.matches(row)), key=key)

    def facets(self, rows: Sequence[Row]) -> list[FacetView]:
        return [self._facet(facet, rows) for facet in FACETS]

    def _facet(self, facet: Facet, rows: Sequence[Row]) -> FacetView:
        beside = [row for row in rows if self.matches(row, leaving_out=facet.name)]
        counts = Counter(value for row in beside for value, _label in facet.values(row))
        chosen = self.chosen.get(facet.name, ())
        options = [
            Option(value, str(label), counts[value], value in chosen) for value, label in options_of(facet, rows)
        ]
        return FacetView(facet.name, str(facet.label), options)

    def chips(self, rows: Sequence[Row], clocks: Clocks) -> list[Chip]:
        labels = {facet.name: dict(options_of(facet, rows)) for facet in FACETS}
        return [
            Chip(name, value, str(labels[name][value]), self.query_string(clocks, without=(name, value)))
            for name, values in self.chosen.items()
            for value in values
        ]


FACETS_BY_NAME = {facet.name: facet for facet in FACETS}


def options_of(facet: Facet, rows: Sequence[Row]) -> list[tuple[str, Any]]:
    if facet.choices is not None:
        return list(facet.choices)
    found: dict[str, str] = {}
    for row in rows:
        for value, label in facet.values(row):
            found.setdefault(value, label)
    if facet.name == "actor":
        return sorted(found.items(), key=lambda option: option[1])
    return list(found.items())


def _sort(query: QueryDict) -> str:
    sort = query.get("sort", "") or DEFAULT_SORT
    if sort not in SORTS:
        raise BadQuery(_("Lists are sorted by one of: %(sorts)s.") % {"sorts": ", ".join(SORTS)})
    return sort


def _page(query: QueryDict) -> int:
    page = query.get("page", "") or "1"
    if not (page.isascii() and page.isdigit() and len(page) <= 6 and int(page) > 0):
        raise BadQuery(_("“page” is a number from 1."))
    return int(page)


def listed_rows(clocks: Clocks) -> list[Row]:
    """The commitments in force with their actors. Three queries; eight on a past known-on day."""
    judged = judged_set(clocks)
    links = linked_ids(CommitmentActor, "commitment", "actor", [row.commitment.pk for row in judged], clocks.known_on)
    actors = Actor.objects.in_bulk({actor_id for actor_ids in links.values() for actor_id in actor_ids})
    restore_labels(actors.values(), clocks.known_on)
    return [Row(row, [actors[actor_id] for actor_id in links[row.commitment.pk]]) for row in judged]
