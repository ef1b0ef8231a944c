"""How far a long command is, on a terminal."""

from __future__ import annotations

from django.core.management.base import OutputWrapper

CLEAR_LINE = "\r\x1b[K"


class ProgressLine:
    """One line that overwrites itself, for whoever watches; nothing where the output goes into a file."""

    def __init__(self, output: OutputWrapper) -> None:
        self.output = output

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._write(f"{CLEAR_LINE}{stage}: {100 * done // max(total, 1)} %")

    def clear(self) -> None:
        self._write(CLEAR_LINE)

    def _write(self, text: str) -> None:
        if self.output.isatty():
            self.output.write(text, ending="")
            self.output.flush()
