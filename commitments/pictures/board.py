"""What one answer with pictures reads, each thing once; and the addresses that its marks lead to."""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.dates import MONTHS_3

from ..charts import Mark
from ..clocks import Clocks
from ..judgements import Judged
from ..overview import judged_set
from .reading import Places, commitments_with_area

Chosen = dict[str, str]


def address(view: str, clocks: Clocks, *args: object, **chosen: str) -> str:
    """The address of a view with these choices, on these clocks."""
    path = reverse(f"commitments:{view}", args=args)
    query = urlencode({**chosen, **clocks.parameters})
    return f"{path}?{query}" if query else path


def pledge_mark(row: Judged, clocks: Clocks) -> Mark:
    return Mark(
        reference=row.commitment.reference,
        title=row.commitment.title,
        status=row.status,
        status_label=str(row.status.label),
        group=row.group,
        group_label=str(row.group.label),
        url=address("commitment", clocks, row.commitment.reference),
    )


def month_names() -> list[str]:
    return [str(MONTHS_3[month]).capitalize() for month in range(1, 13)]


@dataclass(frozen=True)
class Board:
    """`query` holds the choices of the address: the steps, the period, the area."""

    clocks: Clocks
    query: QueryDict

    @functools.cached_property
    def rows(self) -> list[Judged]:
        """The commitments in force. One query; two on a past known-on day."""
        return judged_set(self.clocks, commitments_with_area())

    @functools.cached_property
    def places(self) -> Places:
        return Places.of(row.commitment for row in self.rows)

    @property
    def adopted_by(self) -> datetime.date:
        """When the first of the instruments was adopted; the day of the page where there is none."""
        return min((row.commitment.instrument.adopted_by for row in self.rows), default=self.clocks.as_of)
