"""Deciding on an update: seen as the public will, with what it changes, by somebody else."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings

from commitments.admin.versions import VERSION
from commitments.effects import differences, effects
from commitments.models import Assessment, Commitment, Edition, ReviewNote, StatusUpdate, latest_entry_id
from commitments.publishing import publish, remark, send_back, start_correction, submit
from tests.factories import make_commitment, make_update, make_user, put_in_review

from .conftest import signed_in
from .forms import desk, messages_of

TODAY = datetime.datetime.now(datetime.UTC).date()

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

    def test_hostile_words_stay_words(self, as_reviewer: Client, in_review: StatusUpdate, reviewer: User) -> None:
        remark(in_review, by=reviewer, note="<script>alert(1)</script>")

        assert "<script>alert" not in page(as_reviewer, in_review)


class TestDecision:
    def test_publishes_what_was_seen(self, as_reviewer: Client, reviewer: User, in_review: StatusUpdate) -> None:
        press(as_reviewer, in_review, "publish")

        in_review.refresh_from_db()
        assert in_review.published_by == reviewer
        assert [note.act for note in in_review.review_notes.all()] == ["submitted", "published"]

    def test_does_not_publish_what_changed_since(self, as_reviewer: Client, in_review: StatusUpdate) -> None:
        seen = latest_entry_id(in_review)
        StatusUpdate.objects.filter(pk=in_review.pk).update(title="Another title")

        response = as_reviewer.post(desk(in_review, "step_publish"), {VERSION: seen}, follow=True)

        in_review.refresh_from_db()
        assert not in_review.is_published
        assert "Nothing was done" in messages_of(response)

    def test_sending_back_needs_a_note_and_keeps_it(
        self, as_reviewer: Client, as_editor: Client, in_review: StatusUpdate
    ) -> None:
        press(as_reviewer, in_review, "send_back", reason="  ")
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
        assert "A second person publishes it" in messages_of(response)

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
        assert press(as_editor, in_review, step, reason="Forged.").status_code == 403

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
        [moved] = effects(draft, TODAY).moved
        assert draft.corrects == wrong
        assert not draft.assessments.exists()
        assert next(move.in_words for move in moved.moves) == "Announced → Not yet assessed"

    @pytest.mark.parametrize("step", ["correct", "retract"])
    def test_begun_already_is_offered(self, as_editor: Client, editor: User, step: str) -> None:
        wrong = make_update(assessments=[{"commitment": make_commitment()}])
        begun = start_correction(wrong, reason="Made up.", by=editor)

        assert desk(begun) in as_editor.get(desk(wrong, f"step_{step}")).content.decode()
        assert desk(begun) in as_editor.get(desk(wrong)).content.decode()


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
