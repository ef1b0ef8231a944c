from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.register.loading import RegisterRefused, load_register

SHIPPED = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    help = "Compare the register's files with the database, and write what is new. Nothing published is rewritten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=SHIPPED, help="a folder of YAML files, or one file")
        parser.add_argument("--check", action="store_true", help="compare and validate, write nothing")
        parser.add_argument(
            "--partial", action="store_true", help="the files add to the register, they are not all of it"
        )
        parser.add_argument("--reason", default="", help="why public wording changes; kept with the earlier wording")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = load_register(
                options["path"],
                today=timezone.now().date(),
                partial=options["partial"],
                reason=options["reason"],
                check_only=options["check"],
            )
        except RegisterRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(refusal.problems)} problems; nothing was written.") from None
        if plan.is_empty:
            self.stdout.write(f"Nothing to do: {plan.unchanged} records are as in the files.")
            return
        would = "would be " if options["check"] else ""
        for name, keys in plan.inserts.items():
            self.stdout.write(f"{len(keys)} {name} {would}added")
        for name, changes in plan.changes.items():
            self.stdout.write(f"{len(changes)} {name} {would}changed: {', '.join(map(str, changes))}")
        for name in plan.reordered:
            self.stdout.write(f"{name} {would}reordered")
        self.stdout.write(f"{plan.unchanged} records unchanged")
