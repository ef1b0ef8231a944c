"""What the judgements on commitments rest on: whose voice, of which kind, and how old."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from .clocks import Clocks
from .judgements import Judged
from .models import Assessment, Bearing, SourceKind, SourceSide
from .overview import judged_set

OLD = datetime.timedelta(days=365)
NEWS = {SourceKind.REPORTING, SourceKind.REWRITE}
PARTIES = (SourceSide.EU, SourceSide.JAPAN)


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

    def is_old(self, day: datetime.date) -> bool:
        latest = self.judged.facts.last_evidence_by
        return latest is not None and latest < day - OLD

    @property
    def side_labels(self) -> list[str]:
        return [str(side.label) for side in SourceSide if side in self.sides]

    @property
    def kind_labels(self) -> list[str]:
        return [str(kind.label) for kind in SourceKind if kind in self.kinds]


@dataclass(frozen=True)
class Coverage:
    """A commitment may stand in several of the lists; those with nothing stand in that one alone."""

    total: int
    nothing: list[Support]
    one_side: list[Support]
    news_only: list[Support]
    old: list[Support]


def coverage(clocks: Clocks) -> Coverage:
    """Two queries; four on a past known-on day. Sides and kinds of cited sources are frozen, so they are of any day."""
    counted = Assessment.objects.counted(clocks.as_of, clocks.known_on).exclude(bearing=Bearing.CONTEXT)
    cited = counted.order_by().values_list(
        "commitment", "update__citations__source__side", "update__citations__source__kind"
    )
    found: defaultdict[int, tuple[set[SourceSide], set[SourceKind]]] = defaultdict(lambda: (set(), set()))
    for commitment, side, kind in cited.distinct():
        sides, kinds = found[commitment]
        sides.add(SourceSide(side))
        kinds.add(SourceKind(kind))
    rows = [
        Support(judged, *found[judged.commitment.pk]) if judged.commitment.pk in found else Support(judged)
        for judged in judged_set(clocks)
    ]
    return Coverage(
        total=len(rows),
        nothing=[row for row in rows if not row.sides],
        one_side=[row for row in rows if row.is_of_one_side],
        news_only=[row for row in rows if row.is_news_only],
        old=[row for row in rows if row.is_old(clocks.as_of)],
    )
