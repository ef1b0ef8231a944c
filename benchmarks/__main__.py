"""`make bench`: fill a scratch database with a made-up register and time every kind of public page, twice.

Ends with status 1 if a mark is missed. Absolute times depend on the machine; compare the ratios within one run.
"""

from __future__ import annotations

import os
import sys

SMALL, LARGE = 1_000, 100_000
MOST_QUERIES = 12
MOST_GROWTH = 1.5

PAGES = {
    "dashboard": "/",
    "dashboard, past day": "/?as_of=2020-01-01",
    "commitments": "/commitments/",
    "commitments, filtered": "/commitments/?status=under_way&side=eu",
    "commitments, sorted": "/commitments/?sort=latest&page=3",
    "commitments, past day": "/commitments/?as_of=2020-01-01",
    "commitment, busy": "/commitments/EUJP-0001/",
    "commitment, quiet": "/commitments/EUJP-0995/",
    "commitment, past day": "/commitments/EUJP-0001/?as_of=2020-01-01",
    "area": "/areas/area-1/",
    "actor": "/actors/actor-1/",
    "instrument": "/instruments/instrument-1/",
    "updates": "/updates/",
    "updates, deep": "/updates/?before=500",
    "updates of an area": "/updates/?area=area-1",
    "update": "/updates/400/",
    "sources": "/sources/",
    "sources, deep": "/sources/?after=source-0300",
    "source, busy": "/sources/source-0000/",
    "methodology": "/methodology/",
    "corrections": "/corrections/",
    "subscribe": "/subscribe/",
    "feed": "/feeds/updates.rss",
    "feed of an area": "/feeds/areas/area-1.atom",
    "feed of a commitment": "/feeds/commitments/EUJP-0001.rss",
}


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "partnership.settings"
    os.environ.setdefault("INSECURE_HTTP", "1")
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.bare"
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"bench_{os.getpid()}"
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return run()
    finally:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


def run() -> int:
    from .filling import Filler
    from .measuring import Figure, measure, memory

    filler = Filler()
    filler.fill_subjects()
    figures: dict[int, dict[str, Figure]] = {}
    for size in (SMALL, LARGE):
        filler.fill_updates(size)
        print(f"\n{filler.updates:,} updates, 1,000 commitments")
        print(
            f"{'page':24} {'queries':>7} {'median ms':>10} {'p99 ms':>8} {'bytes':>8} {'× bare view':>12} {'growth':>7}"
        )
        figures[size] = {}
        for name, address in PAGES.items():
            figure = figures[size][name] = measure(address)
            growth = f"{figure.median / figures[SMALL][name].median:7.2f}" if size != SMALL else ""
            print(
                f"{name:24} {figure.queries:7} {figure.median:10.1f} {figure.p99:8.1f} {figure.size:8} "
                f"{figure.ratio_to_bare:12.1f} {growth}"
            )
        print(f"memory of the serving process: {memory()} MB")
    missed = [
        *(
            f"{name}: {figure.queries} queries"
            for name, figure in figures[LARGE].items()
            if figure.queries > MOST_QUERIES
        ),
        *(
            f"{name}: {figure.median / figures[SMALL][name].median:.2f} × its median at {SMALL:,} updates"
            for name, figure in figures[LARGE].items()
            if figure.median > MOST_GROWTH * figures[SMALL][name].median
        ),
    ]
    print("\nMarks missed:\n  " + "\n  ".join(missed) if missed else "\nEvery mark is kept.")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
