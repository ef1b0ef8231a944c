"""How long a page takes, on the small register and on the large, and beside a bare view that returns the same bytes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext

from . import bare

REPETITIONS = 100
SECONDS = 4.0
FEWEST = 10
# Of a file of the whole register even these few would take long.
MOST_SECONDS = 30.0
TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SET TRANSACTION", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Figure:
    """What one page cost on one register; times in milliseconds, at the client."""

    queries: int
    size: int
    times: list[float] = field(default_factory=list)
    bare_times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        """The slowest, where there were fewer than a hundred repetitions."""
        return sorted(self.times)[-(len(self.times) // 100) - 1]

    @property
    def ratio_to_bare(self) -> float:
        return self.median / statistics.median(self.bare_times)


def measure(address: str, registers: Mapping[int, BaseDatabaseWrapper]) -> dict[int, Figure]:
    """By size of register. The registers take turns, so that whatever else the machine does slows both alike.

    Garbage is collected between the requests: of every so many the collector would slow one, and where the turns fall
    in with that always one of the same register.
    """
    client = Client(headers={"host": "localhost"})
    figures = {size: _first_look(client, address, register) for size, register in registers.items()}
    gc.collect()
    gc.freeze()
    started = time.perf_counter()
    for repetition in range(REPETITIONS):
        elapsed = time.perf_counter() - started
        if elapsed > (SECONDS if repetition >= FEWEST else MOST_SECONDS):
            break
        for size, register in registers.items():
            connections["default"] = register
            bare.BODY = bytes(figures[size].size)
            figures[size].times.append(_milliseconds(client, address))
            figures[size].bare_times.append(_milliseconds(client, "/bare/"))
    return figures


def _first_look(client: Client, address: str, register: BaseDatabaseWrapper) -> Figure:
    """After a request that fills the caches; statements that only frame the transaction are no queries."""
    connections["default"] = register
    _read(client, address)
    with CaptureQueriesContext(connection) as captured:
        size = _read(client, address)
    queries = [query for query in captured if not query["sql"].startswith(TRANSACTION_WORDS)]
    return Figure(len(queries), size)


def _read(client: Client, address: str) -> int:
    """How many bytes it answers; a file is read piece by piece, as it is sent."""
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}")
    pieces: Iterable[bytes] = response.streaming_content if response.streaming else [response.content]
    return sum(map(len, pieces))


def _milliseconds(client: Client, address: str) -> float:
    gc.collect()
    started = time.perf_counter()
    _read(client, address)
    return (time.perf_counter() - started) * 1000


def memory() -> int:
    """Megabytes that this process, which serves the pages here, holds in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0
