"""Long work behind a page that shows how far it is, without JavaScript."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from django.db import connections
from django.utils.html import format_html

from commitments.spreadsheets.writing import Progress

Result = TypeVar("Result")
# Stands in the template of the page where the bar goes.
PLACE = "<!-- progress -->"


class Abandoned(Exception):
    """Whoever waited has left."""


class Work(Generic[Result]):
    """Runs in a thread with a database connection of its own: no transaction is held open by a slow browser.

    `result` and `error` are set once the bars have all been read. A reader that stops before ends the work, which
    then writes nothing.
    """

    result: Result
    error: Exception | None = None

    def __init__(self, do: Callable[[Progress], Result]) -> None:
        self._do = do
        self._bars: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._is_abandoned = threading.Event()
        self._last = ("", -1)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def bars(self) -> Iterator[str]:
        self.thread.start()
        try:
            yield from iter(self._bars.get, None)
            self.thread.join()
        finally:
            self._is_abandoned.set()

    def _run(self) -> None:
        try:
            self.result = self._do(self._tell)
        except Exception as error:  # noqa: BLE001 - raised again in the thread of the request
            self.error = error
        finally:
            connections.close_all()
            self._bars.put(None)

    def _tell(self, stage: str, done: int, total: int) -> None:
        if self._is_abandoned.is_set():
            raise Abandoned
        percent = 100 * done // max(total, 1)
        if (stage, percent) != self._last:
            self._last = (stage, percent)
            self._bars.put(bar(stage, percent))


def bar(stage: str, percent: int) -> str:
    """The style sheet shows only the last of them."""
    return format_html(
        '<label class="desk-progress-bar">{}: {} % <progress max="100" value="{}"></progress></label>\n',
        stage,
        percent,
        percent,
    )
