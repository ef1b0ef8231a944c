"""Commands that write to the register or to its accounts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from commitments.models import acting


class WritingCommand(BaseCommand):
    """The audit names the command as the way that its changes took."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with acting(via=f"manage.py {type(self).__module__.rpartition('.')[2]}"):
            return super().execute(*args, **options)
