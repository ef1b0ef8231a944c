"""Instruments read paragraph by paragraph, and what later pledges do to earlier ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from .clocks import Clocks
from .judgements import Judged
from .models import Commitment, Instrument, restore_labels


@dataclass(frozen=True)
class Clause:
    """A paragraph with the commitments that it carries; "" where the paragraph is not confirmed."""

    paragraph: str
    rows: list[Judged]


def clauses(rows: Iterable[Judged]) -> list[Clause]:
    """In the order of the text, paragraph 6 before paragraph 10; what is not confirmed comes last."""
    by_paragraph: dict[str, list[Judged]] = {}
    for row in rows:
        by_paragraph.setdefault(row.commitment.paragraph, []).append(row)
    return [Clause(paragraph, by_paragraph[paragraph]) for paragraph in sorted(by_paragraph, key=_in_text_order)]


def _in_text_order(paragraph: str) -> tuple[bool, list[tuple[int, str]]]:
    parts = re.findall(r"([0-9]+)|([^0-9]+)", paragraph)
    return (not paragraph, [(int(number), "") if number else (-1, words.lower()) for number, words in parts])


@dataclass(frozen=True)
class Lineage:
    """What a commitment does to an earlier one, and what later ones do to it."""

    earlier: Commitment | None
    later: list[Commitment]


def lineage(instrument: Instrument, clocks: Clocks) -> dict[int, Lineage]:
    """By commitment of the instrument, where there is any. One query; on a past known-on day one more."""
    published = Commitment.objects.published(clocks.as_of, clocks.known_on)
    links = list(
        published.filter(Q(instrument=instrument) | Q(follows__instrument=instrument), follows__isnull=False)
        .select_related("instrument", "follows__instrument")
        .order_by("reference")
    )
    restore_labels(links, clocks.known_on)
    ends = [end for link in links for end in (link.follows, link.instrument, link.follows and link.follows.instrument)]
    restore_labels([end for end in ends if end is not None], clocks.known_on)
    earlier = {link.pk: link.follows for link in links if link.instrument_id == instrument.pk}
    later: dict[int, list[Commitment]] = {}
    for link in links:
        if link.follows is not None and link.follows.instrument_id == instrument.pk:
            later.setdefault(link.follows.pk, []).append(link)
    return {pk: Lineage(earlier.get(pk), later.get(pk, [])) for pk in {*earlier, *later}}
