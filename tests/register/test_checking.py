from __future__ import annotations

import copy
import datetime
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.register.checking import check_register
from commitments.register.comparing import compare
from commitments.register.reading import Register, read_register

from .made_up import (
    Records,
    assessment,
    check,
    commitment,
    findings,
    follows,
    milestone,
    record_of,
    records,
    register_of,
    source,
    update,
    without,
    write_plainly,
)

Bend = Callable[[Records], object]


def checked(of: Records, known: Records | None = None, *, partial: bool = False) -> set[tuple[str, str, str]]:
    register = register_of(of)
    check_register(register, register_of(known) if known else Register(), partial=partial)
    return findings(register)


def setting(name: str, key: object, **fields: object) -> Bend:
    return lambda of: record_of(of, name, key).update(fields)


def dropping(name: str, key: object, *fields: str) -> Bend:
    return lambda of: [record_of(of, name, key).pop(field) for field in fields]


def adding(name: str, record: dict[str, object]) -> Bend:
    return lambda of: of[name].append(record)


def judging(number: int = 2, reference: str = "EUJP-01", **fields: object) -> Bend:
    return setting("updates", number, assessments=[assessment(reference, **fields)])


def citing(*slugs: str, **fields: object) -> Bend:
    """An update that rests on these sources and calls them what `fields` say."""

    def bend(of: Records) -> None:
        setting("updates", 2, citations=[{"source": slug} for slug in slugs])(of)
        judging(**{"status": "announced", **fields})(of)

    return bend


def test_made_up_register_keeps_every_rule() -> None:
    assert checked(records()) == set()


@pytest.mark.parametrize(
    ("bend", "finding"),
    [
        (setting("instruments", "pact", sources=["gone"]), ("instruments", "pact", "sources")),
        (setting("instruments", "pact", sources=["text", "text"]), ("instruments", "pact", "sources")),
        (dropping("instruments", "pact", "sources"), ("instruments", "pact", "sources")),
        (dropping("discrepancies", "Number", "sources"), ("discrepancies", "Number", "sources")),
        (adding("sources", source("idle")), ("sources", "idle", "slug")),
        (setting("sources", "text", url="https://example.org/ours"), ("sources", "text", "url")),
        (
            setting("sources", "ours", published_on="2026-02-01", published_precision="day"),
            ("sources", "ours", "published_on"),
        ),
        (setting("commitments", "EUJP-01", instrument="gone"), ("commitments", "EUJP-01", "instrument")),
        (setting("commitments", "EUJP-01", area="gone"), ("commitments", "EUJP-01", "area")),
        (setting("commitments", "EUJP-01", actors=["gone"]), ("commitments", "EUJP-01", "actors")),
        (dropping("commitments", "EUJP-01", "actors"), ("commitments", "EUJP-01", "actors")),
        (dropping("commitments", "EUJP-02", "sources"), ("commitments", "EUJP-02", "sources")),
        (
            dropping("commitments", "EUJP-02", "progress_looks_like"),
            ("commitments", "EUJP-02", "progress_looks_like"),
        ),
        (setting("commitments", "EUJP-01", cadence_months=12), ("commitments", "EUJP-01", "cadence_months")),
        (setting("commitments", "EUJP-02", cadence_months=0), ("commitments", "EUJP-02", "cadence_months")),
        (setting("commitments", "EUJP-02", cadence_months=121), ("commitments", "EUJP-02", "cadence_months")),
        (
            setting("commitments", "EUJP-02", due_on="2027-01-01", due_precision="day"),
            ("commitments", "EUJP-02", "due_on"),
        ),
        (setting("commitments", "EUJP-01", withdrawn_on="2026-01-16"), ("commitments", "EUJP-01", "withdrawal_reason")),
        (setting("commitments", "EUJP-01", withdrawal_reason="Why."), ("commitments", "EUJP-01", "withdrawal_reason")),
        (
            setting("commitments", "EUJP-02", withdrawn_on="2026-01-14", withdrawal_reason="Why."),
            ("commitments", "EUJP-02", "withdrawn_on"),
        ),
        (
            setting("commitments", "EUJP-03", withdrawn_on="2026-01-16", withdrawal_reason="Why."),
            ("commitments", "EUJP-03", "withdrawn_on"),
        ),
        (
            setting("commitments", "EUJP-01", wording={"text": "It will.", "language": "en", "source": "text"}),
            ("commitments", "EUJP-01", "wording.text"),
        ),
        (
            setting("commitments", "EUJP-01", wording={"text": "x " * 21, "language": "en", "source": "text"}),
            ("commitments", "EUJP-01", "wording.text"),
        ),
        (
            setting("commitments", "EUJP-01", wording={"text": "will", "language": "en", "source": "ours"}),
            ("commitments", "EUJP-01", "wording.source"),
        ),
        (
            setting("commitments", "EUJP-02", follows=follows("EUJP-99")),
            ("commitments", "EUJP-02", "follows.reference"),
        ),
        (
            setting("commitments", "EUJP-02", follows=follows("EUJP-03")),
            ("commitments", "EUJP-02", "follows.reference"),
        ),
        (setting("commitments", "EUJP-02", follows=follows("EUJP-02")), ("commitments", "EUJP-02", "follows")),
        (setting("commitments", "EUJP-01", follows=follows("EUJP-02")), ("commitments", "EUJP-01", "follows")),
        (setting("milestones", "first-step", commitment="EUJP-03"), ("milestones", "first-step", "commitment")),
        (setting("milestones", "first-step", sources=["gone"]), ("milestones", "first-step", "sources")),
        (
            adding("milestones", milestone("later", commitment="EUJP-02", replaces="first-step")),
            ("milestones", "later", "replaces"),
        ),
        (setting("milestones", "first-step", replaces="first-step"), ("milestones", "first-step", "replaces")),
        (setting("checks", "search-one", commitments=["EUJP-03"]), ("checks", "search-one", "commitments")),
        (setting("checks", "search-one", checked_on="2026-01-16"), ("checks", "search-one", "checked_on")),
        (setting("checks", "search-one", covers_from="2026-01-16"), ("checks", "search-one", "covers_from")),
        (setting("updates", 1, recorded_on="2026-01-16"), ("updates", "2", "recorded_on")),
        (setting("updates", 2, happened_on="2026-01-16"), ("updates", "2", "happened_on")),
        (setting("updates", 2, citations=[{"source": "gone"}]), ("updates", "2", "citations.source")),
        (setting("updates", 2, citations=[{"source": "text"}] * 2), ("updates", "2", "citations")),
        (setting("updates", 2, assessments=[assessment("EUJP-01")] * 2), ("updates", "2", "assessments")),
        (dropping("updates", 2, "assessments"), ("updates", "2", "assessments")),
        (setting("updates", 2, corrects=1), ("updates", "2", "correction_reason")),
        (setting("updates", 2, correction_reason="Why."), ("updates", "2", "correction_reason")),
        (setting("updates", 2, corrects=2, correction_reason="Why."), ("updates", "2", "corrects")),
        (setting("updates", 2, corrects=9, correction_reason="Why."), ("updates", "2", "corrects")),
        (judging(reference="EUJP-99"), ("updates", "2", "assessments.commitment")),
        (judging(reference="EUJP-03"), ("updates", "2", "assessments.EUJP-03.commitment")),
        (judging(meets="gone"), ("updates", "2", "assessments.meets")),
        (judging(reference="EUJP-02", meets="first-step"), ("updates", "2", "assessments.EUJP-02.meets")),
        (judging(occurrence=True), ("updates", "2", "assessments.EUJP-01.occurrence")),
        (
            judging(reference="EUJP-02", bearing="context", occurrence=True),
            ("updates", "2", "assessments.EUJP-02.occurrence"),
        ),
        (judging(evidence="both_sides"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (judging(status="announced"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (
            judging(status="announced", evidence="both_sides", bearing="context"),
            ("updates", "2", "assessments.EUJP-01.status"),
        ),
        (judging(status="kept_up", evidence="both_sides"), ("updates", "2", "assessments.EUJP-01.status")),
        (
            judging(reference="EUJP-02", status="delivered", evidence="both_sides"),
            ("updates", "2", "assessments.EUJP-02.status"),
        ),
        (judging(status="delivered", evidence="one_side"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (judging(status="announced", evidence="none_found"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (citing("copy", evidence="one_side"), ("updates", "2", "assessments.EUJP-01.status")),
        (citing("ours", evidence="both_sides"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (citing("ours", "copy", evidence="both_sides"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (citing("press", evidence="independent"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (citing("ours", evidence="independent"), ("updates", "2", "assessments.EUJP-01.evidence")),
        (setting("updates", 2, happened_on="2024-10-31"), ("updates", "2", "assessments.EUJP-01.bearing")),
    ],
)
def test_rule_between_records_is_reported_where_it_is_broken(bend: Bend, finding: tuple[str, str, str]) -> None:
    of = records()

    bend(of)

    assert finding in checked(of)


@pytest.mark.parametrize(
    ("bearing", "status"), [("advance", ""), ("setback", ""), ("neutral", "announced"), ("context", "announced")]
)
def test_context_update_bears_as_context_and_sets_no_status(bearing: str, status: str) -> None:
    of = records()
    setting("updates", 2, context=True)(of)
    judging(bearing=bearing, **({"status": status, "evidence": "both_sides"} if status else {}))(of)

    assert {finding[2].rpartition(".")[2] for finding in checked(of)} == {"status" if status else "bearing"}


def test_month_in_which_the_instrument_was_adopted_is_not_before_it() -> None:
    of = records()
    setting("updates", 2, happened_on="2024-11-01", happened_precision="month")(of)

    assert checked(of) == set()


def test_last_month_of_all_is_a_month_like_any_other() -> None:
    of = records()
    setting("updates", 2, happened_on="9999-12-01", happened_precision="month")(of)

    assert checked(of) == {("updates", "2", "happened_on")}


def test_one_update_is_corrected_once_and_then_its_correction() -> None:
    of = records()
    of["updates"] += [update(number, corrects=1, correction_reason="Why.") for number in (3, 4)]

    assert checked(of) == {("updates", "4", "corrects")}

    record_of(of, "updates", 4)["corrects"] = 3
    assert checked(of) == set()


def test_milestone_is_replaced_once_and_then_its_successor() -> None:
    of = records()
    of["milestones"] += [milestone(slug, replaces="first-step") for slug in ("second-step", "third-step")]

    assert checked(of) == {("milestones", "third-step", "replaces")}


def test_nothing_is_said_of_a_commitment_after_its_withdrawal() -> None:
    of = records()
    setting("commitments", "EUJP-01", withdrawn_on="2026-01-20", withdrawal_reason="Why.")(of)
    assert checked(of) == set()

    of["updates"].append(update(3, recorded_on="2026-01-21"))
    of["checks"].append(check("late", commitments=["EUJP-01"], recorded_on="2026-01-21"))
    of["milestones"].append(milestone("late", recorded_on="2026-01-21"))

    assert checked(of) == {
        ("updates", "3", "assessments.EUJP-01.commitment"),
        ("checks", "late", "commitments"),
        ("milestones", "late", "commitment"),
    }


def test_part_of_the_register_may_name_what_is_known() -> None:
    part = {name: [] for name in records()} | {"updates": [update(3)], "sources": [source("idle")]}

    assert checked(part, records(), partial=True) == set()
    assert ("updates", "3", "citations.source") in checked(part, partial=True)


def test_record_that_is_known_word_for_word_is_not_judged_again() -> None:
    of = records()
    of["commitments"].append(commitment("EUJP-04", wording={"text": "It is.", "language": "en", "source": "ours"}))

    assert checked(of, of) == set()


def test_broken_record_is_not_said_to_be_absent_a_draft_or_unused(tmp_path: Path) -> None:
    of = records()
    record_of(of, "commitments", "EUJP-01")["published_on"] = "soon"
    record_of(of, "sources", "press")["kind"] = "hearsay"
    of["actors"] = ["nobody"]
    register = read_register(write_plainly(of, tmp_path))

    check_register(register, Register(), partial=False)

    assert findings(register) == {
        ("commitments", "EUJP-01", "published_on"),
        ("sources", "press", "kind"),
        ("actors", "record 1", "record"),
    }


def test_rules_between_records_are_checked_beside_those_of_form(tmp_path: Path) -> None:
    of = records()
    record_of(of, "updates", 2)["title"] = ""
    of["updates"][1] = without(of["updates"][1], "kind")
    judging(status="kept_up", evidence="both_sides")(of)
    register = read_register(write_plainly(of, tmp_path))

    check_register(register, Register(), partial=False)

    assert findings(register) == {
        ("updates", "2", "title"),
        ("updates", "2", "kind"),
        ("updates", "2", "assessments.EUJP-01.status"),
    }


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**12),
    st.floats(),
    st.dates(),
    st.text(max_size=12),
    st.binary(max_size=3),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3), max_leaves=5
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or mapping in the records, with each of its indices or keys."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_stands_in_the_files_the_answer_is_a_plan_or_a_list_of_problems(data: st.DataObject) -> None:
    of = records()
    for _serial in range(data.draw(st.integers(1, 3))):
        everywhere = list(places(of))
        holder, key = data.draw(st.sampled_from(everywhere))
        other_holder, other_key = data.draw(st.sampled_from(everywhere))
        holder[key] = data.draw(st.just(copy.deepcopy(other_holder[other_key])) | ANYTHING)
    known = data.draw(st.sampled_from([Register(), register_of(records())]))

    with tempfile.TemporaryDirectory() as folder:
        register = read_register(write_plainly(of, Path(folder)))
    compare(register, known, today=datetime.date(2026, 1, 15), partial=False, is_seed=not known.files, drafts={})

    assert all(str(problem).isprintable() for problem in register.problems)
