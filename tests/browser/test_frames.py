"""Pages in the frames of another site: one kind may stand there, no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.views.conftest import Register


class OtherSite(BaseHTTPRequestHandler):
    """Frames the address in `?framed=`."""

    def do_GET(self) -> None:
        framed = parse_qs(urlsplit(self.path).query).get("framed", [""])[0]
        body = f'<!doctype html><title>Another site</title><iframe src="{framed}" width="300" height="340"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def other_site() -> Iterator[str]:
    """On 127.0.0.1; the live server answers as localhost, which is another origin and another site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), OtherSite)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def register(transactional_db: None) -> Register:
    return Register()


def test_a_commitment_stands_in_a_frame_of_another_site_and_its_links_leave_it(
    browser: Browser, live_server: LiveServer, other_site: str, register: Register
) -> None:
    commitment = register.commitments[0]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{other_site}?framed={live_server.url}/embed/commitments/{commitment.reference}/")
    frame = page.frame_locator("iframe")

    assert frame.get_by_text("Being kept up").is_visible()
    frame.get_by_role("link", name=commitment.title).click()
    page.wait_for_url(f"{live_server.url}/commitments/{commitment.reference}/")
    assert context.cookies() == []
    context.close()


def test_no_other_page_stands_in_one(page: Page, live_server: LiveServer, other_site: str, register: Register) -> None:
    refused = [address for address in register.pages if not address.startswith("/embed")] + ["/admin/login/"]
    for address in refused:
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"{other_site}?framed={live_server.url}{address}")
        assert not page.frames[1].url.startswith(live_server.url), address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_frame_of_300_pixels(
    browser: Browser, live_server: LiveServer, register: Register, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 300, "height": 340}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{live_server.url}/embed/commitments/{register.commitments[0].reference}/")

    assert page.evaluate("document.documentElement.scrollWidth") == 300
    assert page.evaluate("document.documentElement.scrollHeight") <= 340
    context.close()
