"""Text broken into lines where nothing measures it: in drawings. Pure.

Widths are those of Source Serif, rounded up by kind of letter, so that a line may end early but never runs over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
NARROW, MIDDLING, BROAD, FULL = 0.36, 0.58, 0.74, 1.02
NARROW_LETTERS = frozenset(" !'(),./:;I[]fijlrt|·‘’“”-")
BROAD_LETTERS = frozenset("@%&MWmw—…œæ")
# Where a line may break: behind a space, and on either side of a letter that is written without spaces.
PIECES = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+|\s+"
)


def width(text: str) -> float:
    """In sizes of the typeface; an upper bound for what Source Serif has letters for."""
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in BROAD_LETTERS or unicodedata.east_asian_width(letter) in "WF":
        return FULL
    return BROAD if letter.isupper() or not letter.isascii() else MIDDLING


def broken(text: str, room: float, most: int) -> list[str]:
    """The text in at most so many lines, cut off with an ellipsis; `room` is a line's, in sizes of the typeface."""
    lines = [""]
    for piece in _pieces(text, room):
        if width((lines[-1] + piece).rstrip()) <= room:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _cut(lines[most - 1], room)]


def _pieces(text: str, room: float) -> Iterator[str]:
    """Words, spaces, and letters that stand alone; a word broader than a line comes letter by letter."""
    for piece in PIECES.findall(text):
        if width(piece) > room:
            yield from piece
        else:
            yield " " if piece.isspace() else piece


def _cut(line: str, room: float) -> str:
    while line and width(line + ELLIPSIS) > room:
        line = line[:-1]
    return line.rstrip(" ,;:–-") + ELLIPSIS
