"""Drawings as PNG, the same on every machine: the typefaces come as packages, not from the system."""

from __future__ import annotations

import functools
from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro
import resvg_py

SANS, SERIF = "Source Sans Pro", "Source Serif Pro"
LETTERS = (
    font_source_sans_pro.SourceSansPro,
    font_source_sans_pro.SourceSansProSemibold,
    font_source_serif_pro.SourceSerifPro,
    font_source_serif_pro.SourceSerifProSemibold,
)


def png(svg: str, *, width: int) -> bytes:
    """The drawing, `width` pixels wide, height in proportion; it needs a viewBox and colours of its own.

    Letters that Source Sans and Serif lack (Japanese) are taken from the system's typefaces, where it has them.
    Raises ValueError for what is no SVG. Some 20 ms, more where the system has many typefaces.
    """
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        font_files=_files(),
        font_family=SANS,
        sans_serif_family=SANS,
        serif_family=SERIF,
    )


@functools.cache
def _files() -> list[str]:
    return [str(Path(letters)) for letters in LETTERS]
