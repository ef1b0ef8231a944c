"""Inviting, disabling and listing editors."""

from __future__ import annotations

import datetime
import io
import json
import logging
import re
import smtplib
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from commitments.models import AuditEntry
from commitments.roles import set_up_roles
from tests.admin.conftest import person_in, signed_in
from tests.factories import make_update, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "quite-made-up-7"


def run(command: str, *words: str) -> str:
    output = io.StringIO()
    call_command(command, *words, stdout=output)
    return output.getvalue()


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.SITE_URL = "https://tracker.example.org"
    set_up_roles()


def invite(*words: str) -> str:
    """The path of the link that is printed."""
    link = run("invite_editor", *words).splitlines()[-1]
    assert link.startswith("https://tracker.example.org/admin/invitation/")
    return link.removeprefix("https://tracker.example.org")


def follow(path: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.get(path, follow=True)


def choose_password(path: str) -> Any:
    client, page = follow(path)
    assert page.context["validlink"], "the link is dead"
    address = page.redirect_chain[-1][0]
    return client.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD}, follow=True)


def is_alive(path: str) -> bool:
    return bool(follow(path)[1].context["validlink"])


class TestInvite:
    @pytest.mark.parametrize("role", ["editor", "reviewer", "administrator"])
    def test_whoever_follows_the_link_chooses_a_password_and_stands_at_the_desk(self, role: str) -> None:
        path = invite("newcomer", "--role", role, "--email", "newcomer@example.org")
        newcomer = User.objects.get(username="newcomer")
        assert not newcomer.has_usable_password()

        page = choose_password(path)

        assert page.redirect_chain[-1][0] == "/admin/"
        assert page.status_code == 200
        assert page.context["user"] == newcomer
        assert authenticate(username="newcomer", password=PASSWORD) == newcomer
        assert [group.name for group in newcomer.groups.all()] == [role]
        assert newcomer.is_staff
        assert not newcomer.is_superuser

    def test_the_link_works_once(self) -> None:
        path = invite("newcomer", "--role", "editor")
        choose_password(path)

        assert not is_alive(path)
        assert "It has been used" in follow(path)[1].content.decode()

    def test_the_page_of_the_link_is_kept_by_no_cache_and_sends_the_token_nowhere(self) -> None:
        path = invite("newcomer", "--role", "editor")
        token = path.rstrip("/").rpartition("/")[2]

        _client, page = follow(path)

        assert "no-store" in page["Cache-Control"]
        assert token not in page.redirect_chain[-1][0]
        assert token not in page.content.decode()
        assert "newcomer" in page.content.decode()

    def test_the_link_expires(self, settings: Any) -> None:
        path = invite("newcomer", "--role", "editor")

        with time_machine.travel(timezone.now() + datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)):
            assert not is_alive(path)

    def test_a_weak_password_is_refused_and_the_link_lives_on(self) -> None:
        path = invite("newcomer", "--role", "editor")
        client, page = follow(path)

        refused = client.post(page.redirect_chain[-1][0], {"new_password1": "12345678", "new_password2": "12345678"})

        assert refused.status_code == 200
        assert is_alive(path)

    def test_a_second_invitation_renews_the_link_and_kills_the_first(self) -> None:
        first = invite("newcomer", "--role", "editor", "--email", "newcomer@example.org")

        second = invite("newcomer", "--role", "reviewer")

        assert not is_alive(first)
        assert is_alive(second)
        newcomer = User.objects.get(username="newcomer")
        assert newcomer.email == "newcomer@example.org"
        assert [group.name for group in newcomer.groups.all()] == ["reviewer"]

    def test_an_account_in_use_is_not_invited_again(self) -> None:
        choose_password(invite("newcomer", "--role", "editor"))

        with pytest.raises(CommandError, match=r"has an account already.*changepassword newcomer"):
            invite("newcomer", "--role", "administrator")

        assert [group.name for group in User.objects.get(username="newcomer").groups.all()] == ["editor"]

    def test_the_owner_is_not_invited_into_a_role(self) -> None:
        User.objects.create_superuser("owner")

        with pytest.raises(CommandError, match="has an account already"):
            invite("owner", "--role", "editor")

    def test_a_closed_account_is_not_opened_by_the_way(self) -> None:
        invite("newcomer", "--role", "editor")
        run("disable_editor", "newcomer")

        with pytest.raises(CommandError, match="is closed"):
            invite("newcomer", "--role", "editor")

    def test_closing_the_account_kills_the_link_for_good(self) -> None:
        path = invite("newcomer", "--role", "editor")

        run("disable_editor", "newcomer")

        assert not is_alive(path)

    @pytest.mark.parametrize("name", ["new comer", "x" * 151, "", "new\ncomer"])
    def test_a_name_that_cannot_be_one_is_refused(self, name: str) -> None:
        with pytest.raises(CommandError):
            invite(name, "--role", "editor")

        assert not User.objects.exists()

    def test_a_name_that_differs_only_in_case_is_refused(self) -> None:
        invite("Edith", "--role", "editor")

        with pytest.raises(CommandError, match="differs only in case"):
            invite("edith", "--role", "editor")

    def test_an_address_that_is_none_is_refused(self) -> None:
        with pytest.raises(CommandError, match="valid email"):
            invite("newcomer", "--role", "editor", "--email", "nowhere")

        assert not User.objects.exists()

    def test_an_unknown_role_is_refused_and_a_missing_one_named_with_the_remedy(self) -> None:
        with pytest.raises(CommandError, match="invalid choice"):
            invite("newcomer", "--role", "emperor")
        Group.objects.all().delete()
        with pytest.raises(CommandError, match="set_up_roles"):
            invite("newcomer", "--role", "editor")

    def test_the_address_can_be_said(self) -> None:
        printed = run("invite_editor", "newcomer", "--role=editor", "--base-url", "http://127.0.0.1:8123/")

        assert printed.splitlines()[-1].startswith("http://127.0.0.1:8123/admin/invitation/")

    @pytest.mark.parametrize("address", ["tracker.example.org", "ftp://example.org", "https://", "javascript:1"])
    def test_an_address_that_no_browser_opens_is_refused(self, address: str) -> None:
        with pytest.raises(CommandError, match="base-url"):
            run("invite_editor", "newcomer", "--role=editor", "--base-url", address)

    def test_the_audit_says_by_which_way_and_keeps_no_secret(self) -> None:
        choose_password(invite("newcomer", "--role", "editor"))
        run("disable_editor", "newcomer")

        entries = AuditEntry.objects.of(User.objects.get(username="newcomer"))
        assert {entry.via for entry in entries} == {"manage.py invite_editor", "invitation", "manage.py disable_editor"}
        assert "md5$" not in str([(entry.was, entry.became) for entry in entries])

    def test_nothing_of_it_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)

        path = invite("newcomer", "--role", "editor")
        choose_password(path)

        token = path.rstrip("/").rpartition("/")[2]
        assert token not in caplog.text
        assert PASSWORD not in caplog.text


class TestMail:
    @pytest.fixture(autouse=True)
    def _server(self, settings: Any) -> None:
        settings.EMAIL_HOST = "mail.example.org"

    def test_the_link_is_mailed_and_not_printed(self) -> None:
        printed = run("invite_editor", "newcomer", "--role=editor", "--email=newcomer@example.org", "--mail")

        [message] = mail.outbox
        assert message.to == ["newcomer@example.org"]
        [path] = re.findall(r"https://tracker\.example\.org(/admin/invitation/\S+)", str(message.body))
        assert "invitation" not in printed
        assert "newcomer@example.org" in printed
        assert is_alive(path)
        assert "&" not in str(message.body)

    def test_without_a_server_nothing_is_made(self, settings: Any) -> None:
        settings.EMAIL_HOST = ""

        with pytest.raises(CommandError, match="EMAIL_HOST"):
            run("invite_editor", "newcomer", "--role=editor", "--email=newcomer@example.org", "--mail")

        assert not User.objects.exists()

    def test_without_an_address_nothing_is_made(self) -> None:
        with pytest.raises(CommandError, match="--email"):
            run("invite_editor", "newcomer", "--role=editor", "--mail")

        assert not User.objects.exists()

    def test_a_mail_that_fails_makes_nothing_and_shows_nothing_of_the_link(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "tests.test_people.NoMail"

        with pytest.raises(CommandError, match=r"could not be sent \(SMTPDataError\)") as refused:
            run("invite_editor", "newcomer", "--role=editor", "--email=newcomer@example.org", "--mail")

        assert "invitation" not in str(refused.value)
        assert not User.objects.exists()


class NoMail:
    def __init__(self, **options: Any) -> None:
        pass

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        raise smtplib.SMTPDataError(550, str(messages[0].body).encode())


class TestDisable:
    def test_every_session_ends_and_nobody_elses(self) -> None:
        leaver, other = person_in("editor", "leaver"), person_in("editor", "stayer")
        clients = [signed_in(leaver), signed_in(leaver)]
        staying = signed_in(other)

        printed = run("disable_editor", "leaver")

        assert "2 sessions ended" in printed
        assert Session.objects.count() == 1
        assert [client.get("/admin/").status_code for client in clients] == [302, 302]
        assert staying.get("/admin/").status_code == 200
        assert authenticate(username="leaver", password="made-up") is None

    def test_a_session_does_not_come_back_when_the_account_is_opened_again(self) -> None:
        leaver = person_in("editor", "leaver")
        client = signed_in(leaver)

        run("disable_editor", "leaver")
        User.objects.filter(pk=leaver.pk).update(is_active=True)

        assert client.get("/admin/").status_code == 302

    def test_the_drafts_that_are_left_are_named(self) -> None:
        leaver = person_in("editor", "leaver")
        make_update(published=False, title="Half a thought", written_by=leaver)
        make_update(published=False, title="Somebody else’s", written_by=make_user())
        make_update(published=False, title="Taken over", last_edited_by=leaver)

        printed = run("disable_editor", "leaver")

        assert "Half a thought (draft)" in printed
        assert "Taken over" in printed
        assert "Somebody else" not in printed

    def test_it_says_so_where_none_is_left(self) -> None:
        person_in("editor", "leaver")

        assert "No draft is left behind." in run("disable_editor", "leaver")

    def test_the_last_administrator_stays_unless_forced(self) -> None:
        person_in("administrator", "ada")

        with pytest.raises(CommandError, match="last active administrator"):
            run("disable_editor", "ada")
        assert User.objects.get(username="ada").is_active

        run("disable_editor", "ada", "--force")
        assert not User.objects.get(username="ada").is_active

    def test_of_two_administrators_one_may_go(self) -> None:
        person_in("administrator", "ada")
        User.objects.create_superuser("owner")

        run("disable_editor", "ada")

        with pytest.raises(CommandError, match="last active administrator"):
            run("disable_editor", "owner")

    def test_an_administrator_whose_account_is_closed_does_not_count(self) -> None:
        person_in("administrator", "ada")
        gone = person_in("administrator", "gone")
        User.objects.filter(pk=gone.pk).update(is_active=False)

        with pytest.raises(CommandError, match="last active administrator"):
            run("disable_editor", "ada")

    def test_a_name_that_is_none_or_closed_already_is_said(self) -> None:
        person_in("editor", "leaver")
        run("disable_editor", "leaver")

        with pytest.raises(CommandError, match="closed already"):
            run("disable_editor", "leaver")
        with pytest.raises(CommandError, match="no account"):
            run("disable_editor", "nobody")


class TestList:
    def people(self) -> dict[str, dict[str, Any]]:
        return {person["name"]: person for person in json.loads(run("list_editors", "--json"))}

    def test_who_can_do_what_is_said(self) -> None:
        for role in ("editor", "reviewer", "administrator"):
            person_in(role, f"the-{role}")
        User.objects.create_superuser("owner", password="made-up")

        people = self.people()

        can = {name: {what for what, able in person["can"].items() if able} for name, person in people.items()}
        assert can["the-editor"] == {"write updates", "record checks"}
        assert can["the-reviewer"] == {"write updates", "record checks", "publish updates"}
        assert can["the-administrator"] == {"publish commitments", "manage accounts"}
        assert can["owner"] == set(people["owner"]["can"])
        assert people["owner"]["roles"] == ["superuser"]
        assert people["the-editor"]["roles"] == ["editor"]

    def test_states_are_told_apart_and_the_closed_can_do_nothing(self) -> None:
        closed, kept_out = person_in("editor", "closed"), person_in("editor", "kept-out")
        User.objects.filter(pk=closed.pk).update(is_active=False)
        User.objects.filter(pk=kept_out.pk).update(is_staff=False)
        invite("invited", "--role", "editor")
        signed_in(person_in("editor", "here"))

        people = self.people()

        assert {name: person["state"] for name, person in people.items()} == {
            "closed": "closed",
            "kept-out": "kept out",
            "invited": "invited",
            "here": "active",
        }
        assert not any(people["closed"]["can"].values())
        assert not any(people["kept-out"]["can"].values())
        assert people["here"]["last_login"]
        assert people["invited"]["last_login"] is None

    def test_the_table_has_a_row_for_each_and_no_secret(self) -> None:
        person = person_in("reviewer", "roland")

        lines = run("list_editors").splitlines()

        assert lines[0].split()[:2] == ["name", "roles"]
        assert re.fullmatch(r"roland +reviewer +active +never +yes +yes +yes +– +–", lines[1])
        assert person.password not in "".join(lines)
