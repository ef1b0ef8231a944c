"""One line of meaning for every choice that a reader meets; the methodology page and the legends render these."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .judgements import FreshnessState, ScheduleState, StatusGroup
from .models import Basis, Bearing, CommitmentKind, DeliveryStatus, Evidence, SourceKind, Strength

# Keyed by the class too: members of two classes with the same value are equal.
_DEFINITIONS: dict[tuple[type[TextChoices], str], str | Promise] = {
    (type(choice), choice.value): meaning
    for choice, meaning in [
        (DeliveryStatus.NOT_ASSESSED, _("No assessment has set a status, and no recorded search covers the pledge")),
        (DeliveryStatus.NOT_ASSESSABLE, _("The wording gives no test that an outsider could apply")),
        (DeliveryStatus.NO_PUBLIC_ACTION, _("A recorded search found nothing; not proof of inaction")),
        (DeliveryStatus.STALLED, _("Action began, then stopped or left no public trace")),
        (DeliveryStatus.ANNOUNCED, _("A next step beyond the pledge itself was stated, and not yet taken")),
        (DeliveryStatus.UNDER_WAY, _("At least one concrete step has happened")),
        (DeliveryStatus.PARTLY_DELIVERED, _("A named part of the output exists")),
        (DeliveryStatus.DELIVERED, _("The output exists, or an exploration has ended in public, either way")),
        (DeliveryStatus.KEPT_UP, _("Recurring or standing, and shown to go on within its window")),
        (DeliveryStatus.ENDED, _("Withdrawn by the parties, expired or superseded")),
        (StatusGroup.ACHIEVED, _("delivered or being kept up")),
        (StatusGroup.MOVING, _("announced, under way or partly delivered")),
        (StatusGroup.NOT_MOVING, _("stalled, or searched and nothing public found")),
        (StatusGroup.UNRATED, _("not yet assessed or not assessable")),
        (StatusGroup.ENDED, _("no longer pursued")),
        (Evidence.NONE_FOUND, _("No source shows an act")),
        (Evidence.ONE_SIDE, _("Only one of the two parties says so")),
        (Evidence.BOTH_SIDES, _("A joint text, or a source of each side, says so")),
        (Evidence.INDEPENDENT, _("A party says so, and somebody independent reports it")),
        (Evidence.PUBLIC_RECORD, _("The outcome itself can be read: a text, a vote, a published figure")),
        (ScheduleState.NO_DATE, _("The instrument sets no date, and no party has announced one")),
        (ScheduleState.OPEN, _("The date in the instrument lies more than 90 days ahead")),
        (ScheduleState.DUE_SOON, _("The date in the instrument lies at most 90 days ahead")),
        (ScheduleState.OVERDUE, _("The date in the instrument has passed undelivered")),
        (ScheduleState.MET_ON_TIME, _("Delivered by the date in the instrument")),
        (ScheduleState.MET_LATE, _("Delivered after the date in the instrument")),
        (ScheduleState.NEXT_EXPECTED, _("A recurring pledge whose current window is still open")),
        (ScheduleState.WINDOW_MISSED, _("A recurring pledge whose last window closed without a known occurrence")),
        (ScheduleState.ANNOUNCED_AHEAD, _("A party announced a date that has not come yet")),
        (
            ScheduleState.ANNOUNCED_PASSED,
            _("A date that a party announced later has passed unmet; not the same as overdue"),
        ),
        (ScheduleState.CLOSED, _("Delivered or ended: no further step is expected")),
        (FreshnessState.CURRENT, _("Looked at within the review interval of its status")),
        (FreshnessState.REVIEW_DUE, _("The review interval has passed")),
        (FreshnessState.STALE, _("Twice the review interval has passed")),
        (FreshnessState.NEVER_CHECKED, _("No evidence and no search is recorded")),
        (Bearing.ADVANCE, _("Moves the pledge forward")),
        (Bearing.SETBACK, _("Moves it back")),
        (Bearing.NEUTRAL, _("Concerns the pledge without moving it; repeating a pledge is not progress")),
        (Bearing.CONTEXT, _("Bears on it without being an act of the EU and Japan; counts as no evidence")),
        (CommitmentKind.ONE_OFF, _("An output is named")),
        (CommitmentKind.RECURRING, _("Something is to be repeated, such as a yearly dialogue")),
        (CommitmentKind.STANDING, _("Something is to be kept up, without a named output")),
        (CommitmentKind.EXPLORATORY, _("Something is to be considered or explored")),
        (Strength.FIRM, _("The parties will do it")),
        (Strength.CONTINUING, _("They go on doing it")),
        (Strength.STRENGTHENING, _("They do more of it")),
        (Strength.EXPLORATORY, _("They look into it")),
        (Strength.HORTATORY, _("They encourage or welcome it")),
        (Basis.TEXT_SEEN, _("We have read the passage itself")),
        (Basis.OFFICIAL_DESCRIPTION, _("A party describes the passage")),
        (Basis.PRESS_ACCOUNT, _("Reports quote or describe the passage")),
        (SourceKind.OFFICIAL_TEXT, _("An adopted or published text of a party")),
        (SourceKind.OFFICIAL_STATEMENT, _("A release, speech or web page of a party")),
        (SourceKind.REPORTING, _("News")),
        (SourceKind.ANALYSIS, _("Research or comment")),
        (
            SourceKind.REWRITE,
            _("A copy or machine-written page: it points to evidence, and never supports a status alone"),
        ),
    ]
}


def meaning(choice: TextChoices) -> str | Promise:
    return _DEFINITIONS[type(choice), choice.value]


def meaning_if_any(choice: TextChoices) -> str | Promise:
    """Empty where the label says it all."""
    return _DEFINITIONS.get((type(choice), choice.value), "")


def definitions(choices: Iterable[TextChoices]) -> list[tuple[TextChoices, str | Promise]]:
    """Each choice with its meaning, in the order given: a class of choices, or some of its members."""
    return [(choice, meaning(choice)) for choice in choices]
