"""Rows of squares, one for each pledge, as parts of a larger picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from .drawing import Drawn, Row, glyph, rect, text
from .pledges import GROUP_GAP, SQUARE, Mark, Segment, area_squares

# So that a row fits the narrowest screen.
IN_A_LINE = 10
LINE_HEIGHT = 28
EDGE = 23


def pledge_rows(
    rows: Sequence[tuple[str, str, str, Sequence[Mark]]],
    *,
    url: Callable[[int, str], str],
    bar_name: Callable[[int, Segment], str],
    bars: Sequence[Sequence[Segment]],
) -> list[Row]:
    """Label, address, counts in words and pledges of each row; `url` leads to a group of a row.

    A row of too many is one of `bars`.
    """
    return [
        _squares(number, label, address, note, marks)
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
            note=note,
        )
        for number, (label, address, note, marks) in enumerate(rows)
    ]


def _squares(number: int, label: str, address: str, note: str, marks: Sequence[Mark]) -> Row | None:
    squares = [square.mark for square in area_squares(marks).squares]
    if marks and not squares:
        return None
    lines = [squares[start : start + IN_A_LINE] for start in range(0, len(squares), IN_A_LINE)]
    drawn = [
        _square(mark, x, LINE_HEIGHT * line, number)
        for line, in_line in enumerate(lines)
        for mark, x in zip(in_line, _places(in_line), strict=True)
    ]
    return Row(label, LINE_HEIGHT * max(len(lines), 1), marks=drawn, url=address, note=note)


def _places(marks: Sequence[Mark]) -> list[int]:
    """From the left, with a gap between groups."""
    changes = [0, *(before.group != after.group for before, after in pairwise(marks))]
    return [SQUARE * place + GROUP_GAP * gaps for place, gaps in enumerate(accumulate(changes))]


def _square(mark: Mark, x: int, y: int, number: int) -> Drawn:
    shapes = [
        rect("", f"{x + 0.5:g}", y + 2.5, str(EDGE), EDGE),
        glyph("", mark.status, f"{x + EDGE / 2 + 0.5:g}", y + 7, 14),
    ]
    name = f"{mark.reference}: {mark.title}. {mark.status_label}"
    return Drawn(mark.url, name, shapes, f"{number}.{mark.group}", tone=f"cell {mark.group}")
