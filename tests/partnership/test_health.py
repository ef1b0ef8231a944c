from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings


def test_livez_answers_without_a_database(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_answers_while_the_database_does(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_readyz_says_so_when_the_database_does_not_answer(client: Client) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="syntax"):
        cursor.execute("this breaks the transaction that every test runs in")
    response = client.get("/readyz")
    assert (response.status_code, response["Content-Type"]) == (503, "text/plain")


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
@pytest.mark.django_db
def test_probe_is_not_sent_to_https(client: Client, settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
@pytest.mark.django_db
def test_probe_sets_no_cookie(client: Client, path: str) -> None:
    assert not client.get(path).cookies
