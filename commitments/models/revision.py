"""Earlier wordings of labels."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from .dates import end_of_day, known_by
from .triggers import final, no_truncate
from .validators import plain_text


class RevisionQuerySet(models.QuerySet["Revision"]):
    def known(self, known_on: datetime.date | None) -> RevisionQuerySet:
        return self.filter(known_by("changed_at", known_on))

    def replaced_after(self, known_on: datetime.date) -> RevisionQuerySet:
        """For each record, what it read at the end of that day, where that has changed since."""
        later = self.filter(changed_at__gte=end_of_day(known_on))
        return later.order_by("table", "row_id", "changed_at", "id").distinct("table", "row_id")


class Revision(models.Model):
    """A row as it was before a change; written by triggers only, with the reason the change gave."""

    table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    changed_at = models.DateTimeField(_("changed at"))
    reason = models.TextField(_("reason"), validators=[plain_text])
    was = models.JSONField(_("was"))

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["table", "row_id", "changed_at"], name="revision_by_row")]
        triggers = [final("revision_is_final"), no_truncate()]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}, {self.changed_at:%Y-%m-%d}"


@contextlib.contextmanager
def reason_for_change(reason: str) -> Iterator[None]:
    """Run changes to public labels inside, in one transaction: the reason is kept with each earlier wording."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('commitments.reason', %s, true)", [reason])
        yield
        cursor.execute("SELECT set_config('commitments.reason', '', true)")


def restore_labels(
    rows: Iterable[models.Model], known_on: datetime.date | None, *, following: Collection[type[models.Model]] = ()
) -> None:
    """Lay the wordings of that day over these rows, in place (None: now, no query). One query for all rows.

    A changed foreign key drops the related object cached on the row, so restore before following it. To what the rows
    belong to in a model of `following`, which has few rows, the same is done with the same query.
    """
    rows = list(rows)
    if known_on is None or not rows:
        return
    of_rows = models.Q(table__in={row._meta.db_table for row in rows}, row_id__in={row.pk for row in rows})
    followed = models.Q(table__in=[model._meta.db_table for model in following])
    earlier = Revision.objects.replaced_after(known_on).filter(of_rows | followed)
    was = {(revision.table, revision.row_id): revision.was for revision in earlier}
    _lay_over_each(rows, was)
    _lay_over_each([related for row in rows for related in _belonging_to(row, following)], was)


def _lay_over_each(rows: Iterable[models.Model], was: dict[tuple[str, int], dict[str, Any]]) -> None:
    for row in rows:
        if (row._meta.db_table, row.pk) in was:
            lay_over(row, was[row._meta.db_table, row.pk])


def _belonging_to(row: models.Model, following: Collection[type[models.Model]]) -> Iterator[models.Model]:
    for field in row._meta.concrete_fields:
        if field.related_model in following and getattr(row, field.attname) is not None:
            yield getattr(row, field.name)


def lay_over(row: models.Model, was: dict[str, Any]) -> None:
    """Give the row, in place, what its columns were."""
    for field in row._meta.concrete_fields:
        if field.column in was and not field.generated:
            setattr(row, field.attname, field.to_python(was[field.column]))


def linked_rows(
    through: type[models.Model], parent: str, child: str, parent_id: int, known_on: datetime.date | None
) -> list[Any]:
    """What one parent links to, in order, as of that day (None: now). One query, or three for a past day."""
    if known_on is None:
        links = through._default_manager.filter(**{parent: parent_id}).select_related(child)
        return [getattr(link, child) for link in links.order_by("position", "pk")]
    return rows_in_order(through, child, linked_ids(through, parent, child, [parent_id], known_on)[parent_id])


def rows_in_order(through: type[models.Model], child: str, ids: Sequence[int]) -> list[Any]:
    """What these ids of one side of a link stand for, in their order. One query."""
    related: Any = through._meta.get_field(child).related_model
    rows = related._default_manager.in_bulk(ids)
    return [rows[row_id] for row_id in ids]


def linked_ids(
    through: type[models.Model], parent: str, child: str, parent_ids: Sequence[int], known_on: datetime.date | None
) -> dict[int, list[int]]:
    """For each parent, the ids it links to, in order, as of that day (None: now). One query, or two for a past day."""
    links: dict[int, list[int]] = {parent_id: [] for parent_id in parent_ids}
    rows = through._default_manager.filter(**{f"{parent}__in": parent_ids}).order_by("position", "pk")
    for parent_id, child_id in rows.values_list(f"{parent}_id", f"{child}_id"):
        links[parent_id].append(child_id)
    if known_on is not None:
        earlier = Revision.objects.replaced_after(known_on).filter(table=through._meta.db_table, row_id__in=parent_ids)
        links.update({revision.row_id: revision.was["links"] for revision in earlier})
    return links
