"""What every choice of a reader means, in one line."""

from __future__ import annotations

import pytest
from django.db.models import TextChoices
from django.utils.translation import override

from commitments.definitions import definitions, meaning
from commitments.judgements import FreshnessState, ScheduleState, StatusGroup
from commitments.models import Basis, Bearing, CommitmentKind, DeliveryStatus, Evidence, Side, SourceKind, Strength

DEFINED: list[type[TextChoices]] = [
    Basis,
    Bearing,
    CommitmentKind,
    DeliveryStatus,
    Evidence,
    FreshnessState,
    ScheduleState,
    SourceKind,
    StatusGroup,
    Strength,
]


@pytest.mark.parametrize("choices", DEFINED)
def test_every_member_has_a_meaning_of_its_own(choices: type[TextChoices]) -> None:
    with override("en"):
        meanings = [str(text) for _choice, text in definitions(choices)]

    assert [choice for choice, _text in definitions(choices)] == list(choices)
    assert all(text.strip() == text and text for text in meanings)
    assert len(set(meanings)) == len(meanings)


def test_members_of_two_classes_with_one_value_are_told_apart() -> None:
    assert StatusGroup.ENDED.value == DeliveryStatus.ENDED
    assert meaning(DeliveryStatus.ENDED) != meaning(StatusGroup.ENDED)


def test_only_those_asked_for_are_given_and_in_that_order() -> None:
    asked = [Bearing.SETBACK, Bearing.ADVANCE]

    assert [choice for choice, _text in definitions(asked)] == asked


def test_a_choice_without_a_meaning_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        meaning(Side.EU)
