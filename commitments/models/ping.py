"""What the hub of the feeds has not been told yet (WebSub). Not of the register: no page reads it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

FIRST_PAUSE = datetime.timedelta(minutes=2)
LONGEST_PAUSE = datetime.timedelta(hours=6)
# More than a day. The next publication tells the hub again.
MOST_ATTEMPTS = 12


class PingQuerySet(models.QuerySet["Ping"]):
    def due(self, now: datetime.datetime) -> PingQuerySet:
        """Those asked for first come first."""
        return self.filter(due_at__lte=now).order_by("asked_at", "pk")

    def ask_for(self, topics: Iterable[str]) -> None:
        """To be sent at once; several for one topic are one, and a failure before counts no more. One query."""
        # In one order: two who ask for the same at the same time would wait for each other otherwise.
        pings = [Ping(topic=topic, asked_at=Now(), due_at=Now()) for topic in sorted(set(topics))]
        self.bulk_create(
            pings,
            update_conflicts=True,
            unique_fields=["topic"],
            update_fields=["asked_at", "due_at", "attempts"],
        )

    def as_asked(self, ping: Ping) -> PingQuerySet:
        """This one, unless it was asked for again since it was read."""
        return self.filter(pk=ping.pk, asked_at=ping.asked_at)


class Ping(models.Model):
    """That something new stands in a feed: `topic` is its address on this site."""

    topic = models.CharField(_("topic"), max_length=200, unique=True)
    asked_at = models.DateTimeField(_("asked for at"))
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    objects = PingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ping")
        verbose_name_plural = _("pings")
        default_permissions = ()

    def __str__(self) -> str:
        return self.topic

    @property
    def pause(self) -> datetime.timedelta:
        """Until the next attempt, twice as long after each."""
        return min(FIRST_PAUSE * (1 << self.attempts), LONGEST_PAUSE)
