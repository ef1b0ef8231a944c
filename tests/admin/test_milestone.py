from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commitments.models import Commitment, Milestone
from tests.admin.forms import desk, messages_of, sent_back
from tests.factories import make_commitment, make_milestone, make_source

pytestmark = pytest.mark.django_db


def new_milestone(commitment: Commitment, **changes: Any) -> dict[str, Any]:
    data = {
        "commitment": commitment.pk,
        "title": "A made-up step",
        "due_on": "2027-01-01",
        "due_precision": "year",
        "source_links-TOTAL_FORMS": 1,
        "source_links-INITIAL_FORMS": 0,
        "source_links-0-source": make_source().pk,
    }
    return data | changes


def test_a_milestone_is_saved_as_draft_and_then_recorded(as_editor: Client) -> None:
    as_editor.post(desk(Milestone), new_milestone(make_commitment()))
    milestone = Milestone.objects.get()
    assert milestone.recorded_at is None

    as_editor.post(desk(milestone), sent_back(as_editor, desk(milestone), _step="record"))

    milestone.refresh_from_db()
    assert milestone.recorded_at is not None
    assert milestone.slug == "a-made-up-step"


def test_a_milestone_without_source_is_saved_but_not_recorded(as_editor: Client) -> None:
    data = new_milestone(make_commitment(), _step="record") | {"source_links-TOTAL_FORMS": 0}

    response = as_editor.post(desk(Milestone), data, follow=True)

    assert Milestone.objects.get().recorded_at is None
    assert "A milestone needs a source." in messages_of(response)


def test_a_milestone_replaces_one_of_the_same_commitment(as_editor: Client) -> None:
    other = make_milestone(make_commitment())

    response = as_editor.post(
        desk(Milestone), new_milestone(make_commitment(), replaces=other.pk, _step="record"), follow=True
    )

    assert "A milestone replaces a recorded one of the same commitment." in messages_of(response)


def test_a_recorded_milestone_is_read_only(as_editor: Client) -> None:
    milestone = make_milestone(make_commitment())

    assert "A recorded milestone is final." in as_editor.get(desk(milestone)).content.decode()
    assert as_editor.post(desk(milestone), new_milestone(milestone.commitment)).status_code == 409
    assert as_editor.post(desk(milestone, "delete"), {"post": "yes"}).status_code == 403
