from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from commitments.models import Commitment, Edition, Source, StatusUpdate
from commitments.publishing import submit
from tests.admin.forms import desk, errors_of, messages_of, new_update, refusal_of, sent_back
from tests.factories import make_commitment, make_source, make_update, put_in_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment()


@pytest.fixture
def source() -> Source:
    return make_source()


@pytest.fixture
def draft(commitment: Commitment, editor: User) -> StatusUpdate:
    return make_update(
        published=False, assessments=[{"commitment": commitment}], written_by=editor, last_edited_by=editor
    )


@pytest.fixture
def in_review(draft: StatusUpdate, editor: User) -> StatusUpdate:
    submit(draft, by=editor)
    return draft


@pytest.fixture
def published(commitment: Commitment) -> StatusUpdate:
    return make_update(assessments=[{"commitment": commitment}])


def test_an_editor_logs_an_update_with_its_assessment_and_citation_on_one_page(
    as_editor: Client, editor: User, commitment: Commitment, source: Source
) -> None:
    response = as_editor.post(desk(StatusUpdate), new_update(commitment, source))

    assert response.status_code == 302
    update = StatusUpdate.objects.get()
    assert not update.is_published
    assert update.written_by == update.last_edited_by == editor
    assert [assessment.commitment for assessment in update.assessments.all()] == [commitment]
    assert [citation.source for citation in update.citations.all()] == [source]


def test_the_button_submits_what_was_just_saved(
    as_editor: Client, editor: User, commitment: Commitment, source: Source
) -> None:
    as_editor.post(desk(StatusUpdate), new_update(commitment, source, _step="submit"))

    update = StatusUpdate.objects.get()
    assert update.is_in_review
    assert update.submitted_by == editor


def test_a_second_person_publishes(as_reviewer: Client, reviewer: User, in_review: StatusUpdate) -> None:
    response = as_reviewer.post(desk(in_review, "step_publish"), follow=True)

    in_review.refresh_from_db()
    assert in_review.number == 1
    assert in_review.published_by == reviewer
    assert "Published." in messages_of(response)


@pytest.mark.parametrize(("step", "reason"), [("publish", ""), ("send_back", "Say where.")])
def test_whoever_decided_goes_on_with_the_day_and_finds_the_update_again(
    as_reviewer: Client, in_review: StatusUpdate, step: str, reason: str
) -> None:
    response = as_reviewer.post(desk(in_review, f"step_{step}"), {"reason": reason}, follow=True)

    assert response.redirect_chain == [(reverse("admin:index"), 302)]
    assert f'<a href="{desk(in_review)}">' in messages_of(response)


def test_whoever_submitted_goes_on_with_the_day_and_whoever_was_refused_stays(
    as_editor: Client, commitment: Commitment, source: Source
) -> None:
    address = desk(StatusUpdate)

    done = as_editor.post(address, new_update(commitment, source, title="<b>Bold</b>", _step="submit"), follow=True)
    refused = as_editor.post(
        address, new_update(commitment, source, happened_on="2999-01-01", _step="submit"), follow=True
    )

    assert done.redirect_chain[-1] == (reverse("admin:index"), 302)
    assert "Submitted for review." in messages_of(done)
    assert "<b>Bold" not in messages_of(done)
    assert refused.redirect_chain[-1] == (desk(StatusUpdate.objects.get(submitted_at=None)), 302)


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"title": "", "citations__0__address": "javascript:alert(1)"}, "citations-0-address"),
        ({"title": "", "assessments__0__bearing": ""}, "title"),
        ({"assessments__0__bearing": "", "assessments__0__reasoning": ""}, "assessments-0-bearing"),
    ],
)
def test_a_refused_form_opens_at_its_first_wrong_field(
    as_editor: Client, commitment: Commitment, source: Source, changes: dict[str, Any], first: str
) -> None:
    page = as_editor.post(desk(StatusUpdate), new_update(commitment, source, **changes)).content.decode()

    assert re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"[^>]* autofocus', page) == [first]
    assert 'data-model-name="statusupdate"' not in page


def test_what_a_deletion_takes_along_is_counted_in_words(as_editor: Client, draft: StatusUpdate) -> None:
    page = as_editor.get(desk(draft, "delete")).content.decode()

    assert "Assessments: 1" in page
    assert "→" not in page


def test_nobody_publishes_their_own_update(as_reviewer: Client, reviewer: User, commitment: Commitment) -> None:
    own = make_update(published=False, assessments=[{"commitment": commitment}], written_by=reviewer)
    submit(own, by=reviewer)

    response = as_reviewer.post(desk(own, "step_publish"), follow=True)

    own.refresh_from_db()
    assert not own.is_published
    assert "A second person publishes it" in refusal_of(response)


def test_a_team_of_one_publishes_its_own_update(
    as_reviewer: Client, reviewer: User, commitment: Commitment, settings: Settings
) -> None:
    settings.TRACKER_ALLOW_SELF_PUBLISHING = True
    own = make_update(published=False, assessments=[{"commitment": commitment}], written_by=reviewer)
    submit(own, by=reviewer)

    as_reviewer.post(desk(own, "step_publish"))

    own.refresh_from_db()
    assert own.is_self_published


def test_a_reviewer_who_edits_what_was_sent_back_no_longer_publishes_it(
    as_reviewer: Client, draft: StatusUpdate, editor: User
) -> None:
    as_reviewer.post(desk(draft), sent_back(as_reviewer, desk(draft), title="Reworded"))
    draft.refresh_from_db()
    submit(draft, by=editor)

    as_reviewer.post(desk(draft, "step_publish"))

    draft.refresh_from_db()
    assert draft.title == "Reworded"
    assert not draft.is_published


def test_what_was_sent_back_is_a_draft_again(as_reviewer: Client, in_review: StatusUpdate) -> None:
    as_reviewer.post(desk(in_review, "step_send_back"), {"reason": "Made up."})

    in_review.refresh_from_db()
    assert in_review.submitted_at is None


def test_a_draft_is_not_published_past_the_review(as_reviewer: Client, draft: StatusUpdate) -> None:
    response = as_reviewer.post(desk(draft, "step_publish"), follow=True)

    draft.refresh_from_db()
    assert not draft.is_published
    assert "Submit the update for review first." in refusal_of(response)


def test_an_update_without_source_stays_a_draft_and_the_page_says_why(
    as_reviewer: Client, editor: User, commitment: Commitment
) -> None:
    bare = make_update(published=False, sources=[], assessments=[{"commitment": commitment}], written_by=editor)
    put_in_review(bare, by=editor)

    response = as_reviewer.post(desk(bare, "step_publish"), follow=True)

    bare.refresh_from_db()
    assert not bare.is_published
    assert "Nothing is published without a source." in refusal_of(response)


@pytest.mark.parametrize("name", ["publish", "send_back"])
def test_an_editor_neither_publishes_nor_sends_back(as_editor: Client, in_review: StatusUpdate, name: str) -> None:
    response = as_editor.post(desk(in_review, f"step_{name}"))

    assert response.status_code == 403
    in_review.refresh_from_db()
    assert in_review.is_in_review


def test_publication_is_by_post_only(as_reviewer: Client, in_review: StatusUpdate) -> None:
    as_reviewer.get(desk(in_review, "step_publish"))

    in_review.refresh_from_db()
    assert not in_review.is_published


@pytest.mark.parametrize("forged", ["publish", "send_back", "delete"])
def test_a_form_takes_no_step_that_is_not_its_own(as_editor: Client, draft: StatusUpdate, forged: str) -> None:
    response = as_editor.post(desk(draft), sent_back(as_editor, desk(draft), _step=forged, title="Forged"))

    assert response.status_code == 403
    draft.refresh_from_db()
    assert draft.title != "Forged"


def test_number_and_publication_are_in_no_form(as_editor: Client, draft: StatusUpdate) -> None:
    forged = sent_back(
        as_editor, desk(draft), number="7", published_at="2020-01-01", happened_by="2020-01-01", written_by="1"
    )

    as_editor.post(desk(draft), forged)

    before = draft.written_by
    draft.refresh_from_db()
    assert (draft.number, draft.published_at, draft.happened_by) == (None, None, None)
    assert draft.written_by == before


@pytest.mark.parametrize("state", ["in_review", "published"])
def test_what_is_no_draft_any_more_is_read_only_with_the_reason(
    request: pytest.FixtureRequest, as_editor: Client, state: str
) -> None:
    update: StatusUpdate = request.getfixturevalue(state)

    page = as_editor.get(desk(update)).content.decode()

    assert {"in_review": "The update is in review.", "published": "A published update is final."}[state] in page
    assert 'name="title"' not in page
    assert 'name="_save"' not in page
    assert 'name="assessments-0-reasoning"' not in page


@pytest.mark.parametrize("state", ["in_review", "published"])
def test_what_is_no_draft_any_more_offers_no_rows_to_type_into(
    as_editor: Client, state: str, request: pytest.FixtureRequest
) -> None:
    update: StatusUpdate = request.getfixturevalue(state)

    page = as_editor.get(desk(update)).content.decode()

    assert "as it stands" in page
    for field in ("bearing", "reasoning", "DELETE"):
        assert f'name="assessments-0-{field}"' not in page
    for row in ('id="assessments-empty"', "field-address"):
        assert row not in page


@pytest.mark.parametrize("state", ["in_review", "published"])
def test_a_post_to_what_is_no_draft_any_more_changes_nothing(
    request: pytest.FixtureRequest, as_reviewer: Client, commitment: Commitment, source: Source, state: str
) -> None:
    update: StatusUpdate = request.getfixturevalue(state)
    [assessment] = update.assessments.all()
    forged = new_update(
        commitment,
        source,
        title="Rewritten",
        assessments__INITIAL_FORMS=1,
        assessments__0__id=assessment.pk,
        assessments__0__update=update.pk,
        assessments__0__DELETE="on",
    )

    assert as_reviewer.post(desk(update), forged).status_code == 409
    assert as_reviewer.post(desk(update, "delete"), {"post": "yes"}).status_code == 403

    kept = StatusUpdate.objects.get(pk=update.pk)
    assert kept.title == update.title
    assert kept.assessments.count() == kept.citations.count() == 1


def test_a_draft_is_deleted_with_its_rows(as_editor: Client, draft: StatusUpdate) -> None:
    as_editor.post(desk(draft, "delete"), {"post": "yes"})

    assert not StatusUpdate.objects.exists()


def test_publishing_and_deleting_the_citation_in_one_post_only_saves(as_reviewer: Client, draft: StatusUpdate) -> None:
    data = sent_back(as_reviewer, desk(draft), citations__0__DELETE="on", _step="publish")

    assert as_reviewer.post(desk(draft), data).status_code == 403

    draft.refresh_from_db()
    assert not draft.is_published
    assert draft.citations.count() == 1


def test_submitting_while_deleting_the_citation_saves_and_does_not_submit(
    as_editor: Client, draft: StatusUpdate
) -> None:
    data = sent_back(as_editor, desk(draft), citations__0__DELETE="on", _step="submit")

    response = as_editor.post(desk(draft), data, follow=True)

    draft.refresh_from_db()
    assert not draft.is_in_review
    assert not draft.citations.exists()
    assert "Nothing is published without a source." in messages_of(response)


def test_a_published_update_is_corrected_from_its_page(
    as_editor: Client, as_reviewer: Client, editor: User, published: StatusUpdate
) -> None:
    assert as_editor.get(desk(published, "step_correct")).status_code == 200

    response = as_editor.post(desk(published, "step_correct"), {"reason": "The day was wrong."})

    correction = StatusUpdate.objects.get(corrects=published)
    assert response.headers["Location"] == desk(correction)
    assert (correction.title, correction.correction_reason) == (published.title, "The day was wrong.")
    assert correction.written_by == editor
    assert correction.assessments.count() == correction.citations.count() == 1
    as_editor.post(desk(correction), sent_back(as_editor, desk(correction), happened_on="2025-06-02", _step="submit"))
    as_reviewer.post(desk(correction, "step_publish"))
    correction.refresh_from_db()
    assert correction.number == 2


def test_a_correction_needs_a_reason(as_editor: Client, published: StatusUpdate) -> None:
    response = as_editor.post(desk(published, "step_correct"), {"reason": " "})

    assert response.status_code == 200
    assert "nothing was done without it" in response.content.decode()
    assert not StatusUpdate.objects.filter(corrects=published).exists()


def test_a_refused_correction_keeps_the_reason_that_was_typed(as_editor: Client, draft: StatusUpdate) -> None:
    page = as_editor.post(desk(draft, "step_correct"), {"reason": "Typed with care."}).content.decode()

    assert "Only a published update is corrected" in page
    assert "Typed with care." in page


def test_a_correction_keeps_having_a_reason(as_editor: Client, published: StatusUpdate) -> None:
    as_editor.post(desk(published, "step_correct"), {"reason": "The day was wrong."})
    correction = StatusUpdate.objects.get(corrects=published)

    response = as_editor.post(desk(correction), sent_back(as_editor, desk(correction), correction_reason=""))

    assert "This field is required." in errors_of(response)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "announced"}, "A status comes with an evidence grade"),
        ({"evidence": "one_side"}, "A status comes with an evidence grade"),
        ({"reasoning": ""}, "This field is required."),
        ({"status": "stalled", "evidence": "none_found"}, "Without evidence, the only status is Not assessable."),
        ({"bearing": "context", "is_occurrence": "on"}, "Context sets no status and is no occurrence."),
        ({"status": "no_public_action", "evidence": "both_sides"}, "Select a valid choice"),
    ],
)
def test_an_assessment_that_breaks_a_rule_is_refused_beside_its_row(
    as_editor: Client, commitment: Commitment, source: Source, changes: dict[str, str], sentence: str
) -> None:
    data = new_update(commitment, source, **{f"assessments__0__{name}": value for name, value in changes.items()})

    response = as_editor.post(desk(StatusUpdate), data)

    assert sentence in errors_of(response)
    assert "Something made up happened." in response.content.decode()
    assert not StatusUpdate.objects.exists()


def test_one_commitment_is_assessed_once_per_update(as_editor: Client, commitment: Commitment, source: Source) -> None:
    twice = new_update(
        commitment,
        source,
        assessments__TOTAL_FORMS=2,
        assessments__1__commitment=commitment.pk,
        assessments__1__bearing="neutral",
        assessments__1__reasoning="Again.",
    )

    assert as_editor.post(desk(StatusUpdate), twice).status_code == 200
    assert not StatusUpdate.objects.exists()


def test_a_month_is_given_as_its_first_day(as_editor: Client, commitment: Commitment, source: Source) -> None:
    data = new_update(commitment, source, happened_on="2025-06-15", happened_precision="month")

    assert "A month is given as its first day" in errors_of(as_editor.post(desk(StatusUpdate), data))


def test_a_draft_commitment_is_not_assessed(as_editor: Client, source: Source) -> None:
    response = as_editor.post(desk(StatusUpdate), new_update(make_commitment(published=False), source))

    assert "Select a valid choice" in errors_of(response)


def test_new_assessments_go_behind_the_ones_that_are_there(as_editor: Client, draft: StatusUpdate) -> None:
    data = sent_back(
        as_editor,
        desk(draft),
        assessments__TOTAL_FORMS=2,
        assessments__1__commitment=make_commitment().pk,
        assessments__1__bearing="neutral",
        assessments__1__reasoning="Also this.",
    )

    as_editor.post(desk(draft), data)

    assert [assessment.reasoning for assessment in draft.assessments.all()] == ["Made-up reasoning.", "Also this."]


@pytest.mark.parametrize(("state", "shown"), [("draft", "Only drafted"), ("review", "Reviewed"), ("published", "Out")])
def test_the_list_is_filtered_by_state(
    as_editor: Client, editor: User, commitment: Commitment, state: str, shown: str
) -> None:
    make_update(title="Only drafted", published=False)
    put_in_review(make_update(title="Reviewed", published=False), by=editor)
    make_update(title="Out", assessments=[{"commitment": commitment}])

    response = as_editor.get(desk(StatusUpdate, "changelist"), {"state": state})

    assert [update.title for update in response.context["cl"].result_list] == [shown]


def test_the_list_says_how_exactly_a_date_is_known(as_editor: Client) -> None:
    make_update(published=False, happened_on="2025-06-01", happened_precision="month")

    page = as_editor.get(desk(StatusUpdate, "changelist")).content.decode()

    assert '<td class="field-happened nowrap">June 2025</td>' in page or ">June 2025<" in page


def test_saving_a_draft_is_no_public_change(as_editor: Client, draft: StatusUpdate, check_rules: Any) -> None:
    check_rules()
    before = Edition.objects.current().number

    as_editor.post(desk(draft), sent_back(as_editor, desk(draft), title="Reworded"))

    check_rules()
    assert Edition.objects.current().number == before


def test_a_forged_post_without_token_is_refused(editor: User, in_review: StatusUpdate, reviewer: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(reviewer)

    for address in (desk(in_review, "step_publish"), desk(in_review, "step_send_back"), desk(StatusUpdate)):
        assert strict.post(address).status_code == 403

    in_review.refresh_from_db()
    assert in_review.is_in_review


def test_a_longer_list_asks_the_database_no_more_often(
    as_editor: Client, editor: User, reviewer: User, commitment: Commitment
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_editor.get(desk(StatusUpdate, "changelist"))
        return len(asked)

    make_update(published=False, written_by=editor)
    with_one = queries()
    for person in (editor, reviewer, editor, reviewer):
        put_in_review(make_update(published=False, written_by=person), by=person)
        make_update(assessments=[{"commitment": commitment}], written_by=person)

    assert queries() == with_one
