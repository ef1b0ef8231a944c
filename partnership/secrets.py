from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def kept_secret_key(file: Path) -> str:
    """The key in this file, which is made, for its owner's eyes only, where there is none yet."""
    try:
        return _read_or_make(file)
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"This account may not use {error.filename}, which another account made. "
            "Run as root or as that account, or set STATE_DIR to a folder of your own."
        ) from error


def _read_or_make(file: Path) -> str:
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
