"""Loading compares first: the table of what is inserted, changed with a reason, or refused."""

from __future__ import annotations

import copy
import datetime
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commitments.management.commands.load_register import SHIPPED
from commitments.models import (
    Area,
    Assessment,
    Check,
    Citation,
    Commitment,
    Edition,
    Milestone,
    Revision,
    Source,
    StatusUpdate,
)
from commitments.register.loading import Plan, RegisterRefused

from .conftest import Files

Load = Callable[..., Plan]


def refused(load: Load, folder: Path, **options: Any) -> str:
    with pytest.raises(RegisterRefused) as refusal:
        load(folder, **options)
    return "\n".join(map(str, refusal.value.problems))


def made_up_update(number: int, recorded_on: str, **values: Any) -> dict[str, Any]:
    return {
        "number": number,
        "recorded_on": recorded_on,
        "title": "A made-up event",
        "summary": "Nothing of the kind happened.",
        "happened_on": "2025-01-02",
        "happened_precision": "day",
        "kind": "meeting",
        "context": False,
        "citations": [{"source": "mofa-summit30"}],
        "assessments": [{"commitment": "EUJP-12", "bearing": "neutral", "reasoning": "Made up."}],
    } | values


@pytest.mark.usefixtures("loaded")
def test_every_record_of_the_shipped_register_is_there() -> None:
    assert Source.objects.count() == 209
    assert Commitment.objects.count() == 32
    assert Commitment.objects.filter(published_at__isnull=False).count() == 27
    assert StatusUpdate.objects.filter(published_at__isnull=False).count() == 99
    assert Assessment.objects.count() == 157
    assert Citation.objects.count() == 200
    assert Milestone.objects.filter(recorded_at__isnull=False).count() == 4
    assert Check.objects.filter(recorded_at__isnull=False).count() == 17
    update = StatusUpdate.objects.get(number=1)
    assert update.published_at == datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)


@pytest.mark.usefixtures("loaded")
def test_a_second_load_has_nothing_to_do(load: Load) -> None:
    edition = Edition.objects.get().number
    assert load(SHIPPED).is_empty
    assert Edition.objects.get().number == edition


@pytest.mark.usefixtures("loaded")
def test_what_is_loaded_and_dumped_is_the_same_to_the_byte(tmp_path: Path) -> None:
    call_command("dump_register", tmp_path / "dumped", stdout=io.StringIO())
    for path in SHIPPED.glob("*.yaml"):
        assert (tmp_path / "dumped" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.usefixtures("loaded")
def test_an_unknown_key_is_inserted_and_published_now(
    load: Load, folder: Path, files: Files, today: datetime.date
) -> None:
    files.add("updates", **made_up_update(100, today.isoformat()))
    plan = load(folder)
    assert plan.inserts == {"updates": [100]}
    update = StatusUpdate.objects.get(number=100)
    assert update.published_at is not None
    assert update.published_at.date() == today
    assert update.happened_by == datetime.date(2025, 1, 2)


@pytest.mark.usefixtures("loaded")
def test_a_register_in_use_takes_no_back_dated_publication(load: Load, folder: Path, files: Files) -> None:
    files.add("updates", **made_up_update(100, "2026-11-23"))
    assert "publishes with the day of now" in refused(load, folder)


@pytest.mark.usefixtures("loaded")
def test_a_gap_in_the_numbers_is_refused(load: Load, folder: Path, files: Files, today: datetime.date) -> None:
    files.add("updates", **made_up_update(102, today.isoformat()))
    assert "expected 100" in refused(load, folder)


@pytest.mark.usefixtures("loaded")
def test_a_published_update_that_differs_is_refused_with_the_remedy(load: Load, folder: Path, files: Files) -> None:
    files.change("updates", 30, summary="Rewritten.")
    sentence = refused(load, folder)
    assert "updates.yaml, 31, summary" in sentence
    assert "corrects: 31" in sentence


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["checks", "milestones"])
def test_final_records_that_differ_are_refused(load: Load, folder: Path, files: Files, name: str) -> None:
    files.change(name, 0, note="Rewritten.")
    assert "is final" in refused(load, folder)


@pytest.mark.usefixtures("loaded")
def test_a_label_changes_with_a_reason_and_keeps_its_earlier_wording(load: Load, folder: Path, files: Files) -> None:
    files.change("commitments", 0, title="Another title", actors=["eeas"])
    assert "--reason" in refused(load, folder)
    assert not Revision.objects.exists()
    load(folder, reason="The text was read.")
    assert Commitment.objects.get(reference="EUJP-01").title == "Another title"
    revisions = Revision.objects.filter(reason="The text was read.")
    assert {revision.table for revision in revisions} == {"commitments_commitment", "commitments_commitmentactor"}
    assert load(folder).is_empty


@pytest.mark.usefixtures("loaded")
def test_a_frozen_field_that_differs_is_refused_with_the_remedy(load: Load, folder: Path, files: Files) -> None:
    files.change("commitments", 0, fulfilled_when="Something else happens.")
    files.change("sources", 0, publisher="Somebody else")
    sentence = refused(load, folder, reason="Because.")
    assert "withdraw EUJP-01 and add a new reference" in sentence
    assert "frozen since a published update cites it" in sentence


@pytest.mark.usefixtures("loaded")
def test_a_missing_record_is_never_a_deletion(load: Load, folder: Path, files: Files) -> None:
    files.remove("areas", 11)
    sentence = refused(load, folder)
    assert "deletion is never implied" in sentence
    assert Area.objects.count() == 12


@pytest.mark.usefixtures("loaded")
def test_a_partial_load_adds_and_misses_nothing(load: Load, tmp_path: Path, today: datetime.date) -> None:
    files = Files(tmp_path)
    files.write("updates", [made_up_update(100, today.isoformat())])
    assert load(tmp_path / "updates.yaml", partial=True).inserts == {"updates": [100]}


@pytest.mark.usefixtures("loaded")
def test_the_same_content_under_another_number_is_refused(load: Load, folder: Path, files: Files) -> None:
    records = files.records("updates")
    records.append(copy.deepcopy(records[97]) | {"number": 100})
    files.write("updates", records)
    assert "renumbered: 98 → 100" in refused(load, folder)


@pytest.mark.usefixtures("loaded")
def test_check_compares_and_writes_nothing(load: Load, folder: Path, files: Files, today: datetime.date) -> None:
    files.add("updates", **made_up_update(100, today.isoformat()))
    assert load(folder, check_only=True).inserts == {"updates": [100]}
    assert not StatusUpdate.objects.filter(number=100).exists()


@pytest.mark.usefixtures("loaded")
def test_a_correction_and_a_withdrawal_survive_the_way_through_files(
    load: Load, folder: Path, files: Files, today: datetime.date, tmp_path: Path
) -> None:
    day = today.isoformat()
    files.add("updates", **made_up_update(100, day, corrects=31, correction_reason="The day was wrong."))
    withdrawal = made_up_update(101, day, corrects=30, correction_reason="It did not happen.")
    del withdrawal["assessments"]
    files.add("updates", **withdrawal)
    files.change("commitments", 1, withdrawn_on=day, withdrawal_reason="Part of another one.")
    load(folder)
    assert StatusUpdate.objects.get(number=101).corrects == StatusUpdate.objects.get(number=30)
    call_command("dump_register", tmp_path / "dumped", stdout=io.StringIO())
    assert load(tmp_path / "dumped").is_empty
    changed = [
        path.name
        for path in sorted(SHIPPED.glob("*.yaml"))
        if (tmp_path / "dumped" / path.name).read_bytes() != path.read_bytes()
    ]
    assert changed == ["commitments.yaml", "updates.yaml"]


@pytest.mark.django_db
def test_what_the_database_refuses_leaves_nothing_behind(
    load: Load, folder: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.change(
        "updates",
        98,
        assessments=[
            {
                "commitment": "EUJP-01",
                "bearing": "advance",
                "status": "delivered",
                "evidence": "both_sides",
                "reasoning": "Made up.",
            }
        ],
    )
    monkeypatch.setattr("commitments.register.loading.check_register", lambda register, known: None)
    refused(load, folder)
    assert not Commitment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "position", "values", "sentence"),
    [
        ("updates", 0, {"citations": [{"source": "nowhere"}]}, "there is no “nowhere” in sources.yaml"),
        ("updates", 5, {"happened_on": "2030-01-01"}, "later than recorded_on"),
        ("updates", 0, {"corrects": 5, "correction_reason": "x"}, "published earlier"),
        ("updates", 9, {"assessments": None}, "only a withdrawal assesses nothing"),
        ("commitments", 0, {"kind": "one_off"}, "kept_up does not fit a one_off commitment"),
        ("commitments", 0, {"cadence_months": 500}, "1 to 120"),
        ("commitments", 0, {"area": "nowhere"}, "there is no “nowhere” in areas.yaml"),
        ("sources", 0, {"published_on": "2027-01-01"}, "later than accessed_on"),
        ("checks", 0, {"commitments": ["EUJP-99"]}, "there is no “EUJP-99” in commitments.yaml"),
    ],
)
def test_records_that_do_not_fit_together_are_named(
    load: Load, folder: Path, files: Files, name: str, position: int, values: dict[str, Any], sentence: str
) -> None:
    files.change(name, position, **values)
    assert sentence in refused(load, folder)
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_the_command_names_every_problem_and_fails(folder: Path, files: Files) -> None:
    files.change("areas", 0, name=12, description="")
    errors = io.StringIO()
    with pytest.raises(CommandError, match="2 problems; nothing was written"):
        call_command("load_register", folder, stdout=io.StringIO(), stderr=errors)
    assert "areas.yaml, joint-drills, name: must be text" in errors.getvalue()
    assert "areas.yaml, joint-drills, description: empty" in errors.getvalue()
