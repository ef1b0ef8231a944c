"""A picture on a sheet of its own, with its title, the day and the source inside; all lengths in pixels."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .drawing import Key, Picture, Row

WIDTH, MARGIN = 960, 24
LABELS, GAP = 210, 16
LABEL_COLUMNS, NOTE_COLUMNS, WIDE_COLUMNS = 30, 34, 130
LINE_HEIGHT = 18
KEY_HEIGHT, KEY_GAP, COLUMN = 24, 26, 7.2


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str


@dataclass(frozen=True)
class PlacedRow:
    row: Row
    y: float
    rule: float
    label: list[Text]
    note: list[Text]


@dataclass(frozen=True)
class PlacedKey:
    key: Key
    x: float
    y: float


@dataclass(frozen=True)
class Sheet:
    """`plot_x` and `plot_width` hold for every row."""

    width: int
    height: float
    head: list[Text]
    plot_x: int
    plot_width: int
    rows: list[PlacedRow]
    key: list[PlacedKey]
    foot: list[Text]


def columns(words: str) -> int:
    """How wide the words are: letters of Chinese and Japanese are two columns."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def wrapped(words: str, most: int) -> list[str]:
    """Lines of at most so many columns, broken at spaces, and within a word that is longer."""
    lines = [""]
    for word in words.split():
        if lines[-1] and columns(lines[-1]) + 1 + columns(word) > most:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
        while columns(lines[-1]) > most:
            cut = next(end for end in range(len(lines[-1]), 0, -1) if columns(lines[-1][:end]) <= most)
            lines[-1:] = [lines[-1][:cut], lines[-1][cut:]]
    return [line for line in lines if line]


def sheet(picture: Picture, *, dated: str, source: str) -> Sheet:
    """`dated` says the day it is read as of, `source` whose it is and where it is found."""
    head = [Text(MARGIN, MARGIN + 20, picture.title)]
    y = MARGIN + 44.0
    for line in [dated, *wrapped(picture.note, WIDE_COLUMNS), *wrapped(picture.remark, WIDE_COLUMNS)]:
        head.append(Text(MARGIN, y, line))
        y += LINE_HEIGHT
    left = MARGIN + (LABELS + GAP if picture.is_labelled else 0)
    rows = []
    for row in [*picture.rows, *([picture.axis] if picture.axis else [])]:
        placed = _place(row, y)
        rows.append(placed)
        y = placed.rule + _height(placed)
    key, y = _place_key(picture.key, y + 20)
    foot = []
    for line in wrapped(source, WIDE_COLUMNS):
        y += LINE_HEIGHT
        foot.append(Text(MARGIN, y, line))
    return Sheet(WIDTH, y + MARGIN, head, left, WIDTH - MARGIN - left, rows, key, foot)


def _place(row: Row, rule: float) -> PlacedRow:
    lines = wrapped(row.label, LABEL_COLUMNS)
    notes = wrapped(row.note, NOTE_COLUMNS)
    label = [Text(MARGIN, rule + LINE_HEIGHT * (n + 1), line) for n, line in enumerate(lines)]
    note = [Text(MARGIN, rule + LINE_HEIGHT * (len(lines) + n + 1), line) for n, line in enumerate(notes)]
    return PlacedRow(row, rule, rule, label, note)


def _height(placed: PlacedRow) -> float:
    written = LINE_HEIGHT * (len(placed.label) + len(placed.note))
    return max(placed.row.height, written + 8 if written else 0)


def _place_key(key: Sequence[Key], y: float) -> tuple[list[PlacedKey], float]:
    """In lines from left to right; the second value is the base of the last line."""
    placed = []
    x = float(MARGIN)
    for each in key:
        width = KEY_GAP + columns(each.words) * COLUMN + 20
        if x + width > WIDTH - MARGIN and x > MARGIN:
            x, y = MARGIN, y + KEY_HEIGHT
        placed.append(PlacedKey(each, x, y))
        x += width
    return placed, y + (KEY_HEIGHT if key else 0)
