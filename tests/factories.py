"""Rows for tests, plainly made up. Published ones go the one way in: draft, children, publication by UPDATE."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max

from commitments.models import (
    Actor,
    Area,
    Assessment,
    Check,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Instrument,
    LinkCheck,
    Milestone,
    MilestoneSource,
    Ping,
    Source,
    StatusUpdate,
)
from commitments.publishing import ClockTimestamp

ADOPTED = datetime.date(2020, 1, 1)
_serial = itertools.count(1)


def moment(day: datetime.date, hour: int = 12) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), datetime.UTC)


def make_user(name: str = "", **fields: Any) -> User:
    return User.objects.create_user(name or f"person-{next(_serial)}", password="made-up", is_staff=True, **fields)


def make_area(**fields: Any) -> Area:
    serial = next(_serial)
    defaults = {
        "slug": f"area-{serial}",
        "name": f"Area {serial}",
        "name_ja": f"分野{serial}",
        "description": "Made up.",
    }
    return Area.objects.create(**defaults | fields)


def make_actor(**fields: Any) -> Actor:
    serial = next(_serial)
    return Actor.objects.create(**{"slug": f"actor-{serial}", "name": f"Actor {serial}", "side": "eu"} | fields)


def make_instrument(**fields: Any) -> Instrument:
    serial = next(_serial)
    defaults = {
        "slug": f"instrument-{serial}",
        "title": f"Instrument {serial}",
        "kind": "joint_statement",
        "adopted_on": ADOPTED,
        "description": "Made up.",
    }
    return Instrument.objects.create(**defaults | fields)


def make_source(**fields: Any) -> Source:
    serial = next(_serial)
    defaults = {
        "slug": f"source-{serial}",
        "url": f"https://example.org/{serial}",
        "title": f"Source {serial}",
        "publisher": "Example Gazette",
        "side": "joint",
        "kind": "official_text",
        "language": "en",
        "accessed_on": datetime.date(2026, 1, 1),
    }
    return Source.objects.create(**defaults | fields)


def make_commitment(
    *,
    published: bool = True,
    published_at: datetime.datetime | None = None,
    actors: Sequence[Actor] = (),
    sources: Sequence[Source] | None = None,
    **fields: Any,
) -> Commitment:
    """Published now unless told when (a past moment is accepted only before the first edition)."""
    serial = next(_serial)
    defaults = {
        "reference": f"EUJP-{1000 + serial}",
        "title": f"Pledge {serial}",
        "summary": "A made-up pledge.",
        "basis": "text_seen",
        "kind": "standing",
        "strength": "firm",
        "fulfilled_when": "A made-up test is met.",
    }
    if "instrument" not in fields:
        fields["instrument"] = make_instrument()
    if "area" not in fields:
        fields["area"] = make_area()
    commitment = Commitment.objects.create(**defaults | fields)
    for position, actor in enumerate(actors):
        CommitmentActor.objects.create(commitment=commitment, actor=actor, position=position)
    for position, source in enumerate([make_source()] if sources is None else sources):
        CommitmentSource.objects.create(commitment=commitment, source=source, position=position)
    if published:
        Commitment.objects.filter(pk=commitment.pk).update(published_at=published_at or ClockTimestamp())
    return Commitment.objects.select_related("instrument", "area").get(pk=commitment.pk)


def make_update(
    *,
    published: bool = True,
    published_at: datetime.datetime | None = None,
    assessments: Sequence[dict[str, Any]] = (),
    sources: Sequence[Source] | None = None,
    **fields: Any,
) -> StatusUpdate:
    """One that advances nothing; `assessments` are fields of each, e.g. {"commitment": c, "status": "announced"}."""
    serial = next(_serial)
    defaults = {
        "title": f"Event {serial}",
        "summary": "Something made up happened.",
        "happened_on": datetime.date(2025, 6, 1),
        "kind": "meeting",
    }
    update = StatusUpdate.objects.create(**defaults | fields)
    for position, assessment in enumerate(assessments):
        status = assessment.get("status", "")
        filled = {
            "bearing": "advance" if status else "neutral",
            "evidence": "both_sides" if status else "",
            "reasoning": "Made-up reasoning.",
            "position": position,
        }
        Assessment.objects.create(update=update, **filled | assessment)
    for position, source in enumerate([make_source()] if sources is None else sources):
        Citation.objects.create(update=update, source=source, position=position)
    if published:
        publish_row(update, published_at)
    update.refresh_from_db()
    return update


def publish_row(update: StatusUpdate, published_at: datetime.datetime | None = None) -> None:
    newest = StatusUpdate.objects.aggregate(newest=Max("number"))["newest"] or 0
    StatusUpdate.objects.filter(pk=update.pk).update(number=newest + 1, published_at=published_at or ClockTimestamp())


def put_in_review(update: StatusUpdate, by: User) -> None:
    """Whether or not it could be published."""
    StatusUpdate.objects.filter(pk=update.pk).update(submitted_at=ClockTimestamp(), submitted_by=by)
    update.refresh_from_db()


def make_check(
    *commitments: Commitment, recorded: bool = True, recorded_at: datetime.datetime | None = None, **fields: Any
) -> Check:
    serial = next(_serial)
    defaults = {
        "slug": f"check-{serial}",
        "checked_on": datetime.date(2026, 1, 1),
        "places": ["example.org"],
        "terms": ["made up"],
        "languages": ["en"],
        "found": "nothing",
    }
    check = Check.objects.create(**defaults | fields)
    for position, commitment in enumerate(commitments):
        CheckCommitment.objects.create(performed_check=check, commitment=commitment, position=position)
    if recorded:
        Check.objects.filter(pk=check.pk).update(recorded_at=recorded_at or ClockTimestamp())
    check.refresh_from_db()
    return check


def make_milestone(
    commitment: Commitment,
    *,
    recorded: bool = True,
    recorded_at: datetime.datetime | None = None,
    sources: Sequence[Source] | None = None,
    **fields: Any,
) -> Milestone:
    serial = next(_serial)
    defaults = {"slug": f"milestone-{serial}", "title": f"Step {serial}", "due_on": datetime.date(2025, 12, 31)}
    milestone = Milestone.objects.create(commitment=commitment, **defaults | fields)
    for position, source in enumerate([make_source()] if sources is None else sources):
        MilestoneSource.objects.create(milestone=milestone, source=source, position=position)
    if recorded:
        Milestone.objects.filter(pk=milestone.pk).update(recorded_at=recorded_at or ClockTimestamp())
    milestone.refresh_from_db()
    return milestone


def make_link_check(source: Source | None = None, **fields: Any) -> LinkCheck:
    source = source or make_source()
    defaults = {"url": source.url, "asked_at": moment(ADOPTED), "outcome": "ok"}
    return LinkCheck.objects.create(source=source, **defaults | fields)


def make_ping() -> Ping:
    return Ping.objects.create(topic=f"/feeds/{next(_serial)}.rss", asked_at=moment(ADOPTED), due_at=moment(ADOPTED))
