"""The datasets: what each is called, which columns it has, what identifies a row, and where its keys lead."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Schema

from ..clocks import Clocks
from . import shapes
from .reading import Record
from .shapes import Column, columns
from .whole import Whole


@dataclass(frozen=True)
class Dataset:
    """`keys` leads from a column of this dataset to the dataset and the column whose values it takes.

    `records_of` gives all of its records, functions of `reading` with the same name give some.
    """

    name: str
    title: Any
    shape: type[Schema]
    key: tuple[str, ...]
    records_of: Callable[[Whole], Iterable[Record]]
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def description(self) -> str:
        return inspect.cleandoc(self.shape.__doc__ or "")

    @property
    def columns(self) -> list[Column]:
        return columns(self.shape)

    def read(self, clocks: Clocks) -> Iterator[Record]:
        """All records at these clocks, read on their own."""
        return iter(self.records_of(Whole(clocks)))


def _linked(
    parents: Callable[[Whole], Iterable[Record]], key: str, items: str, parent: str, child: str
) -> Callable[[Whole], Iterator[Record]]:
    """The list `items` of every parent as records of three columns: the parent, the place, the child."""

    def records_of(whole: Whole) -> Iterator[Record]:
        for record in parents(whole):
            for position, item in enumerate(record[items], 1):
                yield {parent: record[key], "position": position, child: item}

    return records_of


INSTRUMENT, AREA, ACTOR, SOURCE = (("instruments", "slug"), ("areas", "slug"), ("actors", "slug"), ("sources", "slug"))
COMMITMENT, UPDATE, MILESTONE, CHECK = (
    ("commitments", "reference"),
    ("updates", "number"),
    ("milestones", "slug"),
    ("checks", "slug"),
)

# In the order of a reader: a dataset stands after those that its keys lead to, where no two lead to each other.
DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("areas", _("Areas"), shapes.AreaRecord, ("slug",), Whole.areas),
        Dataset("actors", _("Actors"), shapes.ActorRecord, ("slug",), Whole.actors),
        Dataset("sources", _("Sources"), shapes.SourceRecord, ("slug",), Whole.sources),
        Dataset("instruments", _("Instruments"), shapes.InstrumentRecord, ("slug",), Whole.instruments),
        Dataset(
            "commitments",
            _("Commitments"),
            shapes.CommitmentRecord,
            ("reference",),
            Whole.commitments,
            {
                "instrument": INSTRUMENT,
                "area": AREA,
                "wording_source": SOURCE,
                "follows": COMMITMENT,
                "status_update": UPDATE,
            },
        ),
        Dataset(
            "milestones",
            _("Milestones"),
            shapes.MilestoneRecord,
            ("slug",),
            Whole.milestones,
            {"commitment": COMMITMENT, "replaces": MILESTONE, "replaced_by": MILESTONE, "met_by": UPDATE},
        ),
        Dataset(
            "updates",
            _("Updates"),
            shapes.UpdateRecord,
            ("number",),
            Whole.updates,
            {"corrects": UPDATE},
        ),
        Dataset(
            "assessments",
            _("Assessments"),
            shapes.AssessmentRecord,
            ("update", "commitment"),
            Whole.assessments,
            {"update": UPDATE, "commitment": COMMITMENT, "meets": MILESTONE},
        ),
        Dataset(
            "citations",
            _("Citations"),
            shapes.CitationRecord,
            ("update", "position"),
            Whole.citations,
            {"update": UPDATE, "source": SOURCE},
        ),
        Dataset("checks", _("Checks"), shapes.CheckRecord, ("slug",), Whole.checks),
        Dataset(
            "instrument-sources",
            _("Sources of instruments"),
            shapes.InstrumentSourceRecord,
            ("instrument", "position"),
            _linked(Whole.instruments, "slug", "sources", "instrument", "source"),
            {"instrument": INSTRUMENT, "source": SOURCE},
        ),
        Dataset(
            "commitment-actors",
            _("Actors of commitments"),
            shapes.CommitmentActorRecord,
            ("commitment", "position"),
            _linked(Whole.commitments, "reference", "actors", "commitment", "actor"),
            {"commitment": COMMITMENT, "actor": ACTOR},
        ),
        Dataset(
            "commitment-sources",
            _("Sources of commitments"),
            shapes.CommitmentSourceRecord,
            ("commitment", "position"),
            _linked(Whole.commitments, "reference", "sources", "commitment", "source"),
            {"commitment": COMMITMENT, "source": SOURCE},
        ),
        Dataset(
            "milestone-sources",
            _("Sources of milestones"),
            shapes.MilestoneSourceRecord,
            ("milestone", "position"),
            _linked(Whole.milestones, "slug", "sources", "milestone", "source"),
            {"milestone": MILESTONE, "source": SOURCE},
        ),
        Dataset(
            "check-commitments",
            _("Commitments of checks"),
            shapes.CheckCommitmentRecord,
            ("check", "position"),
            _linked(Whole.checks, "slug", "commitments", "check", "commitment"),
            {"check": CHECK, "commitment": COMMITMENT},
        ),
    )
}
