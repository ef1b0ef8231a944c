"""The register at one pair of clocks: what several datasets are made of is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ..clocks import Clocks
from ..filters.commitments import Row
from . import reading
from .reading import Record


class Whole:
    """Holds what a person lists; what grows is streamed anew whenever it is asked for. Good for one snapshot."""

    def __init__(self, clocks: Clocks) -> None:
        self.clocks = clocks

    @cached_property
    def pledges(self) -> list[Row]:
        return reading.pledges(self.clocks)

    @cached_property
    def _commitments(self) -> list[Record]:
        return list(reading.commitments(self.clocks, self.pledges))

    @cached_property
    def _instruments(self) -> list[Record]:
        return list(reading.instruments(self.clocks, {row.judged.commitment.instrument for row in self.pledges}))

    def areas(self) -> Iterable[Record]:
        return reading.areas(self.clocks, {row.judged.commitment.area for row in self.pledges})

    def actors(self) -> Iterable[Record]:
        return reading.actors(self.clocks, {actor for row in self.pledges for actor in row.actors})

    def sources(self) -> Iterable[Record]:
        return reading.sources(self.clocks, reading.named_sources(self.clocks))

    def instruments(self) -> Iterable[Record]:
        return self._instruments

    def commitments(self) -> Iterable[Record]:
        return self._commitments

    def milestones(self) -> Iterable[Record]:
        return reading.milestones(self.clocks)

    def updates(self) -> Iterable[Record]:
        return reading.updates(self.clocks)

    def assessments(self) -> Iterable[Record]:
        return reading.assessments(self.clocks)

    def citations(self) -> Iterable[Record]:
        return reading.citations(self.clocks)

    def checks(self) -> Iterable[Record]:
        return reading.checks(self.clocks)
