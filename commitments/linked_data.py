"""What a page says to machines, in the words of schema.org: nothing that it does not say to people.

A data block is no script: no browser runs it, and the content policy does not ask about it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .days import in_iso
from .models import Actor, Side, StatusUpdate, UpdateKind

Node = dict[str, Any]

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
# Something held at a time; updates of other kinds are texts, decisions and setbacks.
HELD: Final = frozenset({UpdateKind.MEETING, UpdateKind.EXERCISE, UpdateKind.TRAINING})
# Third parties need be no governments; "joint" is no organisation at all.
ORGANISATION_OF: Final[dict[str, str]] = {
    Side.EU: "GovernmentOrganization",
    Side.JAPAN: "GovernmentOrganization",
    Side.MEMBER_STATE: "GovernmentOrganization",
    Side.THIRD: "Organization",
}
# No text can then end the element or open another; JSON reads the same.
ESCAPES: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> Node:
    """Of names and absolute addresses; the page itself, which stands last, needs none."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, **({"item": {"@id": address}} if address else {})}
        for position, (name, address) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def organisation(actor: Actor, address: str) -> Node | None:
    kind = ORGANISATION_OF.get(actor.side)
    if kind is None:
        return None
    others = [name for name in (actor.abbreviation, actor.name_ja) if name]
    return {"@type": kind, "name": actor.name, **({"alternateName": others} if others else {}), "url": address}


def event(update: StatusUpdate, address: str, *, is_occurrence: bool) -> Node | None:
    """Of something that was held. An announced date is no event: nobody knows yet whether it will be kept."""
    if update.kind not in HELD and not is_occurrence:
        return None
    day = in_iso(update.happened_on, update.happened_precision)
    return {"@type": "Event", "name": update.title, "startDate": day, "url": address}


def dataset(name: str, address: str, as_of: datetime.date, **more: Any) -> Node:
    """`more` are further properties; those without a value are left out."""
    return {
        "@type": "Dataset",
        "name": name,
        "url": address,
        "temporalCoverage": f"../{as_of}",
        "license": LICENCE,
        "creator": {"@type": "Organization", "name": _("EU–Japan Commitment Tracker")},
        **{key: value for key, value in more.items() if value},
    }


def download(name: str, address: str, sha256: str) -> Node:
    return {
        "@type": "DataDownload",
        "name": name,
        "contentUrl": address,
        "encodingFormat": "application/yaml",
        "sha256": sha256,
    }


def data_block(nodes: Sequence[Node]) -> SafeString:
    """The element that carries them; nothing where there are none."""
    if not nodes:
        return SafeString("")
    graph = {"@context": "https://schema.org", "@graph": nodes}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above
