"""Text of editors inside XML."""

from __future__ import annotations

import re

# What XML 1.0 allows, without what it discourages or what stands for a character lost already: anything else would make
# the whole document unreadable, or a validator complain.
NOT_XML = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
LOST = "\u25a1"


def xml_safe(text: str) -> str:
    """The text with a square wherever XML has no character for it."""
    return NOT_XML.sub(LOST, text)
