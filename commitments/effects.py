"""What publishing a draft would do, found by publishing it and taking it back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from .changes import Moved
from .clocks import Clocks
from .judgements import Judged
from .models import Assessment, Citation, Commitment, StatusUpdate
from .overview import judged_set
from .publishing import Refused, rehearsal


@dataclass(frozen=True)
class Effects:
    """The commitments that the draft, or the update it corrects, assesses; `refusal` says why nothing would happen."""

    moved: list[Moved] = field(default_factory=list)
    refusal: str = ""


def effects(update: StatusUpdate, today: datetime.date) -> Effects:
    """Writes and takes back, in a transaction of its own: not for a public page. Some twenty queries."""
    touched = set(
        Assessment.objects.filter(update__in=[update.pk, update.corrects_id]).values_list("commitment", flat=True)
    )
    clocks = Clocks.at(today)
    before = _judged(touched, clocks)
    try:
        with rehearsal(update):
            after = _judged(touched, clocks)
    except Refused as refusal:
        return Effects(refusal=str(refusal))
    return Effects([Moved(before.get(key), after.get(key), []) for key in after])


def _judged(commitments: Iterable[int], clocks: Clocks) -> dict[int, Judged]:
    rows = judged_set(clocks, Commitment.objects.filter(pk__in=commitments))
    return {row.commitment.pk: row for row in rows}


@dataclass(frozen=True)
class Rewording:
    label: str
    before: str
    after: str


def rewordings(update: StatusUpdate) -> list[Rewording]:
    """Where a correction differs from what it corrects, in the order of the page."""
    if update.corrects is None:
        return []
    pairs = zip(_words_of(update.corrects), _words_of(update), strict=True)
    return [Rewording(label, was, now) for (label, was), (_same, now) in pairs if was != now]


def _words_of(update: StatusUpdate) -> list[tuple[str, str]]:
    names = ("title", "summary", "happened_on", "kind", "is_context", "note")
    words = [(_label(StatusUpdate, name), _shown(update, name)) for name in names]
    assessments = update.assessments.select_related("commitment").order_by("commitment__reference")
    citations = update.citations.select_related("source").order_by("source__title", "locator")
    return [
        *words,
        (str(Assessment._meta.verbose_name_plural), "\n".join(map(_assessed, assessments))),
        (
            str(Citation._meta.verbose_name_plural),
            "\n".join(f"{row.source.title} {row.locator}".strip() for row in citations),
        ),
    ]


def _label(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def _shown(update: StatusUpdate, name: str) -> str:
    display = getattr(update, f"get_{name}_display", None)
    return str(display() if display else getattr(update, name))


def _assessed(row: Assessment) -> str:
    parts = [row.get_bearing_display(), row.get_status_display(), row.get_evidence_display(), row.reasoning]
    return f"{row.commitment.reference}: {' · '.join(str(part) for part in parts if part)}"
