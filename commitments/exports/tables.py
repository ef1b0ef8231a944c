"""What a file holds, before it has a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from ..clocks import Clocks
from ..records import Column, Dataset, Record

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PREFIX = "eu-japan"


@dataclass(frozen=True)
class Table:
    """`records` are read once, while the file is written. `about` says of which days they are."""

    name: str
    title: str
    columns: Sequence[Column]
    records: Iterable[Record]
    about: Mapping[str, str] = field(default_factory=dict)
    is_selection: bool = False

    @classmethod
    def of(cls, dataset: Dataset, records: Iterable[Record], clocks: Clocks, *, is_selection: bool = False) -> Table:
        return cls(dataset.name, str(dataset.title), dataset.columns, records, days(clocks), is_selection)

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def file_name(self, extension: str) -> str:
        """Tells what is inside, and of which days."""
        named = {"since": "from", "until": "to", "as_of": "as-of", "known_on": "known-on"}
        told = [f"{word}-{self.about[name]}" for name, word in named.items() if name in self.about]
        return "-".join([PREFIX, self.name, *(["selection"] if self.is_selection else []), *told]) + f".{extension}"


def days(clocks: Clocks) -> dict[str, str]:
    """The days on both clocks, also where they are today."""
    return {"as_of": clocks.as_of.isoformat(), "known_on": (clocks.known_on or clocks.today).isoformat()}


Writer = Callable[[Table, IO[bytes]], None]
