from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from commitments.dumps import write_dump
from commitments.public import snapshot
from commitments.register.dumping import dump, without_drafts


class Command(BaseCommand):
    help = (
        "Keep the public register of today as a file under /data/, with its SHA-256. For cron, shortly before 0:00 UTC."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with snapshot():
            register = without_drafts(dump())
        try:
            kept = write_dump(register, settings.DUMPS_DIR, timezone.now().date())
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{kept.path}: {kept.sha256}" if kept else "Nothing has changed since the newest file.")
