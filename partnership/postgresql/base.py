"""Django's PostgreSQL backend, where the server may be the embedded one: the first connection starts it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db.backends.postgresql import base, client, features

from partnership.embedded import SUPERUSER, embedded_server

PATIENCE_TO_RECOVER = 10.0
# A server that has just been killed, or that recovers from the death of one of its processes.
PASSING_FAILURE = re.compile(r"the database system is|No such file|Connection refused|closed the connection")


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (15,)


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """With the embedded server `manage.py dbshell` is the psql that came with it."""
        folder = settings_dict.get("EMBEDDED")
        if not folder:
            return super().settings_to_cmd_args_env(settings_dict, parameters)
        server = embedded_server(folder)
        reached = {"HOST": str(server.ensure()), "USER": SUPERUSER}
        arguments, environment = super().settings_to_cmd_args_env(settings_dict | reached, parameters)
        return [str(server.program("psql")), *arguments[1:]], environment


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        folder = self.settings_dict.get("EMBEDDED")
        if not folder:
            return super().get_new_connection(conn_params)
        deadline = time.monotonic() + PATIENCE_TO_RECOVER
        while True:
            reached = {"host": str(embedded_server(folder).ensure()), "user": SUPERUSER}
            try:
                return super().get_new_connection(conn_params | reached)
            except psycopg.OperationalError as error:
                if not PASSING_FAILURE.search(str(error)) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
