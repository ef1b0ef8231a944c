"""`manage.py serve` as a process, for tests."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from django.conf import settings

PATIENCE = 60.0


class Serve:
    """A run of `manage.py serve`."""

    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        self.printed = ""
        environment = {
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "INSECURE_HTTP")
        }
        self.process = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port)],
            env=environment | {"STATE_DIR": str(state)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self, path: str = "/readyz") -> int | None:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            client.request("GET", path)
            return client.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            client.close()

    def is_ready(self) -> bool:
        return self.status() == 200

    def is_silent(self) -> bool:
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", self.port)) != 0

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if line.startswith("Serving "):
                return
        raise AssertionError(self.process.communicate())

    def end(self, number: int = signal.SIGTERM) -> tuple[str, str]:
        """What it printed, and its errors."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=PATIENCE)
        return self.printed + output, errors

    def server(self) -> int:
        own = psutil.Process(self.process.pid).children()
        return next(child.pid for child in own if "granian" in child.cmdline())

    def workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.server()).children() if not is_tracker(child)}

    def postmaster(self) -> int | None:
        file = self.state / "data" / "postmaster.pid"
        return int(file.read_text().split()[0]) if file.exists() else None


def is_tracker(process: psutil.Process) -> bool:
    """The process that multiprocessing keeps beside the workers; it serves nothing."""
    with contextlib.suppress(psutil.Error):
        return any("resource_tracker" in argument for argument in process.cmdline())
    return True


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
