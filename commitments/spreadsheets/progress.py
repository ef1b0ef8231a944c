"""How far long work is, told to whoever waits."""

from __future__ import annotations

from collections.abc import Callable

# The stage in words, and how many of how many steps of it are done.
Progress = Callable[[str, int, int], None]


def no_progress(stage: str, done: int, total: int) -> None:
    """For whoever does not wait."""
