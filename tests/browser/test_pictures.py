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
SQUARES = """
rows => rows.map(row => {
    const drawn = {};
    for (const square of row.querySelectorAll("a.cell")) {
        const group = {done: "achieved", moving: "moving", still: "not moving", unrated: "unrated", ended: "ended"}[
            square.classList[1]];
        drawn[group] = (drawn[group] || 0) + 1;
    }
    return [row.querySelector("th").textContent, drawn, row.querySelector(".flow > span").textContent];
})
"""
COUNTED = """
headings => headings.map(heading => {
    const table = heading.closest("section").querySelector("table");
    const groups = [...table.querySelectorAll("thead th")].slice(1, -1).map(each => each.textContent.toLowerCase());
    return Object.fromEntries([...table.querySelectorAll("tbody tr")].map(row => [
        row.querySelector("th").textContent,
        Object.fromEntries([...row.querySelectorAll("td")].slice(0, -1).map((cell, place) => [
            groups[place], Number(cell.textContent)])),
    ]));
})
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


def test_every_table_says_what_the_marks_say(
    page: Page, live_server: LiveServer, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in PAGES:
        page.goto(live_server.url + address)
        assert_tables_say_what_the_marks_say(address, figures(page))
    # Where much has happened, lanes count it by period.
    monkeypatch.setattr("commitments.pictures.reading.MOST_DRAWN", 4)
    page.goto(f"{live_server.url}/timeline/?period=2025")
    assert page.locator("figure.picture .bar").count() > 1
    assert_tables_say_what_the_marks_say("heaps", figures(page))


def assert_tables_say_what_the_marks_say(address: str, shown: list[dict[str, Any]]) -> None:
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


def test_the_squares_of_the_dashboard_are_counted_in_words_and_in_the_table(
    page: Page, live_server: LiveServer, register: Register
) -> None:
    page.goto(live_server.url)

    squares, words = page.eval_on_selector_all(".band .tbl.fold tbody tr", SQUARES), {}
    [table] = page.eval_on_selector_all("#counts", COUNTED)
    for area, drawn, said in squares:
        words[area] = {group: int(count) for count, group in re.findall(r"(\d+) ([a-z ]+?)(?:,|$)", said)}
        # Of too many there are bars, whose counts stand beside them.
        assert drawn in (words[area], {}), area
    assert words == {area: {group: count for group, count in counts.items() if count} for area, counts in table.items()}
    assert any(not drawn for _area, drawn, _said in squares)
    assert any(drawn for _area, drawn, _said in squares)


def test_the_bars_of_the_changes_say_what_their_table_says(
    page: Page, live_server: LiveServer, register: Register
) -> None:
    page.goto(f"{live_server.url}/changes/?since=2025-03-01")

    rows = page.get_by_role("table", name="Counts at both ends").get_by_role("row").all()[1:-1]
    columns = list(zip(*(row.get_by_role("cell").all_inner_texts()[:2] for row in rows), strict=True))
    for bar, column in zip(page.locator("section:has(#totals) .stack svg.ch").all(), columns, strict=True):
        assert bar.locator("text").all_text_contents() == [count for count in column if count != "0"]


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
