"""Fixed colours for pictures that leave the page: the light scheme of the style sheet as attributes of SVG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PAPER, PAPER_2, INK, INK_2, RULE, EDGE, MARK = (
    "#fcfbf8",
    "#f3f1ea",
    "#1a1c20",
    "#4b4f56",
    "#dcd8cd",
    "#7b776d",
    "#a62c17",
)
GROUPS: Final[Mapping[str, str]] = {
    "done": "#0d6650",
    "moving": "#2a589f",
    "still": "#8a5200",
    "unrated": "#63676e",
    "ended": "#6b3b6a",
}
# As the style sheet mixes them.
PALE: Final[Mapping[str, str]] = {"still": "#ddcbb4", "unrated": PAPER_2}
PALE_CELL: Final[Mapping[str, str]] = {"still": "#eceadf", "unrated": PAPER}

Paint = dict[str, str]

_PLAIN: Final[Mapping[str, Paint]] = {
    "grid": {"stroke": RULE},
    "axis": {"stroke": INK_2},
    "today": {"stroke": MARK, "stroke-dasharray": "2 2"},
    "void": {"fill": "url(#hatch)"},
    "dot": {"fill": INK, "stroke": PAPER},
    "ring": {"fill": PAPER, "stroke": INK_2, "stroke-width": "1.5"},
    "hole": {"fill": PAPER},
    "target": {"fill": "none"},
    "tally": {"fill": INK_2},
    "ink": {"fill": INK},
}


def paint(tone: str, mark: str = "") -> Paint:
    """The colours of a shape of this tone, within a mark of that tone. Text and glyphs take `fill` and `color`."""
    words = [*tone.split(), *mark.split()]
    group = next((word for word in words if word in GROUPS), "")
    colour = GROUPS.get(group, INK_2)
    if "cell" in words:
        solid = group not in PALE_CELL
        dashes = {"stroke-dasharray": "3 2"} if group == "unrated" else {}
        ground = PALE_CELL.get(group, colour)
        return {"fill": ground, "stroke": colour, "color": PAPER if solid else colour, **dashes}
    if "on" in words:
        return {"fill": INK if group in PALE else PAPER, "font-weight": "600"}
    if "step" in words:
        return {"fill": PALE.get(group, colour)}
    if "lip" in words:
        return {"stroke": colour, "stroke-width": "1.5"} | ({"stroke-dasharray": "3 2"} if group == "unrated" else {})
    if "bar" in words:
        return {"fill": INK} if "dot" in words else {"fill": PAPER, "stroke": INK_2}
    if "stem" in words:
        return {"stroke": colour, "stroke-width": "1.5"}
    if "span" in words:
        ink = MARK if "mark" in words else INK_2
        return {"stroke": ink, "stroke-width": "1.5", "fill": ink}
    if "down" in words or "mark" in words:
        return {"color": MARK, "fill": MARK}
    if "tally" in words and group:
        return {"fill": colour}
    plain = next((_PLAIN[word] for word in words if word in _PLAIN), {"fill": INK_2})
    return {"color": colour, **plain}
