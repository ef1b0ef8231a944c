"""What the register's files hold. Checking and writing both follow these tables; keys stand in the order written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models

from ..models import (
    ASSIGNABLE_STATUSES,
    Actor,
    Area,
    Assessment,
    Basis,
    Bearing,
    Check,
    Citation,
    Commitment,
    CommitmentKind,
    Discrepancy,
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

Validator = Callable[[Any], None]


@dataclass(frozen=True)
class Field:
    """One key of a record.

    names      the file whose records it refers to
    items      the keys of a mapping, or of the records in a list
    items_are  what a list of texts holds

    Required is what the database cannot do without; what a reviewed record must have besides is for `checking`.
    """

    kind: type
    required: bool = True
    limit: int | None = None
    choices: frozenset[str] | None = None
    validators: tuple[Validator, ...] = ()
    is_date: bool = False
    precision: str = ""
    names: str = ""
    items: Mapping[str, Field] | None = None
    items_are: Field | None = None


@dataclass(frozen=True)
class File:
    """`key` names a record; `header` is the comment that the file opens with."""

    key: str
    header: str
    fields: Mapping[str, Field]


def text(model: type[models.Model], name: str, *, required: bool = True) -> Field:
    """A text with the length and the form that its column asks for."""
    return _text_of(model._meta.get_field(name), required=required)


def texts(model: type[models.Model], name: str, *, required: bool = True) -> Field:
    column: Any = model._meta.get_field(name)
    return Field(list, required, items_are=_text_of(column.base_field, required=True))


def _text_of(column: Any, *, required: bool) -> Field:
    forms = tuple(each for each in column.validators if not isinstance(each, MaxLengthValidator))
    return Field(str, required, limit=column.max_length, validators=forms)


def choice(values: Iterable[str], *, required: bool = True) -> Field:
    return Field(str, required, choices=frozenset(values))


def day(*, required: bool = True, precision: str = "") -> Field:
    return Field(str, required, is_date=True, precision=precision)


def naming(file: str, *, required: bool = True) -> Field:
    return Field(str, required, names=file)


def names_of(file: str, *, required: bool = True) -> Field:
    return Field(list, required, names=file, items_are=Field(str))


precisions = Precision.values

FILES: dict[str, File] = {
    "areas": File(
        "slug",
        "# Areas of cooperation, in display order. Format: README.md.",
        {
            "slug": text(Area, "slug"),
            "name": text(Area, "name"),
            "name_ja": text(Area, "name_ja"),
            "headline": Field(bool),
            "description": text(Area, "description"),
        },
    ),
    "actors": File(
        "slug",
        "# Who is to act. Format: README.md.",
        {
            "slug": text(Actor, "slug"),
            "name": text(Actor, "name"),
            "name_ja": text(Actor, "name_ja", required=False),
            "abbreviation": text(Actor, "abbreviation", required=False),
            "side": choice(Side.values),
        },
    ),
    "sources": File(
        "slug",
        "# Citable documents. Nothing here that no record cites. Format: README.md.",
        {
            "slug": text(Source, "slug"),
            "url": text(Source, "url"),
            "title": text(Source, "title"),
            "title_seen": Field(bool),
            "publisher": text(Source, "publisher"),
            "side": choice(SourceSide.values),
            "kind": choice(SourceKind.values),
            "language": text(Source, "language"),
            "published_on": day(required=False, precision="published_precision"),
            "published_precision": choice(precisions, required=False),
            "accessed_on": day(),
            "archived_url": text(Source, "archived_url", required=False),
            "note": text(Source, "note", required=False),
        },
    ),
    "instruments": File(
        "slug",
        "# Documents that carry commitments. Format: README.md.",
        {
            "slug": text(Instrument, "slug"),
            "title": text(Instrument, "title"),
            "title_ja": text(Instrument, "title_ja", required=False),
            "kind": choice(InstrumentKind.values),
            "adopted_on": day(precision="adopted_precision"),
            "adopted_precision": choice(precisions),
            "description": text(Instrument, "description"),
            "sources": names_of("sources", required=False),
        },
    ),
    "commitments": File(
        "reference",
        "# Pledges. References are permanent. One without `published_on` is a draft and not public. Format: README.md.",
        {
            "reference": text(Commitment, "reference"),
            "published_on": day(required=False),
            "withdrawn_on": day(required=False),
            "withdrawal_reason": text(Commitment, "withdrawal_reason", required=False),
            "title": text(Commitment, "title"),
            "title_ja": text(Commitment, "title_ja", required=False),
            "summary": text(Commitment, "summary"),
            "instrument": naming("instruments"),
            "paragraph": text(Commitment, "paragraph", required=False),
            "wording": Field(
                dict,
                required=False,
                items={
                    "text": text(Commitment, "wording_text"),
                    "language": text(Commitment, "wording_language"),
                    "source": naming("sources"),
                },
            ),
            "basis": choice(Basis.values),
            "area": naming("areas"),
            "kind": choice(CommitmentKind.values),
            "strength": choice(Strength.values),
            "actors": names_of("actors", required=False),
            "cadence_months": Field(int, required=False),
            "due_on": day(required=False, precision="due_precision"),
            "due_precision": choice(precisions, required=False),
            "deadline_wording": text(Commitment, "deadline_wording", required=False),
            "progress_looks_like": texts(Commitment, "progress_looks_like", required=False),
            "fulfilled_when": text(Commitment, "fulfilled_when"),
            "follows": Field(
                dict,
                required=False,
                items={"reference": naming("commitments"), "relation": choice(Relation.values)},
            ),
            "sources": names_of("sources", required=False),
            "note": text(Commitment, "note", required=False),
        },
    ),
    "milestones": File(
        "slug",
        "# Dated next steps that a party announced. Format: README.md.",
        {
            "slug": text(Milestone, "slug"),
            "commitment": naming("commitments"),
            "title": text(Milestone, "title"),
            "recorded_on": day(),
            "due_on": day(precision="due_precision"),
            "due_precision": choice(precisions),
            "sources": names_of("sources"),
            "replaces": naming("milestones", required=False),
            "note": text(Milestone, "note", required=False),
        },
    ),
    "updates": File(
        "number",
        "# What happened, and what it means for each pledge. Format: README.md.",
        {
            "number": Field(int),
            "recorded_on": day(),
            "title": text(StatusUpdate, "title"),
            "summary": text(StatusUpdate, "summary"),
            "happened_on": day(precision="happened_precision"),
            "happened_precision": choice(precisions),
            "kind": choice(UpdateKind.values),
            "context": Field(bool),
            "citations": Field(
                list,
                items={"source": naming("sources"), "locator": text(Citation, "locator", required=False)},
            ),
            "assessments": Field(
                list,
                required=False,
                items={
                    "commitment": naming("commitments"),
                    "bearing": choice(Bearing.values),
                    "status": choice([status.value for status in ASSIGNABLE_STATUSES], required=False),
                    "evidence": choice(Evidence.values, required=False),
                    "meets": naming("milestones", required=False),
                    "reasoning": text(Assessment, "reasoning"),
                    "occurrence": Field(bool, required=False),
                },
            ),
            "corrects": Field(int, required=False, names="updates"),
            "correction_reason": text(StatusUpdate, "correction_reason", required=False),
            "note": text(StatusUpdate, "note", required=False),
        },
    ),
    "checks": File(
        "slug",
        "# Documented searches that found nothing new. Format: README.md.",
        {
            "slug": text(Check, "slug"),
            "checked_on": day(),
            "recorded_on": day(),
            "covers_from": day(required=False),
            "commitments": names_of("commitments"),
            "places": texts(Check, "places"),
            "terms": texts(Check, "terms"),
            "languages": texts(Check, "languages"),
            "found": text(Check, "found"),
            "note": text(Check, "note", required=False),
        },
    ),
    "discrepancies": File(
        "topic",
        "# Where the founding article and the record differ. Format: README.md.",
        {
            "topic": text(Discrepancy, "topic"),
            "article": text(Discrepancy, "article"),
            "official": text(Discrepancy, "official"),
            "assessment": text(Discrepancy, "assessment"),
            "sources": names_of("sources", required=False),
        },
    ),
}
