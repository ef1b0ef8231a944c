"""Text of editors inside XML."""

from __future__ import annotations

import re

# What XML 1.0 allows, without the control characters and noncharacters that it discourages: anything else would make
# the whole document unreadable, or a validator complain.
NOT_XML = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
    + "]"
)


def xml_safe(text: str) -> str:
    """The text with a replacement character wherever XML allows none."""
    return NOT_XML.sub("\ufffd", text)
