"""The drawings that stand beside the words of a judgement.

Grammar: circles fill as delivery advances; squares have not moved; dashed or struck means no judgement; a diamond is
closed. Evidence is a row of bars, the schedule a dot on a line with a date tick, freshness a clock face. Each drawing
is the inside of an SVG symbol on a grid of 16, in the colour of its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Glyph:
    """Which drawing a value has, and the CSS class that colours it."""

    drawing: str
    tone: str


def _stroke(path: str, width: float = 1.5, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width}"{dashed}/>'


def _fill(path: str) -> str:
    return f'<path d="{path}" fill="currentColor"/>'


def _ring(radius: float, width: float = 1.5, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<circle cx="8" cy="8" r="{radius}" fill="none" stroke="currentColor" stroke-width="{width}"{dashed}/>'


def _disc(radius: float, centre: float = 8) -> str:
    return f'<circle cx="{centre}" cy="8" r="{radius}" fill="currentColor"/>'


def _knocked_out(path: str) -> str:
    """A line in the colour of the ground, which a chart sets as --k."""
    return f'<path d="{path}" fill="none" stroke="var(--k,var(--paper))" stroke-width="1.7"/>'


def _bars(filled: int) -> str:
    bars = ("M.75 14.25v-4h2.6v4z", "M4.65 14.25v-7h2.6v7z", "M8.55 14.25v-10h2.6v10z", "M12.45 14.25v-13h2.6v13z")
    full, empty = "".join(bars[:filled]), "".join(bars[filled:])
    drawn_full = f'<path d="{full}" fill="currentColor" stroke="currentColor"/>' if full else ""
    drawn_empty = _stroke(empty, 1) if empty else ""
    return drawn_full + drawn_empty


_SQUARE: Final = "M2.75 2.75h10.5v10.5H2.75z"

DRAWINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # delivery
        "not_assessed": _ring(6, dashes="2.3 2.4"),
        "not_assessable": _ring(6) + _stroke("M3.8 12.2l8.4-8.4"),
        "no_public_action": _stroke(_SQUARE),
        "stalled": _stroke(_SQUARE) + _stroke("M6.3 5.5v5M9.7 5.5v5", 1.7),
        "announced": _ring(6.25) + _fill("M8 8V1.75A6.25 6.25 0 0 1 14.25 8z"),
        "under_way": _ring(6.25) + _fill("M8 1.75a6.25 6.25 0 0 1 0 12.5z"),
        "partly_delivered": _ring(6.25) + _fill("M8 8V1.75A6.25 6.25 0 1 1 1.75 8z"),
        "delivered": _disc(7) + _knocked_out("M4.6 8.3l2.4 2.4 4.5-5"),
        "kept_up": _ring(6.25) + _disc(3.75),
        "ended": _fill("M8 .8L15.2 8 8 15.2.8 8z") + _knocked_out("M5.5 8h5"),
        # evidence
        "none_found": _bars(0),
        "one_side": _bars(1),
        "both_sides": _bars(2),
        "independent": _bars(3),
        "public_record": _bars(4),
        # schedule
        "no_date": _stroke("M1 8h14", dashes="2.5 2.2"),
        "ahead": _stroke("M1 8h7M11 3v10") + _disc(2.6, 4),
        "due_soon": _stroke("M1 8h9M11.8 2.5v11") + _disc(2.6, 8.2),
        "on_time": _stroke("M1 8h9M10 2.5v11") + _disc(3, 10),
        "late": _stroke("M1 8h11M5.5 2.5v11") + _disc(3, 11.5),
        "overdue": _stroke("M1 8h14M5.5 2.5v11") + _disc(3, 12),
        "passed": _stroke("M1 8h8.6M5.5 2.5v11")
        + '<circle cx="12" cy="8" r="2.5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        "closed": _stroke("M1.75 8h12.5M1.75 3.5v9M14.25 3.5v9"),
        # freshness
        "clock": _ring(6.25) + _stroke("M8 4.3V8l2.6 1.8"),
        # bearing
        "advance": _fill("M8 2.5l6 11H2z"),
        "setback": _fill("M8 13.5l6-11H2z"),
        "setback_context": _stroke("M8 12.2l4.6-8.4H3.4z"),
        "neutral": _disc(4.5),
        "context": _ring(4.2, 1.6),
        # occurrence
        "held": _disc(5.6),
        "due": _ring(5, 1.8),
        "expected": _ring(5.2, 1.3, "2.1 2"),
        "no_record": _stroke("M3.6 3.6h8.8v8.8H3.6z", 1.3),
        "missed": _stroke("M3.2 3.2l9.6 9.6M12.8 3.2l-9.6 9.6", 1.6),
        "outside": _disc(1.1),
    }
)


def drawn(drawing: str, ground: str = "var(--k,var(--paper))") -> SafeString:
    """The drawing as markup; what is knocked out of it shows the `ground`, that of the page unless another is named."""
    return mark_safe(DRAWINGS[drawing].replace("var(--k,var(--paper))", ground))  # noqa: S308 - constants of ours


_STATUS: Final = {
    "not_assessed": Glyph("not_assessed", "unrated"),
    "not_assessable": Glyph("not_assessable", "unrated"),
    "no_public_action": Glyph("no_public_action", "still"),
    "stalled": Glyph("stalled", "still"),
    "announced": Glyph("announced", "moving"),
    "under_way": Glyph("under_way", "moving"),
    "partly_delivered": Glyph("partly_delivered", "moving"),
    "delivered": Glyph("delivered", "done"),
    "kept_up": Glyph("kept_up", "done"),
    "ended": Glyph("ended", "ended"),
}
_GROUP: Final = {
    "done": Glyph("kept_up", "done"),
    "moving": Glyph("under_way", "moving"),
    "still": Glyph("no_public_action", "still"),
    "unrated": Glyph("not_assessed", "unrated"),
    "ended": Glyph("ended", "ended"),
}
_EVIDENCE: Final = {
    value: Glyph(value, "plain") for value in ("none_found", "one_side", "both_sides", "independent", "public_record")
}
_SCHEDULE: Final = {
    "no_date": Glyph("no_date", "plain"),
    "open": Glyph("ahead", "plain"),
    "due_soon": Glyph("due_soon", "plain"),
    "overdue": Glyph("overdue", "mark"),
    "met_on_time": Glyph("on_time", "plain"),
    "met_late": Glyph("late", "plain"),
    "next_expected": Glyph("ahead", "plain"),
    "window_missed": Glyph("overdue", "mark"),
    "announced_ahead": Glyph("ahead", "plain"),
    "announced_passed": Glyph("passed", "plain"),
    "closed": Glyph("closed", "plain"),
}
_FRESHNESS: Final = {value: Glyph("clock", "plain") for value in ("current", "review_due", "stale", "never_checked")}
_BEARING: Final = {
    "advance": Glyph("advance", "plain"),
    "setback": Glyph("setback", "mark"),
    "neutral": Glyph("neutral", "plain"),
    "context": Glyph("context", "plain"),
}
# What stands on a timeline beside the bearings.
_LANE: Final = {"setback_context": Glyph("setback_context", "mark")}
_OCCURRENCE: Final = {
    "held": Glyph("held", "done"),
    "due": Glyph("due", "moving"),
    "expected": Glyph("expected", "plain"),
    "no_record": Glyph("no_record", "still"),
    "missed": Glyph("missed", "mark"),
    "outside": Glyph("outside", "plain"),
}

FAMILIES: Final[Mapping[str, Mapping[str, Glyph]]] = MappingProxyType(
    {
        "status": _STATUS,
        "group": _GROUP,
        "evidence": _EVIDENCE,
        "schedule": _SCHEDULE,
        "freshness": _FRESHNESS,
        "bearing": _BEARING,
        "lane": _LANE,
        "occurrence": _OCCURRENCE,
    }
)
# A value that two families share ("ended") has the same glyph in both.
GLYPHS: Final[Mapping[str, Glyph]] = MappingProxyType(
    {value: glyph for family in FAMILIES.values() for value, glyph in family.items()}
)
