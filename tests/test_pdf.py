"""Making PDFs by a program that may be slow, broken, or asked by too many at once."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from commitments import pdf
from commitments.pdf import CannotRender, IsBusy, Renderer

Program = Callable[[str], Renderer]
WRITE = 'for word; do case "$word" in --print-to-pdf=*) file="${word#*=}";; esac; done; echo "%PDF-1.4" > "$file"'


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A renderer whose browser is this shell script."""

    def make(script: str) -> Renderer:
        path = tmp_path / "browser"
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o700)
        return Renderer(tmp_path / "pdfs", str(path))

    return make


def left_by(renderer: Renderer) -> list[Path]:
    kept = {"lock", *(path.name for path in renderer.folder.glob("*.pdf"))}
    others = [path for path in renderer.folder.iterdir() if path.name not in kept]
    return [*others, *Path(tempfile.gettempdir()).glob(f"{renderer.unfinished}*")]


def is_running(process: int) -> bool:
    """Neither gone, nor dead and waiting for init."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_the_same_page_is_made_once(program: Program, tmp_path: Path) -> None:
    renderer = program(f"echo made >> {tmp_path}/count\n{WRITE}")

    assert renderer.pdf(b"page") == renderer.pdf(b"page") == b"%PDF-1.4\n"

    assert (tmp_path / "count").read_text() == "made\n"
    assert left_by(renderer) == []


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "exit 0", WRITE.replace("%PDF-1.4", "nonsense")])
def test_what_fails_is_refused_and_leaves_nothing_behind(program: Program, script: str) -> None:
    renderer = program(script)

    with pytest.raises(CannotRender):
        renderer.pdf(b"page")

    assert left_by(renderer) == []
    assert list(renderer.folder.glob("*.pdf")) == []


def test_what_hangs_is_ended_with_all_that_it_started(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 1)
    renderer = program(f"sleep 600 & echo $! > {tmp_path}/grandchild; wait")

    with pytest.raises(CannotRender):
        renderer.pdf(b"page")

    assert left_by(renderer) == []
    grandchild = int((tmp_path / "grandchild").read_text())
    # A signal takes its time on a busy machine.
    for _attempt in range(100):
        if not is_running(grandchild):
            break
        time.sleep(0.1)
    assert not is_running(grandchild)


def test_while_one_is_made_nobody_waits(program: Program) -> None:
    renderer = program(WRITE)
    renderer.folder.mkdir()
    with (renderer.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(IsBusy):
            renderer.pdf(b"page")


def test_what_a_killed_server_left_is_cleared(program: Program) -> None:
    renderer = program(WRITE)
    (Path(tempfile.gettempdir()) / f"{renderer.unfinished}old" / "profile").mkdir(parents=True)

    renderer.pdf(b"page")

    assert left_by(renderer) == []


def test_only_the_latest_are_kept(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "KEPT_FILES", 2)
    renderer = program(WRITE)
    renderer.pdf(b"first")
    [first] = renderer.folder.glob("*.pdf")
    os.utime(first, (1, 1))

    for page in (b"second", b"third"):
        renderer.pdf(page)

    assert len(list(renderer.folder.glob("*.pdf"))) == 2
    assert not first.exists()


def test_the_browser_is_told_no_secret(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tracker:made-up@db.example.org/tracker")
    program(f"env > {tmp_path}/environment\n{WRITE}").pdf(b"page")

    assert "made-up" not in (tmp_path / "environment").read_text()


def test_a_page_too_long_is_not_begun(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LARGEST_PAGE", 3)

    with pytest.raises(CannotRender):
        program(WRITE).pdf(b"page")
