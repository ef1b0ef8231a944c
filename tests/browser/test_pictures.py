"""Pictures in Chromium: the table of each says what its marks say, and every mark leads to what it stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_area, make_check, make_commitment, make_source, make_update
from tests.views.conftest import Register

PAGES = ("/", "/pictures/", "/pictures/?steps=change", "/timeline/", "/timeline/?from=2025-01-01&to=2026-01-01&act=yes")
READ = """
figures => figures.map(figure => ({
    title: figure.querySelector("caption").textContent,
    marks: [...figure.querySelectorAll("svg a")].map(mark => ({
        cell: mark.dataset.cell, says: mark.dataset.says || "1", name: mark.getAttribute("aria-label"),
        address: mark.getAttribute("href"), shapes: mark.querySelectorAll("rect, circle, line, use").length,
    })),
    cells: [...figure.querySelectorAll("td[data-cell]")].map(cell => [cell.dataset.cell, cell.textContent]),
}))
"""
FILLS = "shapes => shapes.map(shape => getComputedStyle(shape).fill)"
COLOURS = "shapes => shapes.map(shape => getComputedStyle(shape).color)"
STRUCK = """
() => [...document.querySelectorAll("figure.picture svg.ch")].flatMap(row => {
    const frame = row.getBoundingClientRect();
    return [...row.querySelectorAll("a > *")].map(each => each.getBoundingClientRect())
        .filter(box => box.left < frame.left - 17 || box.right > frame.right + 17).map(box => box.left);
})
"""


@pytest.fixture
def register(transactional_db: None) -> Register:
    """With an area too full for squares, setbacks, context, dates known to the month, and several turns of a day."""
    register = Register()
    crowded = make_area(slug="crowded", name="Crowded area")
    pledges = [make_commitment(area=crowded) for _number in range(23)]
    for number, commitment in enumerate(pledges[:9]):
        status = ("announced", "under_way", "stalled")[number % 3]
        assessment = {"commitment": commitment, "status": status, "evidence": "one_side"}
        make_update(assessments=[assessment], sources=[make_source(side=("eu", "japan", "joint")[number % 3])])
    make_update(assessments=[{"commitment": pledges[0], "bearing": "setback"}])
    make_update(assessments=[{"commitment": pledges[1], "bearing": "context"}], is_context=True)
    make_update(assessments=[{"commitment": pledges[2]}], happened_precision="month")
    make_check(*pledges[9:12])
    return register


def figures(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.eval_on_selector_all("figure.picture", READ)
    return found


def test_every_table_says_what_the_marks_say(page: Page, live_server: LiveServer, register: Register) -> None:
    for address in PAGES:
        page.goto(live_server.url + address)
        shown = figures(page)
        assert shown, address
        for figure in shown:
            said: dict[str, list[str]] = defaultdict(list)
            for mark in figure["marks"]:
                assert mark["name"], (address, mark)
                assert mark["shapes"], (address, mark)
                said[mark["cell"]].append(mark["says"])
            cells = dict(figure["cells"])
            assert len(cells) == len(figure["cells"]), figure["title"]
            assert set(said) <= set(cells), figure["title"]
            for key, text in cells.items():
                if text.isdigit():
                    assert sum(map(int, said[key])) == int(text), (address, figure["title"], key)
                else:
                    assert said[key] == [text], (address, figure["title"], key)


def test_every_mark_leads_to_what_it_stands_for(
    page: Page, live_server: LiveServer, register: Register, client: Client
) -> None:
    asked: dict[tuple[str, str], str] = {}
    for address in PAGES:
        page.goto(live_server.url + address)
        asked |= {
            (mark["address"], mark["says"]): figure["title"] for figure in figures(page) for mark in figure["marks"]
        }
    assert len(asked) > 60
    for (address, says), title in asked.items():
        response = client.get(address)
        assert response.status_code == 200, address
        body = response.content.decode()
        is_list = "?" in address and address.startswith(("/commitments/?", "/coverage/", "/timeline/"))
        if is_list and says.isdigit():
            counted = re.findall(r'class="(?:count|standfirst)"[^>]*>(.*?)</p>', body, re.DOTALL)
            assert says in re.findall(r"(?<![\d-])\d+(?![\d-])", " ".join(counted)), (title, address, says)


def test_marks_stay_within_their_rows_at_every_width(
    browser: Browser, live_server: LiveServer, register: Register
) -> None:
    for width in (1280, 390, 320):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        for address in PAGES:
            page.goto(live_server.url + address)
            assert page.evaluate(STRUCK) == [], (address, width)
        context.close()


def test_a_mark_has_the_colour_of_its_key(page: Page, live_server: LiveServer, register: Register) -> None:
    page.goto(f"{live_server.url}/timeline/")

    [in_key] = set(page.eval_on_selector_all(".key use[href='#g-setback']", COLOURS))
    assert set(page.eval_on_selector_all(".lane use[href='#g-setback']", COLOURS)) == {in_key}


def test_forced_colours_and_print_leave_every_mark_to_be_seen(
    browser: Browser, live_server: LiveServer, register: Register
) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for address in ("/timeline/", "/pictures/", "/"):
        page.goto(live_server.url + address)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert set(page.eval_on_selector_all(".lane circle.dot, .tally", FILLS)) <= {ink}
        assert set(page.eval_on_selector_all(".step, .cell rect, .ring", FILLS)) <= {ground}
        assert set(page.eval_on_selector_all(".ch text", FILLS)) == {ink}
        assert set(page.eval_on_selector_all(".ch use", COLOURS)) == {ink}
    page.emulate_media(media="print")
    assert page.locator("figure.picture table").first.is_visible()
    context.close()
