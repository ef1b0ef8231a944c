"""Running the production server as a child: ports, locks, static files, signals."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection

PATIENCE_TO_ANSWER = 60.0
# Longer than the server gives its own workers (WORKERS_KILL_TIMEOUT).
PATIENCE_TO_STOP = 15.0
WORKERS_KILL_TIMEOUT = 5
PATIENCE_TO_BURY = 2.0
PAUSE = 0.05
PR_SET_PDEATHSIG = 1
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def require_free_port(host: str, port: int) -> None:
    """Asked before anything is touched. The server itself would share the port with another one of the same account."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except PermissionError as error:
        raise CommandError(f"This account may not listen on port {port}. Choose one above 1023: PORT=8001.") from error
    except OSError as error:
        raise CommandError(
            f"Port {port} of {host} cannot be had ({error.strerror}). "
            f"Stop what uses it, or choose another: PORT={port + 1}."
        ) from error


@contextlib.contextmanager
def one_at_a_time(file: Path) -> Iterator[None]:
    """Wait until no other process holds this lock."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone_in_database() -> Iterator[None]:
    """Wait until nobody else prepares this database: two clones may share one."""
    key = int.from_bytes(hashlib.sha256(__name__.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        # Closing releases the lock too, and nothing that follows needs this connection.
        connection.close()


def collect_static_files(root: Path, packages: Path) -> bool:
    """Run collectstatic if a static file or a package has changed since the last time; compressing takes seconds."""
    stamp = root / ".stamp"
    fingerprint = static_fingerprint(packages)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)
    return True


def static_fingerprint(packages: Path) -> str:
    digest = hashlib.sha256(packages.read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def granian(application: str, host: str, port: int) -> list[str]:
    """The command of the production server. Not to be run bare: killed workers and hang-ups need a supervisor."""
    return [
        *(sys.executable, "-m", "granian", application),
        *("--interface", "wsgi"),
        *("--host", host),
        *("--port", str(port)),
        *("--workers", "2"),
        # A second thread answers while a long import holds the first.
        *("--blocking-threads", "2"),
        # How many may wait: hundreds of stalled clients do not keep out an honest one.
        *("--backpressure", "1024"),
        *("--respawn-failed-workers",),
        *("--workers-kill-timeout", str(WORKERS_KILL_TIMEOUT)),
        *("--log-level", "warning"),
    ]


def answers(host: str, port: int) -> bool:
    """Whether an application answers there; what it answers does not matter."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    client = http.client.HTTPConnection(local, port, timeout=5)
    try:
        client.request("GET", "/livez")
        client.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        client.close()


def leave_in_order_when_told() -> None:
    """A signal ends this process as if it had come to its end, so that it lets go of the embedded server."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in ENDING_SIGNALS:
        signal.signal(number, leave)


class Supervisor:
    """A server as a child process in a group of its own, which outlives neither this process nor a signal to it."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.is_stopping = False
        parent = os.getpid()
        self.child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            # Ctrl-C reaches this process only, which then stops the server once.
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),  # nothing else runs in this process
        )
        for number in ENDING_SIGNALS:
            signal.signal(number, self._stop)

    def wait_until(self, is_up: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_TO_ANSWER
        while self.child.poll() is None and not self.is_stopping and not is_up():
            if time.monotonic() > deadline:
                self._end_group()
                raise CommandError(f"The server did not answer within {PATIENCE_TO_ANSWER:.0f} seconds.")
            time.sleep(PAUSE)

    def wait(self) -> None:
        """Until the server has ended, which is an error unless a signal asked for it."""
        while self.child.poll() is None:
            if self.is_stopping:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.child.wait(PATIENCE_TO_STOP)
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(1)
        self._end_group()
        if not self.is_stopping:
            raise CommandError(f"The server ended by itself (exit code {self.child.returncode}).")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.is_stopping:
            self._end_group()
        self.is_stopping = True
        self.child.terminate()

    def _end_group(self) -> None:
        """Workers whose parent was killed would go on answering on the port, and keep the embedded server in use."""
        deadline = time.monotonic() + PATIENCE_TO_BURY
        with contextlib.suppress(ProcessLookupError):
            while time.monotonic() < deadline:
                os.killpg(self.child.pid, signal.SIGKILL)
                time.sleep(PAUSE)


def _die_with(parent: int) -> None:
    """In the child: be told to end when the parent is killed. Only Linux knows this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
