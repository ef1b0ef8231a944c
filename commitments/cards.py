"""The picture of a page where somebody shares it: what stands where on 1200 × 630. Dataclass in, geometry out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from .charts.paint import PAPER
from .glyphs import GLYPHS, drawn
from .lettering import broken

WIDTH, HEIGHT = 1200, 630
MARGIN = 64
TITLE, TITLE_LEADING, TITLE_LINES, TITLE_Y = 56, 66, 3, 240
# Sizes of what stands in the columns: the words of a judgement, or a count.
WORDS, COUNTS = 26, 52
WORD_LINES, WORDS_Y = 3, 480
BETWEEN = 24


@dataclass(frozen=True)
class Said:
    """One column in words, under its label; `glyph` is a value that has a glyph, or ""."""

    label: str
    words: str
    glyph: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Line:
    text: str
    y: int
    is_detail: bool = False


@dataclass(frozen=True)
class Column:
    label: str
    lines: list[Line]
    drawing: SafeString
    tone: str
    glyph: int
    glyph_y: int
    x: int
    text_x: int

    @property
    def rule_x(self) -> int:
        """Where the rule before it stands."""
        return self.x - BETWEEN // 2


def title_lines(title: str) -> list[Line]:
    lines = broken(title, (WIDTH - 2 * MARGIN) / TITLE, TITLE_LINES)
    return [Line(text, TITLE_Y + number * TITLE_LEADING) for number, text in enumerate(lines)]


def columns(said: Sequence[Said], size: int) -> list[Column]:
    """Beside each other, equally broad. `size` is that of the words."""
    breadth = (WIDTH - 2 * MARGIN + BETWEEN) // len(said)
    return [_column(column, MARGIN + number * breadth, breadth - BETWEEN, size) for number, column in enumerate(said)]


def _column(said: Said, x: int, breadth: int, size: int) -> Column:
    side = round(size * 1.05)
    inset = round(side * 1.4) if said.glyph else 0
    words = broken(said.words, (breadth - inset) / size, WORD_LINES)
    leading = round(size * 1.2)
    lines = [Line(text, WORDS_Y + size + number * leading) for number, text in enumerate(words)]
    if said.detail:
        lines.append(Line(said.detail, lines[-1].y + leading, is_detail=True))
    glyph = GLYPHS[said.glyph] if said.glyph else None
    return Column(
        label=said.label,
        lines=lines,
        drawing=drawn(glyph.drawing, PAPER) if glyph else SafeString(""),
        tone=glyph.tone if glyph else "",
        glyph=side,
        # On the line of the letters, a little below it, as beside words on a page.
        glyph_y=WORDS_Y + size + round(side * 0.16) - side,
        x=x,
        text_x=x + inset,
    )
