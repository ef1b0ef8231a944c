"""Rows of squares, one for each pledge, as parts of a larger picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .drawing import Drawn, Row, glyph, rect, text
from .pledges import SQUARE, Mark, Segment, area_squares

# So that a row fits the narrowest screen.
IN_A_LINE = 10
LINE_HEIGHT = 28
EDGE = 23


def pledge_rows(
    rows: Sequence[tuple[str, str, Sequence[Mark]]],
    *,
    url: Callable[[int, str], str],
    bar_name: Callable[[int, Segment], str],
    bars: Sequence[Sequence[Segment]],
) -> list[Row]:
    """Label, address and pledges of each row. A row of too many is one of `bars`; `url` leads to a group of a row."""
    return [
        _squares(number, label, address, marks)
        or Row(
            label,
            LINE_HEIGHT,
            marks=[
                Drawn(
                    url(number, segment.group),
                    bar_name(number, segment),
                    [rect(f"step {segment.group}", segment.x, 2, segment.width, EDGE)],
                    f"{number}.{segment.group}",
                    str(segment.count),
                )
                for segment in bars[number]
            ],
            over=[text(f"on lbl {segment.group}", segment.x, 18, str(segment.count), dx=8) for segment in bars[number]],
            url=address,
        )
        for number, (label, address, marks) in enumerate(rows)
    ]


def _squares(number: int, label: str, address: str, marks: Sequence[Mark]) -> Row | None:
    squares = [square.mark for square in area_squares(marks).squares]
    if marks and not squares:
        return None
    drawn = [_square(mark, place, number) for place, mark in enumerate(squares)]
    lines = -(-len(squares) // IN_A_LINE)
    return Row(label, LINE_HEIGHT * max(lines, 1), marks=drawn, url=address)


def _square(mark: Mark, place: int, number: int) -> Drawn:
    x, y = SQUARE * (place % IN_A_LINE), LINE_HEIGHT * (place // IN_A_LINE)
    shapes = [
        rect("", f"{x + 0.5:g}", y + 2.5, str(EDGE), EDGE),
        glyph("", mark.status, f"{x + EDGE / 2 + 0.5:g}", y + 7, 14),
    ]
    name = f"{mark.reference}: {mark.title}. {mark.status_label}"
    return Drawn(mark.url, name, shapes, f"{number}.{mark.group}", tone=f"cell {mark.group}")
