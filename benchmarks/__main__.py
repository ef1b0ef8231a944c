"""`make bench`: fill two scratch databases with a made-up register and time every kind of public page on both.

Ends with status 1 if a mark is missed. Absolute times depend on the machine; compare the ratios within one run.
"""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .pages import GROWING, PAGES

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from .measuring import Figure

SMALL, LARGE = 1_000, 100_000
MOST_QUERIES = 12
MOST_GROWTH = 1.5
MOST_GROWTH_A_BYTE = 1.5

SIZED_COLUMNS = f"{'queries':>7} {'median':>7} {'p99':>7} {'bytes':>9} {'× bare':>7}"


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "partnership.settings"
    os.environ.setdefault("INSECURE_HTTP", "1")
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.bare"
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    database = settings.DATABASES["default"]
    name, tests = database["NAME"], database["TEST"]
    tests["NAME"] = f"bench_{tests['NAME'].removeprefix('test_')}"
    django.setup()
    from django.db import connection, connections

    creation = connection.creation
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    registers = {SMALL: connections["default"]}
    try:
        fill(registers)
        return report(registers)
    finally:
        connections["default"] = registers[SMALL]
        if LARGE in registers:
            registers[LARGE].close()
            creation.destroy_test_db(verbosity=0, suffix="large")
        creation.destroy_test_db(name, verbosity=0)


def fill(registers: dict[int, BaseDatabaseWrapper]) -> None:
    """The large register is the small one, carried on."""
    from django.db import connections

    from .filling import Filler

    filler = Filler()
    filler.fill_subjects()
    filler.fill_updates(SMALL)
    creation = registers[SMALL].creation
    creation.clone_test_db("large", verbosity=0, autoclobber=True)
    large = connections.create_connection("default")
    large.settings_dict = creation.get_test_db_clone_settings("large")
    connections["default"] = registers[LARGE] = large
    filler.fill_updates(LARGE)


def report(registers: Mapping[int, BaseDatabaseWrapper]) -> int:
    """Read a day later, so that the day of publication is closed and can be asked for as a known-on day."""
    import time_machine

    from .measuring import memory

    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)):
        pages = table("Pages (times in ms)", PAGES, registers)
        growing = table("What grows with the register", GROWING, registers)
    print(f"\nMemory of the process that served them: {memory()} MB")
    missed = missed_marks(pages, growing)
    print("Marks missed:\n  " + "\n  ".join(missed) if missed else "Every mark is kept.")
    return bool(missed)


def table(
    title: str, addresses: Mapping[str, str], registers: Mapping[int, BaseDatabaseWrapper]
) -> dict[str, dict[int, Figure]]:
    """Prints each line as soon as it is measured. The last columns: growth of the median, of the bytes, and of both."""
    from .measuring import measure

    published_on = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
    figures: dict[str, dict[int, Figure]] = {}
    print(f"\n{title:30} {f'{SMALL:,} updates':^41}   {f'{LARGE:,} updates':^41}")
    print(f"{'':30} {SIZED_COLUMNS}   {SIZED_COLUMNS} {'time':>7} {'bytes':>7} {'a byte':>7}", flush=True)
    for name, address in addresses.items():
        sizes = figures[name] = measure(address.format(known_on=f"known_on={published_on}"), registers)
        told = f"{growth(sizes):7.2f} {growth_of_bytes(sizes):7.2f} {growth_a_byte(sizes):7.2f}"
        print(f"{name:30} {line(sizes[SMALL])}   {line(sizes[LARGE])} {told}", flush=True)
    return figures


def line(figure: Figure) -> str:
    return f"{figure.queries:7} {figure.median:7.1f} {figure.p99:7.1f} {figure.size:9} {figure.ratio_to_bare:7.0f}"


def growth(sizes: Mapping[int, Figure]) -> float:
    return sizes[LARGE].median / sizes[SMALL].median


def growth_of_bytes(sizes: Mapping[int, Figure]) -> float:
    return sizes[LARGE].size / sizes[SMALL].size


def growth_a_byte(sizes: Mapping[int, Figure]) -> float:
    return growth(sizes) / growth_of_bytes(sizes)


def missed_marks(pages: Mapping[str, Mapping[int, Figure]], growing: Mapping[str, Mapping[int, Figure]]) -> list[str]:
    too_many = [
        f"{name}: {sizes[LARGE].queries} queries, at most {MOST_QUERIES}"
        for name, sizes in {**pages, **growing}.items()
        # All datasets in one file have the queries of fifteen.
        if sizes[LARGE].queries > MOST_QUERIES and name != "all files"
    ]
    too_slow = [
        f"{name}: {growth(sizes):.2f} × its median at {SMALL:,} updates, at most {MOST_GROWTH}"
        for name, sizes in pages.items()
        if growth(sizes) > MOST_GROWTH
    ]
    too_dear = [
        f"{name}: {growth_a_byte(sizes):.2f} × the time a byte at {SMALL:,} updates, at most {MOST_GROWTH_A_BYTE}"
        for name, sizes in growing.items()
        if growth_a_byte(sizes) > MOST_GROWTH_A_BYTE
    ]
    return too_many + too_slow + too_dear


if __name__ == "__main__":
    sys.exit(main())
