"""`python -m benchmarks.conflicts [PAIRS]`: two editors save one record at the same moment, 1,000 times unless told.

Each pair of requests goes through the whole of the application, on two connections, with the version that both have on
the screen. Ends with status 1 if anything but this came of a pair: one is saved, the other is shown both texts.
"""

from __future__ import annotations

import datetime
import os
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PAIRS = 1_000
SAVED, CONFLICT = 302, 409


def main(pairs: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "partnership.settings"
    os.environ.setdefault("INSECURE_HTTP", "1")
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.LOGGING["loggers"]["django"]["level"] = "ERROR"
    settings.ALLOWED_HOSTS = ["testserver"]
    # It serves files, and warns of the folder that collectstatic makes.
    settings.MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
    database = settings.DATABASES["default"]
    name, tests = database["NAME"], database["TEST"]
    tests["NAME"] = f"conflicts_{tests['NAME'].removeprefix('test_')}"
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        begun = time.monotonic()
        outcomes = run(pairs)
        print(f"{pairs} pairs in {time.monotonic() - begun:.0f} s")
        for outcome, count in outcomes.most_common():
            print(f"{count:>6}  {outcome}")
        return 0 if set(outcomes) <= {"one saved, the other shown both texts"} else 1
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def run(pairs: int) -> Counter[str]:
    from django.db import connections

    from commitments.models import Source, latest_entry_id

    source = Source.objects.create(
        slug="fought-over",
        url="https://example.org/fought-over",
        title="As it began",
        publisher="Example Gazette",
        side="joint",
        kind="official_text",
        language="en",
        accessed_on=datetime.date(2026, 1, 1),
    )
    clients = [editor(name) for name in ("edith", "edgar")]
    together = threading.Barrier(len(clients))
    outcomes: Counter[str] = Counter()

    def save(client: Any, number: int, version: int) -> Any:
        together.wait()
        return client.post(
            f"/admin/commitments/source/{source.pk}/change/",
            {
                "url": source.url,
                "title": f"Title {number}",
                "publisher": source.publisher,
                "side": source.side,
                "kind": source.kind,
                "language": source.language,
                "published_precision": "",
                "accessed_on": "2026-01-01",
                "_version": version,
            },
        )

    with ThreadPoolExecutor(len(clients)) as pool:
        for pair in range(pairs):
            version = latest_entry_id(source)
            numbers = [2 * pair, 2 * pair + 1]
            answers = list(pool.map(save, clients, numbers, [version] * len(clients)))
            source.refresh_from_db()
            outcomes[outcome_of(answers, numbers, source.title)] += 1
        for _client in clients:
            pool.submit(lambda: (together.wait(), connections.close_all()))
    return outcomes


def editor(name: str) -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def outcome_of(answers: list[Any], numbers: list[int], title: str) -> str:
    statuses = [answer.status_code for answer in answers]
    if sorted(statuses) != [SAVED, CONFLICT]:
        return f"answered {statuses}"
    winner, loser = statuses.index(SAVED), statuses.index(CONFLICT)
    if title != f"Title {numbers[winner]}":
        return "a silent overwrite"
    page = answers[loser].content.decode()
    both = all(f"Title {number}" in page for number in numbers)
    return "one saved, the other shown both texts" if both else "a text was not shown"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS))
