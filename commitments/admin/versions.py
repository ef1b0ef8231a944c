"""Which text of a record somebody has on the screen: what they press there counts for that text only."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import AuditAction, AuditEntry, latest_entry_id
from commitments.publishing import Refused
from commitments.typed import as_version

# The rule of a refusal that speaks of the text as it stands now.
STALE = "stale_version"


def require_version(row: models.Model, version: object) -> None:
    """Refuse unless the record, with the rows under it, is as it was at this version. In a transaction.

    Holds the record until the transaction ends, so that nothing comes between this look and what follows. A version
    that is missing or makes no sense is refused like an old one.
    """
    if not hold(row):
        raise Refused(_("This record no longer exists: %(deletion)s") % {"deletion": deletion_of(row)})
    known = as_version(version)
    if known != latest_entry_id(row):
        change = last_change_of(row) if known is not None else _("It is not known which text of it you had open.")
        raise Refused(
            _("%(change)s Nothing was done: look at the record as it stands now.") % {"change": change}, STALE
        )


def hold(row: models.Model) -> bool:
    """Lock the record against every other writer; False where it is gone."""
    # No other manager may hide the row.
    manager: Any = type(row)._base_manager
    return manager.select_for_update().filter(pk=row.pk).values_list("pk").first() is not None


def entries_since(row: models.Model, version: int) -> list[AuditEntry]:
    """What happened to the record and the rows under it after that version, in order."""
    return list(AuditEntry.objects.of(row).filter(id__gt=version).order_by("id"))


def last_change_of(row: models.Model) -> str:
    """A sentence on the newest change, "" where none is known."""
    newest = AuditEntry.objects.of(row).first()
    if newest is None:
        return ""
    return _("%(who)s changed this record at %(when)s.") % {"who": who_made(newest), "when": moment(newest.at)}


def deletion_of(row: models.Model) -> str:
    """A sentence on who deleted the record, "" where nobody knows."""
    deletions = AuditEntry.objects.of(row).filter(table=row._meta.db_table, action=AuditAction.DELETE)
    entry = deletions.first()
    if entry is None:
        return ""
    return _("%(who)s deleted it at %(when)s.") % {"who": who_made(entry), "when": moment(entry.at)}


def who_made(entry: AuditEntry) -> str:
    return entry.by_name or entry.via or _("Somebody at the database")


def moment(at: Any) -> str:
    """In UTC, like every time of the tracker."""
    return _("%(time)s UTC") % {"time": date_format(at, "j F Y, H:i")}
