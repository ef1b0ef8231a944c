"""What the register's files hold. Checking and writing both follow these tables; keys stand in the order written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True)
class Field:
    """One key. `names` is the file whose records it refers to, `items` the keys of a mapping or of a list's records."""

    kind: type
    required: bool = True
    limit: int | None = None
    choices: frozenset[str] | None = None
    pattern: str = ""
    is_date: bool = False
    precision: str = ""
    names: str = ""
    items: Mapping[str, Field] | None = None


@dataclass(frozen=True)
class File:
    """`key` names a record; `header` is the comment that the file opens with."""

    key: str
    header: str
    fields: Mapping[str, Field]


def text(model: type, name: str, *, required: bool = True, pattern: str = "") -> Field:
    limit = model._meta.get_field(name).max_length  # type: ignore[attr-defined]
    return Field(str, required, limit=limit, pattern=pattern)


def choice(values: Iterable[str], *, required: bool = True) -> Field:
    return Field(str, required, choices=frozenset(values))


def day(*, required: bool = True, precision: str = "") -> Field:
    return Field(str, required, is_date=True, precision=precision)


def naming(file: str, *, required: bool = True) -> Field:
    return Field(str, required, names=file)


def names_of(file: str, *, required: bool = True) -> Field:
    return Field(list, required, names=file)


def texts(limit: int) -> Field:
    return Field(list, limit=limit)


precisions = Precision.values

FILES: dict[str, File] = {
    "areas": File(
        "slug",
        "# Areas of cooperation, in display order. Format: README.md.",
        {
            "slug": text(Area, "slug", pattern=SLUG),
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
            "slug": text(Actor, "slug", pattern=SLUG),
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
            "slug": text(Source, "slug", pattern=SLUG),
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
            "slug": text(Instrument, "slug", pattern=SLUG),
            "title": text(Instrument, "title"),
            "title_ja": text(Instrument, "title_ja", required=False),
            "kind": choice(InstrumentKind.values),
            "adopted_on": day(precision="adopted_precision"),
            "adopted_precision": choice(precisions),
            "description": text(Instrument, "description"),
            "sources": names_of("sources"),
        },
    ),
    "commitments": File(
        "reference",
        "# Pledges. References are permanent. One without `published_on` is a draft and not public. Format: README.md.",
        {
            "reference": text(Commitment, "reference", pattern=r"EUJP-\d{2,}"),
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
            "actors": names_of("actors"),
            "cadence_months": Field(int, required=False),
            "due_on": day(required=False, precision="due_precision"),
            "due_precision": choice(precisions, required=False),
            "deadline_wording": text(Commitment, "deadline_wording", required=False),
            "progress_looks_like": texts(300),
            "fulfilled_when": text(Commitment, "fulfilled_when"),
            "follows": Field(
                dict,
                required=False,
                items={"reference": naming("commitments"), "relation": choice(Relation.values)},
            ),
            "sources": names_of("sources"),
            "note": text(Commitment, "note", required=False),
        },
    ),
    "milestones": File(
        "slug",
        "# Dated next steps that a party announced. Format: README.md.",
        {
            "slug": text(Milestone, "slug", pattern=SLUG),
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
            "slug": text(Check, "slug", pattern=SLUG),
            "checked_on": day(),
            "recorded_on": day(),
            "covers_from": day(required=False),
            "commitments": names_of("commitments"),
            "places": texts(300),
            "terms": texts(300),
            "languages": texts(20),
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
            "sources": names_of("sources"),
        },
    ),
}
