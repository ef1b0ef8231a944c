"""The search in Chromium: as a person types, without scripts, and on the way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_commitment
from tests.views.conftest import Register

TYPED = "zebra patrol"
RESULTS = "#results .log h3"


@pytest.fixture(autouse=True)
def register(transactional_db: None) -> Register:
    register = Register()
    make_commitment(title="Zebra patrol", title_ja="縞馬ﾊﾟﾄﾛｰﾙ")
    make_commitment(title="Zebra dialogue", area=register.area)
    return register


def test_results_follow_what_is_typed_and_the_way_back_leads_to_where_one_came_from(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(live_server.url)
    page.get_by_label("Search the register").fill("made")
    page.get_by_label("Search the register").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results: “made”")

    field = page.get_by_label("Search the register")
    field.select_text()
    field.press_sequentially("zebra", delay=60)
    expect(page.locator(RESULTS)).to_have_count(2)
    expect(page.locator("#results .count")).to_have_text("2 results")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results: “zebra”")
    field.press_sequentially(" pat", delay=60)
    expect(page.locator(RESULTS)).to_have_text(["Zebra patrol"])
    expect(page.locator("#results mark").first).to_have_text("Zebra")
    assert page.url.endswith("/search/?q=zebra%20pat")
    expect(field).to_be_focused()
    expect(field).to_have_value("zebra pat")

    page.get_by_role("link", name="Zebra patrol").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zebra patrol")
    page.go_back()
    expect(page.locator(RESULTS)).to_have_text(["Zebra patrol"])
    expect(page.get_by_label("Search the register")).to_have_value("zebra pat")
    page.go_back()
    expect(page).to_have_url(f"{live_server.url}/")


def test_a_request_overtaken_by_typing_is_aborted(page: Page, live_server: LiveServer) -> None:
    aborted: list[str] = []
    page.on("requestfailed", lambda request: aborted.append(request.url))
    page.goto(f"{live_server.url}/search/")

    # Held back, as on a slow line, until the next one is under way.
    held: list[Request] = []

    def hold(route: object, request: Request) -> None:
        held.append(request)

    page.route(re.compile(r"q=zebra$"), hold)
    field = page.get_by_label("Search the register")
    with page.expect_request(re.compile(r"q=zebra$")):
        field.press_sequentially("zebra")
    field.press_sequentially(" dialogue")
    expect(page.locator(RESULTS)).to_have_text(["Zebra dialogue"])

    assert [url.partition("?")[2] for url in aborted] == ["q=zebra"]


def test_typing_waits_for_a_pause(page: Page, live_server: LiveServer) -> None:
    asked: list[str] = []
    page.goto(f"{live_server.url}/search/")
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Search the register").press_sequentially(TYPED, delay=10)
    expect(page.locator(RESULTS)).to_have_text(["Zebra patrol"])
    assert len(asked) < len(TYPED) / 2


def test_a_choice_narrows_keeps_its_focus_and_the_way_back_undoes_it(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/search/?q=zebra")
    choice = page.get_by_role("checkbox", name="Made-up area")
    choice.check()
    expect(page.locator(RESULTS)).to_have_text(["Zebra dialogue"])
    expect(choice).to_be_checked()
    expect(choice).to_be_focused()
    assert "area=made-up-area" in page.url
    page.go_back()
    expect(page.locator(RESULTS)).to_have_count(2)
    expect(choice).not_to_be_checked()


def test_japanese_typed_in_half_width_is_found_and_marked(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/search/")
    page.get_by_label("Search the register").press_sequentially("パトロール")
    expect(page.locator("#results mark")).to_have_text(["ﾊﾟﾄﾛｰﾙ"])
    expect(page.locator("#results p[lang=ja]")).to_have_count(1)


def test_the_search_works_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{live_server.url}/?as_of=2026-01-01")
    page.get_by_label("Search the register").fill("zebra")
    page.get_by_role("button", name="Search").click()
    assert "as_of=2026-01-01" in page.url
    expect(page.locator(RESULTS)).to_have_count(2)
    page.get_by_role("checkbox", name="Made-up area").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(RESULTS)).to_have_text(["Zebra dialogue"])
    page.get_by_role("link", name="Remove the filter Made-up area").click()
    expect(page.locator(RESULTS)).to_have_count(2)
    context.close()
