"""About the register: its words, its state, and where the founding article differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Min
from ninja import Router

from ..agenda import DateKind
from ..changes import PeriodClock
from ..chronicle import BY_EVENT
from ..coverage import Reports
from ..definitions import meaning
from ..judgements import DUE_SOON, REVIEW_INTERVAL, STATUSES_OF
from ..models import Commitment, Discrepancy, Edition, StatusUpdate
from ..records import DATASETS
from .operations import Asked, dated, operation
from .shapes import DefinitionsAnswer, DiscrepancyList, MetaAnswer

router = Router(tags=["About the register"])

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@operation(router, "/meta", MetaAnswer)
def get_meta(request: Asked) -> dict[str, Any]:
    """Which state of the register this is.

    The edition grows with every change that a reader could see: while it and the day stay, so does every answer.
    """
    clocks = request.clocks
    edition = Edition.objects.current()
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    latest = published.order_by("-published_at").values_list("published_at", flat=True).first()
    acts = published.filter(is_context=False).order_by(*BY_EVENT)
    first = Commitment.objects.published(clocks.as_of, clocks.known_on).aggregate(first=Min("published_at"))["first"]
    return dated(
        request,
        release=settings.RELEASE,
        edition=edition.number,
        changed_at=edition.changed_at,
        today=clocks.today,
        first_published_on=first and first.date(),
        last_published_on=latest and latest.date(),
        latest_event_by=acts.values_list("happened_by", flat=True).first(),
        licence=LICENCE,
    )


def vocabularies() -> Iterator[type[models.TextChoices]]:
    """Every one that a record may hold, once, in the order of the datasets; and those of other answers."""
    held = [column.choices for dataset in DATASETS.values() for column in dataset.columns]
    yield from dict.fromkeys(choices for choices in held if choices is not None)
    yield from (PeriodClock, DateKind, Reports)


def meaning_of(choice: models.TextChoices) -> str | None:
    """None where the label says it all."""
    try:
        return str(meaning(choice))
    except KeyError:
        return None


@operation(router, "/definitions", DefinitionsAnswer)
def get_definitions(request: Asked) -> dict[str, Any]:
    """What the words mean.

    Every value that a record may hold instead of free text, in the order of legends, and how long each group of
    statuses goes without a review.
    """
    return dated(
        request,
        vocabularies=[
            {
                "name": choices.__name__,
                "choices": [
                    {"value": choice.value, "label": str(choice.label), "meaning": meaning_of(choice)}
                    for choice in choices
                ],
            }
            for choices in vocabularies()
        ],
        groups=[
            {
                "group": group,
                "statuses": statuses,
                "review_after_days": REVIEW_INTERVAL[group].days,
                "stale_after_days": 2 * REVIEW_INTERVAL[group].days,
            }
            for group, statuses in STATUSES_OF.items()
        ],
        due_soon_days=DUE_SOON.days,
    )


@operation(router, "/discrepancies", DiscrepancyList)
def list_discrepancies(request: Asked) -> dict[str, Any]:
    """Where the founding article and the record differ.

    The list is today’s at every day: its past is not kept.
    """
    rows = Discrepancy.objects.prefetch_related("source_links__source")
    return dated(
        request,
        items=[
            {
                "topic": row.topic,
                "article": row.article,
                "official": row.official,
                "assessment": row.assessment,
                "sources": [link.source.slug for link in row.source_links.all()],
            }
            for row in rows
        ],
    )
