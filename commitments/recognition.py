"""What the register knows already of what an editor pastes: the source, its publisher, and updates like this one."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, Value

from .models import Assessment, Citation, Source, StatusUpdate
from .web_addresses import DEFAULT_PORTS, Address, host_of, language_hint, normalised_address

MOST_DUPLICATES = 5


def known_source(url: str) -> Source | None:
    """The source of this address in whatever spelling; the oldest where several spellings were registered."""
    wanted = normalised_address(url)
    keys = {row["url"]: row["pk"] for row in _of_site(url) if normalised_address(row["url"]) == wanted}
    return Source.objects.get(pk=keys.get(url.strip()) or min(keys.values())) if keys else None


def suggested_details(url: str) -> dict[str, str]:
    """Publisher, side, kind and language as most sources of that site have them; what is not known is left out."""
    known = _of_site(url)
    details = {"language": language_hint(url) or _most_common(known, "language") or "en"}
    if known:
        details["publisher"] = _most_common(known, "publisher")
        of_publisher = [row for row in known if row["publisher"] == details["publisher"]]
        details |= {name: _most_common(of_publisher, name) for name in ("side", "kind")}
    return details


def _of_site(url: str) -> list[dict[str, Any]]:
    """The sources of the site of this address, the newest first. One query, and the spellings compared here."""
    address = Address.read(url)
    if address is None:
        return []
    starts = Q()
    for host in {address.site, _readable(address.site)}:
        for scheme in DEFAULT_PORTS:
            starts |= Q(url__istartswith=f"{scheme}://{host}") | Q(url__istartswith=f"{scheme}://www.{host}")
    rows: Any = (
        Source.objects.filter(starts).order_by("-pk").values("pk", "url", "publisher", "side", "kind", "language")
    )
    return [row for row in rows if host_of(row["url"]) == address.site]


def _readable(host: str) -> str:
    """The host in its own script, as an address may have been registered."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _most_common(rows: Iterable[dict[str, Any]], name: str) -> str:
    """The value that most rows have, of several the one that comes first; "" where there are none."""
    return next((value for value, _count in Counter(row[name] for row in rows).most_common(1)), "")


@dataclass(frozen=True)
class Likeness:
    """Another update that may be about the same: by its source, or by its day and a commitment."""

    update: StatusUpdate
    cites_same: bool
    is_same_day: bool


@dataclass(frozen=True)
class Likenesses:
    shown: list[Likeness]
    has_more: bool


def possible_duplicates(
    *,
    sources: Collection[int],
    commitments: Collection[int],
    happened_on: datetime.date | None,
    besides: int | None = None,
) -> Likenesses:
    """Other updates, drafts among them, that cite one of these sources or are of that day and a commitment.

    The closest first. One that was corrected, and the one that `besides` corrects, are no duplicates. One query.
    """
    no: Any = Value(False, output_field=BooleanField())
    citing = Exists(Citation.objects.filter(update=OuterRef("pk"), source__in=sources)) if sources else no
    assessing = Exists(Assessment.objects.filter(update=OuterRef("pk"), commitment__in=commitments))
    same_day = Q(assessing, happened_on=happened_on) if commitments and happened_on else no
    own = [besides] if besides else []
    corrections = StatusUpdate.objects.filter(corrects=OuterRef("pk"))
    alike: Any = (
        StatusUpdate.objects.annotate(cites_same=citing, is_same_day=same_day)
        .filter(Q(cites_same=True) | Q(is_same_day=True))
        .exclude(Exists(corrections.filter(Q(published_at__isnull=False) | Q(pk__in=own))))
        .exclude(pk__in=own)
        .order_by("-is_same_day", "-cites_same", "-pk")
    )
    found = [Likeness(update, update.cites_same, update.is_same_day) for update in alike[: MOST_DUPLICATES + 1]]
    return Likenesses(found[:MOST_DUPLICATES], len(found) > MOST_DUPLICATES)
