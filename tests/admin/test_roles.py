"""Every role against every model and action, by forged requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import models
from django.test import Client

from commitments.models import Commitment, Discrepancy, Edition, Revision, StatusUpdate, reason_for_change
from commitments.roles import ROLES
from tests.admin.conftest import person_in, signed_in
from tests.admin.forms import desk, new_update, sent_back
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db


def make_revision() -> Revision:
    commitment = make_commitment()
    with reason_for_change("Clearer."):
        Commitment.objects.filter(pk=commitment.pk).update(title="New words")
    return Revision.objects.get()


# A row of each model that nothing but the role keeps from being changed or deleted.
MAKE: dict[str, Callable[[], models.Model]] = {
    "commitments.instrument": make_instrument,
    "commitments.area": make_area,
    "commitments.actor": make_actor,
    "commitments.source": make_source,
    "commitments.commitment": lambda: make_commitment(published=False),
    "commitments.statusupdate": lambda: make_update(published=False),
    "commitments.check": lambda: make_check(make_commitment(), recorded=False),
    "commitments.milestone": lambda: make_milestone(make_commitment(), recorded=False),
    "commitments.discrepancy": lambda: Discrepancy.objects.create(topic="T", article="A", official="O", assessment="B"),
    "commitments.revision": make_revision,
    "commitments.edition": lambda: Edition.objects.create(number=1),
    "auth.user": lambda: make_user("somebody-else"),
}
# Rules that hold for every role.
NOBODY = {
    ("commitments.discrepancy", "delete"),
}
# An upload is its owner's alone, whatever the role: test_spreadsheets.py.
ELSEWHERE = {"commitments.sheetimport"}
CELLS = [
    pytest.param(role, label, action, id=f"{role}-{label}-{action}")
    for role in ROLES
    for label in MAKE
    for action in ("view", "add", "change", "delete")
]


def forge(client: Client, row: models.Model, action: str) -> int:
    """The status of the answer to a request that the role's own pages may never offer."""
    if action == "view":
        return client.get(desk(row)).status_code
    if action == "add":
        return client.post(desk(type(row)), {}).status_code
    if action == "change":
        return client.post(desk(row), {}).status_code
    return client.post(desk(row, "delete"), {"post": "yes"}).status_code


def test_every_model_of_the_desk_is_in_the_table() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == {*MAKE, *ELSEWHERE}
    assert {label for actions_of in ROLES.values() for label in actions_of} >= registered


@pytest.mark.parametrize(("role", "label", "action"), CELLS)
def test_a_role_does_what_its_cell_says_and_nothing_else(role: str, label: str, action: str) -> None:
    allowed = action in ROLES[role].get(label, ()) and (label, action) not in NOBODY
    row = MAKE[label]()

    status = forge(signed_in(person_in(role, "person")), row, action)

    assert (status != 403) is allowed, status
    if action == "delete":
        assert type(row)._default_manager.filter(pk=row.pk).exists() is not allowed


@pytest.mark.parametrize("label", MAKE)
def test_nobody_without_a_role_gets_in(client: Client, label: str) -> None:
    row = MAKE[label]()
    outsider = signed_in(make_user("outsider"))

    for action in ("view", "add", "change", "delete"):
        assert forge(client, row, action) == 302
        assert forge(outsider, row, action) == 403


def test_the_command_makes_exactly_the_table_and_a_second_run_changes_nothing() -> None:
    for _time in range(2):
        call_command("set_up_roles", verbosity=0)

        for name, actions_of in ROLES.items():
            given = Group.objects.get(name=name).permissions.values_list(
                "content_type__app_label", "content_type__model", "codename"
            )
            assert {(app, model, codename) for app, model, codename in given} == {
                (*label.split("."), f"{action}_{label.split('.')[1]}")
                for label, actions in actions_of.items()
                for action in actions
            }


def test_the_command_takes_back_what_the_table_does_not_say() -> None:
    call_command("set_up_roles", verbosity=0)
    group = Group.objects.get(name="editor")
    group.permissions.add(*Group.objects.get(name="administrator").permissions.all())

    call_command("set_up_roles", verbosity=0)

    assert not group.permissions.filter(codename="change_user").exists()


@pytest.mark.parametrize("step", ["publish", "send_back", "correct"])
@pytest.mark.parametrize("role", ROLES)
def test_steps_of_an_update_follow_the_table(role: str, step: str) -> None:
    update = make_update(published=step == "correct", assessments=[{"commitment": make_commitment()}])
    needed = {"publish": "publish", "send_back": "publish", "correct": "add"}[step]

    response = signed_in(person_in(role, "person")).post(desk(update, f"step_{step}"), {"reason": "Made up."})

    assert (response.status_code != 403) is (needed in ROLES[role]["commitments.statusupdate"])


@pytest.mark.parametrize("role", ROLES)
def test_rows_of_an_inline_follow_the_table(role: str) -> None:
    """Whoever may not write updates does not slip a row under one either."""
    update = make_update(published=False, sources=[])
    source = make_source()

    signed_in(person_in(role, "person")).post(desk(update), new_update(make_commitment(), source))

    allowed = "add" in ROLES[role].get("commitments.citation", ())
    assert update.citations.exists() is allowed
    assert update.assessments.exists() is allowed


def test_an_inline_keeps_to_its_own_permission(reviewer: User) -> None:
    """A group that may change updates, but not their citations."""
    group = Group.objects.get(name="reviewer")
    group.permissions.remove(*group.permissions.filter(content_type__model="citation"))
    update = make_update(published=False)

    client = signed_in(User.objects.get(pk=reviewer.pk))
    client.post(desk(update), new_update(make_commitment(), make_source(), citations__TOTAL_FORMS=2))

    assert update.citations.count() == 1


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", [label for label in MAKE if label.startswith("commitments.")])
def test_lists_and_histories_open_for_whoever_may_view(role: str, label: str) -> None:
    row = MAKE[label]()
    client = signed_in(person_in(role, "person"))
    expected = 200 if "view" in ROLES[role].get(label, ()) else 403

    assert client.get(desk(apps.get_model(label), "changelist")).status_code == expected
    assert client.get(desk(apps.get_model(label), "changelist"), {"q": "made up"}).status_code == expected
    assert client.get(desk(row, "history")).status_code == expected


class TestPeople:
    def test_an_administrator_opens_an_account_and_gives_it_roles(self, as_administrator: Client) -> None:
        account = {
            "username": "newcomer",
            "usable_password": "true",
            "password1": "q8-made-up",
            "password2": "q8-made-up",
        }
        as_administrator.post(desk(User), account)
        newcomer = User.objects.get(username="newcomer")
        editor = Group.objects.get(name="editor")

        as_administrator.post(
            desk(newcomer), sent_back(as_administrator, desk(newcomer), groups=[editor.pk], is_staff="on")
        )

        newcomer.refresh_from_db()
        assert newcomer.is_staff
        assert list(newcomer.groups.all()) == [editor]

    def test_an_administrator_makes_no_superuser_and_gives_no_single_permission(
        self, as_administrator: Client, administrator: User
    ) -> None:
        forged: dict[str, Any] = {"is_superuser": "on", "user_permissions": [1, 2, 3]}

        as_administrator.post(desk(administrator), sent_back(as_administrator, desk(administrator)) | forged)

        administrator.refresh_from_db()
        assert not administrator.is_superuser
        assert not administrator.user_permissions.exists()

    @pytest.mark.parametrize("view", ["change", "delete", "password_change"])
    def test_an_administrator_touches_no_superuser(self, as_administrator: Client, view: str) -> None:
        owner = User.objects.create_superuser("owner", password="made-up")
        address = f"/admin/auth/user/{owner.pk}/password/" if view == "password_change" else desk(owner, view)

        answer = as_administrator.post(address, {"password1": "q8-made-up", "password2": "q8-made-up", "post": "yes"})

        assert answer.status_code == 403
        assert User.objects.get(pk=owner.pk).check_password("made-up")

    def test_groups_are_no_page_of_the_desk(self, as_administrator: Client) -> None:
        assert as_administrator.get("/admin/auth/group/").status_code == 404


def test_a_draft_of_anybody_is_edited_by_any_editor(as_editor: Client) -> None:
    colleague = make_user("colleague")
    update = make_update(published=False, written_by=colleague, last_edited_by=colleague)

    as_editor.post(desk(update), sent_back(as_editor, desk(update), title="Helped"))

    kept = StatusUpdate.objects.get(pk=update.pk)
    assert (kept.title, kept.written_by) == ("Helped", colleague)
    assert kept.last_edited_by is not None
    assert kept.last_edited_by.get_username() == "edith"
