"""What publishing a draft would do, found by publishing it and taking it back."""

from __future__ import annotations

import datetime
import difflib
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .clocks import Clocks
from .judgements import Judged
from .models import Assessment, Citation, Commitment, DeliveryStatus, Evidence, Precision, StatusUpdate
from .overview import judged_set
from .publishing import Refused, rehearsal

# Words, and characters of scripts that put no space between them.
PIECES = re.compile(r"\s+|[^\W\u3040-\u30ff\u3400-\u9fff]+|.", re.DOTALL)
# Below this share of common words, marking each of them would hide the two texts rather than compare them.
ALIKE = 0.4
LENGTH_OF_ISO_DAY = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}


class Side(NamedTuple):
    """A judgement before or after: its value ("" where there is none), its words, and the day that belongs to it."""

    value: str
    words: str
    on: datetime.date | None = None
    precision: str = Precision.DAY


@dataclass(frozen=True)
class Judgement:
    name: str
    label: Any
    read: Callable[[Judged], Side]


def _status(row: Judged) -> Side:
    return Side(row.status, str(row.status.label))


def _evidence(row: Judged) -> Side:
    return Side(row.evidence, str(Evidence(row.evidence).label) if row.evidence else _("no grade"))


def _schedule(row: Judged) -> Side:
    return Side(row.schedule.state, str(row.schedule.state.label), row.schedule.on, row.schedule.precision)


def _freshness(row: Judged) -> Side:
    return Side(row.freshness.state, str(row.freshness.state.label), row.freshness.review_on)


def _occurrence(row: Judged) -> Side:
    known = row.facts.last_occurrence_by
    return Side("", "" if known else _("none known"), known)


JUDGEMENTS = (
    Judgement("status", gettext_lazy("Delivery status"), _status),
    Judgement("evidence", gettext_lazy("Evidence"), _evidence),
    Judgement("schedule", gettext_lazy("Schedule"), _schedule),
    Judgement("freshness", gettext_lazy("Freshness, next look by"), _freshness),
    Judgement("occurrence", gettext_lazy("Last occurrence by"), _occurrence),
)


@dataclass(frozen=True)
class Move:
    """One judgement of a commitment where it, or the day that belongs to it, becomes another."""

    judgement: Judgement
    before: Side
    after: Side


@dataclass(frozen=True)
class Effect:
    """What becomes of one commitment. `sets` is the status that the draft gives it, if it gives one."""

    before: Judged
    after: Judged
    sets: DeliveryStatus | None

    @property
    def commitment(self) -> Commitment:
        return self.after.commitment

    @property
    def is_outweighed(self) -> bool:
        """Whether a later event keeps the status that the draft sets from standing today."""
        return self.sets is not None and self.sets != self.after.status

    @functools.cached_property
    def moves(self) -> list[Move]:
        ends = ((each, each.read(self.before), each.read(self.after)) for each in JUDGEMENTS)
        return [Move(each, before, after) for each, before, after in ends if before != after]


@dataclass(frozen=True)
class Effects:
    """On the commitments that the draft, or the update it corrects, assesses. `refusal` says why nothing happens."""

    rows: list[Effect] = field(default_factory=list)
    refusal: str = ""


def effects(update: StatusUpdate, today: datetime.date) -> Effects:
    """Writes and takes back, in a transaction of its own: not for a public page. Some twenty queries."""
    assessed = dict(Assessment.objects.filter(update=update).values_list("commitment", "status"))
    replaced = Assessment.objects.filter(update=update.corrects_id).values_list("commitment", flat=True)
    touched, clocks = {*assessed, *replaced}, Clocks.at(today)
    before = _judged(touched, clocks)
    try:
        with rehearsal(update):
            after = _judged(touched, clocks)
    except Refused as refusal:
        return Effects(refusal=str(refusal))
    sets = {key: DeliveryStatus(status) for key, status in assessed.items() if status}
    return Effects([Effect(before[key], row, sets.get(key)) for key, row in after.items()])


def _judged(commitments: Iterable[int], clocks: Clocks) -> dict[int, Judged]:
    rows = judged_set(clocks, Commitment.objects.filter(pk__in=commitments))
    return {row.commitment.pk: row for row in rows}


class Piece(NamedTuple):
    text: str
    is_changed: bool


@dataclass(frozen=True)
class Difference:
    """One part of an update and of its correction, "" where one of them has no such part."""

    label: str
    before: str
    after: str

    @property
    def old(self) -> list[Piece]:
        return [Piece(old, is_changed) for old, _new, is_changed in self._pieces if old]

    @property
    def new(self) -> list[Piece]:
        return [Piece(new, is_changed) for _old, new, is_changed in self._pieces if new]

    @functools.cached_property
    def _pieces(self) -> list[tuple[str, str, bool]]:
        """Runs of both texts, side by side, and whether they differ there."""
        old, new = PIECES.findall(self.before), PIECES.findall(self.after)
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        if matcher.ratio() < ALIKE:
            return [(self.before, self.after, True)]
        return [
            ("".join(old[start:end]), "".join(new[other:other_end]), tag != "equal")
            for tag, start, end, other, other_end in matcher.get_opcodes()
        ]


def differences(update: StatusUpdate) -> list[Difference]:
    """Where a correction differs from what it corrects, in the order of the page."""
    if update.corrects is None:
        return []
    before, after = _words_of(update.corrects), _words_of(update)
    return [
        Difference(label, before.get(label, ""), after.get(label, ""))
        for label in after | before
        if before.get(label) != after.get(label)
    ]


def _words_of(update: StatusUpdate) -> dict[str, str]:
    """Every part that is written by hand, under its name."""
    length = LENGTH_OF_ISO_DAY[Precision(update.happened_precision)]
    citations = update.citations.select_related("source").order_by("source__title", "source__slug", "locator")
    assessments = update.assessments.select_related("commitment", "meets").order_by("commitment__reference")
    return {
        _label(StatusUpdate, "title"): update.title,
        _label(StatusUpdate, "summary"): update.summary,
        _label(StatusUpdate, "happened_on"): update.happened_on.isoformat()[:length],
        _label(StatusUpdate, "kind"): update.get_kind_display(),
        _label(StatusUpdate, "is_context"): _("yes") if update.is_context else _("no"),
        _label(StatusUpdate, "note"): update.note,
        **{row.commitment.reference: _assessed(row) for row in assessments},
        str(Citation._meta.verbose_name_plural): "\n".join(map(_cited, citations)),
    }


def _label(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def _assessed(row: Assessment) -> str:
    judged = (row.get_bearing_display(), row.get_status_display(), row.get_evidence_display())
    occurrence = _label(Assessment, "is_occurrence") if row.is_occurrence else ""
    milestone = f"{_label(Assessment, 'meets')}: {row.meets.title}" if row.meets else ""
    return "\n".join(filter(None, [" · ".join(filter(None, judged)), row.reasoning, occurrence, milestone]))


def _cited(row: Citation) -> str:
    return ", ".join(filter(None, [row.source.title, row.source.publisher, row.locator]))
