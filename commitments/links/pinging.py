"""Telling the hub of the feeds what is new in them."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F

from commitments.models import MOST_ATTEMPTS, Ping

from .asking import Answer, Asker


@dataclass(frozen=True)
class Told:
    """What became of one ping. `is_over`: taken, or given up."""

    topic: str
    answer: Answer
    is_taken: bool
    is_over: bool


def tell_hub(asker: Asker, hub: str, site: str, now: datetime.datetime, seconds: float) -> Iterator[Told]:
    """Tell the hub of each ping that is due, until the time is over.

    All go to one hub: when it does not answer at all, the rest is not tried and counts as tried.
    """
    end = time.monotonic() + seconds
    unreached: Answer | None = None
    for ping in list(Ping.objects.due(now)):
        if time.monotonic() >= end:
            return
        answer = unreached or asker.tell(hub, {"hub.mode": "publish", "hub.url": f"{site}{ping.topic}"})
        if answer.status_code is None:
            unreached = answer
        yield _settle(ping, answer, now)


def _settle(ping: Ping, answer: Answer, now: datetime.datetime) -> Told:
    """What was published while the hub was told stays to be told."""
    is_taken = 200 <= (answer.status_code or 0) < 300
    is_over = is_taken or ping.attempts + 1 >= MOST_ATTEMPTS
    as_asked = Ping.objects.as_asked(ping)
    if is_over:
        as_asked.delete()
    else:
        as_asked.update(attempts=F("attempts") + 1, due_at=now + ping.pause)
    return Told(ping.topic, answer, is_taken, is_over)
