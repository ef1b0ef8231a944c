"""From a plan to the database: everything in one transaction, or nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db import DataError
from django.db.models import Q
from django.utils.translation import gettext

from .. import publishing
from ..models import Assessment, Citation, Source, StatusUpdate, reason_for_change
from ..register.loading import Writer, reason_problem
from ..register.reading import Record, Register
from .known import read_known
from .planning import Plan, plan_import
from .reading import Refusal, Sheets
from .writing import Progress, no_progress

T = TypeVar("T")
AT_ONCE = 500
# What writes any of the four sheets, one by one or all at once.
PERMISSIONS = (
    *("commitments.add_source", "commitments.change_source"),
    *("commitments.add_statusupdate", "commitments.change_statusupdate"),
    *(f"commitments.{action}_{noun}" for noun in ("assessment", "citation") for action in ("add", "change", "delete")),
)


class ImportRefused(Exception):
    """Nothing was written; the plan says why, or is not the one that was shown."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"{len(plan.refusals)} problems")
        self.plan = plan


def may_import(user: User | AnonymousUser) -> bool:
    return user.is_active and user.has_perms(PERMISSIONS)


def import_sheets(
    sheets: Sheets,
    *,
    by: User,
    today: datetime.date,
    reason: str = "",
    shown: str | None = None,
    progress: Progress = no_progress,
) -> Plan:
    """Write what the plan says, and return it. New updates are drafts of this editor.

    Raises ImportRefused where something is refused, or where the plan's digest is no longer `shown`. Until it is
    done nobody publishes an update, saves a draft, or changes a source that the file names.
    """
    plan = Plan()
    writer = Writer(Register())
    try:
        with publishing.refusals():
            publishing.hold_publication()
            _lock(sheets)
            progress(gettext("Reading the register"), 0, 1)
            plan = plan_import(sheets, read_known(), today=today, progress=progress)
            plan.refusals += _reason_refusals(plan, reason)
            if plan.refusals or shown not in (None, plan.digest()):
                raise ImportRefused(plan)
            with reason_for_change(reason.strip()):
                _write(plan, writer, by, progress)
    except (publishing.Refused, DataError) as error:
        # What the database refuses all the same is a problem like any other.
        sheet, record = writer.place
        plan.refusals.append(Refusal("file", 0, f"{sheet}, {record}", str(error)))
        raise ImportRefused(plan) from error
    return plan


def _lock(sheets: Sheets) -> None:
    """What is compared must not move before it is written."""
    slugs, addresses = (set(filter(str.isprintable, sheets.texts("sources", name))) for name in ("slug", "url"))
    named = Q(slug__in=slugs) | Q(url__in=addresses)
    list(Source.objects.filter(named).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    list(StatusUpdate.objects.drafts().order_by("pk").select_for_update().values_list("pk"))


def _reason_refusals(plan: Plan, reason: str) -> Iterator[Refusal]:
    message = reason_problem(reason) if reason.strip() else ""
    if plan.needs_reason and not reason.strip():
        message = "the wording of sources changes: say why"
    if message:
        yield Refusal("file", 0, "reason", message)


def _write(plan: Plan, writer: Writer, by: User, progress: Progress) -> None:
    writer.register.files["sources"] = plan.new_sources | {
        slug: record for slug, (record, _fields) in plan.changed_sources.items()
    }
    writer.register.files["updates"] = {**plan.new_updates}
    writer.place = ("sources", "new rows")
    writer.insert("sources", list(plan.new_sources))
    for slug, (_record, fields) in plan.changed_sources.items():
        writer.place = ("sources", slug)
        writer.change("sources", slug, fields)
    writer.place = ("updates", "new rows")
    for keys in _portions(list(plan.new_updates), gettext("Writing new drafts"), progress):
        writer.insert("updates", list(keys), written_by=by, last_edited_by=by)
        _set_corrections(plan, writer, keys)
    for pks in _portions(list(plan.changed_drafts), gettext("Changing drafts"), progress):
        for pk in pks:
            writer.place = ("updates", f"draft {pk}")
            _change_draft(plan, writer, pk, by)
    writer.place = ("file", "whole")


def _portions(items: Sequence[T], stage: str, progress: Progress) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        progress(stage, start, len(items))
        yield items[start : start + AT_ONCE]


def _set_corrections(plan: Plan, writer: Writer, keys: Sequence[str]) -> None:
    for key in keys:
        record = plan.new_updates[key]
        if "corrects" in record:
            row = writer.created["updates"][key]
            StatusUpdate.objects.filter(pk=row.pk).update(**_correction(record))


def _change_draft(plan: Plan, writer: Writer, pk: int, by: User) -> None:
    record, fields = plan.changed_drafts[pk]
    values = writer.values("updates", record) | _correction(record)
    StatusUpdate.objects.filter(pk=pk).update(**values, last_edited_by=by)
    if "citations" in fields:
        Citation.objects.filter(update=pk).delete()
        Citation.objects.bulk_create(writer.citations(pk, record))
    if "assessments" in fields:
        Assessment.objects.filter(update=pk).delete()
        Assessment.objects.bulk_create(writer.assessments(pk, record))


def _correction(record: Record) -> dict[str, Any]:
    corrected = StatusUpdate.objects.get(number=record["corrects"]) if "corrects" in record else None
    return {"corrects": corrected, "correction_reason": record.get("correction_reason", "")}
