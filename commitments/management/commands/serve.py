from __future__ import annotations

import io
import os
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import NotSupportedError, OperationalError, connections
from django.db.migrations.exceptions import MigrationSchemaMissing

from commitments.models import Commitment, StatusUpdate
from partnership.serving import (
    Supervisor,
    alone_in_database,
    answers,
    collect_static_files,
    granian,
    is_loopback,
    leave_in_order_when_told,
    one_at_a_time,
    require_free_port,
)


class Command(BaseCommand):
    help = "Prepare everything and serve the dashboard until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        leave_in_order_when_told()
        require_free_port(host, port)
        with one_at_a_time(settings.STATE_DIR / "serve.lock"):
            # Another start may have had the lock until now, and the port since.
            require_free_port(host, port)
            try:
                with alone_in_database():
                    self.prepare()
            # No server there, one too old, or one where the role may not create tables.
            except (OperationalError, NotSupportedError, MigrationSchemaMissing) as error:
                raise CommandError(str(error)) from error
            collect_static_files(settings.STATIC_ROOT, settings.BASE_DIR / "requirements.txt")
            connections.close_all()
            supervisor = Supervisor(
                granian("partnership.wsgi:application", host, port), settings.BASE_DIR, self.environment(host)
            )
            supervisor.wait_until(lambda: answers(host, port))
        if supervisor.child.poll() is None and not supervisor.is_stopping:
            self.tell(f"Serving http://{host}:{port}/ (editors: /admin/). Ctrl-C stops.")
        supervisor.wait()

    def prepare(self) -> None:
        """Bring the database up to date; fill it, and make logins, only where there are none."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("set_up_roles", stdout=io.StringIO())
        if not (Commitment.objects.exists() or StatusUpdate.objects.exists()):
            self.tell("Loading the register.")
            call_command("load_register")
        if not User.objects.exists():
            self.tell("Logins for /admin/, printed this once:")
            call_command("create_logins", stdout=self.stdout)

    def environment(self, host: str) -> dict[str, str]:
        """Plain http is fine within this machine; to other machines it has to be asked for."""
        return {"INSECURE_HTTP": "1" if is_loopback(host) else "", **os.environ}

    def tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
