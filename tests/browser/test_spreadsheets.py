"""What only a browser can tell of spreadsheets: the bar is seen while the work is under way, without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from commitments.admin import spreadsheets
from commitments.models import StatusUpdate
from commitments.spreadsheets.progress import Progress
from commitments.spreadsheets.writing import workbook
from tests.browser.test_desk import log_in, person_in
from tests.factories import make_update
from tests.spreadsheets.sheets import tables, update_row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_only_the_latest_bar_is_seen_and_the_report_replaces_it(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    make_update(published=False)
    person_in("editor", "edith")
    may_end = threading.Event()
    plan_of = spreadsheets.plan_of

    def slow(row: Any, progress: Progress) -> Any:
        progress("Made-up stage", 1, 4)
        progress("Made-up stage", 2, 4)
        assert may_end.wait(30)
        return plan_of(row, progress)

    monkeypatch.setattr(spreadsheets, "plan_of", slow)
    log_in(page, "edith")
    page.goto("/admin/commitments/sheetimport/")
    content = workbook(tables(updates=[update_row()]))
    page.get_by_label("File:").set_input_files({"name": "file.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Upload and check").click(no_wait_after=True)

    bars = page.locator(".desk-progress-bar")
    try:
        expect(bars.nth(1)).to_have_text("Made-up stage: 50 % ")
        expect(bars.nth(1)).to_be_visible()
        expect(bars.nth(0)).to_be_hidden()
    finally:
        may_end.set()

    expect(page.get_by_text("Nothing has been written yet")).to_be_visible()
    expect(page.locator(".desk-progress")).to_be_hidden()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Imported.")).to_be_visible()
    assert StatusUpdate.objects.count() == 2
