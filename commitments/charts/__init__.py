"""Pictures as geometry: dataclass in, positions out. No HTML and no database; templates draw them."""

from .pledges import (
    BAR_WIDTH,
    GROUP_GAP,
    GROUP_ORDER,
    MOST_SQUARES,
    SQUARE,
    AreaSquares,
    Bar,
    Mark,
    Segment,
    Square,
    Total,
    area_squares,
    totals_bars,
)
from .strip import MOST_YEARS, Occurrence, OccurrenceState, OccurrenceStrip, YearCell, occurrence_strip

__all__ = [
    "BAR_WIDTH",
    "GROUP_GAP",
    "GROUP_ORDER",
    "MOST_SQUARES",
    "MOST_YEARS",
    "SQUARE",
    "AreaSquares",
    "Bar",
    "Mark",
    "Occurrence",
    "OccurrenceState",
    "OccurrenceStrip",
    "Segment",
    "Square",
    "Total",
    "YearCell",
    "area_squares",
    "occurrence_strip",
    "totals_bars",
]
