"""Pages while the database is gone, hangs, or was killed under an open connection."""

from __future__ import annotations

import hashlib
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import URLPattern
from pytest_django import DjangoDbBlocker, Settings

from commitments.urls import urlpatterns

# In seconds, on a busy machine; the connection itself is given one.
PROMPTLY = 8
# By the name of a part of an address, or by its converter.
VALUES = {
    "reference": "EUJP-01",
    "slug": "made-up",
    "name": "made-up",
    "section": "commitments",
    "number": "1",
    "feed_format": "rss",
    "picture_format": "svg",
    "citation_format": "bib",
    "file_format": "csv",
}
LOGIN = {"username": "edith", "password": "made-up"}
PLAIN_WORDS = "Something failed on our side"
LEAKS = ("Traceback", "psycopg", "OperationalError", "site-packages", "SELECT", "port 5432", "connection")


def address_of(pattern: URLPattern) -> str:
    def value(part: re.Match[str]) -> str:
        return VALUES.get(part["name"]) or VALUES.get(part["converter"]) or part[0]

    return "/" + re.sub("<(?P<converter>[a-z_]+):(?P<name>[a-z_]+)>", value, str(pattern.pattern))


# Files of closed days, and what is the same on all of them.
NEED_NO_DATABASE = {"register_file", "register_digest", "opensearch"}
ADDRESSES = [
    *(
        address_of(pattern)
        for pattern in urlpatterns
        # The addresses for programs: tests/api/test_problems.py.
        if isinstance(pattern, URLPattern) and pattern.name not in NEED_NO_DATABASE
    ),
    "/api/",
    "/admin/login/",
]


@pytest.fixture
def visitor() -> Client:
    """Is shown what a reader is: no exception passes through to the test."""
    return Client(raise_request_exception=False)


@pytest.fixture
def elsewhere(django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The address of the database, to be pointed at another place."""
    with django_db_blocker.unblock():
        connection.close()
        for name, value in {"EMBEDDED": "", "OPTIONS": {"connect_timeout": "1"}}.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
        yield connection.settings_dict
        connection.close()


def assert_plain_failure(answer: Any) -> None:
    text = answer.content.decode()
    assert answer.status_code == 500
    assert PLAIN_WORDS in text
    assert not [word for word in LEAKS if word.casefold() in text.casefold()]
    assert "public" not in answer.headers.get("Cache-Control", "")
    assert "ETag" not in answer.headers


def test_no_address_is_left_with_a_gap() -> None:
    assert not [address for address in ADDRESSES if "<" in address]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_says_in_plain_words_that_it_failed(
    address: str, visitor: Client, elsewhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(elsewhere, "HOST", str(tmp_path))
    began = time.monotonic()

    answer = visitor.post(address, LOGIN) if address.startswith("/admin/") else visitor.get(address)

    assert_plain_failure(answer)
    assert time.monotonic() - began < PROMPTLY


def test_a_kept_file_is_served_without_it(
    visitor: Client,
    elsewhere: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> None:
    monkeypatch.setitem(elsewhere, "HOST", str(tmp_path))
    settings.DUMPS_DIR = tmp_path
    kept = b"made up: true\n"
    digest = hashlib.sha256(kept).hexdigest()
    (tmp_path / "register-2001-02-03.yaml").write_bytes(kept)
    (tmp_path / "register-2001-02-03.yaml.sha256").write_text(f"{digest}  register-2001-02-03.yaml\n")

    file = visitor.get("/data/register-2001-02-03.yaml")
    assert b"".join(file.streaming_content) == kept
    assert digest in visitor.get("/data/register-2001-02-03.yaml.sha256").content.decode()
    assert visitor.get("/data/register-2001-02-04.yaml").status_code == 404


def test_a_server_that_takes_the_connection_and_is_silent_is_not_waited_for(
    visitor: Client, elsewhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setitem(elsewhere, "HOST", "127.0.0.1")
        monkeypatch.setitem(elsewhere, "PORT", silent.getsockname()[1])
        began = time.monotonic()

        assert_plain_failure(visitor.get("/"))

    assert time.monotonic() - began < PROMPTLY


@pytest.mark.django_db(transaction=True)
def test_after_its_connection_was_killed_one_page_fails_and_the_next_is_there(visitor: Client) -> None:
    assert visitor.get("/").status_code == 200
    kill_the_connection()

    assert_plain_failure(visitor.get("/"))

    # What a server does between two requests, and the test client does not.
    close_old_connections()
    assert visitor.get("/").status_code == 200


def kill_the_connection() -> None:
    open_one = connection.connection
    assert open_one is not None
    parameters = open_one.info.get_parameters() | {"password": open_one.info.password}
    with psycopg.connect(**{name: value for name, value in parameters.items() if value}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [open_one.info.backend_pid])
