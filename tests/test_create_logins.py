from __future__ import annotations

import io

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def create_logins() -> dict[str, str]:
    """What was printed for each name."""
    output = io.StringIO()
    call_command("create_logins", stdout=output)
    return dict(line.split(": ", 1) for line in output.getvalue().splitlines())


def test_logins_work_and_belong_to_their_roles() -> None:
    call_command("set_up_roles", stdout=io.StringIO())
    printed = create_logins()
    assert set(printed) == {"editor", "reviewer"}
    for name, password in printed.items():
        user = authenticate(username=name, password=password)
        assert isinstance(user, User)
        assert user.is_staff
        assert not user.is_superuser
        assert [group.name for group in user.groups.all()] == [name]


def test_second_call_changes_no_password() -> None:
    call_command("set_up_roles", stdout=io.StringIO())
    printed = create_logins()
    assert "exists" in create_logins()["editor"]
    assert authenticate(username="editor", password=printed["editor"])


def test_missing_roles_are_named_with_the_remedy() -> None:
    with pytest.raises(CommandError, match="set_up_roles"):
        create_logins()
    assert not User.objects.exists()
