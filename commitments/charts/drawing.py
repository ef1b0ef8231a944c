"""What every picture is made of: rows of linked marks on one axis, with the table of the same numbers.

Along x lengths are percent of a row's width ("12.50%") or pixels ("26"); along y they are pixels. A template turns
shapes into SVG: on a page their tones are CSS classes, in a file of their own `paint` gives them fixed colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

GLYPH = 16


@dataclass(frozen=True)
class Shape:
    """`tag` is the SVG element, or "glyph" for the drawing called `text`, centred on x with its top at y."""

    tag: str
    tone: str
    attributes: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True)
class Drawn:
    """One mark: what it stands for in words, where that is found, and the cell of the table that counts it."""

    url: str
    name: str
    shapes: Sequence[Shape]
    cell: str
    says: str = "1"
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a picture under its label; `ground` lies behind the marks, `over` before them."""

    label: str
    height: int
    marks: Sequence[Drawn] = ()
    ground: Sequence[Shape] = ()
    over: Sequence[Shape] = ()
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Key:
    """A glyph, or the tone of a swatch, and what it means."""

    glyph: str
    words: str
    tone: str = ""


@dataclass(frozen=True)
class Cell:
    """`key` is what the marks counted here carry as their cell; "" where no mark stands for it."""

    text: str
    key: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    corner: str
    heads: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Picture:
    """`note` says how to read it, `remark` what this one leaves out or draws together ("" for nothing)."""

    name: str
    title: str
    note: str
    rows: Sequence[Row]
    table: Table
    axis: Row | None = None
    key: Sequence[Key] = field(default_factory=list)
    remark: str = ""

    @property
    def is_labelled(self) -> bool:
        return any(row.label for row in self.rows)

    @property
    def is_empty(self) -> bool:
        return not any(row.marks for row in self.rows)


def percent(fraction: float) -> str:
    return f"{100 * fraction:.2f}%"


def rect(tone: str, x: str, y: float, width: str, height: float) -> Shape:
    return Shape("rect", tone, {"x": x, "y": f"{y:g}", "width": width, "height": f"{height:g}"})


def line(tone: str, x1: str, x2: str, y1: float, y2: float) -> Shape:
    return Shape("line", tone, {"x1": x1, "x2": x2, "y1": f"{y1:g}", "y2": f"{y2:g}"})


def target(x: str, y: float, width: str, height: float) -> Shape:
    """Nothing to be seen, so that a small mark is hit by a finger."""
    return rect("target", x, y, width, height)


def circle(tone: str, x: str, y: float, radius: float) -> Shape:
    return Shape("circle", tone, {"cx": x, "cy": f"{y:g}", "r": f"{radius:g}"})


def text(tone: str, x: str, y: float, words: str, *, dx: float = 0, anchor: str = "start") -> Shape:
    attributes = {"x": x, "y": f"{y:g}"}
    if dx:
        attributes["dx"] = f"{dx:g}"
    if anchor != "start":
        attributes["text-anchor"] = anchor
    return Shape("text", tone, attributes, words)


def glyph(tone: str, name: str, x: str, y: float, size: int = GLYPH) -> Shape:
    attributes = {
        "x": x,
        "y": f"{y:g}",
        "size": str(size),
        "left": f"{-size / 2:g}",
        # Drawings stand on a grid of sixteen.
        "scale": f"{size / 16:g}",
    }
    return Shape("glyph", tone, attributes, name)
