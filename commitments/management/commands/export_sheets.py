from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.public import snapshot
from commitments.spreadsheets.exporting import empty_tables, example_tables, tables_of
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.writing import csv_archive, workbook


class Command(BaseCommand):
    help = "Write sources and updates as one spreadsheet, in the form that import_sheets reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write")
        parser.add_argument("--format", choices=["xlsx", "csv"], default="xlsx", help="csv is a ZIP file of CSV files")
        parser.add_argument("--with-drafts", action="store_true", help="drafts too, which are not public")
        parser.add_argument("--template", action="store_true", help="no rows, but examples of rows")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if options["template"]:
            tables, examples = empty_tables(), example_tables()
        else:
            with snapshot():
                tables, examples = tables_of(read_known(), with_drafts=options["with_drafts"]), None
        content = csv_archive(tables) if options["format"] == "csv" else workbook(tables, examples)
        unfinished = path.with_name(f".{path.name}.new")
        try:
            unfinished.write_bytes(content)
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(f"{sum(map(len, tables.values()))} rows written to {path}")
