"""The columns of every dataset: one class each, from which files, schemas, the dictionary and the API all come.

What a column holds is described by the model's own label and help where it stands for a column of the model, and here
where it does not. An absent value is None, never "": a cell of a CSV file that is empty and a `null` are the same.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from ..judgements import FreshnessState, ScheduleState, StatusGroup
from ..models import (
    Actor,
    Area,
    Assessment,
    Basis,
    Bearing,
    Check,
    Citation,
    Commitment,
    CommitmentKind,
    DeliveryStatus,
    Evidence,
    Instrument,
    InstrumentKind,
    Milestone,
    Precision,
    Relation,
    Side,
    Source,
    SourceKind,
    SourceSide,
    StatusUpdate,
    Strength,
    UpdateKind,
)


def of(model: type[models.Model], name: str, more: Any = "") -> Any:
    """A column that holds what this field of the model holds."""
    field: Any = model._meta.get_field(name)
    words = [f"{capfirst(str(field.verbose_name))}.", str(field.help_text), str(more)]
    longest = getattr(field, "max_length", None) if isinstance(field, models.CharField | models.TextField) else None
    return Field(..., description=" ".join(filter(None, words)), max_length=None if field.choices else longest)


def means(description: Any) -> Any:
    """A column that no field of a model stands for."""
    return Field(..., description=str(description))


PERIOD = _("A month or a year stands as its first day; the precision says which.")
LAST_DAY = _("The last day of the period that the date means: what as-of days and orders read.")
PRECISION = _("Whether the date is known to the day, the month or the year.")
IN_ORDER = _("In the order in which they are shown.")
RECORDED = _("The day (UTC) on which it was recorded here. Final from then on.")
PLACE = _("Place in that list, from 1.")


class InstrumentRecord(Schema):
    """A document that carries commitments."""

    slug: str = of(Instrument, "slug", _("Permanent."))
    title: str = of(Instrument, "title")
    title_ja: str | None = of(Instrument, "title_ja")
    kind: InstrumentKind = of(Instrument, "kind")
    adopted_on: datetime.date = of(Instrument, "adopted_on", PERIOD)
    adopted_precision: Precision = means(PRECISION)
    adopted_by: datetime.date = means(LAST_DAY)
    description: str = of(Instrument, "description")
    sources: list[str] = means(_("Slugs of the sources of the text. %s") % IN_ORDER)


class AreaRecord(Schema):
    """An area of cooperation, in the order of the pages."""

    slug: str = of(Area, "slug", _("Permanent."))
    name: str = of(Area, "name")
    name_ja: str = of(Area, "name_ja")
    headline: bool = means(_("Whether it is one of the seven headline pledges."))
    description: str = of(Area, "description")


class ActorRecord(Schema):
    """Who is to act."""

    slug: str = of(Actor, "slug", _("Permanent."))
    name: str = of(Actor, "name")
    name_ja: str | None = of(Actor, "name_ja")
    abbreviation: str | None = of(Actor, "abbreviation")
    side: Side = of(Actor, "side")


class SourceRecord(Schema):
    """A citable document. What it says is its publisher's: only the description of it is under the licence."""

    slug: str = of(Source, "slug", _("Permanent."))
    url: str = of(Source, "url")
    title: str = of(Source, "title")
    title_seen: bool = means(_("Whether the title is the one printed; false where it is a description of ours."))
    publisher: str = of(Source, "publisher")
    side: SourceSide = of(Source, "side", _("Whose voice it is."))
    kind: SourceKind = of(Source, "kind")
    language: str = of(Source, "language", _("A language tag such as en or ja."))
    published_on: datetime.date | None = of(Source, "published_on", PERIOD)
    published_precision: Precision | None = means(PRECISION)
    accessed_on: datetime.date = of(Source, "accessed_on")
    archived_url: str | None = of(Source, "archived_url")
    note: str | None = of(Source, "note")


class CommitmentRecord(Schema):
    """One checkable pledge with its four judgements, as of the as-of day and as known on the known-on day.

    One that was withdrawn has no judgements, so that nobody counts it.
    """

    reference: str = of(Commitment, "reference", _("Permanent."))
    title: str = of(Commitment, "title")
    title_ja: str | None = of(Commitment, "title_ja")
    summary: str = of(Commitment, "summary")
    instrument: str = means(_("Slug of the instrument that carries it."))
    paragraph: str | None = of(Commitment, "paragraph")
    wording_text: str | None = of(Commitment, "wording_text")
    wording_language: str | None = of(Commitment, "wording_language")
    wording_source: str | None = means(_("Slug of the source of the wording."))
    basis: Basis = of(Commitment, "basis", _("How the pledge itself is known."))
    area: str = means(_("Slug of its area."))
    kind: CommitmentKind = of(Commitment, "kind")
    strength: Strength = of(Commitment, "strength", _("Our reading."))
    actors: list[str] = means(_("Slugs of those who are to act. %s") % IN_ORDER)
    cadence_months: int | None = of(Commitment, "cadence_months")
    due_on: datetime.date | None = of(Commitment, "due_on", PERIOD)
    due_precision: Precision | None = means(PRECISION)
    due_by: datetime.date | None = means(LAST_DAY)
    deadline_wording: str | None = of(Commitment, "deadline_wording")
    progress_looks_like: list[str] = of(Commitment, "progress_looks_like")
    fulfilled_when: str = of(Commitment, "fulfilled_when")
    follows: str | None = means(_("Reference of the earlier commitment that it follows."))
    follows_relation: Relation | None = means(_("What it does to the one it follows."))
    sources: list[str] = means(_("Slugs of the sources of the pledge. %s") % IN_ORDER)
    note: str | None = of(Commitment, "note")
    published_on: datetime.date = means(_("The day (UTC) on which it was published here."))
    withdrawn_on: datetime.date | None = means(
        _("The day (UTC) on which it was withdrawn from the register. From then on it is not counted.")
    )
    withdrawal_reason: str | None = of(Commitment, "withdrawal_reason")
    group: StatusGroup | None = means(_("The group of the delivery status that charts show."))
    status: DeliveryStatus | None = means(_("Delivery status. Derived where no assessment sets one."))
    evidence: Evidence | None = means(_("Evidence grade of that status."))
    status_update: int | None = means(_("Number of the update that the status rests on; empty where it is derived."))
    schedule: ScheduleState | None = means(_("Where it stands against its dates. Computed."))
    schedule_on: datetime.date | None = means(_("The last day of what the schedule is about."))
    schedule_precision: Precision | None = means(_("How exactly that day is known."))
    freshness: FreshnessState | None = means(_("How long ago anybody looked. Computed."))
    review_on: datetime.date | None = means(_("When the next look is due."))
    last_evidence_by: datetime.date | None = means(_("Last day of the latest event that is more than context."))
    last_checked_on: datetime.date | None = means(_("The day of the latest recorded search."))
    last_occurrence_by: datetime.date | None = means(_("Last day of the latest occurrence."))
    delivered_by: datetime.date | None = means(_("Since when it has been delivered without a break."))
    next_milestone_by: datetime.date | None = means(
        _("Last day of the earliest announced date that is neither met nor replaced.")
    )


class UpdateRecord(Schema):
    """A dated, sourced record of something that happened. Final once published."""

    number: int = of(StatusUpdate, "number", _("Permanent; numbers follow publication."))
    recorded_on: datetime.date = means(_("The day (UTC) on which it was published here. Final from then on."))
    title: str = of(StatusUpdate, "title")
    summary: str = of(StatusUpdate, "summary")
    happened_on: datetime.date = of(StatusUpdate, "happened_on")
    happened_precision: Precision = means(PRECISION)
    happened_by: datetime.date = means(
        _("The earlier of the last day of that period and the day of publication: what as-of days and orders read.")
    )
    kind: UpdateKind = of(StatusUpdate, "kind")
    context: bool = means(_("Whether it bears on a pledge without being an act of the EU and Japan."))
    corrects: int | None = means(_("Number of the update that this one corrects or, without assessments, withdraws."))
    correction_reason: str | None = of(StatusUpdate, "correction_reason")
    corrected_by: int | None = means(_("Number of the update that corrects this one, which then no longer counts."))
    note: str | None = of(StatusUpdate, "note")


class AssessmentRecord(Schema):
    """What one update means for one commitment: the only thing that moves a status."""

    update: int = means(_("Number of the update."))
    commitment: str = means(_("Reference of the commitment."))
    bearing: Bearing = of(Assessment, "bearing")
    status: DeliveryStatus | None = of(Assessment, "status", _("A derived status is never set."))
    evidence: Evidence | None = of(Assessment, "evidence")
    reasoning: str = of(Assessment, "reasoning")
    occurrence: bool = means(_("Whether it counts as an occurrence of a recurring or standing commitment."))
    meets: str | None = means(_("Slug of the milestone that it meets."))


class CitationRecord(Schema):
    """Which source an update rests on, and where in it."""

    update: int = means(_("Number of the update."))
    position: int = means(PLACE)
    source: str = means(_("Slug of the source."))
    locator: str | None = of(Citation, "locator")


class CheckRecord(Schema):
    """A dated record that someone searched and found nothing new."""

    slug: str = of(Check, "slug", _("Permanent."))
    checked_on: datetime.date = of(Check, "checked_on")
    recorded_on: datetime.date = means(RECORDED)
    covers_from: datetime.date | None = of(Check, "covers_from")
    commitments: list[str] = means(_("References of the commitments that it covers. %s") % IN_ORDER)
    places: list[str] = of(Check, "places")
    terms: list[str] = of(Check, "terms")
    languages: list[str] = of(Check, "languages")
    found: str = of(Check, "found")
    note: str | None = of(Check, "note")


class MilestoneRecord(Schema):
    """A dated next step that a party announced; not a deadline of the instrument."""

    slug: str = of(Milestone, "slug", _("Permanent."))
    commitment: str = means(_("Reference of the commitment."))
    title: str = of(Milestone, "title")
    recorded_on: datetime.date = means(RECORDED)
    due_on: datetime.date = of(Milestone, "due_on", PERIOD)
    due_precision: Precision = means(PRECISION)
    due_by: datetime.date = means(LAST_DAY)
    announced_by: datetime.date = of(Milestone, "announced_by")
    sources: list[str] = means(_("Slugs of the sources that announce it. %s") % IN_ORDER)
    replaces: str | None = means(_("Slug of the milestone that it reschedules."))
    replaced_by: str | None = means(_("Slug of the milestone that reschedules this one."))
    met_by: int | None = means(_("Number of the earliest update that counts and meets it."))
    note: str | None = of(Milestone, "note")


class InstrumentSourceRecord(Schema):
    """Which sources give an instrument: the list “sources” of the instruments, one a line."""

    instrument: str = means(_("Slug of the instrument."))
    position: int = means(PLACE)
    source: str = means(_("Slug of the source."))


class CommitmentActorRecord(Schema):
    """Who is to act on a commitment: the list “actors” of the commitments, one a line."""

    commitment: str = means(_("Reference of the commitment."))
    position: int = means(PLACE)
    actor: str = means(_("Slug of the actor."))


class CommitmentSourceRecord(Schema):
    """Which sources give a commitment: the list “sources” of the commitments, one a line."""

    commitment: str = means(_("Reference of the commitment."))
    position: int = means(PLACE)
    source: str = means(_("Slug of the source."))


class CheckCommitmentRecord(Schema):
    """Which commitments a check covers: the list “commitments” of the checks, one a line."""

    check: str = means(_("Slug of the check."))
    position: int = means(PLACE)
    commitment: str = means(_("Reference of the commitment."))


class MilestoneSourceRecord(Schema):
    """Which sources announce a milestone: the list “sources” of the milestones, one a line."""

    milestone: str = means(_("Slug of the milestone."))
    position: int = means(PLACE)
    source: str = means(_("Slug of the source."))


TYPE_NAMES: dict[type, str] = {int: "integer", bool: "boolean", datetime.date: "date", list: "array"}


@dataclass(frozen=True)
class Column:
    """One column of a dataset. `kind` is str, int, bool, datetime.date, list (of texts) or a class of choices."""

    name: str
    kind: type
    is_required: bool
    description: str
    longest: int | None = None

    @property
    def choices(self) -> type[models.TextChoices] | None:
        return self.kind if issubclass(self.kind, models.TextChoices) else None

    @property
    def values(self) -> list[str]:
        """The only values that it takes; none where any may stand."""
        return list(self.choices.values) if self.choices else []

    @property
    def type_name(self) -> str:
        """As table schemas name it; a list stands in a cell as JSON."""
        return TYPE_NAMES.get(self.kind, "string")


def columns(shape: type[Schema]) -> list[Column]:
    """In the order of the class, which is that of every file."""
    return list(_columns(shape))


def _columns(shape: type[Schema]) -> Iterator[Column]:
    for name, field in shape.model_fields.items():
        kinds = [kind for kind in _alternatives(field.annotation) if kind is not types.NoneType]
        longest = next((each.max_length for each in field.metadata if hasattr(each, "max_length")), None)
        yield Column(
            name=name,
            kind=get_origin(kinds[0]) or kinds[0],
            is_required=types.NoneType not in _alternatives(field.annotation),
            description=field.description or "",
            longest=longest,
        )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
