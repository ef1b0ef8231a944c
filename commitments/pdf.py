"""A page as a tagged PDF, by a program of this machine: bounded, without a network, one at a time, and kept."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

# Some thirty sheets take a second or two; on a busy machine several times that.
SECONDS = 30
LARGEST_PAGE = 3_000_000
# The browser's shared memory is made of files, and some are large.
LARGEST_FILE = 200_000_000
# Of each process of the browser, in kilobytes; it works with a tenth of it.
MOST_MEMORY = 3_000_000
KEPT_FILES = 200
KEPT_BYTES = 100_000_000
# Nothing is asked of any host, nothing that a user of this machine has set is read, and nothing is written elsewhere.
CHROMIUM_FLAGS = (
    "--headless",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=0.0.0.0:1",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pdf-header-footer",
)
# Limits on processor seconds, on the size of a file (in blocks of 512 bytes), on memory, and no image of a crash.
LIMITED = 'ulimit -t "$1"; ulimit -f "$2"; ulimit -d "$3"; ulimit -c 0; shift 3; exec "$@"'
WEASYPRINT = """
import sys
from weasyprint import HTML
from weasyprint.urls import URLFetcher

html = open(sys.argv[1], encoding="utf-8").read()
HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(sys.argv[2], pdf_variant="pdf/ua-1")
"""


class CannotRender(Exception):
    """There is no PDF now; the reason is in the log."""


class IsBusy(CannotRender):
    """Another one is being made."""


@dataclass(frozen=True)
class Renderer:
    """What makes PDFs here: a Chromium, or where there is none WeasyPrint; and the folder that is its alone."""

    folder: Path
    chromium: str = ""
    has_weasyprint: bool = False

    @property
    def is_there(self) -> bool:
        return bool(self.chromium) or self.has_weasyprint

    @property
    def unfinished(self) -> str:
        """What the names of the folders begin with in which this renderer works."""
        return f"pdf-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}-"

    def pdf(self, page: bytes) -> bytes:
        """The file of this page, which must name no other file: kept from before, or made now.

        Which page it is is told by its content, so that no address, however odd, can have the same one made twice.
        Raises CannotRender.
        """
        if not self.is_there:
            raise CannotRender
        path = self.folder / f"{hashlib.sha256(page).hexdigest()}.pdf"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _kept(path) or self._made(page, path)
        except (OSError, subprocess.SubprocessError) as error:
            logger.warning("No PDF could be made: %s", error)
            raise CannotRender from error

    def _made(self, page: bytes, path: Path) -> bytes:
        if len(page) > LARGEST_PAGE:
            raise CannotRender
        # In the system's own folder: the browser makes a socket there, whose path may not be long.
        with self._alone(), tempfile.TemporaryDirectory(prefix=self.unfinished) as name:
            place = Path(name)
            (place / "page.html").write_bytes(page)
            _run(self._command(place), place)
            content = (place / "page.pdf").read_bytes()
            if not content.startswith(b"%PDF-"):
                raise OSError("what was made is no PDF")
            unfinished = self.folder / "unfinished"
            unfinished.write_bytes(content)
            unfinished.replace(path)
            _forget_all_but_the_latest(self.folder)
            return content

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time among all processes of the server, and nobody waits: that would hold up the pages."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IsBusy from error
            # Left by a server that was killed.
            for left in Path(tempfile.gettempdir()).glob(f"{self.unfinished}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    def _command(self, place: Path) -> list[str]:
        page, file = place / "page.html", place / "page.pdf"
        if not self.chromium:
            return [sys.executable, "-I", "-c", WEASYPRINT, str(page), str(file)]
        # Chromium refuses its sandbox to root, and only to root.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        profile = f"--user-data-dir={place / 'profile'}"
        return [self.chromium, *CHROMIUM_FLAGS, *sandbox, profile, f"--print-to-pdf={file}", page.as_uri()]


def _kept(path: Path) -> bytes:
    """Nothing where there is none. One that was asked for is kept longer."""
    with contextlib.suppress(FileNotFoundError):
        content = path.read_bytes()
        os.utime(path)
        return content
    return b""


def _run(command: list[str], place: Path) -> None:
    """The command within its limits; it and what it has started are ended when its time is over."""
    limits = (str(SECONDS), str(LARGEST_FILE // 512), str(MOST_MEMORY))
    # Neither the address of the database nor the secret key.
    environment = {"HOME": str(place), "TMPDIR": str(place), "PATH": os.defpath, "LANG": "C.UTF-8"}
    child = subprocess.Popen(
        ["/bin/sh", "-c", LIMITED, "sh", *limits, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
        env=environment,
        start_new_session=True,
    )
    try:
        status = child.wait(SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if status:
        raise subprocess.CalledProcessError(status, command[0])


def _forget_all_but_the_latest(folder: Path) -> None:
    total = 0
    latest_first = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for count, path in enumerate(latest_first, 1):
        total += path.stat().st_size
        if count > KEPT_FILES or total > KEPT_BYTES:
            path.unlink(missing_ok=True)
