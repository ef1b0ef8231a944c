"""Two people at one record: the second sees both texts, and nobody's words are lost."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from commitments.admin.conflict import ConflictMixin
from commitments.admin.steps import Step
from commitments.admin.update import StatusUpdateAdmin
from commitments.admin.versions import require_version
from commitments.models import (
    Assessment,
    Citation,
    Commitment,
    Source,
    StatusUpdate,
    latest_entry_id,
    reason_for_change,
)
from commitments.publishing import Refused, publish, record_check, submit
from tests.admin.conftest import signed_in
from tests.admin.forms import desk, messages_of, refusal_of, sent_back, shown_in
from tests.factories import make_check, make_commitment, make_source, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment()


@pytest.fixture
def draft(commitment: Commitment, editor: User) -> StatusUpdate:
    return make_update(
        published=False,
        title="A meeting",
        summary="First words.",
        assessments=[{"commitment": commitment, "reasoning": "First reasoning."}],
        written_by=editor,
        last_edited_by=editor,
    )


@pytest.fixture
def colleague(reviewer: User) -> Client:
    return signed_in(reviewer)


def save(client: Client, record: models.Model, **changes: Any) -> None:
    response = client.post(desk(record), sent_back(client, desk(record), **changes))
    assert response.status_code == 302, response.context["errors"]


def differences(response: Any, kind: str = "kept") -> dict[str, tuple[str | None, str, str]]:
    found = response.context["conflict"][kind]
    return {each.label: (each.was, each.theirs, each.mine) for each in found}


def press_again(client: Client, record: models.Model, response: Any, **changes: Any) -> Any:
    """The form of that page sent back as it stands."""
    return client.post(desk(record), shown_in(response) | changes)


def test_the_second_of_two_is_shown_both_texts_with_their_own_in_the_form(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title")
    save(colleague, draft, title="Their title")

    response = as_editor.post(desk(draft), mine)

    assert response.status_code == 409
    assert differences(response) == {"Title": ("A meeting", "Their title", "My title")}
    page = response.content.decode()
    assert 'value="My title"' in page or ">My title</textarea>" in page
    assert "Their title" in page
    assert "roland changed this record at" in page
    assert StatusUpdate.objects.get().title == "Their title"


def test_saving_again_over_the_text_that_was_shown_goes_through(
    as_editor: Client, colleague: Client, editor: User, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title")
    save(colleague, draft, title="Their title")
    shown = as_editor.post(desk(draft), mine)

    response = press_again(as_editor, draft, shown)

    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.last_edited_by) == ("My title", editor)


def test_a_third_change_is_a_conflict_again(as_editor: Client, colleague: Client, draft: StatusUpdate) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title")
    save(colleague, draft, title="Their title")
    shown = as_editor.post(desk(draft), mine)
    save(colleague, draft, title="Their second title")

    response = press_again(as_editor, draft, shown)

    assert response.status_code == 409
    assert differences(response) == {"Title": ("Their title", "Their second title", "My title")}
    assert StatusUpdate.objects.get().title == "Their second title"


def test_a_page_never_carries_a_newer_version_than_its_text(
    as_editor: Client, draft: StatusUpdate, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_form = StatusUpdateAdmin.get_form

    def save_meanwhile(self: StatusUpdateAdmin, *args: Any, **kwargs: Any) -> Any:
        StatusUpdate.objects.filter(pk=draft.pk).update(title="Saved meanwhile")
        return get_form(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(StatusUpdateAdmin, "get_form", save_meanwhile)
        opened = as_editor.get(desk(draft))

    assert shown_in(opened)["title"] == "A meeting"
    assert press_again(as_editor, draft, opened).status_code == 409


def test_what_only_the_colleague_changed_is_taken_into_the_form(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title")
    save(colleague, draft, summary="Their summary.", happened_on="2025-06-02", is_context="on", kind="report")

    shown = as_editor.post(desk(draft), mine)
    assert differences(shown) == {}
    assert differences(shown, "taken") == {
        "Summary": ("First words.", "Their summary.", "First words."),
        "Happened on": ("2025-06-01", "2025-06-02", "2025-06-01"),
        "Kind": ("Meeting", "Report", "Meeting"),
        "Context": ("No", "Yes", "No"),
    }
    press_again(as_editor, draft, shown)

    draft.refresh_from_db()
    assert (draft.title, draft.summary, str(draft.happened_on)) == ("My title", "Their summary.", "2025-06-02")
    assert (draft.is_context, draft.kind) == (True, "report")


def test_what_both_changed_alike_is_no_difference(as_editor: Client, colleague: Client, draft: StatusUpdate) -> None:
    mine = sent_back(as_editor, desk(draft), title="One title")
    save(colleague, draft, title="One title")

    response = as_editor.post(desk(draft), mine)

    assert response.status_code == 409
    assert differences(response) == differences(response, "taken") == {}
    assert "No field that you can edit reads differently" in response.content.decode()


def test_rows_under_the_record_are_part_of_its_text(
    as_editor: Client, colleague: Client, draft: StatusUpdate, commitment: Commitment
) -> None:
    mine = sent_back(as_editor, desk(draft), assessments__0__reasoning="My reasoning.")
    save(colleague, draft, assessments__0__reasoning="Their reasoning.", citations__0__locator="p. 4")

    shown = as_editor.post(desk(draft), mine)

    label = f"Assessment “{commitment}”: Reasoning"
    assert differences(shown) == {label: ("First reasoning.", "Their reasoning.", "My reasoning.")}
    [(was, theirs, _mine)] = differences(shown, "taken").values()
    assert (was, theirs) == ("–", "p. 4")
    press_again(as_editor, draft, shown)
    assert draft.assessments.get().reasoning == "My reasoning."
    assert draft.citations.get().locator == "p. 4"


def test_rows_that_both_added_are_all_in_the_form(as_editor: Client, colleague: Client, draft: StatusUpdate) -> None:
    own, theirs = make_source(title="My source"), make_source(title="Their source")
    mine = sent_back(as_editor, desk(draft), citations__TOTAL_FORMS=2, citations__1__source=own.pk)
    save(colleague, draft, citations__TOTAL_FORMS=2, citations__1__source=theirs.pk)

    shown = as_editor.post(desk(draft), mine)
    assert list(differences(shown, "taken")) == ["Citation “Their source”"]
    assert press_again(as_editor, draft, shown).status_code == 302

    titles = [citation.source.title for citation in draft.citations.all()]
    assert titles[1:] == ["Their source", "My source"]


def test_a_row_that_a_colleague_deleted_is_kept_where_something_was_typed_into_it(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), assessments__0__reasoning="My reasoning.")
    save(colleague, draft, assessments__0__DELETE="on")

    shown = as_editor.post(desk(draft), mine)
    [(was, theirs, words)] = differences(shown).values()
    assert "First reasoning." in str(was)
    assert theirs == "Deleted"
    assert "My reasoning." in words
    assert press_again(as_editor, draft, shown).status_code == 302

    assert draft.assessments.get().reasoning == "My reasoning."


def test_a_row_that_a_colleague_deleted_goes_where_nothing_was_typed_into_it(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title")
    save(colleague, draft, assessments__0__DELETE="on")

    shown = as_editor.post(desk(draft), mine)
    [(_was, theirs, _mine)] = differences(shown, "taken").values()
    assert theirs == "Deleted"
    press_again(as_editor, draft, shown)

    assert not draft.assessments.exists()
    assert StatusUpdate.objects.get().title == "My title"


def test_a_row_deleted_here_and_reworded_there_is_shown_as_both(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), assessments__0__DELETE="on")
    save(colleague, draft, assessments__0__reasoning="Their reasoning.")

    shown = as_editor.post(desk(draft), mine)

    [(_was, theirs, words)] = differences(shown).values()
    assert "Their reasoning." in theirs
    assert words == "Deleted"
    assert draft.assessments.exists()
    press_again(as_editor, draft, shown, **{"assessments-0-DELETE": "on"})
    assert not draft.assessments.exists()


def test_a_row_deleted_here_stays_marked_in_the_form(as_editor: Client, colleague: Client, draft: StatusUpdate) -> None:
    mine = sent_back(as_editor, desk(draft), citations__0__DELETE="on")
    save(colleague, draft, title="Their title")

    shown = as_editor.post(desk(draft), mine)

    assert shown.context["inline_admin_formsets"][1].formset.forms[0]["DELETE"].value()


def test_line_breaks_as_browsers_send_them_are_no_change_of_ones_own(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    StatusUpdate.objects.update(summary="First line.\nSecond line.")
    mine = sent_back(as_editor, desk(draft), summary="First line.\r\nSecond line.", title="Mine")
    save(colleague, draft, summary="Their line.")

    shown = as_editor.post(desk(draft), mine)

    assert list(differences(shown, "taken")) == ["Summary"]


@dataclass
class Hand:
    """What one of two does to a draft of two assessments."""

    fields: dict[str, str]
    rows: list[str]
    adds: bool

    @classmethod
    def at_random(cls, chance: random.Random, who: str) -> Hand:
        values = {"title": f"Title of {who}", "summary": f"Summary of {who}.", "note": f"Note of {who}"}
        return cls(
            fields={name: value for name, value in values.items() if chance.random() < 0.5},
            rows=[chance.choice(["leaves", "rewords", "deletes"]) for _row in range(2)],
            adds=chance.random() < 0.5,
        )

    def changes(self, who: str, source: Source) -> dict[str, Any]:
        data: dict[str, Any] = dict(self.fields)
        for index, act in enumerate(self.rows):
            data |= {f"assessments__{index}__reasoning": f"{index} of {who}"} if act == "rewords" else {}
            data |= {f"assessments__{index}__DELETE": "on"} if act == "deletes" else {}
        return data | ({"citations__TOTAL_FORMS": 2, "citations__1__source": source.pk} if self.adds else {})


def row_after(index: int, mine: str, theirs: str) -> list[str]:
    """The reasonings that remain of a row, once it was saved over the text that was shown."""
    if mine == "deletes" or (mine == "leaves" and theirs == "deletes"):
        return []
    return [f"{index} of {'me' if mine == 'rewords' else 'them' if theirs == 'rewords' else 'both'}"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_two_do_to_a_draft_each_word_is_saved_or_was_shown(
    as_editor: Client, colleague: Client, editor: User, seed: int
) -> None:
    chance = random.Random(seed)
    rows = [{"commitment": make_commitment(), "reasoning": f"{index} of both"} for index in range(2)]
    draft = make_update(published=False, assessments=rows, note="Note of both")
    sources = [make_source(), make_source()]
    me, they = Hand.at_random(chance, "me"), Hand.at_random(chance, "them")
    mine = sent_back(as_editor, desk(draft), **me.changes("me", sources[0]))
    save(colleague, draft, **({"kind": "report"} | they.changes("them", sources[1])))

    shown = as_editor.post(desk(draft), mine)
    assert shown.status_code == 409
    kept = differences(shown)
    assert {name for name in me.fields if name in they.fields} == {label.lower() for label in kept if "“" not in label}
    response = press_again(as_editor, draft, shown)
    assert response.status_code == 302, response.context["errors"]

    draft.refresh_from_db()
    for name in ("title", "summary", "note"):
        saved = me.fields.get(name) or they.fields.get(name) or {"note": "Note of both"}.get(name, getattr(draft, name))
        assert getattr(draft, name) == saved
    expected = [row_after(index, *acts) for index, acts in enumerate(zip(me.rows, they.rows, strict=True))]
    reasonings = draft.assessments.order_by("commitment").values_list("reasoning", flat=True)
    assert list(reasonings) == [words for row in expected for words in row]
    added = {source.pk for source, hand in zip(sources, (me, they), strict=True) if hand.adds}
    assert added == set(draft.citations.values_list("source", flat=True)) & {source.pk for source in sources}
    assert (draft.kind, draft.last_edited_by) == ("report", editor)


def test_a_change_by_raw_sql_is_a_conflict_too(as_editor: Client, draft: StatusUpdate) -> None:
    mine = sent_back(as_editor, desk(draft), summary="My words.")
    Assessment.objects.filter(update=draft).update(reasoning="From a command.")

    assert as_editor.post(desk(draft), mine).status_code == 409

    assert StatusUpdate.objects.get().summary == "First words."


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "٣", "9" * 30, "\0"])
def test_a_version_that_makes_no_sense_is_no_permission(as_editor: Client, draft: StatusUpdate, version: str) -> None:
    response = as_editor.post(desk(draft), sent_back(as_editor, desk(draft), title="Forged", _version=version))

    assert response.status_code == 409
    assert differences(response) == {"Title": (None, "A meeting", "Forged")}
    assert StatusUpdate.objects.get().title == "A meeting"


def test_a_form_without_version_is_no_permission(editor: User, draft: StatusUpdate) -> None:
    plain = Client()
    plain.force_login(editor)
    data = sent_back(plain, desk(draft), title="Forged")
    del data["_version"]

    assert plain.post(desk(draft), data).status_code == 409
    assert plain.post(desk(draft), {}).status_code == 409
    assert plain.post(desk(draft, "delete"), {"post": "yes"}).status_code == 409

    assert StatusUpdate.objects.get().title == "A meeting"


def test_hostile_rows_do_not_break_the_comparison(as_editor: Client, colleague: Client, draft: StatusUpdate) -> None:
    mine = sent_back(
        as_editor,
        desk(draft),
        assessments__TOTAL_FORMS="99999999",
        assessments__INITIAL_FORMS="77",
        assessments__0__id="none",
        assessments__1__id="1",
        assessments__2__commitment="x",
        citations__TOTAL_FORMS="-3",
        kind="\0",
    )
    save(colleague, draft, title="Their title")

    assert as_editor.post(desk(draft), mine).status_code == 409
    assert draft.assessments.count() == 1


def test_a_draft_deleted_meanwhile_can_be_saved_as_a_new_one(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title", assessments__0__reasoning="My reasoning.")
    colleague.post(desk(draft, "delete"), {"post": "yes"})
    assert not StatusUpdate.objects.exists()

    shown = as_editor.post(desk(draft), mine)

    assert shown.status_code == 409
    page = shown.content.decode()
    assert "roland deleted it at" in page
    assert "My reasoning." in page
    assert f'action="{desk(StatusUpdate)}"' in page
    assert as_editor.post(desk(StatusUpdate), shown_in(shown)).status_code == 302
    update = StatusUpdate.objects.get()
    assert (update.title, update.assessments.get().reasoning) == ("My title", "My reasoning.")
    assert update.citations.count() == 1


def test_a_draft_submitted_meanwhile_shows_what_happened_and_the_words(
    as_editor: Client, reviewer: User, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), title="My title")
    submit(draft, by=reviewer)

    shown = as_editor.post(desk(draft), mine)

    page = shown.content.decode()
    assert shown.status_code == 409
    assert "The update is in review." in page
    assert "My title" in page
    assert f'href="{desk(draft)}"' in page
    assert StatusUpdate.objects.get().title == "A meeting"
    assert as_editor.post(desk(StatusUpdate), shown_in(shown)).status_code == 302
    assert sorted(StatusUpdate.objects.values_list("title", flat=True)) == ["A meeting", "My title"]


def test_words_that_a_new_record_has_no_room_for_are_shown_beside_it(
    as_editor: Client, editor: User, reviewer: User, commitment: Commitment
) -> None:
    public = make_update(assessments=[{"commitment": commitment}])
    as_editor.post(desk(public, "step_correct"), {"reason": "The day was wrong."})
    correction = StatusUpdate.objects.get(corrects=public)
    mine = sent_back(as_editor, desk(correction), correction_reason="Words of mine.")
    submit(correction, by=editor)
    publish(correction, by=reviewer)

    shown = as_editor.post(desk(correction), mine)

    assert "A published update is final." in shown.content.decode()
    assert [words for _label, words in shown.context["lost"]["words"]] == ["Words of mine."]


def test_a_check_recorded_meanwhile_keeps_the_words(as_editor: Client, editor: User, commitment: Commitment) -> None:
    check = make_check(commitment, recorded=False)
    mine = sent_back(as_editor, desk(check), found="My finding")
    record_check(check, by=editor)

    shown = as_editor.post(desk(check), mine)

    assert shown.status_code == 409
    assert "A recorded check is final." in shown.content.decode()
    assert shown.context["adminform"].form["found"].value() == "My finding"


def test_the_list_of_commitments_that_a_check_covers_is_compared(
    as_editor: Client, colleague: Client, commitment: Commitment
) -> None:
    check, second, third = make_check(commitment, recorded=False), make_commitment(), make_commitment()
    mine = sent_back(as_editor, desk(check), covers=[commitment.pk, second.pk])
    save(colleague, check, covers=[commitment.pk, third.pk])

    shown = as_editor.post(desk(check), mine)

    assert differences(shown) == {
        "Commitments covered": (str(commitment), f"{commitment}, {third}", f"{commitment}, {second}")
    }
    other = sent_back(as_editor, desk(check), found="Mine")
    save(colleague, check, covers=[second.pk])
    taken = as_editor.post(desk(check), other)
    press_again(as_editor, check, taken)
    check.refresh_from_db()
    assert ([each.pk for each in check.commitments.all()], check.found) == ([second.pk], "Mine")


def test_public_labels_conflict_and_keep_the_reason_that_was_typed(
    as_administrator: Client, commitment: Commitment
) -> None:
    mine = sent_back(as_administrator, desk(commitment.area), name="My name", reason="My reason.")
    with reason_for_change("Theirs."):
        type(commitment.area).objects.update(name="Their name")

    shown = as_administrator.post(desk(commitment.area), mine)

    assert differences(shown)["Name"][1:] == ("Their name", "My name")
    assert press_again(as_administrator, commitment.area, shown).status_code == 302
    commitment.area.refresh_from_db()
    assert commitment.area.name == "My name"


def test_accounts_conflict_too(as_administrator: Client, editor: User) -> None:
    mine = sent_back(as_administrator, desk(editor), first_name="Mine")
    User.objects.filter(pk=editor.pk).update(first_name="Theirs", is_active=False)

    shown = as_administrator.post(desk(editor), mine)

    assert shown.status_code == 409
    assert differences(shown) == {"First name": ("–", "Theirs", "Mine")}
    assert list(differences(shown, "taken")) == ["Active"]


def test_roles_of_an_account_are_compared(as_administrator: Client, editor: User) -> None:
    mine = sent_back(as_administrator, desk(editor), first_name="Mine")
    editor.groups.clear()

    shown = as_administrator.post(desk(editor), mine)

    assert differences(shown, "taken") == {"Groups": ("editor", "–", "editor")}


def test_deleting_what_changed_since_asks_again(as_editor: Client, colleague: Client, draft: StatusUpdate) -> None:
    asked = as_editor.get(desk(draft, "delete")).context["version"]
    save(colleague, draft, title="Their title")

    again = as_editor.post(desk(draft, "delete"), {"post": "yes", "_version": asked})

    assert again.status_code == 409
    assert "Nothing was deleted" in again.content.decode()
    assert StatusUpdate.objects.exists()
    as_editor.post(desk(draft, "delete"), {"post": "yes", "_version": again.context["version"]})
    assert not StatusUpdate.objects.exists()


def test_deleting_what_was_submitted_since_opens_it_with_the_reason(
    as_editor: Client, reviewer: User, draft: StatusUpdate
) -> None:
    asked = as_editor.get(desk(draft, "delete")).context["version"]
    submit(draft, by=reviewer)

    response = as_editor.post(desk(draft, "delete"), {"post": "yes", "_version": asked}, follow=True)

    assert "The update is in review." in messages_of(response)
    assert StatusUpdate.objects.exists()


def test_nobody_publishes_a_text_that_was_not_on_their_screen(
    as_reviewer: Client, editor: User, draft: StatusUpdate
) -> None:
    submit(draft, by=editor)
    seen = as_reviewer.get(desk(draft)).context["version"]
    Citation.objects.filter(update=draft).update(locator="p. 9")

    response = as_reviewer.post(desk(draft, "step_publish"), {"_version": seen}, follow=True)

    draft.refresh_from_db()
    assert not draft.is_published
    assert "Nothing was done" in refusal_of(response)
    as_reviewer.post(desk(draft, "step_publish"), {"_version": response.context["version"]})
    draft.refresh_from_db()
    assert draft.is_published


STEPS = [(model, step) for model, each in admin.site._registry.items() for step in getattr(each, "steps", ())]


@pytest.mark.parametrize("version", [None, "", "1"])
@pytest.mark.parametrize(
    ("model", "step"),
    [pytest.param(model, step, id=f"{model._meta.model_name}-{step.name}") for model, step in STEPS if not step.saves],
)
def test_no_step_is_taken_without_the_version_that_was_on_the_screen(
    admin_client: Client, editor: User, draft: StatusUpdate, model: type[models.Model], step: Step, version: str | None
) -> None:
    submit(draft, by=editor)
    records: list[models.Model] = [draft, make_update(assessments=[{"commitment": make_commitment()}])]
    [record, *_rest] = [each for each in [*records, make_commitment()] if type(each) is model and step.offered(each)]
    before = [latest_entry_id(record), model._default_manager.count()]

    data = {"reason": "Made up.", "note": "Made up."} | ({} if version is None else {"_version": version})
    admin_client.post(desk(record, f"step_{step.name}"), data)

    assert [latest_entry_id(record), model._default_manager.count()] == before


def test_a_refused_reason_stays_on_the_screen(as_administrator: Client, commitment: Commitment) -> None:
    address = desk(commitment, "step_withdraw")
    seen = latest_entry_id(commitment)
    assert as_administrator.get(f"{address}?_version={seen}").context["version"] == str(seen)
    with reason_for_change("Theirs."):
        Commitment.objects.update(title="Their title")

    empty = as_administrator.post(address, {"reason": " ", "_version": seen})
    assert empty.context["version"] == str(seen)
    shown = as_administrator.post(address, {"reason": "Given up.", "_version": seen})

    assert "Given up." in shown.content.decode()
    assert "Nothing was done" in shown.content.decode()
    as_administrator.post(address, {"reason": "Given up.", "_version": shown.context["version"]})
    commitment.refresh_from_db()
    assert commitment.withdrawn_at


def test_the_button_of_the_form_submits_only_what_was_on_the_screen(
    as_editor: Client, colleague: Client, draft: StatusUpdate
) -> None:
    mine = sent_back(as_editor, desk(draft), _step="submit")
    save(colleague, draft, title="Their title")

    assert as_editor.post(desk(draft), mine).status_code == 409

    draft.refresh_from_db()
    assert not draft.is_in_review


def test_a_version_is_required_of_rows_taken_in_bulk(draft: StatusUpdate) -> None:
    seen = latest_entry_id(draft)
    require_version(draft, str(seen))
    Assessment.objects.filter(update=draft).update(reasoning="Another.")

    with pytest.raises(Refused, match="Nothing was done"):
        require_version(draft, seen)
    with pytest.raises(Refused, match="not known"):
        require_version(draft, None)
    StatusUpdate.objects.filter(pk=draft.pk).delete()
    with pytest.raises(Refused, match="no longer exists"):
        require_version(draft, latest_entry_id(draft))


def test_a_record_that_never_was_is_not_found(as_editor: Client) -> None:
    for key in ("999999", "9" * 30, "none"):
        response = as_editor.post(f"{desk(Source, 'changelist')}{key}/change/", {"_version": "1"}, follow=True)
        assert "Perhaps it was deleted?" in messages_of(response)
        response = as_editor.post(f"{desk(Source, 'changelist')}{key}/delete/", {"_version": "1"}, follow=True)
        assert "Perhaps it was deleted?" in messages_of(response)


def test_no_list_edits_rows_past_the_comparison() -> None:
    for model, model_admin in admin.site._registry.items():
        assert not model_admin.list_editable, model


def test_every_form_of_the_desk_compares_versions(rf: Any, django_user_model: type[User]) -> None:
    request = rf.get("/")
    request.user = django_user_model(is_superuser=True, is_active=True)
    for model, model_admin in admin.site._registry.items():
        if model_admin.has_change_permission(request):
            assert isinstance(model_admin, ConflictMixin), model
