"""What an answer says, whether it came at once or in pieces."""

from __future__ import annotations

import io
import zipfile
from typing import Any


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)


def words(response: Any) -> str:
    """The text of an answer; of an archive or a workbook, that of every file in it. A picture has none to speak of."""
    content = body(response)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="surrogateescape")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())
