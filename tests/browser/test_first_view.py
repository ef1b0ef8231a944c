"""What the first view of the dashboard costs a reader: from the server of production, with the register as shipped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request

from tests.partnership.serving import Serve, free_port

MOST_BYTES = 30_000
MOST_REQUESTS = 4


@pytest.fixture
def site() -> Iterator[str]:
    # Not pytest's own folder, which is closed to the account that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    run = Serve(folder / "state", free_port())
    run.wait_until_ready()
    yield f"http://127.0.0.1:{run.port}/"
    run.end()
    shutil.rmtree(folder, ignore_errors=True)


def sent(request: Request) -> int:
    """Bytes of the answer as they travelled, its head included."""
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def test_the_first_view_of_the_dashboard_is_small(page: Page, site: str) -> None:
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))

    page.goto(site)
    page.wait_for_load_state("networkidle")

    assert 1 < len(requests) <= MOST_REQUESTS, [request.url for request in requests]
    assert all(request.response() for request in requests)
    assert sum(sent(request) for request in requests) <= MOST_BYTES
