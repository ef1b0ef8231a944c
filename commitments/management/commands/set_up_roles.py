from __future__ import annotations

from typing import Any

from commitments.management.writing import WritingCommand
from commitments.roles import ROLES, set_up_roles


class Command(WritingCommand):
    help = "Make the groups editor, reviewer and administrator, with exactly the permissions of their roles."

    def handle(self, *args: Any, **options: Any) -> None:
        set_up_roles()
        self.stdout.write(f"Roles: {', '.join(ROLES)}.")
