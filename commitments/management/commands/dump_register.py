from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.public import snapshot
from commitments.register.dumping import dump
from commitments.register.writing import write_register


class Command(BaseCommand):
    help = "Write the register as YAML files into a folder, in the form that load_register reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder; it is made if need be")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["path"]
        with snapshot():
            register = dump()
        try:
            write_register(register, folder)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        self.stdout.write(f"{sum(len(records) for records in register.files.values())} records written to {folder}")
