"""Add forms that their address fills in."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments.models import Assessment, Check, Commitment, StatusUpdate
from commitments.publishing import withdraw_commitment
from tests.admin.forms import desk, messages_of, new_update
from tests.factories import make_check, make_commitment, make_milestone, make_source, make_update

pytestmark = pytest.mark.django_db


def opened(client: Client, model: type[Any] = StatusUpdate, **asked: Any) -> Any:
    response = client.get(desk(model), asked)
    assert response.status_code == 200
    return response


def rows(response: Any, number: int) -> list[dict[str, Any]]:
    return [form.initial for form in response.context["inline_admin_formsets"][number].formset.forms]


def field(response: Any, name: str) -> Any:
    return response.context["adminform"].form[name].value()


def test_commitments_fill_a_row_each_by_reference_or_key(as_editor: Client) -> None:
    first, second = make_commitment(), make_commitment()

    response = opened(as_editor, commitment=[first.reference, str(second.pk), first.reference])

    assert rows(response, 0) == [{"commitment": first.pk}, {"commitment": second.pk}]
    assert first.title in response.content.decode()


def test_a_milestone_brings_its_commitment(as_editor: Client) -> None:
    milestone = make_milestone(make_commitment())

    alone = opened(as_editor, meets=milestone.pk)
    both = opened(as_editor, meets=milestone.slug, commitment=milestone.commitment.reference)

    expected = [{"commitment": milestone.commitment_id, "meets": milestone.pk}]
    assert rows(alone, 0) == rows(both, 0) == expected
    assert milestone.title in alone.content.decode()


def test_sources_day_and_kind_are_filled_in(as_editor: Client) -> None:
    source = make_source()

    response = opened(as_editor, source=source.slug, happened_on="2026-03-01", kind="meeting")

    assert rows(response, 1) == [{"source": source.pk}]
    assert field(response, "happened_on") == datetime.date(2026, 3, 1)
    assert field(response, "kind") == "meeting"
    assert field(response, "happened_precision") == "day"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("commitment", "EUJP-404"),
        ("commitment", "9" * 40),
        ("commitment", "\0"),
        ("commitment", "' OR 1=1 --"),
        ("meets", "none"),
        ("meets", "-1"),
        ("source", "no-such-source"),
        ("happened_on", "yesterday"),
        ("happened_on", "2026-02-30"),
        ("kind", "party"),
    ],
)
def test_what_cannot_be_made_out_is_left_empty_and_said(as_editor: Client, name: str, value: str) -> None:
    response = opened(as_editor, **{name: value})

    assert f"Ignored: {name}=" in messages_of(response)
    assert rows(response, 0) == rows(response, 1) == [{}]
    assert not field(response, "happened_on")
    assert not field(response, "kind")


def test_what_no_assessment_may_be_of_is_not_filled_in(as_editor: Client) -> None:
    draft, withdrawn = make_commitment(published=False), make_commitment()
    withdraw_commitment(withdrawn, reason="Made up.")
    milestone = make_milestone(make_commitment(), recorded=False)

    response = opened(as_editor, commitment=[draft.reference, withdrawn.reference], meets=milestone.pk)

    assert rows(response, 0) == [{}]
    assert messages_of(response).count("Ignored") == 3


def test_no_more_rows_than_can_be_sent(as_editor: Client) -> None:
    references = [make_commitment().reference for _serial in range(42)]

    response = opened(as_editor, commitment=references)

    assert len(rows(response, 0)) == 40
    assert messages_of(response).count("Ignored") == 2


def test_a_row_sent_as_it_was_filled_in_is_not_passed_over(as_editor: Client) -> None:
    """A row equal to its initial values would count as untouched."""
    commitment, source = make_commitment(), make_source()
    address = f"{desk(StatusUpdate)}?commitment={commitment.reference}&source={source.slug}"

    as_editor.post(address, new_update(commitment, source))

    update = StatusUpdate.objects.get()
    assert [assessment.commitment for assessment in update.assessments.all()] == [commitment]
    assert [citation.source for citation in update.citations.all()] == [source]


def test_a_form_that_comes_back_is_as_it_was_sent(as_editor: Client) -> None:
    asked, sent = make_commitment(), make_commitment()
    address = f"{desk(StatusUpdate)}?commitment={asked.reference}&kind=meeting&happened_on=nonsense"

    response = as_editor.post(address, new_update(sent, make_source(), title="", kind="report"))

    assert response.status_code == 200
    assert field(response, "kind") == "report"
    [form] = response.context["inline_admin_formsets"][0].formset.forms
    assert form["commitment"].value() == str(sent.pk)
    assert not Assessment.objects.exists()


def test_an_existing_draft_is_left_alone(as_editor: Client) -> None:
    draft = make_update(published=False, kind="report")

    response = as_editor.get(desk(draft), {"kind": "meeting", "commitment": make_commitment().reference})

    assert field(response, "kind") == "report"
    assert not response.context["inline_admin_formsets"][0].formset.forms


def test_without_anything_asked_the_form_is_as_ever(as_editor: Client) -> None:
    response = opened(as_editor)

    assert rows(response, 0) == [{}]
    assert not messages_of(response)


class TestCheck:
    def test_several_commitments_are_chosen(self, as_editor: Client) -> None:
        first, second, other = make_commitment(), make_commitment(), make_commitment()

        response = opened(as_editor, Check, covers=[first.reference, str(second.pk)])

        assert field(response, "covers") == [first.pk, second.pk]
        page = response.content.decode()
        assert first.title in page
        assert second.title in page
        assert other.title not in page

    def test_unknown_ones_are_said(self, as_editor: Client) -> None:
        response = opened(as_editor, Check, covers=["EUJP-404", make_commitment().reference])

        assert messages_of(response) == "Ignored: covers=EUJP-404."

    def test_more_can_be_covered_than_an_update_has_rows(self, as_editor: Client) -> None:
        references = [make_commitment().reference for _serial in range(45)]

        assert len(field(opened(as_editor, Check, covers=references), "covers")) == 45

    def test_the_day_is_todays_and_a_saved_check_is_left_alone(self, as_editor: Client) -> None:
        assert field(opened(as_editor, Check), "checked_on") == timezone.now().date()
        covered = make_commitment()
        draft = make_check(covered, recorded=False)

        response = as_editor.get(desk(draft), {"covers": make_commitment().reference})

        assert field(response, "covers") == [covered.pk]


def test_whoever_may_add_nothing_learns_nothing(as_administrator: Client) -> None:
    response = as_administrator.get(desk(StatusUpdate), {"commitment": "EUJP-404"})

    assert response.status_code == 403
    assert not Commitment.objects.exists()
