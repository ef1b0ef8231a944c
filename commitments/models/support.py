"""What rests on which sources, beside the register, so that no list has to count all that happened.

The trigger `keep_support` of an update writes these rows when it is published. Nothing changes or removes them later:
what is published stays, and the side and kind of a cited source are frozen. Of a correction they know nothing; where
that counts, the reader asks.

Of updates that say the same, only the first to be published is kept, and a later one only where its event was earlier:
so every pair of clocks finds one that it knows, if there is any, and there are few.
"""

from __future__ import annotations

import datetime

from django.db import models

from .commitment import Commitment
from .dates import known_by, last_day_known
from .status_update import StatusUpdate


class SupportQuerySet(models.QuerySet[models.Model]):
    def known(self, as_of: datetime.date, known_on: datetime.date | None = None) -> SupportQuerySet:
        """Of updates that have a page on that day: corrected ones, too."""
        return self.filter(known_by("published_at", known_on), happened_by__lte=last_day_known(as_of, known_on))


class Support(models.Model):
    happened_by = models.DateField()
    published_at = models.DateTimeField()

    objects = SupportQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class SourceUse(Support):
    """That an update cites a source: one row for both, however many places are cited."""

    source = models.ForeignKey("commitments.Source", on_delete=models.DO_NOTHING, db_index=False, related_name="+")
    update = models.ForeignKey(StatusUpdate, on_delete=models.DO_NOTHING, db_index=False, related_name="+")

    class Meta(Support.Meta):
        indexes = [models.Index(fields=["source", "published_at", "happened_by"], name="source_uses")]


class SourceBacking(Support):
    """That an update which cites a source assesses a commitment."""

    source = models.ForeignKey("commitments.Source", on_delete=models.DO_NOTHING, db_index=False, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.DO_NOTHING, db_index=False, related_name="+")

    class Meta(Support.Meta):
        indexes = [
            models.Index(
                fields=["source", "commitment", "happened_by"], include=["published_at"], name="source_backings"
            )
        ]


class CommitmentVoice(Support):
    """That an update, other than as context, brings a commitment a source of this side and kind."""

    commitment = models.ForeignKey(Commitment, on_delete=models.DO_NOTHING, db_index=False, related_name="+")
    side = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    update = models.ForeignKey(StatusUpdate, on_delete=models.DO_NOTHING, db_index=False, related_name="+")

    class Meta(Support.Meta):
        indexes = [models.Index(fields=["commitment", "side", "kind", "happened_by"], name="commitment_voices")]
