"""Chromium of the machine, driven by Playwright. Nothing is downloaded; without a Chromium these tests are skipped."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import BrowserContext, expect

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    # Small /dev/shm in containers.
    "--disable-dev-shm-usage",
    # Chromium's own calls to other hosts; no page of ours makes any.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
]

# Nobody measures time here, and a busy machine may take its own.
expect.set_options(timeout=20_000)

# What the page itself would only report to a developer who looks.
REPORT = """
document.addEventListener("securitypolicyviolation", (violation) => {
  console.error(`${violation.violatedDirective} ${violation.blockedURI} ${violation.sourceFile}`);
});
"""
# Said of requests that were still under way when the person went on to another page.
OVERTAKEN = ("htmx:sendAbort", "htmx:afterRequest")

# Playwright's synchronous interface keeps an event loop in this thread, where Django refuses the ORM by default.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM:
        return
    missing = pytest.mark.skip(reason="no Chromium found: apt-get install chromium, or set CHROMIUM=/path/to/it")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    # Chromium refuses its sandbox to root, and only to root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained about on any page of the test: nothing but what a later page overtook."""
    found: list[str] = []
    yield found
    settle()
    assert not [complaint for complaint in found if not any(event in complaint for event in OVERTAKEN)]


def settle() -> None:
    """Wait until the server has answered what was under way: the tables cannot be emptied under its hands."""
    under_way = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend' AND state <> 'idle'
    """
    for _attempt in range(100):
        with connection.cursor() as cursor:
            cursor.execute(under_way)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)


def listen(context: BrowserContext, complaints: list[str]) -> None:
    """Collect errors of scripts, of the console and of the content policy on every page of this context."""
    context.add_init_script(REPORT)
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
