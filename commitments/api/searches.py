"""Recorded searches that found nothing new, and dates that a party announced."""

from __future__ import annotations

import re
from typing import Any

from django.db.models.functions import Collate
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from ..clocks import BadQuery
from ..models import Check
from ..records import reading
from .operations import Asked, Slug, dated, operation, page_of, public_commitment
from .parameters import LIMIT, OF_COMMITMENT, SLUG, after, text
from .shapes import CheckAnswer, CheckList, MilestoneAnswer, MilestoneList

router = Router(tags=["Checks and milestones"])

AFTER_SLUG = after(gettext_lazy("slug"), text(pattern=f"^{SLUG}$"), "made-up")


def _by_slug(request: Asked, rows: Any) -> Any:
    """In an order that is the same under every collation, behind the slug of the cursor."""
    rows = rows.annotate(key=Collate("slug", "C")).order_by("key")
    if cursor := request.GET.get("after"):
        if not re.fullmatch(SLUG, cursor, re.ASCII):
            raise BadQuery(_("“after” is a slug."))
        rows = rows.filter(key__gt=cursor)
    return rows


@operation(router, "/checks", CheckList, OF_COMMITMENT, AFTER_SLUG, LIMIT)
def list_checks(request: Asked) -> dict[str, Any]:
    """Checks.

    Recorded searches that found nothing new: where, for what, in which languages. A check counts on the known-on clock
    alone, and covers the days before it.
    """
    rows = Check.objects.recorded(request.clocks.known_on)
    if reference := request.GET.get("commitment"):
        rows = rows.filter(commitments=public_commitment(request, reference))
    ordered = _by_slug(request, rows)
    items = page_of(request, lambda count: list(reading.checks(request.clocks, ordered[:count])), _slug)
    return dated(request, next=request.next, items=items)


@operation(router, "/checks/{slug:slug}", CheckAnswer)
def get_check(request: Asked, slug: Slug) -> dict[str, Any]:
    """One check."""
    recorded = Check.objects.recorded(request.clocks.known_on).filter(slug=slug)
    return dated(request, check=_only(list(reading.checks(request.clocks, recorded))))


@operation(router, "/milestones", MilestoneList, OF_COMMITMENT, AFTER_SLUG, LIMIT)
def list_milestones(request: Asked) -> dict[str, Any]:
    """Milestones.

    Dated next steps that a party announced, and whether they were met or replaced. They are no deadlines of an
    instrument.
    """
    rows = reading.recorded_milestones(request.clocks)
    if reference := request.GET.get("commitment"):
        rows = rows.filter(commitment=public_commitment(request, reference))
    ordered = _by_slug(request, rows)
    items = page_of(request, lambda count: list(reading.milestones(request.clocks, ordered[:count])), _slug)
    return dated(request, next=request.next, items=items)


@operation(router, "/milestones/{slug:slug}", MilestoneAnswer)
def get_milestone(request: Asked, slug: Slug) -> dict[str, Any]:
    """One milestone."""
    recorded = reading.recorded_milestones(request.clocks).filter(slug=slug)
    return dated(request, milestone=_only(list(reading.milestones(request.clocks, recorded))))


def _slug(record: dict[str, Any]) -> str:
    return str(record["slug"])


def _only(records: list[dict[str, Any]]) -> dict[str, Any]:
    if not records:
        raise Http404
    return records[0]
