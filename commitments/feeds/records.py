"""Feeds of searches that found nothing new, and of pledges that came into the count or left it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import (
    Area,
    Check,
    CheckCommitment,
    Commitment,
    CommitmentSource,
    Instrument,
    Source,
    known_by,
    linked_ids,
    restore_labels,
)
from .items import Item, ItemCategory, Key, RankedStream

ADDED, WITHDRAWN = "added", "withdrawn"
REFERENCES_IN_A_TITLE = 3


@dataclass(frozen=True)
class CheckStream(RankedStream):
    def events(self) -> QuerySet[Any, Any]:
        """Those that say something about the day: a search has no other clock than that of its record."""
        checks = Check.objects.recorded(self.clocks.known_on)
        covered = self._covered().filter(performed_check=OuterRef("pk"))
        return (
            checks.filter(Exists(covered))
            .order_by("recorded_at", "pk")
            .values_list("pk", "recorded_at", Value("", CharField()))
        )

    def _covered(self) -> QuerySet[CheckCommitment]:
        links = CheckCommitment.objects.covering(self.clocks.as_of)
        return links.filter(commitment__instrument__adopted_by__lte=self.clocks.as_of)

    def revisions(self, keys: Sequence[Key]) -> Q:
        covered = CheckCommitment.objects.filter(performed_check__in=[key.row for key in keys])
        return Q(table=Commitment._meta.db_table, row_id__in=covered.values("commitment")) | Q(
            table=Area._meta.db_table, row_id__in=covered.values("commitment__area")
        )

    def items(self, keys: Sequence[Key], root: str) -> list[Item]:
        rows = Check.objects.in_bulk([key.row for key in keys])
        links = list(
            self._covered()
            .filter(performed_check__in=rows)
            .select_related("commitment__area")
            .order_by("position", "pk")
        )
        restore_labels([link.commitment for link in links], self.clocks.known_on)
        restore_labels([link.commitment.area for link in links], self.clocks.known_on)
        covered: dict[int, list[Commitment]] = {}
        for link in links:
            covered.setdefault(link.performed_check_id, []).append(link.commitment)
        return [_check_item(rows[key.row], covered[key.row], key, root) for key in keys]


def _check_item(check: Check, commitments: list[Commitment], key: Key, root: str) -> Item:
    context = {"check": check, "commitments": commitments, "root": root}
    return Item(
        identity=f"check/{check.slug}",
        path=f"{reverse('commitments:commitment', args=[commitments[0].reference])}#checks",
        title=_("Searched on %(day)s: %(references)s")
        % {"day": date_format(check.checked_on, "j M Y"), "references": _references(commitments)},
        content=render_to_string("commitments/_feed_check.html", context),
        at=key.at,
        categories=[ItemCategory.RE_CHECK],
        areas=_areas(commitments),
    )


def _references(commitments: Sequence[Commitment]) -> str:
    named = ", ".join(commitment.reference for commitment in commitments[:REFERENCES_IN_A_TITLE])
    more = len(commitments) - REFERENCES_IN_A_TITLE
    return _("%(references)s and %(more)d more") % {"references": named, "more": more} if more > 0 else named


def _areas(commitments: Sequence[Commitment]) -> list[Area]:
    return list(dict.fromkeys(commitment.area for commitment in commitments))


@dataclass(frozen=True)
class CommitmentStream(RankedStream):
    """A pledge is an item when it is published, and another when it is withdrawn."""

    def events(self) -> QuerySet[Any, Any]:
        published = Commitment.objects.published(self.clocks.as_of, self.clocks.known_on)
        withdrawn = published.filter(known_by("withdrawn_at", self.clocks.known_on))
        added, left = (
            rows.order_by().annotate(at=F(moment), event=Value(event, CharField())).values_list("id", "at", "event")
            for rows, moment, event in ((published, "published_at", ADDED), (withdrawn, "withdrawn_at", WITHDRAWN))
        )
        return added.union(left, all=True).order_by("at", "event", "id")

    def revisions(self, keys: Sequence[Key]) -> Q:
        shown = [key.row for key in keys]
        rows = Commitment.objects.filter(pk__in=shown)
        return (
            Q(table__in=[Commitment._meta.db_table, CommitmentSource._meta.db_table], row_id__in=shown)
            | Q(table=Area._meta.db_table, row_id__in=rows.values("area"))
            | Q(table=Instrument._meta.db_table, row_id__in=rows.values("instrument"))
            | Q(table=Source._meta.db_table, row_id__in=rows.values("source_links__source"))
        )

    def items(self, keys: Sequence[Key], root: str) -> list[Item]:
        known_on = self.clocks.known_on
        rows = Commitment.objects.select_related("area", "instrument").in_bulk({key.row for key in keys})
        restore_labels(rows.values(), known_on)
        ids = linked_ids(CommitmentSource, "commitment", "source", list(rows), known_on)
        sources = Source.objects.in_bulk({row_id for found in ids.values() for row_id in found})
        named = [label for row in rows.values() for label in (row.area, row.instrument)]
        restore_labels([*named, *sources.values()], known_on)
        return [_event_item(rows[key.row], [sources[pk] for pk in ids[key.row]], key, root) for key in keys]


def _event_item(commitment: Commitment, sources: list[Source], key: Key, root: str) -> Item:
    is_withdrawal = key.event == WITHDRAWN
    context = {"commitment": commitment, "sources": sources, "is_withdrawal": is_withdrawal, "root": root}
    title = _("Withdrawn: %(commitment)s") if is_withdrawal else _("New pledge: %(commitment)s")
    return Item(
        identity=f"commitment/{commitment.reference}{'/withdrawal' if is_withdrawal else ''}",
        path=reverse("commitments:commitment", args=[commitment.reference]),
        title=title % {"commitment": commitment},
        content=render_to_string("commitments/_feed_commitment.html", context),
        at=key.at,
        categories=[ItemCategory.WITHDRAWN_COMMITMENT if is_withdrawal else ItemCategory.NEW_COMMITMENT],
        areas=[commitment.area],
    )
