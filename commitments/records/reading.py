"""Every dataset as an iterator of its records, on both clocks.

What grows with the register (updates, assessments, citations, checks, milestones) is read through a cursor of the
database, a few thousand rows at a time, so that memory stays flat; what a person lists (commitments, sources and what
they hang on) is read whole. Rows stand in an order that no later edit changes, the same under every collation.

A record names nothing that is not itself in the datasets at these clocks, so that every key leads somewhere;
`corrected_by` alone names an update that may have happened after the as-of day.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Collate, TruncDate
from ninja import Schema

from ..clocks import Clocks
from ..filters.commitments import Row, listed_rows
from ..judgements import Judged
from ..models import (
    Actor,
    Area,
    Assessment,
    Check,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentSource,
    Instrument,
    InstrumentSource,
    Milestone,
    MilestoneSource,
    Source,
    SourceUse,
    StatusUpdate,
    known_by,
    linked_ids,
    restore_labels,
)
from .shapes import AssessmentRecord, CheckRecord, CitationRecord, MilestoneRecord, UpdateRecord

if TYPE_CHECKING:
    from ..models.assessment import AssessmentQuerySet
    from ..models.check import CheckQuerySet
    from ..models.milestone import MilestoneQuerySet
    from ..models.source import SourceQuerySet
    from ..models.status_update import StatusUpdateQuerySet

# The names of the columns with values of str, int, bool, date, list or None.
Record = dict[str, Any]
ROWS_AT_A_TIME = 2_000


def _streamed(shape: type[Schema], rows: QuerySet[Any], **elsewhere: Any) -> Iterator[Record]:
    """One query. `elsewhere` says where a column comes from that is not the field of its name, or that is one more."""
    names = list(dict.fromkeys([*shape.model_fields, *elsewhere]))
    expressions = [elsewhere.get(name, F(name)) for name in names]
    for values in rows.values_list(*expressions).iterator(ROWS_AT_A_TIME):
        yield dict(zip(names, (None if value == "" else value for value in values), strict=True))


def _day(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=datetime.UTC)


def _day_of(moment: datetime.datetime | None) -> datetime.date | None:
    return moment.astimezone(datetime.UTC).date() if moment else None


def _filled(**values: Any) -> Record:
    return {name: None if value == "" else value for name, value in values.items()}


# What a person lists


def pledges(clocks: Clocks, *, with_withdrawn: bool = True) -> list[Row]:
    """Every commitment that has a page, or only those in force, by reference. Three queries; seven on a past day."""
    rows = listed_rows(clocks, with_withdrawn=with_withdrawn, with_thinness=False)
    return sorted(rows, key=lambda row: (len(row.judged.commitment.reference), row.judged.commitment.reference))


def commitments(clocks: Clocks, rows: Sequence[Row]) -> Iterator[Record]:
    """These rows, which may come filtered, in their order. Four queries; five on a past known-on day."""
    keys = [row.judged.commitment.pk for row in rows]
    links = linked_ids(CommitmentSource, "commitment", "source", keys, clocks.known_on)
    slugs = _slugs({*flat(links), *(row.judged.commitment.wording_source_id or 0 for row in rows)})
    public = Commitment.objects.published(clocks.as_of, clocks.known_on)
    followed = {row.judged.commitment.follows_id or 0 for row in rows}
    references = dict(public.filter(pk__in=followed).values_list("pk", "reference"))
    bases = Assessment.objects.filter(pk__in=[_basis(row) for row in rows])
    numbers = dict(bases.values_list("pk", "update__number"))
    for row in rows:
        of = row.judged.commitment
        yield commitment(
            clocks,
            row,
            sources=[slugs[pk] for pk in links[of.pk]],
            wording_source=slugs.get(of.wording_source_id or 0),
            follows=references.get(of.follows_id or 0),
            status_update=numbers.get(_basis(row)),
        )


def commitment(
    clocks: Clocks,
    row: Row,
    *,
    sources: list[str],
    wording_source: str | None,
    follows: str | None,
    status_update: int | None,
) -> Record:
    """One, from what is known of it already: slugs, a reference if that one is public, a number. No query."""
    of = row.judged.commitment
    withdrawn_on = of.withdrawn_at if of.is_withdrawn(clocks.known_on) else None
    return _filled(
        reference=of.reference,
        title=of.title,
        title_ja=of.title_ja,
        summary=of.summary,
        instrument=of.instrument.slug,
        paragraph=of.paragraph,
        wording_text=of.wording_text,
        wording_language=of.wording_language,
        wording_source=wording_source,
        basis=of.basis,
        area=of.area.slug,
        kind=of.kind,
        strength=of.strength,
        actors=[actor.slug for actor in row.actors],
        cadence_months=of.cadence_months,
        due_on=of.due_on,
        due_precision=of.due_precision,
        due_by=of.due_by,
        deadline_wording=of.deadline_wording,
        progress_looks_like=list(of.progress_looks_like),
        fulfilled_when=of.fulfilled_when,
        follows=follows,
        follows_relation=of.follows_relation if follows else None,
        sources=sources,
        note=of.note,
        published_on=_day_of(of.published_at),
        withdrawn_on=_day_of(withdrawn_on),
        withdrawal_reason=of.withdrawal_reason if withdrawn_on else None,
        # One that was withdrawn is not counted any more, whatever is counted.
        **{
            name: value if withdrawn_on is None else None
            for name, value in _judgements(row.judged, status_update).items()
        },
    )


def _judgements(judged: Judged, status_update: int | None) -> Record:
    return {
        "group": judged.group.value,
        "status": judged.status.value,
        "evidence": str(judged.evidence),
        "status_update": status_update,
        "schedule": judged.schedule.state.value,
        "schedule_on": judged.schedule.on,
        "schedule_precision": str(judged.schedule.precision) if judged.schedule.on else None,
        "freshness": judged.freshness.state.value,
        "review_on": judged.freshness.review_on,
        "last_evidence_by": judged.facts.last_evidence_by,
        "last_checked_on": judged.facts.last_checked_on,
        "last_occurrence_by": judged.facts.last_occurrence_by,
        "delivered_by": judged.facts.delivered_by,
        "next_milestone_by": judged.facts.milestone_due_by,
    }


def _basis(row: Row) -> int:
    """The id of the assessment that the status rests on, which `with_status` has annotated; 0 where it is derived."""
    commitment: Any = row.judged.commitment
    return commitment.current_assessment_id or 0


def flat(links: dict[int, list[int]]) -> set[int]:
    return {pk for ids in links.values() for pk in ids}


def _slugs(source_ids: Iterable[int]) -> dict[int, str]:
    return dict(Source.objects.filter(pk__in=source_ids).values_list("pk", "slug"))


def areas(clocks: Clocks, rows: Iterable[Area]) -> Iterator[Record]:
    """These, in the order of the pages. No query."""
    for area in sorted(rows, key=lambda area: (area.position, area.slug)):
        yield _filled(
            slug=area.slug,
            name=area.name,
            name_ja=area.name_ja,
            headline=area.is_headline,
            description=area.description,
        )


def actors(clocks: Clocks, rows: Iterable[Actor]) -> Iterator[Record]:
    """These, in the order of the pages. No query."""
    for actor in sorted(rows, key=lambda actor: (actor.position, actor.slug)):
        yield _filled(
            slug=actor.slug,
            name=actor.name,
            name_ja=actor.name_ja,
            abbreviation=actor.abbreviation,
            side=actor.side,
        )


def instruments(clocks: Clocks, rows: Collection[Instrument]) -> Iterator[Record]:
    """These, oldest first. Two queries; three on a past day."""
    links = instrument_links([instrument.pk for instrument in rows], clocks)
    slugs = _slugs(flat(links))
    for instrument in sorted(rows, key=lambda each: (each.adopted_on, each.position, each.slug)):
        yield _filled(
            slug=instrument.slug,
            title=instrument.title,
            title_ja=instrument.title_ja,
            kind=instrument.kind,
            adopted_on=instrument.adopted_on,
            adopted_precision=instrument.adopted_precision,
            adopted_by=instrument.adopted_by,
            description=instrument.description,
            sources=[slugs[pk] for pk in links[instrument.pk]],
        )


def instrument_links(instrument_ids: list[int], clocks: Clocks) -> dict[int, list[int]]:
    return linked_ids(InstrumentSource, "instrument", "source", instrument_ids, clocks.known_on)


def named_sources(clocks: Clocks) -> list[Source]:
    """Every source that a record of another dataset names, by slug.

    Unlike `SourceQuerySet.published` it reads the links of the known-on day, and not those of discrepancies, whose
    past is not kept. Four queries; eight on a past day.
    """
    public = list(Commitment.objects.published(clocks.as_of, clocks.known_on))
    restore_labels(public, clocks.known_on)
    links = linked_ids(CommitmentSource, "commitment", "source", [row.pk for row in public], clocks.known_on)
    origins = instrument_links(list({row.instrument_id for row in public}), clocks)
    found = list(named_by(public, flat(links) | flat(origins), clocks))
    restore_labels(found, clocks.known_on)
    return sorted(found, key=lambda source: source.slug)


def named_by(public: Iterable[Commitment], linked: set[int], clocks: Clocks) -> SourceQuerySet:
    """The sources with these ids, and those of the wording of these commitments, of updates and of milestones."""
    wordings = {row.wording_source_id for row in public if row.wording_source_id}
    this = OuterRef("pk")
    # A value and no EXISTS, as in `SourceQuerySet.published`.
    use = SourceUse.objects.known(clocks.as_of, clocks.known_on).filter(source=this).values("published_at")
    announced = MilestoneSource.objects.filter(milestone__in=recorded_milestones(clocks), source=this)
    return Source.objects.alias(used_at=Subquery(use[:1])).filter(
        Q(used_at__isnull=False) | Exists(announced) | Q(pk__in=linked | wordings)
    )


def sources(clocks: Clocks, rows: Iterable[Source]) -> Iterator[Record]:
    """These, which may come filtered, in their order. No query."""
    for source in rows:
        yield _filled(
            slug=source.slug,
            url=source.url,
            title=source.title,
            title_seen=source.is_title_seen,
            publisher=source.publisher,
            side=source.side,
            kind=source.kind,
            language=source.language,
            published_on=source.published_on,
            published_precision=source.published_precision,
            accessed_on=source.accessed_on,
            archived_url=source.archived_url,
            note=source.note,
        )


# What grows


def updates(clocks: Clocks, rows: StatusUpdateQuerySet | None = None) -> Iterator[Record]:
    """These rows of `StatusUpdate.objects.published`, however filtered, ordered and cut; all by number otherwise."""
    if rows is None:
        rows = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).order_by("number")
    return _streamed(
        UpdateRecord,
        rows.with_correction(clocks.known_on),
        recorded_on=_day("published_at"),
        context=F("is_context"),
        corrects=Case(When(corrects__happened_by__lte=clocks.as_of, then=F("corrects__number"))),
        corrected_by=F("corrected_by"),
    )


def published_assessments(clocks: Clocks) -> AssessmentQuerySet:
    """Those of updates with a page, and of commitments whose instrument had been adopted by the as-of day."""
    return Assessment.objects.filter(
        known_by("published_at", clocks.known_on),
        happened_by__lte=clocks.as_of,
        commitment__instrument__adopted_by__lte=clocks.as_of,
    )


def assessments(
    clocks: Clocks,
    updates: StatusUpdateQuerySet | None = None,
    rows: AssessmentQuerySet | None = None,
    **beside: Any,
) -> Iterator[Record]:
    """Of these published updates, or of all, by number of the update and in the order of its page; or these rows of
    `published_assessments`, however filtered, ordered and cut. `beside`: expressions of values that no file has.
    """
    if rows is None:
        rows = published_assessments(clocks).order_by("update__number", "position", "pk")
    if updates is not None:
        rows = rows.filter(update__in=updates.values("pk"))
    announced = Q(known_by("meets__recorded_at", clocks.known_on), meets__announced_by__lte=clocks.as_of)
    return _streamed(
        AssessmentRecord,
        rows,
        update=F("update__number"),
        commitment=F("commitment__reference"),
        occurrence=F("is_occurrence"),
        meets=Case(When(announced, then=F("meets__slug"))),
        **beside,
    )


def citations(clocks: Clocks, updates: StatusUpdateQuerySet | None = None) -> Iterator[Record]:
    """Of these published updates, or of all; by number of the update, in the order of its page."""
    rows = Citation.objects.published(clocks.as_of, clocks.known_on)
    if updates is not None:
        rows = rows.filter(update__in=updates.values("pk"))
    rows = rows.order_by("update__number", "position", "pk")
    found = _streamed(
        CitationRecord, rows, update=F("update__number"), source=F("source__slug"), position=F("position")
    )
    update, place = 0, 0
    for record in found:
        place = place + 1 if record["update"] == update else 1
        update = record["update"]
        yield record | {"position": place}


def checks(clocks: Clocks, rows: CheckQuerySet | None = None) -> Iterator[Record]:
    """These rows of `Check.objects.recorded`, however filtered, ordered and cut; all by slug otherwise."""
    if rows is None:
        rows = Check.objects.recorded(clocks.known_on).order_by(Collate("slug", "C"))
    covered = CheckCommitment.objects.filter(
        performed_check=OuterRef("pk"), commitment__instrument__adopted_by__lte=clocks.as_of
    )
    return _streamed(
        CheckRecord,
        rows,
        recorded_on=_day("recorded_at"),
        commitments=ArraySubquery(covered.order_by("position", "pk").values("commitment__reference")),
    )


def milestones(clocks: Clocks, rows: MilestoneQuerySet | None = None) -> Iterator[Record]:
    """These rows of `recorded_milestones`, however filtered, ordered and cut; all by slug otherwise."""
    recorded = recorded_milestones(clocks)
    this = OuterRef("pk")
    met = Assessment.objects.counted(clocks.as_of, clocks.known_on).filter(meets=this)
    links = MilestoneSource.objects.filter(milestone=this).order_by("position", "pk")
    return _streamed(
        MilestoneRecord,
        recorded.order_by(Collate("slug", "C")) if rows is None else rows,
        commitment=F("commitment__reference"),
        recorded_on=_day("recorded_at"),
        sources=ArraySubquery(links.values("source__slug")),
        replaces=Case(When(replaces__announced_by__lte=clocks.as_of, then=F("replaces__slug"))),
        replaced_by=Subquery(recorded.filter(replaces=this).values("slug")[:1]),
        met_by=Subquery(met.order_by("happened_by", "update__number").values("update__number")[:1]),
    )


def recorded_milestones(clocks: Clocks) -> MilestoneQuerySet:
    """Those of commitments whose instrument had been adopted by the as-of day."""
    recorded = Milestone.objects.recorded(clocks.as_of, clocks.known_on)
    return recorded.filter(commitment__instrument__adopted_by__lte=clocks.as_of)
