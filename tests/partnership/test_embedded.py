from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from partnership import embedded
from partnership.embedded import SUPERUSER, EmbeddedServer, EmbeddedServerError

ODD_NAME = "a clone, of mine: ü 日本 ' \" $HOME"
LONG_NAME = "/".join(["a-folder-with-a-long-name-of-forty-letters"] * 4)

MakeServer = Callable[..., EmbeddedServer]


@pytest.fixture
def make_server(server_folder: Path) -> Iterator[MakeServer]:
    servers: list[EmbeddedServer] = []

    def make(name: str = "state") -> EmbeddedServer:
        folder = server_folder / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        servers.append(EmbeddedServer(folder))
        return servers[-1]

    yield make
    for server in servers:
        server.release()


def ask(server: EmbeddedServer, statement: str) -> str:
    address = {"host": str(server.ensure()), "user": SUPERUSER, "dbname": "postgres"}
    with psycopg.connect(**address, port=5432, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return str(row[0]) if row else ""


def postmaster(server: EmbeddedServer) -> int | None:
    file = server.data / "postmaster.pid"
    return int(file.read_text().split()[0]) if file.exists() else None


def kill(server: EmbeddedServer) -> None:
    pid = postmaster(server)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while server._running():
        time.sleep(0.01)


def test_server_starts_when_asked_for_and_stops_when_let_go(make_server: MakeServer) -> None:
    server = make_server()
    assert ask(server, "SELECT 6 * 7") == "42"
    assert postmaster(server) is not None
    server.release()
    assert postmaster(server) is None


def test_last_one_out_stops_the_server(make_server: MakeServer) -> None:
    one, other = make_server(), make_server()
    one.ensure()
    other.ensure()
    one.release()
    assert ask(other, "SELECT 1") == "1"
    other.release()
    assert postmaster(other) is None


def test_two_that_start_at_once_share_one_server(make_server: MakeServer) -> None:
    servers = [make_server(), make_server()]
    barrier = threading.Barrier(2)
    found: list[str] = []

    def start(server: EmbeddedServer) -> None:
        barrier.wait()
        found.append(ask(server, "SELECT pg_postmaster_start_time()"))

    threads = [threading.Thread(target=start, args=[server]) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_nobody_else_reaches_the_server(make_server: MakeServer) -> None:
    server = make_server()
    folder = server.ensure()
    assert ask(server, "SHOW listen_addresses") == ""
    for private in (server.folder, server.data, folder):
        assert private.stat().st_mode & 0o077 == 0


def test_text_is_utf_8_and_sorted_by_code_point(make_server: MakeServer) -> None:
    server = make_server()
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['b', 'a', 'B', 'é']) w") == "Babé"


@pytest.mark.parametrize("name", [ODD_NAME, LONG_NAME], ids=["odd", "long"])
def test_any_path_will_do(make_server: MakeServer, name: str) -> None:
    one, other = make_server(name), make_server(name)
    folder = one.ensure()
    assert other.ensure() == folder
    assert ask(other, "SELECT 1") == "1"
    one.release()
    other.release()
    assert not folder.is_relative_to(one.folder)
    assert not folder.exists()


def test_killed_server_is_recovered_with_every_committed_row(make_server: MakeServer) -> None:
    server = make_server()
    ask(server, "CREATE TABLE made_up AS SELECT generate_series(1, 500)")
    kill(server)
    assert ask(server, "SELECT count(*) FROM made_up") == "500"


def test_server_left_behind_by_a_killed_process_is_joined_and_then_stopped(make_server: MakeServer) -> None:
    server = make_server()
    script = (
        "import os, signal, sys; from pathlib import Path; from partnership.embedded import EmbeddedServer; "
        "EmbeddedServer(Path(sys.argv[1])).ensure(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(server.folder)], check=False, capture_output=True)
    left_behind = postmaster(server)
    assert left_behind is not None
    server.ensure()
    assert postmaster(server) == left_behind
    server.release()
    assert postmaster(server) is None


def test_forked_child_leaves_the_server_to_its_parent(make_server: MakeServer) -> None:
    script = (
        "import os, sys; from pathlib import Path; from partnership.embedded import EmbeddedServer; "
        "server = EmbeddedServer(Path(sys.argv[1])); server.ensure(); child = os.fork()\n"
        "if not child: server.release(); os._exit(0)\n"
        "os.waitpid(child, 0); print((server.data / 'postmaster.pid').exists())"
    )
    arguments = [sys.executable, "-c", script, str(make_server().folder)]
    assert subprocess.run(arguments, check=True, capture_output=True, text=True).stdout == "True\n"


def test_stale_pid_of_another_living_process_does_not_mislead(make_server: MakeServer) -> None:
    server = make_server()
    server.ensure()
    kept = (server.data / "postmaster.pid").read_text()
    server.release()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *kept.splitlines()[1:]]))
    assert ask(server, "SELECT 1") == "1"
    assert postmaster(server) != os.getpid()


def test_server_whose_process_cannot_be_seen_is_left_alone(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, hidden = make_server(), make_server()
    server.ensure()
    before = postmaster(server)
    # As from another container: the folder is shared, the processes are not.
    monkeypatch.setattr(hidden, "_is_ours", lambda pid: False)
    with pytest.raises(EmbeddedServerError, match="Another PostgreSQL uses"):
        hidden.ensure()
    assert postmaster(server) == before
    assert ask(server, "SELECT 1") == "1"


def test_data_folder_cut_short_while_being_made_is_made_anew(make_server: MakeServer) -> None:
    server = make_server()
    (server.folder / "data.unfinished").mkdir(parents=True)
    (server.folder / "data.unfinished" / "PG_VERSION").write_text("18\n")
    assert ask(server, "SELECT 1") == "1"


def test_server_that_cannot_start_says_why(make_server: MakeServer) -> None:
    server = make_server()
    server.ensure()
    server.release()
    (server.data / "postgresql.auto.conf").write_text("made_up = 'yes'\n")
    began = time.monotonic()
    with pytest.raises(EmbeddedServerError, match=r"does not start(.|\n)*made_up"):
        server.ensure()
    assert time.monotonic() - began < 5


def test_data_of_a_version_that_is_not_installed_says_so(make_server: MakeServer) -> None:
    server = make_server()
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 12"):
        server.ensure()


def test_packages_that_root_installed_for_itself_are_opened_to_the_account(server_folder: Path) -> None:
    package = server_folder / "package"
    for folder in (package, package / "bin"):
        folder.mkdir(0o700)
    program, data = package / "bin" / "program", package / "data"
    program.touch(0o700)
    data.touch(0o600)
    assert embedded._open_tree(package) != []
    modes = [path.stat().st_mode & 0o777 for path in (package, package / "bin", program, data)]
    assert modes == [0o705, 0o705, 0o705, 0o604]
    assert embedded._open_tree(package) == []


def test_folder_of_another_account_is_refused_with_the_ways_out(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server()
    server.folder.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(EmbeddedServerError, match=r"belongs to the account(.|\n)*DATABASE_URL"):
        server.ensure()
