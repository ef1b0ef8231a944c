"""The number of the published state."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class EditionQuerySet(models.QuerySet["Edition"]):
    def current(self) -> Edition:
        """The edition in force; number 0 before anything was published. One query."""
        return self.first() or Edition(number=0)


class Edition(models.Model):
    """One row, locked last in a transaction and raised once, so that number and content become visible together."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(_("number"))
    changed_at = models.DateTimeField(_("changed at"), null=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="edition_single_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return str(self.number)


class EditionPending(models.Model):
    """Transactions that change what a reader sees; empty whenever none is under way."""

    transaction = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name = _("pending edition")
        verbose_name_plural = _("pending editions")
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="raise_at_commit",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    INSERT INTO commitments_edition (id, number, changed_at) VALUES (1, 1, clock_timestamp())
                    ON CONFLICT (id) DO UPDATE
                    SET number = commitments_edition.number + 1, changed_at = clock_timestamp();
                    DELETE FROM commitments_editionpending WHERE transaction = NEW.transaction;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.transaction)
