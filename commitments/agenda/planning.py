"""From what was found to what stands in a calendar. No database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..days import in_words
from ..judgements import Judged, window_end
from ..models import Commitment, DeliveryStatus, Precision, Source, last_day
from .finding import Found, first_counted, moments_of


class DateKind(models.TextChoices):
    """What stands in a calendar."""

    MILESTONE = "milestone", gettext_lazy("Announced date")
    DEADLINE = "deadline", gettext_lazy("Deadline")
    WINDOW = "window", gettext_lazy("Expected")
    OCCURRENCE = "occurrence", gettext_lazy("Held")


@dataclass(frozen=True)
class Appointment:
    """A day, or a period of which more is not known, from its `first` day to its `last`.

    `path` is permanent: no retitling, and no dump and load, changes it. `changes` are the moments at which something
    was published, or a day passed, that tells on it: they only become more. `relabelled` are those at which one of
    its words was changed.
    """

    path: str
    kind: DateKind
    title: str
    commitments: list[Commitment]
    first: datetime.date
    last: datetime.date
    said: str
    created_at: datetime.datetime
    precision: str = Precision.DAY
    note: str = ""
    update: int | None = None
    is_certain: bool = False
    is_cancelled: bool = False
    changes: list[datetime.datetime] = field(default_factory=list)
    relabelled: list[datetime.datetime] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def modified_at(self) -> datetime.datetime:
        return max([self.created_at, *self.changes, *self.relabelled])


@dataclass(frozen=True)
class Planned:
    """An appointment whose sources, and whose commitments' fate, are still to be looked up."""

    appointment: Appointment
    source_ids: list[int]


# Announced dates


def milestone_of(milestone: Any, found: Found) -> Planned:
    commitment = found.commitments[milestone.commitment_id]
    meeting = [mark for mark in found.marks_of.get(commitment.pk, []) if mark.meets_id == milestone.pk]
    met = first_counted(meeting)
    withdrawals = found.withdrawals([commitment])
    if withdrawals:
        said = _withdrawn(commitment)
    elif met:
        said = _("Met: update %(number)s.") % {"number": met.update.number}
    elif milestone.replaced_at:
        said = _("Replaced by a later date.")
    elif milestone.due_by < found.clocks.as_of:
        said = _("Passed without a known act.")
    else:
        said = _("Still ahead.")
    return Planned(
        Appointment(
            path=f"milestone/{milestone.slug}",
            kind=DateKind.MILESTONE,
            title=milestone.title,
            commitments=[commitment],
            first=milestone.due_on,
            last=milestone.due_by,
            precision=milestone.due_precision,
            said=said,
            note=milestone.note,
            update=met.update.number if met else None,
            created_at=milestone.recorded_at,
            changes=[
                *moments_of(meeting),
                *([milestone.replaced_at] if milestone.replaced_at else []),
                *withdrawals,
                *found.passing(milestone.due_by),
            ],
            is_certain=met is not None,
            is_cancelled=bool(withdrawals) or (milestone.replaced_at is not None and met is None),
        ),
        milestone.source_ids,
    )


def _withdrawn(commitment: Commitment) -> str:
    return _("Withdrawn from the register: %(reason)s") % {"reason": commitment.withdrawal_reason}


# Deadlines and windows


def of_commitment(row: Judged, found: Found) -> Iterator[Planned]:
    commitment = row.commitment
    marks = found.marks_of.get(commitment.pk, [])
    made = [_deadline(row, found, marks, commitment.due_on)] if commitment.due_on else []
    made += _windows(row, found, marks) if commitment.cadence_months else []
    for appointment in made:
        yield Planned(appointment, found.links[commitment.pk])


def _deadline(row: Judged, found: Found, marks: list[Any], due_on: datetime.date) -> Appointment:
    commitment = row.commitment
    due_by = last_day(due_on, commitment.due_precision)
    delivered_by = row.facts.delivered_by
    delivered = first_counted(mark for mark in marks if mark.happened_by == delivered_by)
    withdrawals = found.withdrawals([commitment])
    is_over = delivered_by is None and _is_ended(row, marks, due_by)
    if withdrawals:
        said = _withdrawn(commitment)
    elif delivered_by:
        said = _("Met on time.") if delivered_by <= due_by else _("Met late.")
    elif is_over:
        said = _("No longer expected.")
    else:
        said = _("Overdue.") if due_by < found.clocks.as_of else _("Still ahead.")
    return Appointment(
        path=f"deadline/{commitment.reference}",
        kind=DateKind.DEADLINE,
        title=commitment.title,
        commitments=[commitment],
        first=due_on,
        last=due_by,
        precision=commitment.due_precision,
        said=said,
        note=commitment.deadline_wording
        and _("In the words of the text: “%(words)s”") % {"words": commitment.deadline_wording},
        update=delivered.update.number if delivered else None,
        created_at=_published_at(commitment),
        changes=[*moments_of(marks), *withdrawals, *found.passing(due_by)],
        is_certain=True,
        is_cancelled=bool(withdrawals) or is_over,
    )


def _published_at(commitment: Commitment) -> datetime.datetime:
    """Commitments here are public, and so bear the moment at which they became it."""
    if commitment.published_at is None:
        raise ValueError(f"{commitment.reference} is a draft")
    return commitment.published_at


def _is_ended(row: Judged, marks: Iterable[Any], last: datetime.date) -> bool:
    """Whether the pledge was given up before this day was over."""
    ended = first_counted(mark for mark in marks if mark.status == DeliveryStatus.ENDED)
    return row.status == DeliveryStatus.ENDED and (ended is None or ended.happened_by <= last)


def _windows(row: Judged, found: Found, marks: list[Any]) -> list[Appointment]:
    """One for each year or interval in which the pledge was to be kept once more.

    It opens with the adoption, and with whatever was held; it is cancelled where that was put right since.
    """
    held = found.held(marks)
    opened: dict[tuple[datetime.date, datetime.date], list[Any]] = {}
    for day, opener in [(row.facts.adopted_by, None), *((mark.happened_by, mark) for mark in held)]:
        last = window_end(replace(row.facts, last_occurrence_by=day))
        is_yearly = row.facts.cadence_months == 12
        first = datetime.date(last.year, 1, 1) if is_yearly else day + datetime.timedelta(days=1)
        opened.setdefault((first, last), []).append(opener)
    return [
        _window(row, found, [mark for mark in marks if mark.happened_by >= first], openers, first, last)
        for (first, last), openers in opened.items()
        if first > found.held_since
    ]


def _window(
    row: Judged, found: Found, marks: list[Any], openers: list[Any], first: datetime.date, last: datetime.date
) -> Appointment:
    commitment = row.commitment
    held = found.held(marks)
    kept = first_counted(mark for mark in held if mark.happened_by <= last)
    keeper = kept or first_counted(held)
    withdrawals = found.withdrawals([commitment])
    is_open = any(opener is None or opener.corrected_at is None for opener in openers)
    is_over = not is_open or (keeper is None and _is_ended(row, marks, last))
    if withdrawals:
        said = _withdrawn(commitment)
    elif is_over:
        said = _("No longer expected.")
    elif keeper:
        sentence = _("Held: update %(number)s.") if kept else _("Held after the window had closed: update %(number)s.")
        said = sentence % {"number": keeper.update.number}
    elif last < found.clocks.as_of:
        said = _("Window missed: no occurrence is known.")
    else:
        said = _("Expected by %(day)s; no occurrence is known yet.") % {"day": in_words(last)}
    return Appointment(
        path=f"window/{commitment.reference}/{first.isoformat()}",
        kind=DateKind.WINDOW,
        title=commitment.title,
        commitments=[commitment],
        first=first,
        last=last,
        said=said,
        update=keeper.update.number if keeper else None,
        created_at=max(_published_at(commitment), min(map(_opened_at, openers))),
        changes=[
            # Also what was held after it: a set of marks that shrank would let the sequence fall.
            *moments_of(held),
            *moments_of(mark for mark in marks if mark.status == DeliveryStatus.ENDED and mark.happened_by <= last),
            *(opener.corrected_at for opener in openers if opener and opener.corrected_at),
            *withdrawals,
            *found.passing(last),
        ],
        is_certain=keeper is not None,
        is_cancelled=bool(withdrawals) or is_over,
    )


def _opened_at(opener: Any) -> datetime.datetime:
    """When it became known; the adoption was known to all."""
    moment: datetime.datetime = opener.published_at if opener else datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return moment


# What was held


def occurrences(found: Found) -> Iterator[Planned]:
    by_update: dict[int, list[Any]] = {}
    for mark in found.held(found.marks):
        by_update.setdefault(mark.update_id, []).append(mark)
    return (_occurrence(marks, found) for marks in by_update.values())


def _occurrence(marks: list[Any], found: Found) -> Planned:
    """One event, of as many pledges as it counts for."""
    update = marks[0].update
    commitments = [found.commitments[mark.commitment_id] for mark in marks]
    corrected_by, corrected_at = marks[0].corrected_by, marks[0].corrected_at
    withdrawals = found.withdrawals(commitments)
    is_withdrawn = len(withdrawals) == len(commitments)
    if corrected_by:
        said = _("Published in error; corrected by update %(number)s.") % {"number": corrected_by}
    elif is_withdrawn:
        said = _withdrawn(commitments[0])
    else:
        said = _("Counts as an occurrence.")
    return Planned(
        Appointment(
            path=f"occurrence/{update.number}",
            kind=DateKind.OCCURRENCE,
            title=update.title,
            commitments=commitments,
            first=update.happened_on,
            last=last_day(update.happened_on, update.happened_precision),
            precision=update.happened_precision,
            said=said,
            note=update.summary,
            update=update.number,
            created_at=update.published_at,
            changes=[*([corrected_at] if corrected_at else []), *withdrawals],
            is_certain=True,
            is_cancelled=bool(corrected_by) or is_withdrawn,
        ),
        marks[0].source_ids,
    )
