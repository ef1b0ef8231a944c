"""How long each kind of public page takes, and how that compares with a bare view that returns the same bytes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from . import bare

REPETITIONS = 40
BARE_REPETITIONS = 100
TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SET TRANSACTION", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True)
class Figure:
    queries: int
    median: float
    p99: float
    size: int
    ratio_to_bare: float


def measure(address: str) -> Figure:
    """Milliseconds at the client, after two requests that warm caches; queries without transaction statements."""
    client = Client(headers={"host": "localhost"})
    for _ in range(2):
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answers {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries = [query for query in captured if not query["sql"].startswith(TRANSACTION_WORDS)]
    times = [_time(client, address) for _ in range(REPETITIONS)]
    bare.BODY = response.content
    bare_times = [_time(client, "/bare/") for _ in range(BARE_REPETITIONS)]
    return Figure(
        queries=len(queries),
        median=statistics.median(times),
        p99=statistics.quantiles(times, n=100)[98],
        size=len(response.content),
        ratio_to_bare=statistics.median(times) / statistics.median(bare_times),
    )


def _time(client: Client, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - started) * 1000


def memory() -> int:
    """Megabytes that this process, which serves the pages here, holds in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0
