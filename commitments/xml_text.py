"""Text of editors inside XML."""

from __future__ import annotations

import re

# What XML 1.0 allows; anything else would make the whole document unreadable.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    """The text with a replacement character wherever XML allows none."""
    return NOT_XML.sub("\ufffd", text)
