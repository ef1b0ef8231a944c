"""What the judgements on commitments rest on: whose voice, of which kind, and how old."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from .clocks import Clocks
from .judgements import Judged
from .models import Assessment, CommitmentVoice, SourceKind, SourceSide, StatusUpdate
from .overview import judged_set

OLD = datetime.timedelta(days=365)
NEWS = {SourceKind.REPORTING, SourceKind.REWRITE}
PARTIES = (SourceSide.EU, SourceSide.JAPAN)
OUTSIDE = {SourceSide.INDEPENDENT, SourceSide.THIRD}
OF_THE_EU = {SourceSide.EU, SourceSide.MEMBER_STATE}


class Reports(models.TextChoices):
    """Who says that anything happened. A member state speaks on the side of the EU, a joint text for both."""

    EU = "eu", _("The EU only")
    JAPAN = "japan", _("Japan only")
    BOTH = "both", _("Both sides")
    INDEPENDENT = "independent", _("Somebody independent too")
    NOBODY = "nobody", _("Nobody yet")


class Thinness(models.TextChoices):
    """In what way a commitment rests on little."""

    ONE_SIDE = "one_side", _("One side only")
    NEWS_ONLY = "news_only", _("News only")
    OLD = "old", _("Nothing newer than a year")
    NOTHING = "nothing", _("Nothing at all")


@dataclass(frozen=True)
class Support:
    """A commitment in force, and the sides and kinds of the sources of every update that counts for it.

    Context does not count: it bears on a pledge without being an act of the parties.
    """

    judged: Judged
    sides: set[SourceSide] = field(default_factory=set)
    kinds: set[SourceKind] = field(default_factory=set)

    @property
    def is_of_one_side(self) -> bool:
        return any(self.sides == {party} for party in PARTIES)

    @property
    def is_news_only(self) -> bool:
        return bool(self.kinds) and self.kinds <= NEWS

    @property
    def reports(self) -> Reports:
        if self.sides & OUTSIDE:
            return Reports.INDEPENDENT
        is_eu, is_japan = bool(self.sides & OF_THE_EU), SourceSide.JAPAN in self.sides
        if SourceSide.JOINT in self.sides or (is_eu and is_japan):
            return Reports.BOTH
        if is_eu or is_japan:
            return Reports.EU if is_eu else Reports.JAPAN
        return Reports.NOBODY

    def is_old(self, day: datetime.date) -> bool:
        latest = self.judged.facts.last_evidence_by
        return latest is not None and latest < day - OLD

    def thinness(self, day: datetime.date) -> list[Thinness]:
        """In how many ways, on this day: several may hold, but for one with nothing that alone."""
        found = {
            Thinness.ONE_SIDE: self.is_of_one_side,
            Thinness.NEWS_ONLY: self.is_news_only,
            Thinness.OLD: self.is_old(day),
            Thinness.NOTHING: not self.sides,
        }
        return [thinness for thinness, holds in found.items() if holds]

    @property
    def side_labels(self) -> list[str]:
        return [str(side.label) for side in SourceSide if side in self.sides]

    @property
    def kind_labels(self) -> list[str]:
        return [str(kind.label) for kind in SourceKind if kind in self.kinds]


@dataclass(frozen=True)
class Coverage:
    """All in force. One may stand in several of the lists; those with nothing stand in that one alone."""

    rows: list[Support]
    lists: dict[Thinness, list[Support]]


def coverage(clocks: Clocks) -> Coverage:
    """Two queries; three on a past known-on day."""
    rows = supports(judged_set(clocks), clocks)
    thin = [(row, row.thinness(clocks.as_of)) for row in rows]
    return Coverage(rows, {kind: [row for row, kinds in thin if kind in kinds] for kind in Thinness})


def supports(judged: Sequence[Judged], clocks: Clocks) -> list[Support]:
    """One query, whose cost follows the commitments and not how much has happened."""
    found: defaultdict[int, tuple[set[SourceSide], set[SourceKind]]] = defaultdict(lambda: (set(), set()))
    for commitment, side, kind in _heard(clocks):
        sides, kinds = found[commitment]
        sides.add(SourceSide(side))
        kinds.add(SourceKind(kind))
    return [Support(row, *found[row.commitment.pk]) for row in judged]


def _heard(clocks: Clocks) -> QuerySet[Any, tuple[int, str, str]]:
    """Commitment, side and kind. Where all that first brought a voice was corrected, another update may bring it."""
    known = CommitmentVoice.objects.known(clocks.as_of, clocks.known_on)
    correction = StatusUpdate.objects.correcting("update", clocks.known_on, at_large=True)
    same = {name: OuterRef(name) for name in ("commitment", "side", "kind")}
    bringing = Assessment.objects.counted(clocks.as_of, clocks.known_on).beyond_context()
    of_the_same = bringing.filter(
        commitment=same["commitment"],
        update__citations__source__side=same["side"],
        update__citations__source__kind=same["kind"],
    )
    # A value and no EXISTS, for which the planner would gather all that ever happened.
    voices = known.alias(other=Subquery(of_the_same.order_by().values("pk")[:1]))
    counting = ~Exists(correction)
    heard: QuerySet[Any, tuple[int, str, str]] = (
        voices.filter(counting | ~Exists(known.filter(counting, **same)) & Q(other__isnull=False))
        .values_list("commitment", "side", "kind")
        .distinct()
    )
    return heard
