"""The datasets: what each is called, which columns it has, what identifies a row, and where its keys lead."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Schema

from ..clocks import Clocks
from . import reading, shapes
from .reading import Record, linked
from .shapes import Column, columns


@dataclass(frozen=True)
class Dataset:
    """`keys` leads from a column of this dataset to the dataset and the column whose values it takes.

    `read` gives all of its records at these clocks; functions of `reading` with the same name give some.
    """

    name: str
    title: Any
    shape: type[Schema]
    key: tuple[str, ...]
    read: Callable[[Clocks], Iterator[Record]]
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def description(self) -> str:
        return inspect.cleandoc(self.shape.__doc__ or "")

    @property
    def columns(self) -> list[Column]:
        return columns(self.shape)


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
        Dataset("areas", _("Areas"), shapes.AreaRecord, ("slug",), reading.areas),
        Dataset("actors", _("Actors"), shapes.ActorRecord, ("slug",), reading.actors),
        Dataset("sources", _("Sources"), shapes.SourceRecord, ("slug",), reading.sources),
        Dataset("instruments", _("Instruments"), shapes.InstrumentRecord, ("slug",), reading.instruments),
        Dataset(
            "commitments",
            _("Commitments"),
            shapes.CommitmentRecord,
            ("reference",),
            reading.commitments,
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
            reading.milestones,
            {"commitment": COMMITMENT, "replaces": MILESTONE, "replaced_by": MILESTONE, "met_by": UPDATE},
        ),
        Dataset(
            "updates",
            _("Updates"),
            shapes.UpdateRecord,
            ("number",),
            reading.updates,
            {"corrects": UPDATE},
        ),
        Dataset(
            "assessments",
            _("Assessments"),
            shapes.AssessmentRecord,
            ("update", "commitment"),
            reading.assessments,
            {"update": UPDATE, "commitment": COMMITMENT, "meets": MILESTONE},
        ),
        Dataset(
            "citations",
            _("Citations"),
            shapes.CitationRecord,
            ("update", "position"),
            reading.citations,
            {"update": UPDATE, "source": SOURCE},
        ),
        Dataset("checks", _("Checks"), shapes.CheckRecord, ("slug",), reading.checks),
        Dataset(
            "instrument-sources",
            _("Sources of instruments"),
            shapes.InstrumentSourceRecord,
            ("instrument", "position"),
            linked(reading.instruments, "slug", "sources", "instrument", "source"),
            {"instrument": INSTRUMENT, "source": SOURCE},
        ),
        Dataset(
            "commitment-actors",
            _("Actors of commitments"),
            shapes.CommitmentActorRecord,
            ("commitment", "position"),
            linked(reading.commitments, "reference", "actors", "commitment", "actor"),
            {"commitment": COMMITMENT, "actor": ACTOR},
        ),
        Dataset(
            "commitment-sources",
            _("Sources of commitments"),
            shapes.CommitmentSourceRecord,
            ("commitment", "position"),
            linked(reading.commitments, "reference", "sources", "commitment", "source"),
            {"commitment": COMMITMENT, "source": SOURCE},
        ),
        Dataset(
            "milestone-sources",
            _("Sources of milestones"),
            shapes.MilestoneSourceRecord,
            ("milestone", "position"),
            linked(reading.milestones, "slug", "sources", "milestone", "source"),
            {"milestone": MILESTONE, "source": SOURCE},
        ),
        Dataset(
            "check-commitments",
            _("Commitments of checks"),
            shapes.CheckCommitmentRecord,
            ("check", "position"),
            linked(reading.checks, "slug", "commitments", "check", "commitment"),
            {"check": CHECK, "commitment": COMMITMENT},
        ),
    )
}
