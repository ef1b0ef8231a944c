"""`make bench`: fill two scratch databases with a made-up register and time every kind of public page on both.

Ends with status 1 if a mark is missed. Absolute times depend on the machine; compare the ratios within one run.
"""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from .measuring import Figure

SMALL, LARGE = 1_000, 100_000
MOST_QUERIES = 12
MOST_GROWTH = 1.5
MOST_GROWTH_A_BYTE = 1.5

PAST_DAY = "as_of=2020-01-01"
PAGES = {
    "dashboard": "/",
    "dashboard, past day": f"/?{PAST_DAY}",
    "dashboard, as known": "/?{known_on}",
    "commitments": "/commitments/",
    "commitments, filtered": "/commitments/?status=under_way&side=eu",
    "commitments, sorted": "/commitments/?sort=latest&page=3",
    "commitments, past day": f"/commitments/?{PAST_DAY}",
    "commitments, as known": "/commitments/?{known_on}",
    "commitment, busy": "/commitments/EUJP-0001/",
    "commitment, quiet": "/commitments/EUJP-0995/",
    "commitment, past day": f"/commitments/EUJP-0001/?{PAST_DAY}",
    "commitment, as known": "/commitments/EUJP-0001/?{known_on}",
    "area": "/areas/area-1/",
    "area, as known": "/areas/area-1/?{known_on}",
    "actor": "/actors/actor-1/",
    "instrument": "/instruments/instrument-1/",
    "instrument, as known": "/instruments/instrument-1/?{known_on}",
    "updates": "/updates/",
    "updates, as known": "/updates/?{known_on}",
    "updates, deep": "/updates/?before=500",
    "updates, past day": f"/updates/?{PAST_DAY}",
    "updates of an area": "/updates/?area=area-1",
    "updates of an area, deep": "/updates/?area=area-1&before=700",
    "update": "/updates/40/",
    "update, as known": "/updates/40/?{known_on}",
    "sources": "/sources/",
    "sources, past day": f"/sources/?{PAST_DAY}",
    "sources, deep": "/sources/?after=source-0300",
    "source, busy": "/sources/source-0000/",
    "source, as known": "/sources/source-0000/?{known_on}",
    "changes": "/changes/?since=2019-01-01&until=2020-01-01",
    "reference": "/commitments/EUJP-0001/cite.bib",
    "search, nothing asked": "/search/",
    "search, common word": "/search/?q=happened",
    "search, common words": '/search/?q=something+made+"made+up+happened"+-okapi',
    "search, deep": "/search/?q=happened&page=20",
    "search, narrowed": "/search/?q=happened&area=area-1&year=2015",
    "search, past day": f"/search/?q=happened&{PAST_DAY}",
    "search, as known": "/search/?q=happened&{known_on}",
    "search, rare word": "/search/?q=EUJP-0995",
    "search, beginning": "/search/?q=pl",
    "search, misspelt": "/search/?q=hapened",
    "changes of an area": "/changes/?since=2019-01-01&until=2020-01-01&area=area-1",
    "brief of a commitment": "/briefs/commitments/EUJP-0001/",
    "brief of an area": "/briefs/areas/area-1/",
    "brief of a period": "/briefs/changes/?since=2019-01-01&until=2020-01-01",
    "timeline": "/timeline/",
    "timeline, past day": f"/timeline/?{PAST_DAY}",
    "timeline, as known": "/timeline/?{known_on}",
    "pictures": "/pictures/",
    "pictures, as known": "/pictures/?{known_on}",
    "picture as a file": "/pictures/status-over-time.svg?steps=quarter",
    "methodology": "/methodology/",
    "corrections": "/corrections/",
    "subscribe": "/subscribe/",
    "data": "/data/",
    "data, as known": "/data/?{known_on}",
    "data dictionary": "/data/dictionary/",
    "calendar": "/calendar.ics",
    "calendar of an area": "/calendars/areas/area-1.ics",
    "calendar of a commitment": "/calendars/commitments/EUJP-0001.ics",
    "calendar, as known": "/calendar.ics?{known_on}",
    "picture": "/card.png",
    "picture of a commitment": "/commitments/EUJP-0001/card.png",
    "frame of a commitment": "/embed/commitments/EUJP-0001/",
    "sitemap": "/sitemap.xml",
    "sitemap, pledges": "/sitemaps/register-1.xml",
    "sitemap, updates": "/sitemaps/updates-1.xml",
    "feed": "/feeds/updates.rss",
    "feed of an area": "/feeds/areas/area-1.atom",
    "API: commitments": "/api/v1/commitments",
    "API: updates": "/api/v1/updates?limit=200",
    "API: assessments": "/api/v1/assessments",
    "API: overview": "/api/v1/overview",
    "feed of a commitment": "/feeds/commitments/EUJP-0001.rss",
    "feed of an actor": "/feeds/actors/actor-1.json",
    "feed, filtered": "/feeds/updates.json?area=area-1&kind=meeting",
    "feed, archive": "/feeds/updates.atom?archive=2",
    "feed of weeks": "/feeds/weeks.rss",
    "list of feeds": "/feeds.opml",
    "API: commitment": "/api/v1/commitments/EUJP-0001",
    "file of commitments": "/exports/commitments.csv",
    "file of commitments, filtered": "/exports/commitments.csv?status=under_way&side=eu",
    "file of sources": "/exports/sources.csv",
}
# Files of all that ever happened: a hundred times as much is a hundred times as long. A byte must not cost much more.
GROWING = {
    "file of updates": "/exports/updates.csv",
    "file of updates, JSON Lines": "/exports/updates.jsonl",
    "file of assessments": "/exports/assessments.csv",
    "file of an area": "/exports/updates.csv?area=area-1",
    "all files": "/exports/register.zip",
}
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
