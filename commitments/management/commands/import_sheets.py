from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.models import LARGEST_FILE
from commitments.public import snapshot
from commitments.spreadsheets.importing import ImportRefused, import_sheets, may_import
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.planning import Outcome, Plan, plan_import
from commitments.spreadsheets.reading import Sheets, read_sheets


class Command(BaseCommand):
    help = "Compare a spreadsheet with the database row by row, and write what is new as drafts. Nothing is published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a workbook (.xlsx), a ZIP file of CSV files, or one CSV file")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the editor whose drafts they become")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
        parser.add_argument("--reason", default="", help="why wording of sources changes; public, and kept")

    def handle(self, *args: Any, **options: Any) -> None:
        editor = _editor(options["by"])
        sheets = read_sheets(_content(options["path"]), self.tell)
        today = timezone.now().date()
        if options["dry_run"]:
            with snapshot():
                known = read_known()
            plan = plan_import(sheets, known, today=today, progress=self.tell)
        else:
            plan = self.write(sheets, editor, options["reason"])
        self.clear()
        self.refuse_if_refused(plan)
        for line in summary(plan, "would be " if options["dry_run"] else ""):
            self.stdout.write(line)

    def write(self, sheets: Sheets, editor: User, reason: str) -> Plan:
        try:
            return import_sheets(sheets, by=editor, today=timezone.now().date(), reason=reason, progress=self.tell)
        except ImportRefused as refusal:
            return refusal.plan

    def refuse_if_refused(self, plan: Plan) -> None:
        for refusal in plan.refusals:
            self.stderr.write(str(refusal))
        count = len(plan.refusals)
        if count:
            raise CommandError(f"{count} problem{'s' * (count > 1)}; nothing was written.")

    def tell(self, stage: str, done: int, total: int) -> None:
        """One line that overwrites itself, for whoever watches."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{stage}: {100 * done // max(total, 1)} %", ending="")

    def clear(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", ending="")


def _editor(username: str) -> User:
    editor = User.objects.filter(username=username).first()
    if editor is None or not may_import(editor):
        raise CommandError(f"“{username}” is nobody who may add and change sources and updates.")
    return editor


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def summary(plan: Plan, would: str) -> list[str]:
    verbs = {Outcome.CREATE: f"{would}created", Outcome.CHANGE: f"{would}changed", Outcome.SAME: "without a change"}
    return [
        f"{sheet}: " + ", ".join(f"{counts[outcome]} {verb}" for outcome, verb in verbs.items() if counts[outcome])
        for sheet, counts in plan.counts().items()
    ]
