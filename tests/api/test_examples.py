"""The examples on the page of the API run as they stand.

They need curl, and R with jsonlite; where one is missing, its example is skipped and says what to install.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from .conftest import Register

CURL, RSCRIPT = shutil.which("curl"), shutil.which("Rscript")
# In seconds, on a busy machine.
LONGEST = 120


def has_jsonlite() -> bool:
    asked = [str(RSCRIPT), "-e", "quit(status = !requireNamespace('jsonlite', quietly = TRUE))"]
    return RSCRIPT is not None and subprocess.run(asked, capture_output=True, check=False).returncode == 0


needs_curl = pytest.mark.skipif(CURL is None, reason="no curl found: apt-get install curl")
needs_r = pytest.mark.skipif(
    not has_jsonlite(), reason="no R with jsonlite found: apt-get install r-base-core r-cran-jsonlite"
)


@pytest.fixture
def register(transactional_db: None) -> Register:
    register = Register()
    # More than one page at the usual size of the examples' lists, and a register with a past.
    register.grow(6)
    return register


def shown(live_server: LiveServer, name: str) -> str:
    """The example as it stands on the page of that server."""
    page = Client().get("/api/", headers={"Host": urlsplit(live_server.url).netloc}).content.decode()
    found = re.search(rf'<pre id="example-{name}">(.*?)</pre>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_curl
def test_the_lines_for_curl_run(register: Register, live_server: LiveServer, tmp_path: Path) -> None:
    lines = shown(live_server, "curl")

    said = run("sh", "-e", "-c", lines, cwd=tmp_path)

    assert lines.count("\ncurl ") == 2
    assert said.count('"as_of":') == 2
    assert '"as_of": "2026-06-01"' in said


def test_the_program_for_python_runs(register: Register, live_server: LiveServer, tmp_path: Path) -> None:
    program = tmp_path / "example.py"
    program.write_text(shown(live_server, "python"), "utf-8")

    said = run(sys.executable, program, cwd=tmp_path)

    assert "made-up-area" in said
    assert str(len(register.commitments)) in said
    assert register.commitments[0].reference in said


@needs_r
def test_the_program_for_r_runs(register: Register, live_server: LiveServer, tmp_path: Path) -> None:
    program = tmp_path / "example.R"
    program.write_text(shown(live_server, "r"), "utf-8")

    said = run(str(RSCRIPT), "--vanilla", program, cwd=tmp_path)

    assert "made-up-area" in said
    assert "Example Gazette" in said
