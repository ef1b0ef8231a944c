"""The filter of the list of commitments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..coverage import Thinness, supports
from ..judgements import FreshnessState, Judged, ScheduleState, StatusGroup
from ..models import (
    Actor,
    CommitmentActor,
    CommitmentKind,
    DeliveryStatus,
    Evidence,
    Side,
    linked_ids,
    restore_labels,
)
from ..overview import judged_set
from .core import NAME, Facet, ListFilter, one


@dataclass(frozen=True)
class Row:
    """A judged commitment with those who are to act, and in what ways it rests on little."""

    judged: Judged
    actors: list[Actor]
    thinness: Sequence[Thinness] = ()


def _rank(choices: Any, value: str) -> int:
    return choices.values.index(value) if value else -1


class CommitmentFilter(ListFilter[Row]):
    NOUN = _("commitments")
    FACETS: ClassVar[tuple[Facet[Row], ...]] = (
        Facet("group", _("Delivery group"), lambda row: one(row.judged.group), StatusGroup.choices, before=NAME),
        Facet("status", _("Delivery status"), lambda row: one(row.judged.status), DeliveryStatus.choices, before=NAME),
        Facet(
            "evidence",
            _("Evidence"),
            lambda row: one(row.judged.evidence),
            Evidence.choices,
            after=_("with the evidence “%(values)s”"),
        ),
        Facet(
            "schedule",
            _("Schedule"),
            lambda row: one(row.judged.schedule.state),
            ScheduleState.choices,
            after=_("on schedule “%(values)s”"),
        ),
        Facet(
            "freshness",
            _("Freshness"),
            lambda row: one(row.judged.freshness.state),
            FreshnessState.choices,
            after=_("of which the record is “%(values)s”"),
        ),
        Facet(
            "area",
            _("Area"),
            lambda row: one(row.judged.commitment.area.slug, row.judged.commitment.area.name),
            after=_("in %(values)s"),
        ),
        Facet(
            "headline",
            _("Headline pledges"),
            lambda row: one("yes" if row.judged.commitment.area.is_headline else "no"),
            [("yes", _("The seven headline pledges")), ("no", _("Further areas"))],
            after=_("of %(values)s"),
        ),
        Facet(
            "instrument",
            _("Instrument"),
            lambda row: one(row.judged.commitment.instrument.slug, row.judged.commitment.instrument.title),
            after=_("from %(values)s"),
        ),
        Facet(
            "kind",
            _("Kind of pledge"),
            lambda row: one(row.judged.commitment.kind),
            CommitmentKind.choices,
            before=NAME,
        ),
        Facet(
            "side",
            _("Side to act"),
            lambda row: {(actor.side, "") for actor in row.actors},
            Side.choices,
            after=_("for the side “%(values)s”"),
        ),
        Facet(
            "actor",
            _("Actor"),
            lambda row: [(actor.slug, actor.name) for actor in row.actors],
            after=_("for %(values)s to act"),
            is_sorted=True,
        ),
        Facet(
            "rests_on",
            _("Rests on"),
            lambda row: [(kind.value, "") for kind in row.thinness],
            Thinness.choices,
            after=_("resting on %(values)s"),
        ),
    )
    SORTS: ClassVar[dict[str, tuple[Any, Callable[[Row], Any]]]] = {
        "area": (_("Area"), lambda row: ()),
        "reference": (_("Reference"), lambda row: row.judged.commitment.reference),
        "status": (_("Delivery"), lambda row: _rank(DeliveryStatus, row.judged.status)),
        "evidence": (_("Evidence"), lambda row: -_rank(Evidence, row.judged.evidence)),
        "schedule": (
            _("Schedule"),
            lambda row: (not row.judged.schedule.is_late, row.judged.schedule.on is None, row.judged.schedule.on or 0),
        ),
        "latest": (
            _("Last evidence"),
            lambda row: -(row.judged.facts.last_evidence_by or row.judged.facts.adopted_by.min).toordinal(),
        ),
    }


def listed_rows(clocks: Clocks, *, with_withdrawn: bool = False, with_thinness: bool = True) -> list[Row]:
    """The commitments in force, or all that have a page, with their actors. Four queries; eight on a past day.

    Without thinness, which only a filter asks for, one less.
    """
    judged = judged_set(clocks, with_withdrawn=with_withdrawn)
    links = linked_ids(CommitmentActor, "commitment", "actor", [row.commitment.pk for row in judged], clocks.known_on)
    actors = Actor.objects.in_bulk({actor_id for actor_ids in links.values() for actor_id in actor_ids})
    restore_labels(actors.values(), clocks.known_on)
    rows = [Row(row, [actors[actor_id] for actor_id in links[row.commitment.pk]]) for row in judged]
    if not with_thinness:
        return rows
    thin = [support.thinness(clocks.as_of) for support in supports(judged, clocks)]
    return [replace(row, thinness=kinds) for row, kinds in zip(rows, thin, strict=True)]
