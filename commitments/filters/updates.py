"""The filter of the list of updates, which narrows in the database: there may be a great many."""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Max, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..models import Area, Assessment, StatusUpdate, UpdateKind, restore_labels
from .core import Facet, ListFilter

if TYPE_CHECKING:
    from ..models.status_update import StatusUpdateQuerySet


@dataclass(frozen=True)
class Scope:
    """The areas and years that updates can be asked for."""

    areas: list[Area]
    years: list[int]


def update_scope(clocks: Clocks) -> Scope:
    """Two queries; three on a past known-on day."""
    areas = list(Area.objects.published(clocks.as_of, clocks.known_on))
    restore_labels(areas, clocks.known_on)
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    ends = published.aggregate(first=Min("happened_by"), last=Max("happened_by"))
    years = range(ends["last"].year, ends["first"].year - 1, -1) if ends["last"] else []
    return Scope(areas, list(years))


class UpdateFilter(ListFilter[Scope]):
    IS_COUNTED = False
    NOUN = _("updates")
    FACETS: ClassVar[tuple[Facet[Scope], ...]] = (
        Facet(
            "area",
            _("Area"),
            lambda scope: [(area.slug, area.name) for area in scope.areas],
            after=_("in %(values)s"),
        ),
        Facet(
            "year",
            _("Year of the event"),
            lambda scope: [(str(year), str(year)) for year in scope.years],
            after=_("of %(values)s"),
        ),
        Facet("kind", _("Kind"), lambda _scope: (), UpdateKind.choices, after=_("of the kind “%(values)s”")),
        Facet(
            "act",
            _("Acts and context"),
            lambda _scope: (),
            [("yes", _("Acts of the parties")), ("no", _("Context"))],
            after=_("that are %(values)s"),
        ),
        Facet(
            "correction",
            _("Corrections"),
            lambda _scope: (),
            [("yes", _("Corrections of earlier updates"))],
            after=_("that are %(values)s"),
        ),
    )
    SORTS: ClassVar[dict[str, tuple[Any, Callable[[Any], Any]]]] = {"newest": (_("Latest publication"), lambda row: 0)}

    def narrow(self, updates: StatusUpdateQuerySet) -> StatusUpdateQuerySet:
        """Those of the kinds and years that were chosen; for areas see `touching`."""
        if "kind" in self.chosen:
            updates = updates.filter(kind__in=self.chosen["kind"])
        if "act" in self.chosen:
            updates = updates.filter(is_context__in=[value == "no" for value in self.chosen["act"]])
        if "correction" in self.chosen:
            updates = updates.filter(corrects__isnull=False)
        if "year" in self.chosen:
            of_years = [Q(happened_by__range=_year(int(value))) for value in self.chosen["year"]]
            updates = updates.filter(functools.reduce(operator.or_, of_years))
        return updates

    def select(self, updates: StatusUpdateQuerySet) -> StatusUpdateQuerySet:
        """All that match, uncut: for files."""
        touching = self.touching()
        return self.narrow(updates) if touching is None else self.narrow(updates).touched_by(touching)

    def touching(self) -> QuerySet[Assessment] | None:
        """The assessments that one of them has to make; None: any."""
        if "area" not in self.chosen:
            return None
        return Assessment.objects.published().filter(commitment__area__slug__in=self.chosen["area"])


def _year(year: int) -> tuple[datetime.date, datetime.date]:
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
