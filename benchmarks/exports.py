"""`python -m benchmarks.exports [UPDATES]`: every file of the data, of a register with 100,000 updates unless told.

Each file is asked for in a process of its own, through the whole of the application, compressed as for a browser, and
thrown away piece by piece as it comes. Ends with status 1 if the memory of one of these processes ever grew by more
than 20 MB beyond what it held before it was asked, the empty register's file of the same format already written.
Linux alone tells a process its peak.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

UPDATES = 100_000
MOST_GROWTH = 20.0
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Figure:
    """`growth` in megabytes of memory."""

    size: int
    seconds: float
    growth: float


def main(updates: int) -> int:
    set_up()
    from django.conf import settings
    from django.db import connection

    database = settings.DATABASES["default"]
    name, tests = database["NAME"], database["TEST"]
    tests["NAME"] = f"exports_{tests['NAME'].removeprefix('test_')}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        fill(updates)
        return report(database["NAME"])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def set_up(name: str = "") -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "partnership.settings"
    os.environ.setdefault("INSECURE_HTTP", "1")
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # It serves files, and warns of the folder that collectstatic makes.
    settings.MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
    if name:
        settings.DATABASES["default"]["NAME"] = name
    django.setup()


def fill(updates: int) -> None:
    from .filling import Filler

    filler = Filler()
    filler.fill_subjects()
    filler.fill_updates(updates)


def report(name: str) -> int:
    rows = counted()
    width = max(map(len, rows))
    print(f"\n{'file':{width}} {'rows':>9} {'bytes sent':>12} {'s':>6} {'rows/s':>8} {'MB more':>8}", flush=True)
    missed = []
    for file, count in rows.items():
        figure = apart(name, file)
        speed = count / figure.seconds
        print(
            f"{file:{width}} {count:9,} {figure.size:12,} {figure.seconds:6.1f} {speed:8,.0f} {figure.growth:8.1f}",
            flush=True,
        )
        if figure.growth > MOST_GROWTH:
            missed.append(f"{file}: {figure.growth:.1f} MB, at most {MOST_GROWTH:.0f}")
    print("Marks missed:\n  " + "\n  ".join(missed) if missed else "Every mark is kept.")
    return bool(missed)


def counted() -> dict[str, int]:
    """Every file, with the rows that it has."""
    from django.utils import timezone

    from commitments.clocks import Clocks
    from commitments.exports.formats import FORMATS
    from commitments.public import snapshot
    from commitments.records import DATASETS

    with snapshot():
        clocks = Clocks.at(timezone.now().date())
        rows = {name: sum(1 for _record in dataset.read(clocks)) for name, dataset in DATASETS.items()}
    files = {f"{name}.{extension}": count for name, count in rows.items() for extension in FORMATS}
    return {**files, "register.zip": sum(rows.values())}


def apart(name: str, file: str) -> Figure:
    """The figure of one file, from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.exports", name, file]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return Figure(int(told[0]), float(told[1]), float(told[2]))


def measured(file: str) -> Figure:
    """Of this process. What it does for the first time, such as reading templates and modules, it does before."""
    ask(f"{file}?as_of=1900-01-01")
    before = forgotten_peak()
    begun = time.monotonic()
    size = ask(file)
    return Figure(size, time.monotonic() - begun, peak() - before)


def ask(file: str) -> int:
    from django.test import Client

    client = Client(headers={"host": "localhost", "accept-encoding": "br"})
    response = client.get(f"/exports/{file}")
    if response.status_code != 200:
        raise SystemExit(f"{file} answers {response.status_code}")
    return sum(map(len, response.streaming_content))


def forgotten_peak() -> float:
    """What this process holds now, from where on its peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> float:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / MEGABYTE


if __name__ == "__main__":
    if len(sys.argv) > 2:
        set_up(sys.argv[1])
        figure = measured(sys.argv[2])
        print(figure.size, figure.seconds, figure.growth)
        sys.exit()
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else UPDATES))
