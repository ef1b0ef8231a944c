"""Which addresses are asked, in which order and at which pace, and what is kept of the answers."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from commitments.models import LinkCheck, LinkOutcome, Source

from .asking import Answer, Asker

LOCK = 20241102

Answered = tuple[Source, Answer]


def waiting(now: datetime.datetime, days: int, limit: int | None) -> list[Source]:
    """Sources not asked within these days: those never asked first, then those asked longest ago."""
    fresh = LinkCheck.objects.fresh(now, days).values("source_id")
    longest_ago = F("link_check__asked_at").asc(nulls_first=True)
    return list(Source.objects.exclude(pk__in=fresh).order_by(longest_ago, "pk")[:limit])


def host_of(source: Source) -> str:
    return urlsplit(source.url).netloc.lower()


def spread(sources: Iterable[Source]) -> Iterator[Source]:
    """The hosts by turns, so that the pause each of them is given costs little time."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(host_of(source), []).append(source)
    rounds = itertools.zip_longest(*by_host.values())
    return (source for turn in rounds for source in turn if source is not None)


@dataclass
class Pace:
    """One request at a time, and a pause between two to the same host."""

    pause: float
    _asked: dict[str, float] = field(default_factory=dict)

    def seconds_until(self, host: str) -> float:
        return max(0.0, self._asked.get(host, -self.pause) + self.pause - time.monotonic())

    def note(self, host: str) -> None:
        self._asked[host] = time.monotonic()


def ask_all(sources: Iterable[Source], asker: Asker, *, pause: float, seconds: float) -> Iterator[Answered]:
    """The answers as they come, until the time is over."""
    pace, end = Pace(pause), time.monotonic() + seconds
    for source in spread(sources):
        wait = pace.seconds_until(host_of(source))
        if time.monotonic() + wait >= end:
            return
        time.sleep(wait)
        yield source, asker.ask(source.url)
        pace.note(host_of(source))


def keep_all(answers: Iterable[Answered]) -> Iterator[Answered]:
    """Keep each answer, and hand on what was kept.

    Hosts that could not be reached wait until some server has answered: where none does, the fault is taken for this
    machine's, and no source for gone.
    """
    held: list[Answered] = []
    somebody_answered = False
    for source, answer in answers:
        somebody_answered = somebody_answered or answer.status_code is not None
        if answer.outcome == LinkOutcome.GONE and answer.status_code is None:
            held.append((source, answer))
        else:
            yield from kept(source, answer)
    for source, answer in held:
        yield from kept(source, answer if somebody_answered else Answer(LinkOutcome.ERROR, detail=answer.detail))


def kept(source: Source, answer: Answer) -> Iterator[Answered]:
    if keep(source, answer, timezone.now()):
        yield source, answer


@transaction.atomic
def keep(source: Source, answer: Answer, now: datetime.datetime) -> bool:
    """False where the source was removed, or given another address, while it was asked."""
    if not Source.objects.select_for_update(no_key=True).filter(pk=source.pk, url=source.url).exists():
        return False
    LinkCheck.objects.filter(source=source).exclude(url=source.url).delete()
    link = LinkCheck.objects.filter(source=source).first() or LinkCheck(source=source, url=source.url)
    link.asked_at = now
    link.outcome = answer.outcome
    link.status_code = answer.status_code
    link.detail = answer.detail
    if answer.outcome == LinkOutcome.OK:
        link.failures_in_a_row, link.last_ok_at = 0, now
    elif answer.outcome == LinkOutcome.GONE and link.last_failed_on != now.date():
        link.failures_in_a_row, link.last_failed_on = link.failures_in_a_row + 1, now.date()
    link.save()
    return True


@contextlib.contextmanager
def one_at_a_time(lock: int = LOCK) -> Iterator[bool]:
    """Whether no other run is under way; two would ask the same hosts at the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        [(is_alone,)] = cursor.fetchall()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
