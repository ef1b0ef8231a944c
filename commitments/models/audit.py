"""Who changed what, when and by which way: written by triggers, whatever path the write took."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from .triggers import audited, final, no_truncate


class AuditAction(models.TextChoices):
    INSERT = "insert", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("removed")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of(self, record: models.Model) -> AuditEntryQuerySet:
        """Of the record and of the rows under it, newest first; also of one that is gone."""
        return self.filter(record_table=record._meta.db_table, record_id=record.pk).order_by("-id")


class AuditEntry(models.Model):
    """One row written once. `was` and `became` hold only the columns that changed; all of them of a new or lost row."""

    at = models.DateTimeField(_("when"))
    action = models.CharField(_("what"), max_length=6, choices=AuditAction)
    table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    record_table = models.CharField(_("table of the record"), max_length=63)
    record_id = models.BigIntegerField(_("record"))
    by_id = models.BigIntegerField(_("account"), null=True)
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    via = models.CharField(_("by way of"), max_length=100, blank=True)
    database_user = models.CharField(_("account at the database"), max_length=63)
    transaction = models.BigIntegerField(_("transaction"))
    was = models.JSONField(_("was"), null=True)
    became = models.JSONField(_("became"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index("record_table", "record_id", models.F("id").desc(), name="audit_by_record"),
        ]
        triggers = [final("audit_is_final"), no_truncate()]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.table} {self.row_id}"


class AuditedAccount(User):
    """Puts the triggers on a table that is not ours."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [audited("auth_user", ignoring=("last_login",), unsaid=("password",))]


class AuditedMembership(User.groups.through):  # type: ignore[name-defined, misc]  # made by Django while it loads
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [audited("auth_user", "user_id")]


def latest_entry_id(record: models.Model) -> int:
    """The version of a record with the rows under it: grows with every change, on every path. 0 before the first."""
    return AuditEntry.objects.of(record).values_list("id", flat=True).first() or 0


@contextlib.contextmanager
def acting(*, via: str, by: User | None = None) -> Iterator[None]:
    """Name the one who acts inside, in the audit entries of this connection. One query in and one out.

    To be entered outside of transactions: a rollback would take the name with it.
    """
    earlier = _say(_actor(via, by))
    try:
        yield
    finally:
        # A connection that broke, or a transaction that waits for its rollback, forgets by itself.
        if connection.connection is not None and not connection.needs_rollback:
            _say(earlier)


def _actor(via: str, by: User | None) -> tuple[str, str, str]:
    return (str(by.pk) if by else "", by.get_username() if by else "", via)


def _say(actor: tuple[str, ...]) -> tuple[str, ...]:
    """Returns what was said before."""
    names = ("commitments.actor", "commitments.actor_name", "commitments.via")
    reading = ", ".join("coalesce(current_setting(%s, true), '')" for _name in names)
    writing = ", ".join("set_config(%s, %s, false)" for _name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH earlier AS MATERIALIZED (SELECT {reading}) SELECT earlier.*, {writing} FROM earlier",
            [*names, *(each for pair in zip(names, actor, strict=True) for each in pair)],
        )
        return tuple(cursor.fetchone()[: len(names)])
