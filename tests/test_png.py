from __future__ import annotations

import struct

import pytest

from commitments.png import SANS, SERIF, png

GROUND = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="200" height="100" fill="#fff"/>'


def test_a_drawing_has_the_asked_width_and_keeps_its_proportions() -> None:
    drawn = png(f"{GROUND}</svg>", width=400)

    assert drawn.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", drawn[16:24]) == (400, 200)


def test_the_typefaces_come_with_the_project() -> None:
    def drawing(family: str) -> bytes:
        return png(f'{GROUND}<text x="10" y="60" font-family="{family}" font-size="40">Tokyo</text></svg>', width=200)

    assert len({drawing(SANS), drawing(SERIF), png(f"{GROUND}</svg>", width=200)}) == 3


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        png("Tokyo", width=200)
