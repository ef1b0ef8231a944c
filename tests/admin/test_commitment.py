from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commitments.models import Commitment, CommitmentActor, CommitmentSource, Revision
from tests.admin.forms import desk, errors_of, messages_of, sent_back
from tests.factories import make_actor, make_area, make_commitment, make_instrument, make_source, make_update

pytestmark = pytest.mark.django_db


def new_commitment(**changes: Any) -> dict[str, Any]:
    data = {
        "reference": "EUJP-77",
        "title": "Hold a made-up dialogue",
        "summary": "A made-up pledge.",
        "area": make_area().pk,
        "strength": "firm",
        "instrument": make_instrument().pk,
        "basis": "text_seen",
        "kind": "standing",
        "fulfilled_when": "A made-up test is met.",
        "progress_looks_like": "A date is set\r\n\r\n  A meeting is held  \r\n",
        "actor_links-TOTAL_FORMS": 1,
        "actor_links-INITIAL_FORMS": 0,
        "actor_links-0-actor": make_actor().pk,
        "source_links-TOTAL_FORMS": 1,
        "source_links-INITIAL_FORMS": 0,
        "source_links-0-source": make_source().pk,
    }
    return data | changes


def test_a_commitment_is_drafted_and_published_by_an_administrator(as_administrator: Client) -> None:
    response = as_administrator.post(desk(Commitment), new_commitment(_step="publish"), follow=True)

    commitment = Commitment.objects.get()
    assert commitment.published_at is not None, messages_of(response)
    assert commitment.progress_looks_like == ["A date is set", "A meeting is held"]
    assert commitment.actors.count() == commitment.sources.count() == 1


def test_a_commitment_without_source_is_saved_but_not_published(as_administrator: Client) -> None:
    data = new_commitment(_step="publish") | {"source_links-TOTAL_FORMS": 0}

    response = as_administrator.post(desk(Commitment), data, follow=True)

    assert Commitment.objects.get().published_at is None
    assert "A commitment is published with at least one source." in messages_of(response)


def test_a_label_of_a_public_commitment_changes_with_a_reason_that_is_kept(as_administrator: Client) -> None:
    commitment = make_commitment(title="Old words")

    as_administrator.post(
        desk(commitment), sent_back(as_administrator, desk(commitment), title="New words", reason="Clearer.")
    )

    commitment.refresh_from_db()
    [revision] = Revision.objects.all()
    assert commitment.title == "New words"
    assert (revision.reason, revision.was["title"]) == ("Clearer.", "Old words")


def test_without_a_reason_nothing_changes_and_nothing_typed_is_lost(as_administrator: Client) -> None:
    commitment = make_commitment(title="Old words")

    response = as_administrator.post(desk(commitment), sent_back(as_administrator, desk(commitment), title="New words"))

    assert "nothing was done without it" in errors_of(response)
    assert "New words" in response.content.decode()
    commitment.refresh_from_db()
    assert commitment.title == "Old words"


def test_what_judgements_rest_on_is_no_field_of_a_public_commitment(as_administrator: Client) -> None:
    commitment = make_commitment()
    forged = sent_back(
        as_administrator,
        desk(commitment),
        reference="EUJP-99999",
        kind="one_off",
        fulfilled_when="Anything happens.",
        reason="Forged.",
    )

    as_administrator.post(desk(commitment), forged)

    kept = Commitment.objects.get(pk=commitment.pk)
    assert (kept.reference, kept.kind, kept.fulfilled_when) == (
        commitment.reference,
        commitment.kind,
        commitment.fulfilled_when,
    )


def test_a_changed_list_of_actors_is_kept_with_its_reason(as_administrator: Client) -> None:
    commitment = make_commitment(actors=[make_actor()])
    data = sent_back(
        as_administrator, desk(commitment), actor_links__0__actor=make_actor().pk, reason="The text names another."
    )

    as_administrator.post(desk(commitment), data)

    assert Revision.objects.filter(table=CommitmentActor._meta.db_table, reason="The text names another.").exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_source_of_a_public_commitment_stays(as_administrator: Client) -> None:
    commitment = make_commitment()
    data = sent_back(as_administrator, desk(commitment), source_links__0__DELETE="on", reason="Gone.")

    response = as_administrator.post(desk(commitment), data)

    assert "A commitment is published with at least one source." in errors_of(response)
    assert "was changed successfully" not in response.content.decode()
    assert CommitmentSource.objects.filter(commitment=commitment).count() == 1


def test_a_commitment_is_withdrawn_with_a_reason(as_administrator: Client) -> None:
    commitment = make_commitment()

    assert as_administrator.post(desk(commitment, "step_withdraw"), {"reason": ""}).status_code == 200
    as_administrator.post(desk(commitment, "step_withdraw"), {"reason": "Listed twice."})

    commitment.refresh_from_db()
    assert commitment.withdrawn_at is not None
    assert commitment.withdrawal_reason == "Listed twice."


def test_a_commitment_is_withdrawn_once(as_administrator: Client) -> None:
    commitment = make_commitment()
    as_administrator.post(desk(commitment, "step_withdraw"), {"reason": "Listed twice."})

    again = as_administrator.post(desk(commitment, "step_withdraw"), {"reason": "For another reason."})

    assert "can be withdrawn, and once" in again.content.decode()
    assert "For another reason." in again.content.decode()


def test_only_drafts_are_deleted(as_administrator: Client) -> None:
    draft, public = make_commitment(published=False), make_commitment()

    as_administrator.post(desk(draft, "delete"), {"post": "yes"})
    refused = as_administrator.post(desk(public, "delete"), {"post": "yes"})

    assert refused.status_code == 403
    assert list(Commitment.objects.all()) == [public]


def test_a_draft_that_is_assessed_by_nothing_but_named_by_another_is_protected(as_administrator: Client) -> None:
    earlier = make_commitment(published=False)
    make_commitment(published=False, follows=earlier, follows_relation="restates")

    response = as_administrator.post(desk(earlier, "delete"), {"post": "yes"})

    assert response.status_code == 200
    assert Commitment.objects.filter(pk=earlier.pk).exists()


def test_a_reference_that_is_taken_is_an_error_of_its_field(as_administrator: Client) -> None:
    taken = make_commitment(reference="EUJP-77")

    response = as_administrator.post(desk(Commitment), new_commitment())

    assert "already exists" in errors_of(response)
    assert list(Commitment.objects.all()) == [taken]


@pytest.mark.parametrize("name", ["publish", "withdraw"])
def test_a_reviewer_of_updates_decides_nothing_about_commitments(as_reviewer: Client, name: str) -> None:
    commitment = make_commitment(published=name == "withdraw")

    if name == "publish":
        response = as_reviewer.post(desk(commitment), {"_step": "publish"})
    else:
        response = as_reviewer.post(desk(commitment, "step_withdraw"), {"reason": "Forged."})

    assert response.status_code == 403


def test_the_autocomplete_of_an_assessment_offers_only_public_commitments(as_editor: Client) -> None:
    public, draft = make_commitment(title="Alpha one"), make_commitment(title="Alpha two", published=False)
    make_update(published=False)

    def offered(model: str, field: str) -> list[str]:
        query = {"app_label": "commitments", "model_name": model, "field_name": field, "term": "Alpha"}
        return [row["id"] for row in as_editor.get("/admin/autocomplete/", query).json()["results"]]

    assert offered("assessment", "commitment") == [str(public.pk)]
    assert offered("check", "commitments") == [str(public.pk)]
    assert offered("milestone", "commitment") == [str(public.pk)]
    assert set(offered("commitment", "follows")) == {str(public.pk), str(draft.pk)}
