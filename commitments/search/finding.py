"""Which records answer a question, in which order.

First come those that carry all of it in their titles, then those that mention it; in both, commitments before
instruments, updates and sources, and within a kind the more telling first. Selection is by today's words, visibility
by the clocks.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchRank
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
)
from django.db.models.functions import Cast, Coalesce, ExtractYear
from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..models import Assessment, Commitment, Instrument, Source, StatusUpdate
from .asking import IN_TITLE, Question

MOST_OF_A_KIND = 500
UNDATED, NO_YEAR = "undated", 0
Chosen = Mapping[str, Sequence[str]]
SLUGS = ArrayField(CharField())


class RecordKind(TextChoices):
    """In the order in which results of one rank are shown."""

    COMMITMENT = "commitment", _("Commitments")
    INSTRUMENT = "instrument", _("Instruments")
    UPDATE = "update", _("Updates")
    SOURCE = "source", _("Sources")


PLACES = {kind: place for place, kind in enumerate(RecordKind)}


@dataclass(frozen=True)
class Hit:
    """One record that answers; `year` is that of the event, adoption or publication."""

    kind: RecordKind
    key: int
    areas: tuple[str, ...]
    year: str
    is_in_title: bool
    rank: float

    @property
    def order(self) -> tuple[Any, ...]:
        return (not self.is_in_title, PLACES[self.kind], -self.rank, -self.key)


@dataclass(frozen=True)
class Found:
    """The hits in their order. `cut_off` names the kinds of which only so many are here, of updates the newest."""

    hits: list[Hit] = field(default_factory=list)
    cut_off: list[RecordKind] = field(default_factory=list)


def find(question: Question, clocks: Clocks) -> Found:
    """One query. Of updates the newest are looked at first, so that the cost of a common word follows the cut."""
    return _gather([_part(kind, question, clocks, {}) for kind in RecordKind])


def narrow(found: Found, question: Question, clocks: Clocks, chosen: Chosen) -> Found:
    """The kinds that were cut off, found again among what was chosen: values of `kind`, `area`, `year`. One query."""
    again = _gather([_part(kind, question, clocks, chosen) for kind in found.cut_off])
    whole = [hit for hit in found.hits if hit.kind not in found.cut_off]
    return Found(sorted([*whole, *again.hits], key=lambda hit: hit.order), again.cut_off)


def _gather(parts: Sequence[QuerySet[Any, Any]]) -> Found:
    by_kind: dict[RecordKind, list[Hit]] = {kind: [] for kind in RecordKind}
    for kind, key, areas, year, is_in_title, rank in parts[0].union(*parts[1:], all=True):
        hit = Hit(RecordKind(kind), key, tuple(dict.fromkeys(areas)), str(year or UNDATED), is_in_title, rank)
        by_kind[hit.kind].append(hit)
    kept = [hit for of_kind in by_kind.values() for hit in of_kind[:MOST_OF_A_KIND]]
    return Found(
        sorted(kept, key=lambda hit: hit.order),
        [kind for kind, of_kind in by_kind.items() if len(of_kind) > MOST_OF_A_KIND],
    )


def _part(kind: RecordKind, question: Question, clocks: Clocks, chosen: Chosen) -> QuerySet[Any, Any]:
    rows, areas, day, order = _records(kind, clocks)
    rows = rows.filter(words__vector=question.condition()).annotate(
        record_kind=Value(kind.value),
        areas=areas,
        year=Coalesce(ExtractYear(day), NO_YEAR),
        is_in_title=ExpressionWrapper(Q(words__vector=question.wanted_condition(IN_TITLE)), BooleanField()),
        rank=SearchRank(F("words__vector"), question.wanted_condition()),
    )
    if kind.value not in chosen.get("kind", [kind.value]):
        rows = rows.none()
    if "year" in chosen:
        rows = rows.filter(_in_years(day, chosen["year"]))
    if "area" in chosen:
        rows = _in_areas(rows, kind, chosen)
    rows = rows.order_by(*order)[: MOST_OF_A_KIND + 1]
    return rows.values_list("record_kind", "pk", "areas", "year", "is_in_title", "rank")


def _in_years(day: str, years: Sequence[str]) -> Q:
    return functools.reduce(operator.or_, [_in_year(day, year) for year in years])


def _in_year(day: str, year: str) -> Q:
    if year == UNDATED:
        return Q((f"{day}__isnull", True))
    return Q((f"{day}__range", (datetime.date(int(year), 1, 1), datetime.date(int(year), 12, 31))))


def _records(kind: RecordKind, clocks: Clocks) -> tuple[QuerySet[Any], Any, str, Sequence[str]]:
    """The public records of this kind, the slugs of their areas, their day, and which of very many to look at."""
    best = ("-is_in_title", "-rank", "pk")
    no_areas = Value([], output_field=SLUGS)
    if kind == RecordKind.COMMITMENT:
        commitments = Commitment.objects.published(clocks.as_of, clocks.known_on)
        area = Func(Cast("area__slug", CharField()), template="ARRAY[%(expressions)s]", output_field=SLUGS)
        return commitments, area, "instrument__adopted_on", best
    if kind == RecordKind.UPDATE:
        updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
        assessed = Assessment.objects.filter(update=OuterRef("pk")).order_by("position", "id")
        return updates, ArraySubquery(assessed.values("commitment__area__slug")), "happened_by", ("-number",)
    if kind == RecordKind.SOURCE:
        return Source.objects.published(clocks.as_of, clocks.known_on), no_areas, "published_on", best
    carrying = Commitment.objects.published(clocks.as_of, clocks.known_on).filter(instrument=OuterRef("pk"))
    return Instrument.objects.filter(Exists(carrying)), no_areas, "adopted_on", best


def _in_areas(rows: QuerySet[Any], kind: RecordKind, chosen: Chosen) -> QuerySet[Any]:
    slugs = chosen["area"]
    if kind == RecordKind.COMMITMENT:
        return rows.filter(area__slug__in=slugs)
    if kind == RecordKind.UPDATE:
        assessments = Assessment.objects.published().filter(update=OuterRef("pk"), commitment__area__slug__in=slugs)
        if "year" in chosen:
            # The same as of the updates, said again so that the index by event answers it.
            assessments = assessments.filter(_in_years("happened_by", chosen["year"]))
        return rows.filter(Exists(assessments))
    return rows.none()
