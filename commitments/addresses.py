"""Permanent addresses of records, made from their words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify

ROOM_FOR_SERIAL = len("-99999")


def stem_of(words: str, otherwise: str, longest: int) -> str:
    """What an address is made of; `otherwise` where no letter of the words can stand in one."""
    return (slugify(words) or otherwise)[: longest - ROOM_FOR_SERIAL].strip("-")


class Addresses:
    """Those that are taken; every free one that is given out is taken from then on."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._serials: dict[str, int] = {}

    def free(self, stem: str) -> str:
        """The stem, with the first free serial number behind it where it is taken."""
        serial = self._serials.get(stem, 1)
        address = stem
        while address in self._taken:
            serial += 1
            address = f"{stem}-{serial}"
        self._serials[stem] = serial
        self._taken.add(address)
        return address
