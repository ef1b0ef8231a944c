"""A recurring commitment year by year."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from ..charts import Occurrence, OccurrenceStrip, occurrence_strip
from ..judgements import Facts, window_end


def strip_of(
    facts: Facts,
    occurrences: Sequence[Occurrence],
    searches: Iterable[tuple[datetime.date | None, datetime.date]],
    day: datetime.date,
) -> OccurrenceStrip:
    """`searches` are the first day that each covers (None: the adoption) and the day on which it was made."""
    searched = {
        year
        for since, made_on in searches
        for year in range((since or facts.adopted_by).year, min(made_on, day).year + 1)
    }
    return occurrence_strip(
        adopted_by=facts.adopted_by,
        occurrences=occurrences,
        expected_by=window_end(facts) if facts.cadence_months else None,
        is_yearly=facts.cadence_months == 12,
        searched=searched,
        day=day,
    )
