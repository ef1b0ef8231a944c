"""The whole of `manage.py serve`, as processes, on a database of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .serving import PATIENCE, Serve, free_port, wait_until

Start = Callable[..., Serve]


@pytest.fixture(scope="module")
def first_run(serving_folder: Path) -> tuple[Path, str]:
    """The state that a first run leaves behind, and what it printed."""
    run = Serve(serving_folder / "a state", free_port())
    run.wait_until_ready()
    output, errors = run.end()
    assert "Traceback" not in errors
    return run.state, output


@pytest.fixture
def start(first_run: tuple[Path, str]) -> Iterator[Start]:
    runs: list[Serve] = []

    def serve(port: int | None = None, *, state: Path = first_run[0]) -> Serve:
        runs.append(Serve(state, port or free_port()))
        return runs[-1]

    yield serve
    for run in runs:
        with contextlib.suppress(ProcessLookupError):
            run.process.send_signal(signal.SIGTERM)
        run.process.communicate(timeout=PATIENCE)


def test_first_run_prints_two_logins_and_the_address(first_run: tuple[Path, str]) -> None:
    _, output = first_run
    assert "editor: " in output
    assert "reviewer: " in output
    assert "Serving http://127.0.0.1:" in output


def test_second_run_changes_nothing_and_prints_no_password(start: Start) -> None:
    run = start()
    run.wait_until_ready()
    output, _ = run.end()
    assert output.startswith("Serving ")


def test_plain_http_works_on_loopback(start: Start) -> None:
    run = start()
    run.wait_until_ready()
    assert run.status("/admin/login/") == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_everything(start: Start, number: int) -> None:
    run = start()
    run.wait_until_ready()
    assert run.postmaster() is not None
    _, errors = run.end(number)
    assert run.process.returncode == 0
    assert errors == ""
    assert run.postmaster() is None
    assert run.is_silent()


def test_occupied_port_is_one_sentence(start: Start) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        run = start(listener.getsockname()[1])
        output, errors = run.process.communicate(timeout=PATIENCE)
    assert run.process.returncode == 1
    assert output == ""
    assert errors.startswith(f"CommandError: Port {run.port} of 127.0.0.1 cannot be had")
    assert errors.count("\n") == 1


def test_two_first_runs_at_once_end_as_one_server_and_one_sentence(start: Start, server_folder: Path) -> None:
    port = free_port()
    runs = [start(port, state=server_folder / "state") for _ in range(2)]
    wait_until(lambda: any(run.process.poll() is not None for run in runs))
    serving, refused = sorted(runs, key=lambda run: run.process.poll() is not None)
    assert "cannot be had" in refused.process.communicate()[1]
    serving.wait_until_ready()
    assert serving.is_ready()


def test_killed_worker_is_replaced(start: Start) -> None:
    run = start()
    run.wait_until_ready()
    before = run.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: len(run.workers() - before) == len(before))
    wait_until(run.is_ready)


def test_killed_database_comes_back_with_the_next_request(start: Start) -> None:
    run = start()
    run.wait_until_ready()
    before = run.postmaster()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: run.is_ready() and run.postmaster() != before)


def test_killed_server_takes_its_workers_along(start: Start) -> None:
    run = start()
    run.wait_until_ready()
    os.kill(run.server(), signal.SIGKILL)
    _, errors = run.process.communicate(timeout=PATIENCE)
    assert run.process.returncode == 1
    assert "ended by itself" in errors
    assert run.is_silent()
    assert run.postmaster() is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_killed_supervisor_takes_the_server_along_and_the_next_run_serves(start: Start) -> None:
    run = start()
    run.wait_until_ready()
    run.end(signal.SIGKILL)
    wait_until(run.is_silent)
    after = start(run.port)
    after.wait_until_ready()
