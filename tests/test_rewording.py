"""How the words of a commitment changed, as its page tells it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from commitments.clocks import Clocks
from commitments.dossier import dossier
from commitments.models import Actor, Area, Commitment, CommitmentActor, reason_for_change
from tests.factories import make_actor, make_area, make_commitment

TODAY = datetime.datetime.now(datetime.UTC).date()

pytestmark = pytest.mark.django_db


def told(commitment: Commitment, clocks: Clocks | None = None) -> list[Any]:
    found = dossier(commitment.reference, clocks or Clocks.at(TODAY))
    return [
        (each.reason, [(change.label, change.before, change.after) for change in each.changes])
        for each in found.rewordings
    ]


def reword(commitment: Commitment, reason: str = "Clearer.", **fields: Any) -> None:
    with reason_for_change(reason):
        Commitment.objects.filter(pk=commitment.pk).update(**fields)


def test_nothing_is_told_of_words_that_stayed() -> None:
    assert told(make_commitment()) == []


def test_each_change_is_told_from_what_it_was_to_what_it_became() -> None:
    commitment = make_commitment(title="First")
    reword(commitment, title="Second")
    reword(commitment, reason="Shorter.", title="Third", strength="hortatory")

    assert told(commitment) == [
        ("Shorter.", [("Title", "Second", "Third"), ("Strength of the wording", "Firm", "Hortatory")]),
        ("Clearer.", [("Title", "First", "Second")]),
    ]


def test_a_moved_commitment_names_both_areas() -> None:
    commitment = make_commitment(area=make_area(name="Earlier area"))
    reword(commitment, area=make_area(name="Later area"))

    assert told(commitment) == [("Clearer.", [("Area", "Earlier area", "Later area")])]


def test_a_changed_list_of_actors_names_all_of_both() -> None:
    first, second = make_actor(name="First actor"), make_actor(name="Second actor")
    commitment = make_commitment(actors=[first])
    with reason_for_change("One more."):
        CommitmentActor.objects.create(commitment=commitment, actor=second, position=1)

    assert told(commitment) == [("One more.", [("Actors", "First actor", "First actor; Second actor")])]


def test_a_withdrawal_is_no_rewording() -> None:
    commitment = make_commitment(title="First")
    reword(commitment, title="Second")
    Commitment.objects.filter(pk=commitment.pk).update(
        withdrawn_at=datetime.datetime.now(datetime.UTC), withdrawal_reason="Made up."
    )

    assert told(commitment) == [("Clearer.", [("Title", "First", "Second")])]


def test_a_past_day_knows_no_later_word() -> None:
    commitment = make_commitment(
        title="First", published_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC), area=make_area(name="Area")
    )
    reword(commitment, title="Second")
    with reason_for_change("Renamed."):
        Area.objects.update(name="Another")
        Actor.objects.update(name="Another")
    yesterday = TODAY - datetime.timedelta(days=1)

    assert told(commitment, Clocks(TODAY, as_of=yesterday, known_on=yesterday)) == []
