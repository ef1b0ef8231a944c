"""From the database to records: everything that is public, and the commitments still in draft."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Manager, Model, Prefetch, QuerySet

from ..models import (
    Actor,
    Area,
    Assessment,
    Check,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Discrepancy,
    DiscrepancySource,
    Instrument,
    InstrumentSource,
    Milestone,
    MilestoneSource,
    Source,
    StatusUpdate,
)
from .checking import used_sources
from .reading import Record, Register
from .schema import FILES


def dump(*, with_unused_sources: bool = False) -> Register:
    """The register as it stands, without drafts of updates, checks and milestones.

    Nor, unless asked for, with the sources that only those use. About twenty queries, whatever the size.
    """
    files: dict[str, list[Record]] = {
        "areas": [_area(row) for row in Area.objects.order_by("position", "slug")],
        "actors": [_actor(row) for row in Actor.objects.order_by("position", "slug")],
        "instruments": [_instrument(row) for row in _with_sources(Instrument.objects, InstrumentSource)],
        "commitments": [_commitment(row) for row in _commitments()],
        "milestones": [_milestone(row) for row in _milestones()],
        "updates": [update_record(row) for row in _updates()],
        "checks": [_check(row) for row in _checks()],
        "discrepancies": [_discrepancy(row) for row in _with_sources(Discrepancy.objects, DiscrepancySource)],
        "sources": [source_record(row) for row in sorted(Source.objects.all(), key=lambda row: row.slug)],
    }
    register = Register(
        {name: {record[schema.key]: record for record in files[name]} for name, schema in FILES.items()}
    )
    if not with_unused_sources:
        used = used_sources(register)
        register.files["sources"] = {slug: row for slug, row in register.of("sources").items() if slug in used}
    return register


def without_drafts(register: Register) -> Register:
    """What the public may read: without draft commitments, which no public record names, and their own sources."""
    published = {key: record for key, record in register.of("commitments").items() if "published_on" in record}
    public = Register(register.files | {"commitments": published})
    used = used_sources(public)
    public.files["sources"] = {slug: row for slug, row in register.of("sources").items() if slug in used}
    return public


def _filled(**values: Any) -> Record:
    """Without what is absent: nothing, an empty text, an empty list. False and 0 are values."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _day(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None


def _moment_day(value: datetime.datetime | None) -> str | None:
    return value.astimezone(datetime.UTC).date().isoformat() if value else None


def _with_sources(rows: Manager[Any], through: type[Model]) -> QuerySet[Any]:
    ordered = through._default_manager.select_related("source").order_by("position", "pk")
    return rows.prefetch_related(Prefetch("source_links", ordered)).order_by("position", "pk")


def _slugs(links: Any, child: str = "source") -> list[str]:
    return [getattr(link, child).slug for link in links.all()]


def _area(row: Area) -> Record:
    return _filled(
        slug=row.slug, name=row.name, name_ja=row.name_ja, headline=row.is_headline, description=row.description
    )


def _actor(row: Actor) -> Record:
    return _filled(slug=row.slug, name=row.name, name_ja=row.name_ja, abbreviation=row.abbreviation, side=row.side)


def source_record(row: Source) -> Record:
    return _filled(
        slug=row.slug,
        url=row.url,
        title=row.title,
        title_seen=row.is_title_seen,
        publisher=row.publisher,
        side=row.side,
        kind=row.kind,
        language=row.language,
        published_on=_day(row.published_on),
        published_precision=row.published_precision,
        accessed_on=_day(row.accessed_on),
        archived_url=row.archived_url,
        note=row.note,
    )


def _instrument(row: Instrument) -> Record:
    return _filled(
        slug=row.slug,
        title=row.title,
        title_ja=row.title_ja,
        kind=row.kind,
        adopted_on=_day(row.adopted_on),
        adopted_precision=row.adopted_precision,
        description=row.description,
        sources=_slugs(row.source_links),
    )


def _commitments() -> list[Commitment]:
    rows = Commitment.objects.select_related("instrument", "area", "wording_source", "follows").prefetch_related(
        Prefetch("source_links", CommitmentSource.objects.select_related("source").order_by("position", "pk")),
        Prefetch("actor_links", CommitmentActor.objects.select_related("actor").order_by("position", "pk")),
    )
    return sorted(rows, key=lambda row: (len(row.reference), row.reference))


def _commitment(row: Commitment) -> Record:
    wording = _filled(text=row.wording_text, language=row.wording_language)
    if row.wording_source:
        wording["source"] = row.wording_source.slug
    follows = {"reference": row.follows.reference, "relation": row.follows_relation} if row.follows else {}
    return _filled(
        reference=row.reference,
        published_on=_moment_day(row.published_at),
        withdrawn_on=_moment_day(row.withdrawn_at),
        withdrawal_reason=row.withdrawal_reason,
        title=row.title,
        title_ja=row.title_ja,
        summary=row.summary,
        instrument=row.instrument.slug,
        paragraph=row.paragraph,
        wording=wording,
        basis=row.basis,
        area=row.area.slug,
        kind=row.kind,
        strength=row.strength,
        actors=_slugs(row.actor_links, "actor"),
        cadence_months=row.cadence_months,
        due_on=_day(row.due_on),
        due_precision=row.due_precision,
        deadline_wording=row.deadline_wording,
        progress_looks_like=list(row.progress_looks_like),
        fulfilled_when=row.fulfilled_when,
        follows=follows,
        sources=_slugs(row.source_links),
        note=row.note,
    )


def _milestones() -> list[Milestone]:
    links = MilestoneSource.objects.select_related("source").order_by("position", "pk")
    rows = (
        Milestone.objects.filter(recorded_at__isnull=False)
        .select_related("commitment", "replaces")
        .prefetch_related(Prefetch("source_links", links))
    )
    return sorted(rows, key=lambda row: (len(row.commitment.reference), row.commitment.reference, row.due_on, row.slug))


def _milestone(row: Milestone) -> Record:
    return _filled(
        slug=row.slug,
        commitment=row.commitment.reference,
        title=row.title,
        recorded_on=_moment_day(row.recorded_at),
        due_on=_day(row.due_on),
        due_precision=row.due_precision,
        sources=_slugs(row.source_links),
        replaces=row.replaces.slug if row.replaces else None,
        note=row.note,
    )


def _updates() -> QuerySet[StatusUpdate]:
    return with_associations(StatusUpdate.objects.filter(published_at__isnull=False)).order_by("number")


def with_associations(updates: QuerySet[StatusUpdate]) -> QuerySet[StatusUpdate]:
    return updates.select_related("corrects").prefetch_related(
        Prefetch("citations", Citation.objects.select_related("source").order_by("position", "pk")),
        Prefetch("assessments", Assessment.objects.select_related("commitment", "meets").order_by("position", "pk")),
    )


def update_record(row: StatusUpdate) -> Record:
    """A row of `with_associations`; a draft has neither number nor day."""
    return _filled(
        number=row.number,
        recorded_on=_moment_day(row.published_at),
        title=row.title,
        summary=row.summary,
        happened_on=_day(row.happened_on),
        happened_precision=row.happened_precision,
        kind=row.kind,
        context=row.is_context,
        citations=[_filled(source=link.source.slug, locator=link.locator) for link in row.citations.all()],
        assessments=[
            _filled(
                commitment=item.commitment.reference,
                bearing=item.bearing,
                status=item.status,
                evidence=item.evidence,
                reasoning=item.reasoning,
                occurrence=item.is_occurrence or None,
                meets=item.meets.slug if item.meets else None,
            )
            for item in row.assessments.all()
        ],
        corrects=row.corrects.number if row.corrects else None,
        correction_reason=row.correction_reason,
        note=row.note,
    )


def _checks() -> list[Check]:
    links = CheckCommitment.objects.select_related("commitment").order_by("position", "pk")
    rows = Check.objects.filter(recorded_at__isnull=False).prefetch_related(Prefetch("commitment_links", links))
    return sorted(rows, key=lambda row: row.slug)


def _check(row: Check) -> Record:
    return _filled(
        slug=row.slug,
        checked_on=_day(row.checked_on),
        recorded_on=_moment_day(row.recorded_at),
        covers_from=_day(row.covers_from),
        commitments=[link.commitment.reference for link in row.commitment_links.all()],
        places=list(row.places),
        terms=list(row.terms),
        languages=list(row.languages),
        found=row.found,
        note=row.note,
    )


def _discrepancy(row: Discrepancy) -> Record:
    return _filled(
        topic=row.topic,
        article=row.article,
        official=row.official,
        assessment=row.assessment,
        sources=_slugs(row.source_links),
    )
