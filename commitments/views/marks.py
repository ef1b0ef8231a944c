"""From judged commitments to what charts draw."""

from __future__ import annotations

from django.urls import reverse

from ..charts import Mark, Occurrence, OccurrenceStrip, occurrence_strip
from ..clocks import Clocks
from ..dossier import Dossier
from ..judgements import Judged, window_end
from ..models import CommitmentKind


def mark(row: Judged, clocks: Clocks) -> Mark:
    address = reverse("commitments:commitment", args=[row.commitment.reference])
    query = clocks.query_string()
    return Mark(
        reference=row.commitment.reference,
        title=row.commitment.title,
        status=row.status,
        status_label=str(row.status.label),
        group=row.group,
        group_label=str(row.group.label),
        url=f"{address}?{query}" if query else address,
    )


def strip(dossier: Dossier, clocks: Clocks) -> OccurrenceStrip | None:
    """Year by year, for a recurring commitment or one of which occurrences are known."""
    commitment = dossier.commitment
    if commitment.kind != CommitmentKind.RECURRING and not dossier.occurrences:
        return None
    facts = dossier.judged.facts
    adopted = commitment.instrument.adopted_by
    searched = {
        year
        for check in dossier.checks
        for year in range((check.covers_from or adopted).year, min(check.checked_on, clocks.as_of).year + 1)
    }
    return occurrence_strip(
        adopted_by=adopted,
        occurrences=[Occurrence(update.happened_on, update.happened_precision) for update in dossier.occurrences],
        expected_by=window_end(facts) if facts.cadence_months else None,
        is_yearly=facts.cadence_months == 12,
        searched=searched,
        day=clocks.as_of,
    )
