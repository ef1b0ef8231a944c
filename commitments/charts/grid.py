"""Counts in rows and columns, each a square whose area follows its number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .drawing import Drawn, Row, Shape, glyph, percent, target, text

LARGEST, SMALLEST = 20, 4
# Among many columns, so that two of them hardly touch where the page is narrow.
LARGEST_OF_MANY, MANY = 14, 16
GRID_HEIGHT = 44
HEAD_HEIGHT = 22


@dataclass(frozen=True)
class Count:
    count: int
    url: str
    name: str


def side(count: int, highest: int, largest: int = LARGEST) -> float:
    """Of the square, in pixels: so that twice the number has twice the area, and one is still seen."""
    return max(round(largest * math.sqrt(count / highest), 1), SMALLEST)


def grid_row(
    label: str,
    number: int,
    counts: Sequence[Count | None],
    *,
    highest: int,
    tones: Sequence[str] = (),
    ground: Sequence[Shape] = (),
    url: str = "",
) -> Row:
    """Row `number`; `highest` is the largest count of all rows, None stands for none. `tones` colour the columns."""
    marks = [
        _square(each, f"{number}.{column}", (column, len(counts)), highest, tones[column] if tones else "")
        for column, each in enumerate(counts)
        if each is not None
    ]
    return Row(label, GRID_HEIGHT, marks=marks, ground=ground, url=url)


def _square(each: Count, cell: str, place: tuple[int, int], highest: int, tone: str) -> Drawn:
    """`place` is the column, and how many there are."""
    column, of = place
    x = (column + 0.5) / of
    size = side(each.count, highest, LARGEST if of < MANY else LARGEST_OF_MANY)
    shapes = [
        Shape(
            "rect",
            "tally",
            {
                "x": percent(x),
                "y": f"{GRID_HEIGHT - 4 - size:g}",
                "width": f"{size:g}",
                "height": f"{size:g}",
                "transform": f"translate({-size / 2:g} 0)",
            },
        ),
        text("ink", percent(x), 14, str(each.count), anchor="middle"),
        target(percent(column / of), 0, percent(1 / of), GRID_HEIGHT),
    ]
    return Drawn(each.url, each.name, shapes, cell, str(each.count), tone=f"count {tone}".strip())


def glyph_heads(glyphs: Sequence[str], tones: Mapping[str, str]) -> Row:
    """Over or under the columns: the glyph of each, which the key names."""
    shapes = [glyph(tones[name], name, percent((column + 0.5) / len(glyphs)), 3) for column, name in enumerate(glyphs)]
    return Row("", HEAD_HEIGHT, ground=shapes)


def word_heads(words: Sequence[str], *, tone: str = "") -> Row:
    shapes = [
        text(tone, percent((column + 0.5) / len(words)), 16, each, anchor="middle")
        for column, each in enumerate(words)
        if each
    ]
    return Row("", HEAD_HEIGHT, ground=shapes)


def column_lines(columns: Sequence[int], of: int, height: float = GRID_HEIGHT) -> list[Shape]:
    """Hairlines before these columns."""
    return [
        Shape("line", "grid", {"x1": percent(at / of), "x2": percent(at / of), "y1": "0", "y2": f"{height:g}"})
        for at in columns
    ]
