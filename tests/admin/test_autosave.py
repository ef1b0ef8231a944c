"""What was typed and not saved comes back, to its writer alone; colleagues are told who has what open."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.models import Commitment, OpenForm, Source, StatusUpdate
from commitments.models.open_form import KEPT_FOR, LARGEST, OPEN_FOR
from commitments.publishing import submit
from tests.admin.conftest import signed_in
from tests.admin.forms import desk, messages_of, new_update, sent_back, shown_in
from tests.factories import make_commitment, make_source, make_update, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment()


@pytest.fixture
def draft(commitment: Commitment, editor: User) -> StatusUpdate:
    return make_update(
        published=False,
        title="A meeting",
        assessments=[{"commitment": commitment, "reasoning": "First reasoning."}],
        written_by=editor,
        last_edited_by=editor,
    )


@pytest.fixture
def colleague(reviewer: User) -> Client:
    return signed_in(reviewer)


def keep(client: Client, data: dict[str, Any], model: type[Any] = StatusUpdate) -> Any:
    return client.post(desk(model, "keep"), data)


def restore(client: Client, form: OpenForm, view: str = "restore") -> Any:
    model, _app, name = StatusUpdate, *form.model.split(".")
    return client.post(reverse(f"admin:{model._meta.app_label}_{name}_{view}", args=[form.token]))


def type_and_leave(client: Client, address: str, **changes: Any) -> OpenForm:
    data = sent_back(client, address, **changes)
    assert keep(client, data | {"_closing": "1"}).status_code == 200
    return OpenForm.objects.get(token=data["_form"])


def test_what_was_typed_is_offered_when_the_form_is_opened_again(as_editor: Client, draft: StatusUpdate) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed", assessments__0__reasoning="Typed too.")

    page = as_editor.get(desk(draft))
    assert "Restore what you typed" in page.content.decode()
    assert "“Typed”" in page.content.decode()
    restored = restore(as_editor, left)

    assert restored.status_code == 200
    assert "This is what you typed until" in restored.content.decode()
    assert f'action="{desk(draft)}"' in restored.content.decode()
    assert shown_in(restored)["assessments-0-reasoning"] == "Typed too."
    assert StatusUpdate.objects.get().title == "A meeting"
    assert as_editor.post(desk(draft), shown_in(restored)).status_code == 302
    assert StatusUpdate.objects.get().title == "Typed"


def test_a_new_record_that_was_begun_is_offered_too(as_editor: Client, commitment: Commitment) -> None:
    source = make_source()
    token = as_editor.get(desk(StatusUpdate)).context["open_form"].token
    keep(as_editor, new_update(commitment, source, title="Begun") | {"_form": token})

    [offered] = as_editor.get(desk(StatusUpdate)).context["unsaved"]
    assert offered["first_words"] == "Begun"
    restored = as_editor.post(offered["restore"])

    assert not StatusUpdate.objects.exists()
    assert as_editor.post(desk(StatusUpdate), shown_in(restored)).status_code == 302
    assert StatusUpdate.objects.get().title == "Begun"
    assert not OpenForm.objects.unsaved().exists()


def test_two_new_records_begun_at_once_do_not_overwrite_each_other(as_editor: Client) -> None:
    for title in ("First", "Second"):
        type_and_leave(as_editor, desk(StatusUpdate), title=title)

    offered = as_editor.get(desk(StatusUpdate)).context["unsaved"]

    assert {each["first_words"] for each in offered} == {"First", "Second"}


def test_restored_text_meets_what_a_colleague_saved_since(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed")
    colleague.post(desk(draft), sent_back(colleague, desk(draft), title="Saved since"))

    restored = restore(as_editor, left)

    assert restored.status_code == 409
    [difference] = restored.context["conflict"]["kept"]
    assert (difference.theirs, difference.mine) == ("Saved since", "Typed")
    assert StatusUpdate.objects.get().title == "Saved since"
    assert as_editor.post(desk(draft), shown_in(restored)).status_code == 302


def test_text_for_a_draft_that_was_submitted_since_is_restored_as_a_new_one(
    as_editor: Client, reviewer: User, draft: StatusUpdate
) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed")
    submit(draft, by=reviewer)
    assert "Restore what you typed" in as_editor.get(desk(draft)).content.decode()

    restored = restore(as_editor, left)

    assert "The update is in review." in restored.content.decode()
    assert as_editor.post(desk(StatusUpdate), shown_in(restored)).status_code == 302
    assert StatusUpdate.objects.filter(title="Typed").exists()
    assert not OpenForm.objects.unsaved().exists()


def test_text_for_a_draft_that_is_gone_is_offered_with_the_form_of_a_new_one(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed")
    colleague.post(desk(draft, "delete"), {"post": "yes"})

    [offered] = as_editor.get(desk(StatusUpdate)).context["unsaved"]

    assert str(left.token) in offered["restore"]
    assert as_editor.post(desk(StatusUpdate), shown_in(restore(as_editor, left))).status_code == 302
    assert StatusUpdate.objects.get().title == "Typed"


def test_saving_forgets_what_was_kept(as_editor: Client, draft: StatusUpdate) -> None:
    data = sent_back(as_editor, desk(draft), title="Saved")
    keep(as_editor, data)

    as_editor.post(desk(draft), data)
    late = keep(as_editor, data | {"_closing": "1"})

    assert late.status_code == 200
    assert not OpenForm.objects.unsaved().exists()


def test_a_save_that_fails_is_kept_without_any_script(as_editor: Client, draft: StatusUpdate) -> None:
    data = sent_back(as_editor, desk(draft), title="", summary="Typed.")

    assert as_editor.post(desk(draft), data).status_code == 200

    assert OpenForm.objects.unsaved().get().fields["summary"] == ["Typed."]


def test_deleting_a_draft_forgets_ones_own_text_and_nobody_elses(
    as_editor: Client, colleague: Client, reviewer: User, draft: StatusUpdate
) -> None:
    type_and_leave(as_editor, desk(draft), title="Mine")
    type_and_leave(colleague, desk(draft), title="Theirs")

    as_editor.post(desk(draft, "delete"), {"post": "yes"})

    assert OpenForm.objects.unsaved().get().user == reviewer


def test_words_that_met_a_conflict_are_still_there_after_looking_at_theirs(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="Mine")
    colleague.post(desk(draft), sent_back(colleague, desk(draft), title="Theirs"))
    as_editor.post(desk(draft), mine)

    [offered] = as_editor.get(desk(draft)).context["unsaved"]
    restored = as_editor.post(offered["restore"])

    assert restored.status_code == 200
    assert shown_in(restored)["title"] == "Mine"


def test_discarded_text_is_gone(as_editor: Client, draft: StatusUpdate) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed")

    response = restore(as_editor, left, "discard")

    assert response.headers["Location"] == desk(draft)
    assert "Restore what you typed" not in as_editor.get(desk(draft)).content.decode()


def test_nobody_sees_keeps_restores_or_discards_the_text_of_somebody_else(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    data = sent_back(as_editor, desk(draft), title="XYZZY")
    keep(as_editor, data)
    left = OpenForm.objects.get(token=data["_form"])

    pages = [
        colleague.get(desk(draft)),
        colleague.get(desk(StatusUpdate)),
        restore(colleague, left),
        restore(colleague, left, "discard"),
        keep(colleague, {"_form": left.token, "title": "Overwritten"}),
    ]

    assert not [page for page in pages if "XYZZY" in page.content.decode()]
    left.refresh_from_db()
    assert left.fields["title"] == ["XYZZY"]


def test_nothing_that_was_typed_is_seen_in_public(client: Client, as_editor: Client, draft: StatusUpdate) -> None:
    type_and_leave(as_editor, desk(draft), title="XYZZY", summary="XYZZY")

    for address in ("/", "/updates/", "/commitments/", "/sources/", "/corrections/", "/feeds/updates.rss"):
        assert "XYZZY" not in client.get(address).content.decode()


def test_what_is_saved_after_the_session_ended_is_offered_after_logging_in(
    as_editor: Client, editor: User, draft: StatusUpdate
) -> None:
    data = sent_back(as_editor, desk(draft), title="Typed", assessments__0__reasoning="Typed too.")
    as_editor.logout()

    sent = as_editor.post(desk(draft), data)

    assert sent.headers["Location"] == f"{reverse('admin:login')}?next={desk(draft)}"
    assert "What you typed is kept" in messages_of(as_editor.get(sent.headers["Location"]))
    assert StatusUpdate.objects.get().title == "A meeting"
    as_editor.force_login(editor)
    [offered] = as_editor.get(desk(draft)).context["unsaved"]
    restored = shown_in(as_editor.post(offered["restore"]))
    assert (restored["title"], restored["assessments-0-reasoning"]) == ("Typed", "Typed too.")


@pytest.mark.parametrize("token", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_nobody_keeps_anything_without_the_token_of_a_form(client: Client, draft: StatusUpdate, token: str) -> None:
    response = client.post(desk(draft), {"title": "Typed", "_form": token})

    assert "What you typed is kept" not in messages_of(client.get(response.headers["Location"]))
    assert not OpenForm.objects.unsaved().exists()


def test_a_reader_with_an_account_keeps_nothing_in_the_form_of_somebody_else(
    as_editor: Client, draft: StatusUpdate
) -> None:
    data = sent_back(as_editor, desk(draft), title="Forged")
    reader = make_user("reader")
    User.objects.filter(pk=reader.pk).update(is_staff=False)

    assert signed_in(reader).post(desk(draft), data).status_code == 302

    assert not OpenForm.objects.unsaved().exists()


def test_a_closed_account_keeps_its_words_and_saves_nothing(
    as_editor: Client, editor: User, draft: StatusUpdate
) -> None:
    data = sent_back(as_editor, desk(draft), title="Typed")
    User.objects.filter(pk=editor.pk).update(is_active=False)

    assert as_editor.post(desk(draft), data).status_code == 302

    assert StatusUpdate.objects.get().title == "A meeting"
    assert OpenForm.objects.unsaved().get().fields["title"] == ["Typed"]


def test_an_expired_form_shows_the_words_that_it_did_not_save(editor: User, draft: StatusUpdate) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    typed = {"title": "<b>Typed</b>", "assessments-0-reasoning": "Typed too.", "new_password1": "made-up secret"}

    response = client.post(desk(draft), typed | {"_form": "any"})

    page = response.content.decode()
    assert response.status_code == 403
    assert "&lt;b&gt;Typed&lt;/b&gt;" in page
    assert "Typed too." in page
    assert "made-up secret" not in page


def test_a_form_learns_the_token_of_a_later_login(as_editor: Client, draft: StatusUpdate) -> None:
    answer = as_editor.get(desk(StatusUpdate, "keep"))

    assert answer.json()["token"]
    assert not OpenForm.objects.exists()


def test_more_than_a_form_may_hold_is_refused_in_words(as_editor: Client, draft: StatusUpdate) -> None:
    response = as_editor.post(desk(draft), {"summary": "x" * 3_000_000})

    assert response.status_code == 400
    assert "More was sent than a form may hold." in response.content.decode()


@pytest.mark.parametrize("view", ["keep", "restore", "discard"])
def test_keeping_restoring_and_discarding_change_something_and_so_are_posts(
    as_editor: Client, draft: StatusUpdate, view: str
) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed")
    address = (
        desk(StatusUpdate, "keep")
        if view == "keep"
        else reverse(f"admin:commitments_statusupdate_{view}", args=[left.token])
    )

    assert as_editor.get(address).status_code == (200 if view == "keep" else 405)
    assert OpenForm.objects.unsaved().get().fields == left.fields
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_editor.cookies
    assert strict.post(address).status_code == 403


def test_who_may_not_write_keeps_nothing(as_administrator: Client) -> None:
    assert keep(as_administrator, {"_form": uuid.uuid4(), "title": "Forged"}).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "0b4f3e0a-5a0f-4c1e-9d3b-7f6f0c2a9e11"])
def test_a_form_that_was_never_opened_keeps_nothing(as_editor: Client, token: str) -> None:
    response = keep(as_editor, {"_form": token, "title": "Typed"})

    assert "too old to be kept" in response.json()["state"]
    assert not OpenForm.objects.exists()


def test_text_that_is_not_kept_any_more_is_said_to_be_gone(as_editor: Client, draft: StatusUpdate) -> None:
    left = type_and_leave(as_editor, desk(draft), title="Typed")
    token = left.token
    left.delete()

    response = as_editor.post(reverse("admin:commitments_statusupdate_restore", args=[token]), follow=True)

    assert "That text is not kept any more." in messages_of(response)


def test_text_without_bound_is_not_kept_and_the_writer_is_told(as_editor: Client, draft: StatusUpdate) -> None:
    data = sent_back(as_editor, desk(draft), summary="First.")
    keep(as_editor, data)

    answer = keep(as_editor, data | {"summary": "x" * LARGEST})

    assert "too long to be kept" in answer.json()["state"]
    assert OpenForm.objects.unsaved().get().fields["summary"] == ["First."]


def test_what_the_database_knows_no_sign_for_is_left_out(as_editor: Client, draft: StatusUpdate) -> None:
    keep(as_editor, sent_back(as_editor, desk(draft), title="a\0b"))

    assert OpenForm.objects.unsaved().get().fields["title"] == ["ab"]


def test_passwords_and_the_marks_of_the_page_are_never_kept(as_editor: Client, draft: StatusUpdate) -> None:
    keep(as_editor, sent_back(as_editor, desk(draft), password1="made-up", csrfmiddlewaretoken="made-up", _save="1"))

    fields = OpenForm.objects.unsaved().get().fields
    assert not {name for name in fields if "password" in name or "csrf" in name or name.startswith("_")}


@pytest.mark.parametrize("view", ["add", "change"])
def test_forms_of_accounts_are_not_kept(as_administrator: Client, editor: User, view: str) -> None:
    page = as_administrator.get(desk(editor) if view == "change" else desk(User)).content.decode()

    assert "desk-autosave" not in page
    assert "data-address" not in page
    assert not OpenForm.objects.exists()


def test_a_colleague_who_has_the_record_open_is_named(
    as_editor: Client, colleague: Client, reviewer: User, draft: StatusUpdate
) -> None:
    assert as_editor.get(desk(draft)).context["colleagues"] == []
    User.objects.filter(pk=reviewer.pk).update(first_name="Roland", last_name="Example")
    data = sent_back(colleague, desk(draft))

    [sentence] = as_editor.get(desk(draft)).context["colleagues"]

    assert "Roland Example has this record open too, since" in sentence
    keep(colleague, {"_form": data["_form"], "_nothing_new": "1", "_closing": "1"})
    assert as_editor.get(desk(draft)).context["colleagues"] == []
    keep(colleague, {"_form": data["_form"], "_nothing_new": "1"})
    assert as_editor.get(desk(draft)).context["colleagues"]


def test_who_has_it_open_already_hears_of_the_colleague(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    token = sent_back(as_editor, desk(draft))["_form"]
    colleague.get(desk(draft))

    answer = keep(as_editor, {"_form": token, "_nothing_new": "1"})

    assert "roland has this record open too" in " ".join(answer.json()["notices"])
    assert not OpenForm.objects.unsaved().exists()


def test_who_has_it_open_already_hears_that_it_was_saved(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    token = sent_back(as_editor, desk(draft))["_form"]
    colleague.post(desk(draft), sent_back(colleague, desk(draft), title="Theirs"))

    answer = keep(as_editor, {"_form": token, "_nothing_new": "1"})

    assert "you will be shown both texts" in " ".join(answer.json()["notices"])


def test_a_page_that_never_said_it_was_closed_counts_as_open_for_a_while_only(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    with time_machine.travel(timezone.now() - OPEN_FOR - datetime.timedelta(seconds=5), tick=False):
        colleague.get(desk(draft))

    assert as_editor.get(desk(draft)).context["colleagues"] == []


def test_old_text_is_forgotten_when_somebody_opens_a_form(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    with time_machine.travel(timezone.now() - KEPT_FOR - datetime.timedelta(seconds=5), tick=False):
        OpenForm.objects.create(
            user=draft.written_by,
            model="commitments.statusupdate",
            opened_at=timezone.now(),
            seen_at=timezone.now(),
            fields={"title": ["Old"]},
        )

    colleague.get(desk(Source))

    assert not OpenForm.objects.unsaved().exists()


def test_a_record_that_nobody_may_edit_is_not_noted_as_open(as_editor: Client, commitment: Commitment) -> None:
    update = make_update(assessments=[{"commitment": commitment}])

    as_editor.get(desk(update))

    assert not OpenForm.objects.exists()
