from __future__ import annotations

from pathlib import Path

import pgtrigger
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from commitments.models import StatusUpdate
from partnership.database import database_settings

PROJECT = Path("/somewhere/a clone")
STATE = PROJECT / ".postgres"
SECRET = "s3cret-word"


def test_blank_address_means_the_embedded_server() -> None:
    settings = database_settings("  \n", PROJECT, STATE)
    assert settings["EMBEDDED"] == STATE


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://editor:{SECRET}@db.example.org:5433/register",
        f"  postgres://editor:{SECRET}@db.example.org:5433/register  ",
        f"host=db.example.org port=5433 user=editor password={SECRET} dbname=register",
    ],
)
def test_address_of_either_form_is_understood(url: str) -> None:
    settings = database_settings(url, PROJECT, STATE)
    assert {key: settings[key] for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD")} == {
        "NAME": "register",
        "HOST": "db.example.org",
        "PORT": "5433",
        "USER": "editor",
        "PASSWORD": SECRET,
    }
    assert "EMBEDDED" not in settings


def test_odd_password_socket_folder_and_options_are_understood() -> None:
    settings = database_settings(
        "postgresql://editor:%40%3A%2F%C3%B6%20%25%3F@/register?host=/run/a%20b&sslmode=disable&connect_timeout=3",
        PROJECT,
        STATE,
    )
    assert settings["PASSWORD"] == "@:/ö %?"
    assert settings["HOST"] == "/run/a b"
    assert settings["OPTIONS"] == {"sslmode": "disable", "connect_timeout": "3"}


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://editor:{SECRET}@db.example.org/register",
        f"postgresql+psycopg://editor:{SECRET}@db.example.org/register",
        f"postgresql://editor:{SECRET}@db.example.org:port/register extra",
        f"postgresql://editor:{SECRET}@db.example.org:5432",
        f"postgresql://editor:made@up-{SECRET}@db.example.org/register",
        f"editor {SECRET}",
        f"password={SECRET}",
    ],
)
def test_bad_address_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_settings(url, PROJECT, STATE)
    assert "DATABASE_URL" in str(refusal.value)
    error: BaseException | None = refusal.value
    while error:
        assert SECRET not in str(error)
        error = error.__cause__ or error.__context__


def test_two_clones_have_two_test_databases() -> None:
    url = "postgresql://db.example.org/register"
    one = database_settings(url, Path("/clones/one"), STATE)
    other = database_settings(url, Path("/clones/other"), STATE)
    assert one["TEST"]["NAME"] != other["TEST"]["NAME"]


def test_name_of_the_test_database_is_never_too_long() -> None:
    assert len(database_settings(f"postgresql:///{'x' * 63}", PROJECT, STATE)["TEST"]["NAME"]) <= 63


@pytest.mark.django_db
def test_server_is_recent_enough() -> None:
    connection.ensure_connection()
    assert connection.pg_version >= 150000


@pytest.mark.django_db
def test_text_is_sorted_and_folded_the_same_on_every_machine() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(word ORDER BY word COLLATE \"C\") FROM unnest(ARRAY['b', 'a', 'B', 'é']) word")
        assert cursor.fetchone() == (["B", "a", "b", "é"],)


@pytest.mark.django_db(transaction=True)
def test_tables_of_the_register_can_be_emptied_between_tests_only() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        pgtrigger.enable("commitments.StatusUpdate:no_truncate")
        with pytest.raises(IntegrityError):
            cursor.execute(f"TRUNCATE {StatusUpdate._meta.db_table} CASCADE")
        transaction.set_rollback(True)
