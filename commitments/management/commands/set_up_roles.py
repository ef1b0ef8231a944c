from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from commitments.roles import ROLES, set_up_roles


class Command(BaseCommand):
    help = "Make the groups editor, reviewer and administrator, with exactly the permissions of their roles."

    def handle(self, *args: Any, **options: Any) -> None:
        set_up_roles()
        self.stdout.write(f"Roles: {', '.join(ROLES)}.")
