"""Public pages in Chromium: accessible, strict, quiet, and complete without scripts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.views.conftest import Register

AXE = Axe()
WIDTHS = (1280, 390, 320)


@pytest.fixture
def addresses(transactional_db: None) -> list[str]:
    return [*Register().pages, "/?as_of=2025-07-01", "/commitments/?status=broken", "/nowhere/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    browser: Browser, live_server: LiveServer, addresses: list[str], scheme: str
) -> None:
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        for address in addresses:
            page.goto(live_server.url + address)
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow == 0, (address, width)
            if width != 320:
                results = AXE.run(page)
                assert results.violations_count == 0, f"{address} at {width}, {scheme}: {results.generate_report()}"
        context.close()


def test_pages_ask_no_other_host_and_break_no_policy(page: Page, live_server: LiveServer, addresses: list[str]) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in addresses:
        page.goto(live_server.url + address)
    assert all(url.startswith(live_server.url) for url in asked)
    # The two addresses that are errors on purpose are reported as such.
    assert [text for text in said if "status of 40" not in text] == []


def test_a_filter_swaps_the_results_and_the_way_back_restores_them(
    page: Page, live_server: LiveServer, addresses: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/commitments/")
    assert page.locator("#results .count").inner_text() == "3 of 3 commitments"
    page.get_by_label("Announced", exact=False).first.check()
    page.wait_for_url("**status=announced**")
    page.locator("#results .chip").wait_for()
    assert " of 3 commitments" in page.locator("#results .count").inner_text()
    page.go_back()
    page.locator("#results .count", has_text="3 of 3").wait_for()
    assert page.locator("#results .chip").count() == 0


def test_filters_work_without_scripts(browser: Browser, live_server: LiveServer, addresses: list[str]) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{live_server.url}/commitments/")
    page.locator('input[name="kind"][value="recurring"]').check()
    page.get_by_role("button", name="Show").click()
    assert "kind=recurring" in page.url
    page.get_by_role("link", name="Remove the filter Recurring").click()
    assert "kind" not in page.url
    context.close()
