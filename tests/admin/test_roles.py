"""The command that makes the roles, and what no role reaches. Cell by cell: `roles/`."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client

from commitments.models import Source, StatusUpdate
from commitments.roles import ROLES
from tests.admin.conftest import person_in, signed_in
from tests.admin.forms import desk, errors_of, sent_back
from tests.factories import make_update, make_user, put_in_review

pytestmark = pytest.mark.django_db


def superpowers_forged() -> dict[str, Any]:
    return {"is_superuser": "on", "user_permissions": list(Permission.objects.values_list("pk", flat=True))}


def superpowers(account: User) -> tuple[bool, int]:
    kept = User.objects.get(pk=account.pk)
    return kept.is_superuser, kept.user_permissions.count()


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

    @pytest.mark.parametrize("whose", ["their own", "somebody else's"])
    def test_an_administrator_makes_no_superuser_and_gives_no_single_permission(
        self, as_administrator: Client, administrator: User, whose: str
    ) -> None:
        account = administrator if whose == "their own" else make_user("colleague")
        before = superpowers(account)

        answer = as_administrator.post(
            desk(account), sent_back(as_administrator, desk(account), first_name="Forged") | superpowers_forged()
        )

        assert answer.status_code == 302
        assert User.objects.get(pk=account.pk).first_name == "Forged"
        assert superpowers(account) == before == (False, 0)

    def test_a_new_account_has_no_powers_of_its_own(self, as_administrator: Client) -> None:
        account = {
            "username": "newcomer",
            "usable_password": "true",
            "password1": "q8-made-up",
            "password2": "q8-made-up",
        }

        as_administrator.post(desk(User), account | superpowers_forged() | {"is_staff": "on"})

        newcomer = User.objects.get(username="newcomer")
        assert superpowers(newcomer) == (False, 0)
        assert not newcomer.is_staff

    @pytest.mark.parametrize("role", ["editor", "reviewer"])
    def test_nobody_else_gives_themselves_a_role(self, role: str) -> None:
        person = person_in(role, "person")
        powers = {"groups": list(Group.objects.values_list("pk", flat=True)), "username": "person", "is_staff": "on"}

        answer = signed_in(person).post(desk(person), powers | superpowers_forged())

        assert answer.status_code == 403
        assert [group.name for group in person.groups.all()] == [role]
        assert superpowers(person) == (False, 0)

    @pytest.mark.parametrize("view", ["change", "delete", "password_change"])
    def test_an_administrator_touches_no_superuser(self, as_administrator: Client, view: str) -> None:
        owner = User.objects.create_superuser("owner", password="made-up")
        address = f"/admin/auth/user/{owner.pk}/password/" if view == "password_change" else desk(owner, view)

        answer = as_administrator.post(address, {"password1": "q8-made-up", "password2": "q8-made-up", "post": "yes"})

        assert answer.status_code == 403
        assert User.objects.get(pk=owner.pk).check_password("made-up")

    def test_groups_are_no_page_of_the_desk(self, as_administrator: Client) -> None:
        assert as_administrator.get("/admin/auth/group/").status_code == 404


class TestRowsUnderADraft:
    def test_a_source_is_not_made_on_the_way_by_whoever_may_make_none(self, as_editor: Client, editor: User) -> None:
        """A group that may cite, but not add to the sources."""
        Group.objects.get(name="editor").permissions.remove(Permission.objects.get(codename="add_source"))
        update, before = make_update(published=False), Source.objects.count()
        forged = sent_back(
            as_editor,
            desk(update),
            citations__TOTAL_FORMS=2,
            **{
                "citations-1-address": "https://example.org/forged",
                "citations-1-new-given_for": "https://example.org/forged",
                "citations-1-new-title": "Forged",
                "citations-1-new-publisher": "Example Gazette",
                "citations-1-new-side": "joint",
                "citations-1-new-kind": "official_text",
                "citations-1-new-language": "en",
                "citations-1-new-accessed_on": "2026-01-01",
            },
        )

        refused = as_editor.post(desk(update), forged)

        assert "you may not add one" in errors_of(refused)
        assert (Source.objects.count(), update.citations.count()) == (before, 1)

        Group.objects.get(name="editor").permissions.add(Permission.objects.get(codename="add_source"))
        assert as_editor.post(desk(update), forged).status_code == 302
        assert (Source.objects.count(), update.citations.count()) == (before + 1, 2)

    @pytest.mark.parametrize("theft", [{"citations-0-DELETE": "on"}, {"citations-0-locator": "Forged"}])
    def test_a_row_of_another_update_is_not_reached_through_one_s_own(
        self, as_editor: Client, theft: dict[str, str]
    ) -> None:
        """The published one's row is final anyway; that of a draft in review is not."""
        theirs, mine = make_update(published=False), make_update(published=False)
        put_in_review(theirs, make_user("colleague"))
        row = theirs.citations.get()

        as_editor.post(
            desk(mine),
            sent_back(as_editor, desk(mine)) | {"citations-0-id": row.pk, "citations-0-update": mine.pk} | theft,
        )

        kept = theirs.citations.get()
        assert (kept.pk, kept.locator, kept.update_id) == (row.pk, "", theirs.pk)


def test_a_draft_of_anybody_is_edited_by_any_editor(as_editor: Client) -> None:
    colleague = make_user("colleague")
    update = make_update(published=False, written_by=colleague, last_edited_by=colleague)

    as_editor.post(desk(update), sent_back(as_editor, desk(update), title="Helped"))

    kept = StatusUpdate.objects.get(pk=update.pk)
    assert (kept.title, kept.written_by) == ("Helped", colleague)
    assert kept.last_edited_by is not None
    assert kept.last_edited_by.get_username() == "edith"
