from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_secret_key(file: Path) -> str:
    """The key in this file, which is made, for its owner's eyes only, where there is none yet."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_text()
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix="secret-key-") as draft:
        draft.write(get_random_secret_key())
        draft.flush()
        # Of two processes at once the first one's key stands, and nobody ever reads half a key.
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, file)
    return file.read_text()
