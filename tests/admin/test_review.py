"""Deciding on an update: seen as the public will, with what it changes, by somebody else."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from commitments.admin import several
from commitments.clocks import Clocks
from commitments.effects import Difference, Effect, differences, effects
from commitments.models import Assessment, Commitment, Edition, ReviewNote, StatusUpdate, latest_entry_id
from commitments.overview import judged_set
from commitments.publishing import publish, remark, send_back, start_correction, submit
from commitments.typed import VERSION
from tests.factories import make_commitment, make_milestone, make_update, make_user, put_in_review

from .conftest import signed_in
from .forms import desk, messages_of, refusal_of, sent_back

TODAY = datetime.datetime.now(datetime.UTC).date()
LAST_YEAR = datetime.date(TODAY.year - 1, 6, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(title="Made-up pledge")


@pytest.fixture
def in_review(editor: User, commitment: Commitment) -> StatusUpdate:
    return submitted(editor, commitment)


def submitted(writer: User, commitment: Commitment, **fields: Any) -> StatusUpdate:
    assessment = {"commitment": commitment, "status": "announced"}
    update = make_update(published=False, assessments=[assessment], written_by=writer, last_edited_by=writer, **fields)
    submit(update, by=writer)
    return update


def page(client: Client, update: StatusUpdate) -> str:
    response = client.get(desk(update, "review"))
    assert response.status_code == 200
    return response.content.decode()


def moves_of(effect: Effect) -> dict[str, tuple[str, str]]:
    return {move.judgement.name: (move.before.words, move.after.words) for move in effect.moves}


def buttons(text: str) -> str:
    """The form with which an update is decided on."""
    _before, form, after = text.partition('id="decision"')
    assert form
    return after.partition("</form>")[0]


def press(client: Client, update: StatusUpdate, step: str, **data: Any) -> Any:
    version = {VERSION: latest_entry_id(update)}
    return client.post(desk(update, f"step_{step}"), version | data, follow=True)


class TestPage:
    def test_shows_the_public_page_and_what_it_changes(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        text = page(as_reviewer, in_review)

        assert in_review.summary in text
        assert text.index("Not yet assessed") < text.index("Announced")
        assert "Made-up pledge" in text

    def test_rehearsing_publishes_nothing(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        edition = Edition.objects.current().number

        page(as_reviewer, in_review)

        in_review.refresh_from_db()
        assert not in_review.is_published
        assert Edition.objects.current().number == edition
        assert not Assessment.objects.filter(published_at__isnull=False).exists()

    def test_is_kept_by_no_cache(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        assert "no-store" in as_reviewer.get(desk(in_review, "review"))["Cache-Control"]

    def test_says_what_publication_would_refuse(self, as_reviewer: Client, editor: User) -> None:
        draft = make_update(published=False, sources=[], assessments=[{"commitment": make_commitment()}])
        put_in_review(draft, by=editor)

        text = page(as_reviewer, draft)

        assert "Nothing is published without a source." in text
        assert desk(draft, "step_publish") not in text

    def test_of_a_published_update_leads_to_its_record(self, as_reviewer: Client) -> None:
        update = make_update(assessments=[{"commitment": make_commitment()}])

        assert as_reviewer.get(desk(update, "review")).url == desk(update)

    def test_is_for_those_who_may_read_drafts(self, client: Client, in_review: StatusUpdate) -> None:
        outsider = signed_in(make_user("outsider"))

        assert client.get(desk(in_review, "review")).status_code == 302
        assert outsider.get(desk(in_review, "review")).status_code == 403

    def test_the_record_in_review_offers_no_decision_of_its_own(
        self, as_reviewer: Client, in_review: StatusUpdate
    ) -> None:
        text = as_reviewer.get(desk(in_review)).content.decode()

        assert desk(in_review, "step_publish") not in text
        assert desk(in_review, "review") in text

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</textarea><b>", "{{ clocks }}{% now %}", "日本語"])
    def test_hostile_words_stay_words(
        self, as_reviewer: Client, as_editor: Client, in_review: StatusUpdate, text: str
    ) -> None:
        press(as_editor, in_review, "remark", reason=text)
        again = press(as_reviewer, in_review, "publish", reason=text, **{VERSION: 1}).content.decode()

        for shown in (page(as_reviewer, in_review), as_editor.get(desk(in_review)).content.decode(), again):
            assert escape(text) in shown
            assert text == escape(text) or text not in shown

    @pytest.mark.parametrize("text", ["a\x00b", "a\x08b", "x" * 401])
    def test_a_note_that_cannot_be_kept_is_refused_beside_itself(
        self, as_reviewer: Client, in_review: StatusUpdate, text: str
    ) -> None:
        for step in ("publish", "send_back", "remark"):
            assert refusal_of(press(as_reviewer, in_review, step, reason=text))

        in_review.refresh_from_db()
        assert in_review.is_in_review

    def test_leads_to_the_form_once_it_may_be_edited(
        self, as_editor: Client, in_review: StatusUpdate, reviewer: User
    ) -> None:
        assert desk(in_review) not in buttons(page(as_editor, in_review))

        send_back(in_review, by=reviewer, note="Name the day.")

        assert desk(in_review) in buttons(page(as_editor, in_review))

    def test_is_reached_from_the_list(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        assert desk(in_review, "review") in as_reviewer.get(desk(StatusUpdate, "changelist")).content.decode()


class TestDecision:
    def test_publishes_what_was_seen(self, as_reviewer: Client, reviewer: User, in_review: StatusUpdate) -> None:
        press(as_reviewer, in_review, "publish")

        in_review.refresh_from_db()
        assert in_review.published_by == reviewer
        assert [note.act for note in in_review.review_notes.all()] == ["submitted", "published"]

    def test_keeps_the_note_of_who_publishes(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        press(as_reviewer, in_review, "publish", reason="Well sourced.")

        assert in_review.review_notes.last().note == "Well sourced."

    def test_loses_no_note_that_came_too_late(self, as_reviewer: Client, in_review: StatusUpdate, editor: User) -> None:
        send_back(in_review, by=editor, note="Taken back.")

        response = press(as_reviewer, in_review, "send_back", reason="Name the day.")

        assert "This update is not in review." in refusal_of(response)
        assert "Name the day.</textarea>" in response.content.decode()

    @pytest.mark.parametrize("step", ["send_back", "remark"])
    def test_tells_who_comes_after_the_publication(
        self, as_reviewer: Client, in_review: StatusUpdate, step: str
    ) -> None:
        publish(in_review, by=make_user())

        response = press(as_reviewer, in_review, step, reason="Too late.")

        assert "This update is published already. Your note was not kept: “Too late.”" in messages_of(response)
        assert response.redirect_chain == [(desk(in_review), 302)]

    def test_does_not_publish_what_changed_since(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        seen = latest_entry_id(in_review)
        StatusUpdate.objects.filter(pk=in_review.pk).update(title="Another title")

        response = as_reviewer.post(desk(in_review, "step_publish"), {VERSION: seen}, follow=True)

        in_review.refresh_from_db()
        assert not in_review.is_published
        assert "Nothing was done" in refusal_of(response)
        assert "Another title" in response.content.decode()

    def test_sending_back_needs_a_note_and_keeps_it(
        self, as_reviewer: Client, as_editor: Client, in_review: StatusUpdate
    ) -> None:
        refused = press(as_reviewer, in_review, "send_back", reason="  ")
        assert 'aria-invalid="true" autofocus' in refused.content.decode()
        in_review.refresh_from_db()
        assert in_review.is_in_review

        press(as_reviewer, in_review, "send_back", reason="Name the day.")

        in_review.refresh_from_db()
        assert not in_review.is_in_review
        assert "Name the day." in as_editor.get(desk(in_review)).content.decode()

    def test_the_writer_does_not_publish(self, editor: User, reviewer: User, commitment: Commitment) -> None:
        own = submitted(reviewer, commitment)
        client = signed_in(reviewer)

        assert desk(own, "step_publish") not in page(client, own)
        response = press(client, own, "publish")

        own.refresh_from_db()
        assert not own.is_published
        assert "A second person publishes it" in refusal_of(response)

    def test_a_team_of_one_may_and_the_page_says_so(
        self, reviewer: User, commitment: Commitment, settings: Settings
    ) -> None:
        settings.TRACKER_ALLOW_SELF_PUBLISHING = True
        own = submitted(reviewer, commitment)
        client = signed_in(reviewer)

        assert "its page will say so" in page(client, own)
        press(client, own, "publish")

        own.refresh_from_db()
        assert own.is_self_published

    @pytest.mark.parametrize("step", ["publish", "send_back"])
    def test_an_editor_decides_nothing(self, as_editor: Client, in_review: StatusUpdate, step: str) -> None:
        assert desk(in_review, f"step_{step}") not in page(as_editor, in_review)
        assert press(as_editor, in_review, step, reason="Forged.").status_code == 403
        assert as_editor.get(desk(in_review, f"step_{step}")).status_code == 403

        in_review.refresh_from_db()
        assert in_review.is_in_review

    def test_somebody_who_may_only_read_says_nothing(self, in_review: StatusUpdate) -> None:
        reader = make_user("reader")
        reader.user_permissions.add(Permission.objects.get(codename="view_statusupdate"))

        for step in ("publish", "send_back", "remark"):
            assert press(signed_in(reader), in_review, step, reason="Forged.").status_code == 403
        assert in_review.review_notes.count() == 1

    def test_an_editor_may_remark(self, as_editor: Client, in_review: StatusUpdate) -> None:
        before = latest_entry_id(in_review)

        press(as_editor, in_review, "remark", reason="The second source is new.")

        assert in_review.review_notes.last().note == "The second source is new."
        assert latest_entry_id(in_review) == before, "a remark is no new text"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(editor: User, reviewer: User, commitment: Commitment) -> None:
    update = submitted(editor, commitment)
    other = make_user("other")
    barrier = threading.Barrier(2)
    refusals: list[str] = []

    def decide(act: Any) -> None:
        try:
            barrier.wait()
            act()
        except Exception as refusal:  # noqa: BLE001 - told to the test
            refusals.append(str(refusal))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=[lambda: publish(update, by=reviewer)]),
        threading.Thread(target=decide, args=[lambda: send_back(update, by=other, note="Made up.")]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refusals) == 1
    assert refusals[0] in ("This update is published already.", "Submit the update for review first.")
    assert ReviewNote.objects.filter(update=update).count() == 2


class TestSeveral:
    def ask(self, client: Client, updates: list[StatusUpdate], **data: Any) -> Any:
        chosen = {"action": "publish_chosen", "_selected_action": [update.pk for update in updates]}
        return client.post(desk(StatusUpdate, "changelist"), chosen | data, follow=True)

    def versions(self, updates: list[StatusUpdate]) -> dict[str, Any]:
        return {"confirmed": "yes"} | {f"{VERSION}_{update.pk}": latest_entry_id(update) for update in updates}

    def test_are_shown_before_they_are_published(
        self, as_reviewer: Client, editor: User, commitment: Commitment
    ) -> None:
        updates = [submitted(editor, commitment), submitted(editor, make_commitment())]

        text = self.ask(as_reviewer, updates).content.decode()

        assert "Not yet assessed → Announced" in text
        assert not StatusUpdate.objects.filter(published_at__isnull=False).exists()

    def test_are_published_in_the_order_of_their_events(
        self, as_reviewer: Client, editor: User, commitment: Commitment
    ) -> None:
        later = submitted(editor, commitment, happened_on=datetime.date(2025, 6, 2))
        earlier = submitted(editor, commitment, happened_on=datetime.date(2025, 6, 1))

        response = self.ask(as_reviewer, [later, earlier], **self.versions([later, earlier]))

        assert "2 updates published." in messages_of(response)
        assert list(StatusUpdate.objects.order_by("number")) == [earlier, later]

    def test_are_all_kept_back_by_one(
        self, as_reviewer: Client, editor: User, reviewer: User, commitment: Commitment
    ) -> None:
        good, own = submitted(editor, commitment), submitted(reviewer, commitment)

        text = self.ask(as_reviewer, [good, own], **self.versions([good, own])).content.decode()

        assert "Nothing was published: A second person publishes it" in text
        assert not StatusUpdate.objects.filter(published_at__isnull=False).exists()
        assert not ReviewNote.objects.filter(act="published").exists()

    def test_are_kept_back_where_one_changed_since(
        self, as_reviewer: Client, editor: User, commitment: Commitment
    ) -> None:
        update = submitted(editor, commitment)
        seen = self.versions([update])
        StatusUpdate.objects.filter(pk=update.pk).update(title="Another title")

        self.ask(as_reviewer, [update], **seen)

        update.refresh_from_db()
        assert not update.is_published

    @pytest.mark.parametrize(
        ("list_of", "go"), [("", StatusUpdate.delete), ("?state=review", lambda gone: publish(gone, by=make_user()))]
    )
    def test_are_kept_back_where_one_is_gone(
        self, as_reviewer: Client, editor: User, commitment: Commitment, list_of: str, go: Any
    ) -> None:
        gone, stays = submitted(editor, commitment), submitted(editor, commitment)
        seen = {"action": "publish_chosen", "_selected_action": [gone.pk, stays.pk]} | self.versions([gone, stays])
        go(gone)

        response = as_reviewer.post(desk(StatusUpdate, "changelist") + list_of, seen, follow=True)

        assert "one of the chosen updates is no longer in this list" in messages_of(response)
        stays.refresh_from_db()
        assert not stays.is_published

    def test_are_not_too_many_to_be_looked_at(
        self, as_reviewer: Client, editor: User, commitment: Commitment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(several, "MOST", 1)
        updates = [submitted(editor, commitment) for _ in range(2)]

        assert "Choose at most 1 update" in messages_of(self.ask(as_reviewer, updates))

    def test_are_not_for_an_editor(self, as_editor: Client, in_review: StatusUpdate) -> None:
        self.ask(as_editor, [in_review], **self.versions([in_review]))

        in_review.refresh_from_db()
        assert not in_review.is_published

    def test_nothing_is_deleted_in_bulk(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        as_reviewer.post(
            desk(StatusUpdate, "changelist"),
            {"action": "delete_selected", "_selected_action": [in_review.pk], "post": "yes"},
        )

        assert StatusUpdate.objects.filter(pk=in_review.pk).exists()


class TestCorrection:
    def test_differs_in_words_from_what_it_corrects(self, editor: User, commitment: Commitment) -> None:
        wrong = make_update(title="Wrong title", assessments=[{"commitment": commitment, "status": "announced"}])
        draft = start_correction(wrong, reason="Made up.", by=editor)
        StatusUpdate.objects.filter(pk=draft.pk).update(title="Right title")

        differing = differences(StatusUpdate.objects.get(pk=draft.pk))

        assert [(part.label, part.before, part.after) for part in differing] == [
            ("title", "Wrong title", "Right title")
        ]

    def test_that_retracts_gives_the_status_back(
        self, as_editor: Client, as_reviewer: Client, editor: User, commitment: Commitment
    ) -> None:
        wrong = make_update(assessments=[{"commitment": commitment, "status": "announced"}])

        press(as_editor, wrong, "retract", reason="It never happened.")

        draft = StatusUpdate.objects.drafts().get()
        [effect] = effects(draft, TODAY).rows
        assert draft.corrects == wrong
        assert not draft.assessments.exists()
        assert moves_of(effect)["status"] == ("Announced", "Not yet assessed")

    def test_marks_the_words_that_differ(self) -> None:
        part = Difference("summary", "It met on 1 June 2025 in Tokyo.", "It met on 2 June 2025 in Brussels.")

        assert [piece.text for piece in part.old if piece.is_changed] == ["1", "Tokyo"]
        assert [piece.text for piece in part.new if piece.is_changed] == ["2", "Brussels"]
        assert "".join(piece.text for piece in part.old) == part.before
        assert "".join(piece.text for piece in part.new) == part.after

    def test_marks_characters_where_words_have_no_spaces_between_them(self) -> None:
        part = Difference("title", "第一回協議を開催した", "第二回協議を開催した")

        assert [piece.text for piece in part.new if piece.is_changed] == ["二"]

    def test_of_two_texts_that_share_little_marks_the_whole(self) -> None:
        part = Difference(
            "summary", "A made-up meeting took place.", "Nothing of that kind was ever held, it turns out."
        )

        assert [piece.is_changed for piece in (*part.old, *part.new)] == [True, True]

    def test_compares_everything_that_an_editor_writes(self, editor: User) -> None:
        commitment = make_commitment(kind="recurring", cadence_months=12)
        milestone = make_milestone(commitment)
        wrong = make_update(assessments=[{"commitment": commitment}])
        draft = start_correction(wrong, reason="Made up.", by=editor)
        draft.happened_precision, draft.kind, draft.is_context, draft.note = "month", "exercise", True, "A note."
        draft.title, draft.summary = "Another title", "Another summary."
        draft.save()
        draft.assessments.update(is_occurrence=True, meets=milestone)
        draft.citations.update(locator="p. 9")

        labels = [part.label for part in differences(StatusUpdate.objects.get(pk=draft.pk))]

        assert labels == [
            "title",
            "summary",
            "happened on",
            "kind",
            "context",
            "note",
            commitment.reference,
            "citations",
        ]

    @pytest.mark.parametrize("step", ["correct", "retract"])
    def test_begun_already_is_offered(self, as_editor: Client, editor: User, step: str) -> None:
        wrong = make_update(assessments=[{"commitment": make_commitment()}])
        begun = start_correction(wrong, reason="Made up.", by=editor)

        assert desk(begun) in as_editor.get(desk(wrong, f"step_{step}")).content.decode()
        assert desk(begun) in as_editor.get(desk(wrong)).content.decode()

        told = press(as_editor, wrong, step, reason="Made up.")
        assert "has been begun already" in refusal_of(told)
        assert desk(begun) in told.content.decode()
        assert StatusUpdate.objects.drafts().count() == 1

        press(as_editor, wrong, step, reason="Made up.", beside=begun.pk)
        assert StatusUpdate.objects.drafts().count() == 2

    def test_goes_from_the_page_of_the_update_to_the_public_list(
        self, client: Client, as_editor: Client, as_reviewer: Client, commitment: Commitment
    ) -> None:
        """A chain: the first is corrected, its correction is retracted; every page links to both neighbours."""
        first = make_update(assessments=[{"commitment": commitment, "status": "announced"}])

        for number, step in enumerate(["correct", "retract"], start=1):
            wrong = StatusUpdate.objects.get(number=number)
            press(as_editor, wrong, step, reason=f"Reason of the {step}ion.")
            draft = StatusUpdate.objects.drafts().get()
            as_editor.post(desk(draft), sent_back(as_editor, desk(draft), _step="submit"))
            press(as_reviewer, draft, "publish")

        pages = {number: client.get(f"/updates/{number}/").content.decode() for number in (1, 2, 3)}
        assert first.title in pages[1]
        assert "Corrected by update 2" in pages[1]
        assert "Corrects update 1" in pages[2]
        assert "Reason of the correction." in pages[2]
        assert "Corrected by update 3" in pages[2]
        assert "Withdraws update 2" in pages[3]
        listed = client.get("/corrections/").content.decode()
        for sentence in ("Corrects update 1", "Withdraws update 2", "Reason of the retraction."):
            assert sentence in listed


class TestEffects:
    """Whatever publication changes is shown, with the days that belong to it; what it does not is not."""

    def test_of_an_occurrence_move_the_window_and_say_when(self, editor: User) -> None:
        commitment = make_commitment(kind="recurring", cadence_months=12)
        event = {"commitment": commitment, "is_occurrence": True}
        make_update(assessments=[event], happened_on=LAST_YEAR)
        draft = make_update(published=False, assessments=[event], happened_on=TODAY)

        [effect] = effects(draft, TODAY).rows

        moves = {move.judgement.name: (move.before.on, move.after.on) for move in effect.moves}
        assert moves["occurrence"] == (LAST_YEAR, TODAY)
        assert moves["schedule"] == (TODAY.replace(month=12, day=31), datetime.date(TODAY.year + 1, 12, 31))
        assert set(moves) == {"occurrence", "schedule", "freshness"}

    def test_of_a_milestone_met_are_that_nothing_more_is_announced(self, editor: User) -> None:
        commitment = make_commitment()
        milestone = make_milestone(commitment, due_on=LAST_YEAR)
        draft = make_update(published=False, assessments=[{"commitment": commitment, "meets": milestone}])

        [effect] = effects(draft, TODAY).rows

        assert moves_of(effect)["schedule"] == ("Announced date passed", "No date in the text")

    def test_of_a_late_find_are_that_the_later_event_still_decides(
        self, as_reviewer: Client, editor: User, commitment: Commitment
    ) -> None:
        make_update(assessments=[{"commitment": commitment, "status": "under_way"}], happened_on=LAST_YEAR)
        found = submitted(editor, commitment, happened_on=datetime.date(2024, 12, 1))

        [effect] = effects(found, TODAY).rows

        assert effect.is_outweighed
        assert "status" not in moves_of(effect)
        assert "a later event decides" in page(as_reviewer, found)

    def test_of_what_says_nothing_new_are_none(self, as_reviewer: Client, editor: User, commitment: Commitment) -> None:
        make_update(assessments=[{"commitment": commitment}])
        again = make_update(published=False, assessments=[{"commitment": commitment}], written_by=editor)
        submit(again, by=editor)

        [effect] = effects(again, TODAY).rows

        assert effect.moves == []
        assert "and every other judgement stay as they are" in page(as_reviewer, again)

    def test_are_those_that_publication_then_has(self, editor: User, commitment: Commitment) -> None:
        draft = submitted(editor, commitment)
        [effect] = effects(draft, TODAY).rows

        publish(draft, by=make_user())

        [row] = judged_set(Clocks.at(TODAY))
        assert (row.status, row.evidence, row.schedule, row.freshness) == (
            effect.after.status,
            effect.after.evidence,
            effect.after.schedule,
            effect.after.freshness,
        )

    def test_of_a_correction_reach_what_it_no_longer_assesses(self, editor: User, commitment: Commitment) -> None:
        other = make_commitment()
        wrong = make_update(
            assessments=[{"commitment": commitment, "status": "announced"}, {"commitment": other, "status": "stalled"}]
        )
        draft = start_correction(wrong, reason="Made up.", by=editor)
        draft.assessments.filter(commitment=other).delete()

        found = {effect.commitment: moves_of(effect) for effect in effects(draft, TODAY).rows}

        assert found[other]["status"] == ("Stalled", "Not yet assessed")
        assert "status" not in found[commitment]


def test_notes_go_with_the_draft_they_are_about(editor: User, in_review: StatusUpdate, check_rules: Any) -> None:
    in_review.delete()
    check_rules()

    assert not ReviewNote.objects.exists()


def test_what_is_said_in_review_is_found_nowhere_in_public(
    client: Client, editor: User, in_review: StatusUpdate
) -> None:
    remark(in_review, by=editor, note="Marker of a remark")
    publish(in_review, by=make_user())

    for address in ("/updates/", f"/updates/{in_review.number}/", "/feeds/updates.rss", "/changes/"):
        assert "Marker of a remark" not in client.get(address).content.decode()
