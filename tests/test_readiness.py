"""What is said of a draft beforehand is what the database will say at publication, and nothing else."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.models import Commitment, Milestone, Source, StatusUpdate
from commitments.publishing import ClockTimestamp, Refused, publish_from_register, submit
from commitments.readiness import problems
from tests.factories import (
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db

ADOPTED = datetime.date(2025, 6, 15)
KINDS = ["one_off", "recurring", "standing", "exploratory"]
SIDES = ["eu", "japan", "joint", "independent", "third"]
# Evidence that the CHECKs accept with each status.
GRADES = {
    "": [""],
    "announced": ["one_side", "both_sides", "independent", "public_record"],
    "stalled": ["one_side", "both_sides", "independent", "public_record"],
    "delivered": ["both_sides", "independent", "public_record"],
    "kept_up": ["one_side", "both_sides", "independent"],
    "not_assessable": ["none_found", "both_sides"],
}
DAYS = [("2025-06-14", "day"), ("2025-06-15", "day"), ("2025-05-01", "month"), ("2025-06-01", "month")]
DATES = st.sampled_from([*DAYS, ("2024-01-01", "year"), ("2025-01-01", "year"), ("2999-01-01", "day")])


@dataclass(frozen=True)
class Pool:
    """Rows that drafts are made of: every kind and state of commitment, every side and weight of source."""

    commitments: list[Commitment]
    milestones: list[Milestone]
    sources: list[Source]
    corrected: list[StatusUpdate]


@pytest.fixture
def pool() -> Pool:
    instrument = make_instrument(adopted_on=ADOPTED)
    public = [make_commitment(instrument=instrument, kind=kind) for kind in KINDS]
    drafted = make_commitment(instrument=instrument, published=False)
    withdrawn = make_commitment(instrument=instrument)
    Commitment.objects.filter(pk=withdrawn.pk).update(withdrawn_at=ClockTimestamp(), withdrawal_reason="Made up.")
    first, second = (make_update(assessments=[{"commitment": public[1]}], happened_on=ADOPTED) for _ in range(2))
    make_update(corrects=first, correction_reason="Made up.", happened_on=ADOPTED)
    return Pool(
        commitments=[*public, drafted, withdrawn],
        milestones=[*(make_milestone(each) for each in public), make_milestone(public[1], recorded=False)],
        sources=[make_source(side=side, kind=kind) for side in SIDES for kind in ("official_text", "rewrite")],
        corrected=[first, second, make_update(published=False, happened_on=ADOPTED)],
    )


@st.composite
def assessments(draw: st.DrawFn, pool: Pool, commitment: Commitment) -> dict[str, object]:
    status = draw(st.sampled_from(sorted(GRADES)))
    is_occurrence = draw(st.booleans())
    bearings = ["advance", "setback", "neutral"] + ([] if status or is_occurrence else ["context"])
    return {
        "commitment": commitment,
        "status": status,
        "evidence": draw(st.sampled_from(GRADES[status])),
        "bearing": draw(st.sampled_from(bearings)),
        "is_occurrence": is_occurrence,
        "meets": draw(st.none() | st.sampled_from(pool.milestones)),
    }


@st.composite
def drafts(draw: st.DrawFn, pool: Pool) -> dict[str, object]:
    assessed = draw(st.lists(st.sampled_from(pool.commitments), max_size=2, unique_by=lambda each: each.pk))
    corrects = draw(st.none() | st.none() | st.sampled_from(pool.corrected))
    happened_on, precision = draw(DATES)
    return {
        "assessments": [draw(assessments(pool, commitment)) for commitment in assessed],
        "sources": draw(st.lists(st.sampled_from(pool.sources), max_size=3, unique_by=lambda each: each.pk)),
        "is_context": draw(st.integers(0, 3)) == 0,
        "happened_on": datetime.date.fromisoformat(happened_on),
        "happened_precision": precision,
        "corrects": corrects,
        "correction_reason": "Made up." if corrects else "",
    }


class Undone(Exception):
    """Rolls an example back."""


def outcome(draft: StatusUpdate) -> str | None:
    """The rule by which publication refuses, None where it succeeds."""
    try:
        publish_from_register(draft, at=None)
    except Refused as refused:
        return refused.rule
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_draft_has_no_problem_exactly_when_publication_accepts_it(pool: Pool, data: st.DataObject) -> None:
    try:
        with transaction.atomic():
            draft = make_update(published=False, **data.draw(drafts(pool)))
            said = {problem.rule for problem in problems(draft)}

            refused_by = outcome(draft)

            assert (refused_by is None) == (not said), (refused_by, said)
            assert refused_by is None or refused_by in said
            raise Undone
    except Undone:
        pass


ANNOUNCED = {"status": "announced", "evidence": "both_sides"}


@pytest.mark.parametrize(
    ("rule", "of_update", "of_row", "of_source", "at"),
    [
        ("happened_before_publication", {"happened_on": datetime.date(2999, 1, 1)}, {}, {}, "happened_on"),
        ("status_needs_more_than_rewrites", {}, ANNOUNCED | {"evidence": "one_side"}, {"kind": "rewrite"}, "citations"),
        ("evidence_matches_sources", {}, ANNOUNCED, {"side": "eu"}, "row: evidence"),
        ("status_fits_kind", {}, ANNOUNCED | {"status": "delivered"}, {}, "row: status"),
        ("context_sets_no_status", {"is_context": True}, {"bearing": "advance"}, {}, "row: bearing"),
        ("context_sets_no_status", {"is_context": True}, ANNOUNCED | {"bearing": "neutral"}, {}, "row: status"),
        ("context_sets_no_status", {"is_context": True}, {"is_occurrence": True}, {}, "row: is_occurrence"),
        ("context_before_adoption", {"happened_on": datetime.date(2019, 1, 1)}, {}, {}, "row: bearing"),
    ],
)
def test_a_problem_names_the_field_that_mends_it(
    rule: str, of_update: dict[str, Any], of_row: dict[str, Any], of_source: dict[str, Any], at: str
) -> None:
    draft = make_update(
        published=False,
        assessments=[{"commitment": make_commitment(kind="standing")} | of_row],
        sources=[make_source(**of_source)],
        **of_update,
    )

    [problem] = problems(draft)

    assert problem.rule == rule
    assert (f"row: {problem.field}" if problem.row else problem.field) == at
    assert problem.row in (None, draft.assessments.get())


def test_an_occurrence_and_a_milestone_are_named_at_their_fields() -> None:
    once = make_commitment(kind="one_off")
    draft = make_update(
        published=False,
        assessments=[{"commitment": once, "is_occurrence": True, "meets": make_milestone(make_commitment())}],
    )

    assert [(problem.rule, problem.field) for problem in problems(draft)] == [
        ("occurrence_fits_kind", "is_occurrence"),
        ("milestone_of_same_commitment", "meets"),
    ]


def test_all_problems_are_said_at_once() -> None:
    draft = make_update(published=False, sources=[], happened_on=datetime.date(2999, 1, 1))

    assert [problem.rule for problem in problems(draft)] == [
        "happened_before_publication",
        "update_needs_citation",
        "update_needs_assessment",
    ]
    assert all(problem.sentence for problem in problems(draft))


def test_a_draft_with_problems_is_not_submitted_and_is_told_all_of_them() -> None:
    draft = make_update(published=False, sources=[])

    with pytest.raises(Refused) as refused:
        submit(draft, by=make_user())

    draft.refresh_from_db()
    assert not draft.is_in_review
    assert refused.value.rule == "update_needs_citation"
    assert "Nothing is published without a source." in str(refused.value)
    assert "at least one commitment" in str(refused.value)


def test_many_rows_ask_the_database_no_more_often() -> None:
    def asked(draft: StatusUpdate) -> int:
        with CaptureQueriesContext(connection) as queries:
            problems(draft)
        return len(queries)

    small = make_update(published=False, assessments=[{"commitment": make_commitment()}])
    rows = [{"commitment": (each := make_commitment()), "meets": make_milestone(each)} for _ in range(5)]
    large = make_update(published=False, assessments=rows, sources=[make_source() for _ in range(5)])

    assert asked(small) == asked(large) == 3
