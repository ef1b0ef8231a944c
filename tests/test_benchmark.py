from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.urls import get_resolver, resolve

from benchmarks.pages import GROWING, PAGES

UNREAD = {
    "robots",
    "security",
    "opensearch",
    "openapi",
    "api_attempt",  # sends the form on to the address that it describes
    "register_file",  # a file on the disk
    "register_digest",
}


def names(patterns: Any) -> Iterator[str]:
    """Of all addresses beneath these; a PDF has none, as it is another program that makes it."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_every_kind_of_address_that_reads_the_register_is_timed() -> None:
    [public] = [each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == "commitments"]
    timed = {resolve(urlsplit(address).path).url_name for address in [*PAGES.values(), *GROWING.values()]}

    assert set(names(public.url_patterns)) - timed == UNREAD
