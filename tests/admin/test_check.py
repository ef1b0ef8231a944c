from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from commitments.models import Check, CheckCommitment, Commitment
from tests.admin.forms import desk, errors_of, messages_of, sent_back
from tests.factories import make_check, make_commitment

pytestmark = pytest.mark.django_db


def new_check(*commitments: Commitment, **changes: Any) -> dict[str, Any]:
    data = {
        "covers": [commitment.pk for commitment in commitments],
        "checked_on": "2026-01-01",
        "places": "example.org\nexample.com/news",
        "terms": "made up\n\n  invented  \n",
        "languages": "en\nja",
        "found": "Nothing new.",
    }
    return data | changes


def test_one_search_is_recorded_for_several_commitments(as_editor: Client, editor: User) -> None:
    commitments = [make_commitment(), make_commitment(), make_commitment()]

    as_editor.post(desk(Check), new_check(*commitments, _step="record"))

    check = Check.objects.get()
    assert check.recorded_at is not None
    assert check.recorded_by == editor
    assert set(check.commitments.all()) == set(commitments)
    assert (check.places, check.terms) == (["example.org", "example.com/news"], ["made up", "invented"])


def test_a_check_is_a_draft_until_recorded(as_editor: Client) -> None:
    commitment, other = make_commitment(), make_commitment()
    as_editor.post(desk(Check), new_check(commitment))
    check = Check.objects.get()
    assert check.recorded_at is None

    data = sent_back(as_editor, desk(check))
    assert data["covers"] == [commitment.pk]
    as_editor.post(desk(check), data | {"covers": [other.pk], "_step": "record"})

    check.refresh_from_db()
    assert check.recorded_at is not None
    assert list(check.commitments.all()) == [other]


def test_a_recorded_check_is_read_only(as_editor: Client) -> None:
    check = make_check(make_commitment())

    page = as_editor.get(desk(check)).content.decode()
    assert "A recorded check is final." in page
    assert 'name="found"' not in page
    assert as_editor.post(desk(check), new_check(make_commitment())).status_code == 409
    assert as_editor.post(desk(check, "delete"), {"post": "yes"}).status_code == 403
    assert CheckCommitment.objects.count() == 1


def test_a_check_covers_at_least_one_public_commitment(as_editor: Client) -> None:
    assert "This field is required." in errors_of(as_editor.post(desk(Check), new_check()))
    assert "Select a valid choice" in errors_of(
        as_editor.post(desk(Check), new_check(make_commitment(published=False)))
    )
    assert not Check.objects.exists()


def test_a_search_of_tomorrow_is_saved_but_not_recorded(as_editor: Client) -> None:
    response = as_editor.post(
        desk(Check), new_check(make_commitment(), checked_on="2999-01-01", _step="record"), follow=True
    )

    assert Check.objects.get().recorded_at is None
    assert "What has not happened yet cannot be published." in messages_of(response)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("languages", "english", "Enter a language tag"),
        ("places", "", "This field is required."),
        ("places", " \n \n", "This field is required."),
        ("terms", "x" * 301, "at most 300 characters"),
        ("terms", "x\n" * 101, "Write at most 100 lines."),
        ("covers_from", "2026-01-02", "A search covers days before it, not after it."),
    ],
)
def test_a_check_with_a_bad_field_is_refused(as_editor: Client, field: str, value: str, sentence: str) -> None:
    response = as_editor.post(desk(Check), new_check(make_commitment(), **{field: value}))

    assert sentence in errors_of(response)
    assert not Check.objects.exists()


def test_two_checks_of_one_day_have_addresses_of_their_own(as_editor: Client) -> None:
    for _time in range(3):
        as_editor.post(desk(Check), new_check(make_commitment()))

    assert sorted(Check.objects.values_list("slug", flat=True)) == [
        "2026-01-01-nothing-new",
        "2026-01-01-nothing-new-2",
        "2026-01-01-nothing-new-3",
    ]
