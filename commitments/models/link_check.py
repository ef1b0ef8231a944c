"""What became of the addresses of the sources. The desk's own note: not public, and no change of edition."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .source import Source
from .triggers import no_truncate

DEAD_AFTER = 3
AGAIN_AFTER_FAILURE = datetime.timedelta(days=1)


class LinkOutcome(models.TextChoices):
    OK = "ok", _("Answers")
    GONE = "gone", _("Gone")
    ERROR = "error", _("Cannot be told: an error")
    WALL = "wall", _("Cannot be told: robots are kept out")


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def current(self) -> LinkCheckQuerySet:
        """Of the address that the source has now."""
        return self.filter(url=F("source__url"))

    def dead(self) -> LinkCheckQuerySet:
        return self.current().filter(failures_in_a_row__gte=DEAD_AFTER)

    def fresh(self, now: datetime.datetime, days: int) -> LinkCheckQuerySet:
        """Asked so lately that there is no need to ask again; a failure is followed up on the next day."""
        asked_lately = Q(asked_at__gt=now - datetime.timedelta(days=days))
        asked_today = Q(asked_at__gt=now - AGAIN_AFTER_FAILURE)
        return self.current().filter(asked_lately & Q(failures_in_a_row=0) | asked_today)


class LinkCheck(models.Model):
    """The last asking of a source's address. `failures_in_a_row` counts days on which it was gone.

    An answer that cannot be told leaves that count as it is; one that answers ends it.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="link_check")
    url = models.CharField(_("URL asked"), max_length=1000)
    asked_at = models.DateTimeField(_("asked at"))
    outcome = models.CharField(_("outcome"), max_length=5, choices=LinkOutcome)
    status_code = models.PositiveSmallIntegerField(_("status code"), null=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    failures_in_a_row = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    last_failed_on = models.DateField(_("last failed on"), null=True)
    last_ok_at = models.DateTimeField(_("last answered at"), null=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")
        constraints = [models.CheckConstraint(name="link_check_outcome", condition=Q(outcome__in=LinkOutcome.values))]
        triggers = [no_truncate()]

    def __str__(self) -> str:
        return f"{self.url}: {self.outcome}"

    @property
    def is_dead(self) -> bool:
        return self.failures_in_a_row >= DEAD_AFTER
