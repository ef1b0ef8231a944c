"""Briefs as PDFs: their addresses, with a program in the place of the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from .conftest import Register

Use = Callable[[str], None]
WRITE = 'for word; do case "$word" in --print-to-pdf=*) file="${word#*=}";; esac; done; echo "%PDF-1.4" > "$file"'


@pytest.fixture
def addresses(register: Register) -> list[str]:
    pages = [address for address in register.addresses if address.startswith("/briefs/")]
    return [address.replace("/?", ".pdf?") if "?" in address else f"{address[:-1]}.pdf" for address in pages]


@pytest.fixture
def use(settings: Any, tmp_path: Path) -> Use:
    """Makes PDFs with this shell script."""

    def use(script: str) -> None:
        browser = tmp_path / "browser"
        browser.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        browser.chmod(0o700)
        settings.STATE_DIR, settings.CHROMIUM = tmp_path, str(browser)

    return use


def test_without_a_browser_no_page_offers_one_and_asking_says_so(
    register: Register, addresses: list[str], client: Client
) -> None:
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 404, address
        assert "Nothing on this server makes PDFs" in response.content.decode()
        assert ".pdf" not in client.get(address.replace(".pdf", "/")).content.decode()


def test_every_brief_is_a_file_whose_links_are_whole(
    addresses: list[str], client: Client, use: Use, tmp_path: Path
) -> None:
    use(f"cp page.html {tmp_path}/seen.html\n{WRITE}")
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["Content-Type"] == "application/pdf"
        page = (tmp_path / "seen.html").read_text("utf-8")
        assert 'href="/' not in page.partition("<main")[2], address
        assert "<link" not in page, address
        # Not every program that makes PDFs follows a reference from one drawing into another.
        assert "<use" not in page, address
        assert 'viewBox="0 0 16 16"' in page, address


def test_every_brief_leads_to_its_file(addresses: list[str], client: Client, use: Use) -> None:
    use(WRITE)
    for address in addresses:
        page = client.get(address.replace(".pdf", "/")).content.decode()
        assert f'href="{address.replace("&", "&amp;")}"' in page, address


def test_a_reader_who_has_it_makes_nobody_work(addresses: list[str], client: Client, use: Use) -> None:
    use(WRITE)
    etag = client.get(addresses[0]).headers["ETag"]
    use("exit 1")
    assert client.get(addresses[0], headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("query", ["as_of=x", "since=2999-01-01", "area=%00"])
def test_a_bad_question_is_refused_before_any_work(register: Register, client: Client, use: Use, query: str) -> None:
    use("exit 1")
    assert client.get(f"/briefs/changes.pdf?{query}").status_code == 400


def test_a_browser_that_fails_is_a_clear_page(addresses: list[str], client: Client, use: Use) -> None:
    use("exit 1")
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 503, address
        assert response.headers["Retry-After"]
        assert f'href="{address.replace(".pdf", "/").replace("&", "&amp;")}"' in response.content.decode()


def test_no_file_of_a_draft(client: Client, use: Use, register: Register) -> None:
    use(WRITE)
    assert client.get("/briefs/commitments/EUJP-9999.pdf").status_code == 404
    assert client.get("/briefs/areas/nowhere.pdf").status_code == 404
