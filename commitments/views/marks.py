"""From the page of a commitment to what its charts draw."""

from __future__ import annotations

from ..charts import Occurrence, OccurrenceStrip
from ..clocks import Clocks
from ..dossier import Dossier
from ..models import CommitmentKind
from ..pictures.strips import strip_of


def strip(dossier: Dossier, clocks: Clocks) -> OccurrenceStrip | None:
    """Year by year, for a recurring commitment or one of which occurrences are known."""
    if dossier.commitment.kind != CommitmentKind.RECURRING and not dossier.occurrences:
        return None
    return strip_of(
        dossier.judged.facts,
        [Occurrence(update.happened_on, update.happened_precision) for update in dossier.occurrences],
        [(check.covers_from, check.checked_on) for check in dossier.checks],
        clocks.as_of,
    )
