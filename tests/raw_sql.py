"""Writes as anyone with psql could make them: past the models, the forms and publishing.py."""

from __future__ import annotations

from django.db import connection, models

from commitments.models import StatusUpdate


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def fire_deferred() -> None:
    """Do now what happens at commit: the deferred constraint triggers, and the edition."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")


def changed(row: models.Model, **expressions: str) -> str:
    """An UPDATE of this row; the values are SQL."""
    changes = ", ".join(f"{column} = {expression}" for column, expression in expressions.items())
    return f"UPDATE {row._meta.db_table} SET {changes} WHERE id = {row.pk}"


def deleted(row: models.Model) -> str:
    return f"DELETE FROM {row._meta.db_table} WHERE id = {row.pk}"


def copied(row: models.Model, **expressions: str) -> str:
    """An INSERT of a row like this one, save for these columns; the values are SQL."""
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key and not field.generated]
    values = ", ".join(expressions.get(column, column) for column in columns)
    table = row._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE id = {row.pk}"


def published(draft: StatusUpdate, **expressions: str) -> str:
    """The UPDATE that makes a draft public."""
    number = "(SELECT coalesce(max(number), 0) + 1 FROM commitments_statusupdate)"
    return changed(draft, **{"number": number, "published_at": "clock_timestamp()"} | expressions)


def with_reason(sql: str) -> str:
    return f"SET LOCAL commitments.reason = 'A made-up reason'; {sql}; SET LOCAL commitments.reason = ''"
