"""Days that a reader is likely to ask from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from .changes import DEFAULT_DAYS
from .chronicle import BY_EVENT
from .clocks import Clocks
from .models import Assessment, Commitment, CommitmentKind, Instrument, StatusUpdate, UpdateKind, restore_labels


@dataclass(frozen=True)
class Preset:
    label: str
    since: datetime.date


def presets(clocks: Clocks) -> list[Preset]:
    """As far as they are known at these clocks. One query."""
    instruments = _instruments(clocks)
    found = [Preset(_("Last 90 days"), clocks.as_of - datetime.timedelta(days=DEFAULT_DAYS))]
    dialogue = getattr(instruments[0], "last_dialogue", None) if instruments else None
    if dialogue is not None:
        found.append(Preset(_("Since the last dialogue"), dialogue))
    return found + [
        Preset(_("Since: %(instrument)s") % {"instrument": instrument.title}, instrument.adopted_by)
        for instrument in instruments
    ]


def _instruments(clocks: Clocks) -> list[Instrument]:
    """Newest first; each row also says when the `last_dialogue` was: the latest meeting that counts as an occurrence
    of a recurring commitment.
    """
    public = Commitment.objects.published(clocks.as_of, clocks.known_on)
    occurrences = Assessment.objects.filter(
        update=OuterRef("pk"), is_occurrence=True, commitment__kind=CommitmentKind.RECURRING
    )
    # Asked of the updates, whose index by event is walked from its end.
    counted = StatusUpdate.objects.counted(clocks.as_of, clocks.known_on)
    held = counted.filter(Exists(occurrences), kind=UpdateKind.MEETING)
    rows: list[Instrument] = list(
        Instrument.objects.filter(Exists(public.filter(instrument=OuterRef("pk"))))
        .annotate(last_dialogue=Subquery(held.order_by(*BY_EVENT).values("happened_by")[:1]))
        .order_by("-adopted_by", "pk")
    )
    restore_labels(rows, clocks.known_on)
    return rows
