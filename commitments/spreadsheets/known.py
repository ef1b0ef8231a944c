"""What the database holds, in the form in which sheets are compared with it."""

from __future__ import annotations

from dataclasses import dataclass

from ..models import StatusUpdate
from ..register.dumping import dump, update_record, with_associations
from ..register.reading import Record, Register


@dataclass(frozen=True)
class Draft:
    record: Record
    is_open: bool


@dataclass(frozen=True)
class Known:
    """The whole register with every source, the drafts of updates, and which number a draft of old was given."""

    register: Register
    drafts: dict[int, Draft]
    numbers: dict[int, int]


def read_known() -> Known:
    """About thirty queries, whatever the size."""
    published = StatusUpdate.objects.filter(number__isnull=False)
    drafts = with_associations(StatusUpdate.objects.drafts()).order_by("pk")
    return Known(
        register=dump(with_unused_sources=True),
        drafts={row.pk: Draft(update_record(row), is_open=row.submitted_at is None) for row in drafts},
        numbers={pk: number for pk, number in published.values_list("pk", "number") if number is not None},
    )
