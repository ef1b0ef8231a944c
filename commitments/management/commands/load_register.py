from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from commitments.management.writing import WritingCommand
from commitments.public import snapshot
from commitments.register.comparing import Plan
from commitments.register.loading import RegisterRefused, load_register

SHIPPED = Path(__file__).resolve().parents[2] / "data"


class Command(WritingCommand):
    help = "Compare the register's files with the database, and write what is new. Nothing published is rewritten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=SHIPPED, help="a folder of YAML files, or one file")
        parser.add_argument("--check", action="store_true", help="compare and validate, write nothing")
        parser.add_argument(
            "--partial", action="store_true", help="the files add to the register, they are not all of it"
        )
        parser.add_argument("--reason", default="", help="why public wording changes; kept with the earlier wording")

    def handle(self, *args: Any, **options: Any) -> None:
        check_only: bool = options["check"]
        try:
            with snapshot() if check_only else contextlib.nullcontext():
                plan = load_register(
                    options["path"],
                    today=timezone.now().date(),
                    partial=options["partial"],
                    reason=options["reason"],
                    check_only=check_only,
                )
        except RegisterRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            count = len(refusal.problems)
            raise CommandError(f"{count} problem{'s' * (count > 1)}; nothing was written.") from None
        for line in summary(plan, "would be " if check_only else ""):
            self.stdout.write(line)


def summary(plan: Plan, would: str) -> list[str]:
    if plan.is_empty:
        return [f"Nothing to do: {plan.unchanged} records are as in the files."]
    return [
        *(f"{len(keys)} {name} {would}added" for name, keys in plan.inserts.items()),
        *(f"{len(each)} {name} {would}changed: {', '.join(map(str, each))}" for name, each in plan.changes.items()),
        *(f"{name} {would}reordered" for name in plan.reordered),
        f"{plan.unchanged} records unchanged",
    ]
