from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management import CommandError
from django.db import transaction

from commitments.management.writing import WritingCommand

LOGINS = ("editor", "reviewer")


class Command(WritingCommand):
    help = "Make a login for each of the roles editor and reviewer; their passwords are printed this once."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for name in LOGINS:
            if User.objects.filter(username=name).exists():
                self.stdout.write(f"{name}: exists; a new password is set by: manage.py changepassword {name}")
            else:
                self.stdout.write(f"{name}: {self.create(name)}")

    def create(self, name: str) -> str:
        """The password."""
        try:
            group = Group.objects.get(name=name)
        except Group.DoesNotExist as error:
            raise CommandError(f"There is no role {name!r}. Run manage.py set_up_roles first.") from error
        password = secrets.token_urlsafe(12)
        User.objects.create_user(name, password=password, is_staff=True).groups.add(group)
        return password
