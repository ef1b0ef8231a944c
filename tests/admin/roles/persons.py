"""Everybody who could send a request to the desk, and what the table of roles lets each of them do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from commitments.roles import ROLES, set_up_roles
from tests.admin.conftest import DeskClient, signed_in
from tests.factories import make_user

# All of these, each by any of its permissions. `ANYBODY` is more than `()`, which is everybody with an account.
Needs = tuple[tuple[str, ...], ...]
ANYBODY: Needs | None = None


@dataclass(frozen=True)
class Person:
    name: str
    client: Client
    user: User | None = None
    permissions: frozenset[str] = frozenset()
    gets_in: bool = True

    def may(self, needs: Needs | None) -> bool:
        if needs is None:
            return True
        return self.gets_in and all(self.permissions.intersection(any_of) for any_of in needs)


def permission(action: str, label: str) -> str:
    app, model = label.split(".")
    return f"{app}.{action}_{model}"


def reading(label: str) -> tuple[str, ...]:
    """Whoever may change a record may read it: a rule of Django's."""
    return permission("view", label), permission("change", label)


def permissions_in(role: str) -> frozenset[str]:
    return frozenset(permission(action, label) for label, actions in ROLES[role].items() for action in actions)


def permissions_of_app(app: str) -> tuple[str, ...]:
    models = list(apps.get_app_config(app).get_models())
    codenames = (
        get_permission_codename(action, model._meta) for model in models for action in model._meta.default_permissions
    )
    further = (codename for model in models for codename, _name in model._meta.permissions)
    return tuple(f"{app}.{codename}" for codename in (*codenames, *further))


def persons() -> list[Person]:
    """One in each role, and those whom nothing is allowed, whatever groups they are in."""
    set_up_roles()
    groups = list(Group.objects.all())
    return [
        Person("anonymous", DeskClient(), gets_in=False),
        enter("disabled", groups, is_active=False),
        enter("not-of-the-staff", groups, is_staff=False),
        enter("without-a-group", []),
        *(enter(role, Group.objects.filter(name=role), permissions_in(role)) for role in ROLES),
    ]


def enter(
    name: str,
    groups: Iterable[Group],
    permissions: frozenset[str] = frozenset(),
    *,
    is_active: bool = True,
    is_staff: bool = True,
) -> Person:
    user = make_user(name, is_active=is_active)
    user.groups.set(groups)
    if not is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=False)
    return Person(name, signed_in(user), user, permissions, gets_in=is_active and is_staff)


def owner() -> Person:
    """A superuser: whatever a permission exists for, and nothing besides."""
    user = User.objects.create_superuser("owner", password="made-up")
    every = Permission.objects.values_list("content_type__app_label", "codename")
    return Person("owner", signed_in(user), user, frozenset(f"{app}.{codename}" for app, codename in every))


def everybody_but(any_of: tuple[str, ...]) -> Person:
    """Somebody with every permission there is, except these."""
    user = make_user(f"without-{any_of[0]}")
    named = {permission: f"{permission.content_type.app_label}.{permission.codename}" for permission in all_of_them()}
    user.user_permissions.set([permission for permission, name in named.items() if name not in any_of])
    return Person(user.username, signed_in(user), user, frozenset(named.values()).difference(any_of))


def all_of_them() -> Iterable[Permission]:
    return Permission.objects.select_related("content_type")
