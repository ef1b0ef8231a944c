"""Which PostgreSQL: the one that DATABASE_URL names, or else the embedded server."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

ENGINE = "partnership.postgresql"
# A connection costs a process on the server and, over the network, an exchange of secrets: keeping it is worth 4x.
KEPT = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
EXAMPLE = "postgresql://user:password@host:5432/name (escape @ : / # ? % and spaces in a password as %40, %3A, ...)"


def database_settings(url: str, project: Path, state: Path) -> dict[str, Any]:
    """Django's settings for this address of PostgreSQL's own kind (an address or key=value); blank is the embedded one.

    Tests get a database named after the project's folder, so that two clones can share a server.
    """
    settings = _named(url.strip()) if url.strip() else _embedded(state)
    digest = hashlib.sha256(str(project).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return {"ENGINE": ENGINE, **settings, **KEPT, "TEST": {"NAME": f"test_{settings['NAME'][:40]}_{digest}"}}


def _embedded(folder: Path) -> dict[str, Any]:
    # The server is ours alone, so the database that it begins with is the one to use.
    return {"NAME": "postgres", "PORT": "5432", "EMBEDDED": folder}


def _named(url: str) -> dict[str, Any]:
    """No part of the address is ever echoed, nor kept as the cause of an error: it holds a password."""
    try:
        parts: dict[str, Any] = conninfo_to_dict(url)
    except psycopg.Error:
        parts = {}
    # An unescaped @ in a password leaves a piece of it in the host, and so in every message about that host.
    if not parts or "@" in parts.get("host", "")[1:]:
        raise ImproperlyConfigured(f"DATABASE_URL is no address that PostgreSQL's clients understand. Write {EXAMPLE}.")
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"DATABASE_URL names no database. Write {EXAMPLE}.")
    return {
        "NAME": parts.pop("dbname"),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "OPTIONS": {"connect_timeout": "10", **parts},
    }
