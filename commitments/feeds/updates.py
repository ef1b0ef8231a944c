"""Feeds of published updates: all of them, or those that touch something, or those of any filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from ..chronicle import BY_NUMBER, Entry, first_updates, load_entries
from ..models import Area, Assessment, Bearing, Citation, Commitment, Source, StatusUpdate, known_by
from .items import Item, ItemCategory, Key, Stream, in_order

if TYPE_CHECKING:
    from ..models.status_update import StatusUpdateQuerySet


@dataclass(frozen=True)
class UpdateStream(Stream):
    """The place of an update is its number. With `touching`, only what makes one of these assessments."""

    updates: StatusUpdateQuerySet
    touching: QuerySet[Assessment] | None = None

    def keys(self, count: int, *, first: int = 1, last: int | None = None) -> list[Key]:
        updates = self.updates.filter(number__gte=first) if first > 1 else self.updates
        updates = updates.filter(number__lte=last) if last is not None else updates
        rows = first_updates(updates, self.touching, BY_NUMBER, count).values_list("number", "pk", "published_at")
        return [Key(number, pk, in_order(at, number)) for number, pk, at in rows if number and at]

    def newest(self) -> int:
        known = StatusUpdate.objects.filter(known_by("published_at", self.clocks.known_on))
        return known.aggregate(newest=Max("number"))["newest"] or 0

    def revisions(self, keys: Sequence[Key]) -> Q:
        shown = [key.row for key in keys]
        assessed = Assessment.objects.filter(Q(update__in=shown) | Q(update__corrections__in=shown))
        cited = Citation.objects.filter(update__in=shown)
        return (
            Q(table=Commitment._meta.db_table, row_id__in=assessed.values("commitment"))
            | Q(table=Area._meta.db_table, row_id__in=assessed.values("commitment__area"))
            | Q(table=Source._meta.db_table, row_id__in=cited.values("source"))
        )

    def items(self, keys: Sequence[Key], root: str) -> list[Item]:
        updates = StatusUpdate.objects.filter(pk__in=[key.row for key in keys]).order_by(*BY_NUMBER)
        entries = load_entries(updates, self.clocks, as_published=True)
        return [_item(entry, key, root) for entry, key in zip(entries, keys, strict=True)]


def _item(entry: Entry, key: Key, root: str) -> Item:
    return Item(
        identity=f"update/{key.ordinal}",
        path=reverse("commitments:update", args=[key.ordinal]),
        title=title_of(entry),
        content=render_to_string("commitments/_feed_item.html", {"entry": entry, "root": root}),
        at=key.at,
        categories=categories_of(entry),
        areas=entry.areas,
    )


def title_of(entry: Entry) -> str:
    title = entry.update.title
    if entry.is_withdrawal:
        return _("Withdrawal: %(title)s") % {"title": title}
    return _("Correction: %(title)s") % {"title": title} if entry.update.corrects_id else title


def categories_of(entry: Entry) -> list[ItemCategory]:
    bearings = {reading.assessment.bearing for reading in entry.readings}
    found = {
        ItemCategory.PROGRESS: Bearing.ADVANCE in bearings,
        ItemCategory.SETBACK: Bearing.SETBACK in bearings,
        ItemCategory.STATUS_CHANGE: bool(entry.turns),
        ItemCategory.CORRECTION: entry.update.corrects_id is not None,
    }
    return [category for category, applies in found.items() if applies]
