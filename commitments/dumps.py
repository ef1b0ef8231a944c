"""The public register as files of closed days, kept for ever: what "the same to the byte" means."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .register.reading import Register
from .register.writing import whole_text

PREFIX = "register-"


@dataclass(frozen=True)
class Dump:
    """One file and its digest, which stands beside it as `sha256sum --check` reads it. `size` in bytes."""

    day: datetime.date
    path: Path
    sha256: str
    size: int


def name_of(day: datetime.date) -> str:
    return f"{PREFIX}{day.isoformat()}.yaml"


def write_dump(register: Register, folder: Path, day: datetime.date) -> Dump | None:
    """Write the register as it stood on this day; None where the newest file says the same already.

    A file that is there is never written again. Raises FileExistsError for a day whose file says something else.
    """
    # No day in the text: two days on which nothing changed have the same bytes.
    content = whole_text(register, "The register of the EU–Japan Commitment Tracker. Licence: CC BY 4.0.").encode()
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name_of(day)
    newest = next(iter(kept_dumps(folder)), None)
    if newest and newest.sha256 == digest:
        return None
    if path.exists() and path.read_bytes() != content:
        raise FileExistsError(f"{path} is there already and says something else")
    _write_whole(path.with_name(f"{path.name}.sha256"), f"{digest}  {path.name}\n".encode())
    _write_whole(path, content)
    return Dump(day, path, digest, len(content))


def _write_whole(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def kept_dumps(folder: Path) -> list[Dump]:
    """All of them, newest first."""
    found = (kept_dump(folder, day) for day in _days(folder))
    return sorted((dump for dump in found if dump), key=lambda dump: dump.day, reverse=True)


def _days(folder: Path) -> Iterator[datetime.date]:
    for path in folder.glob(f"{PREFIX}*.yaml"):
        with contextlib.suppress(ValueError):
            yield datetime.date.fromisoformat(path.stem.removeprefix(PREFIX))


def kept_dump(folder: Path, day: datetime.date) -> Dump | None:
    """The one of that day, if its file and its digest are both there."""
    path = folder / name_of(day)
    try:
        digest = path.with_name(f"{path.name}.sha256").read_text(encoding="ascii").split()[0]
        return Dump(day, path, digest, path.stat().st_size)
    except (OSError, IndexError):
        return None
