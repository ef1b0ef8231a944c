"""Which feeds something new stands in, for the hub that they name. Written in the transaction that publishes it.

Only feeds without a filter are announced: of the filters that readers may think of there is no end. They name no hub.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from .models import Commitment, Ping, StatusUpdate

ENDINGS = ("rss", "atom", "json")
Feed = tuple[str, tuple[str, ...]]


def announce_update(update: StatusUpdate) -> None:
    """Four queries; none without a hub."""
    if not settings.WEBSUB_HUB:
        return
    # What withdraws an update stands in the feeds of all that it bore on.
    concerned = [key for key in (update.pk, update.corrects_id) if key]
    commitments = Commitment.objects.filter(assessments__update__in=concerned).order_by()
    feeds: list[Feed] = [("update", ())]
    if update.corrects_id is not None:
        feeds.append(("correction", ()))
    for kind, key in (("commitment", "reference"), ("area", "area__slug"), ("actor", "actors__slug")):
        feeds += [(kind, (name,)) for name in commitments.values_list(key, flat=True).distinct() if name]
    _announce(feeds)


def announce_pledge() -> None:
    _announce([("pledge", ())])


def announce_check() -> None:
    _announce([("check", ())])


def _announce(feeds: Iterable[Feed]) -> None:
    if settings.WEBSUB_HUB:
        Ping.objects.ask_for(
            reverse(f"commitments:{kind}_feed", args=[*names, ending]) for kind, names in feeds for ending in ENDINGS
        )
