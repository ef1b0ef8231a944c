"""The files against the database: what a load inserts, changes and refuses."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import publishing
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
    reason_for_change,
)
from commitments.register.comparing import Plan
from commitments.register.dumping import dump
from commitments.register.loading import RegisterRefused, load_register
from commitments.register.reading import Record
from commitments.register.writing import write_register
from tests.factories import make_check, make_commitment, make_milestone, make_source, make_update, make_user
from tests.raw_sql import fire_deferred

from .made_up import (
    Records,
    area,
    assessment,
    check,
    commitment,
    follows,
    milestone,
    read_back,
    record_of,
    records,
    register_of,
    source,
    update,
    without,
    write,
)

pytestmark = pytest.mark.django_db

Bend = Callable[[Records], object]


@pytest.fixture
def today() -> str:
    return timezone.now().date().isoformat()


@pytest.fixture
def in_use(tmp_path: Path) -> Records:
    """The made-up register loaded and published; returned for the test to bend."""
    load(records(), tmp_path)
    fire_deferred()
    assert Edition.objects.current().number == 1
    return records()


def load(of: Records, folder: Path, *, only: tuple[str, ...] = (), reason: str = "", check_only: bool = False) -> Plan:
    """Load all files, or `only` some of them as a part."""
    path = write(of, folder)
    for file in path.glob("*.yaml"):
        if only and file.stem not in only:
            file.unlink()
    day = timezone.now().date()
    return load_register(path, today=day, partial=bool(only), reason=reason, check_only=check_only)


def refused(of: Records, folder: Path, *, only: tuple[str, ...] = (), reason: str = "") -> dict[tuple[str, ...], str]:
    """The problems of a load that writes nothing, by file, record and field."""
    before = state()
    with pytest.raises(RegisterRefused) as refusal:
        load(of, folder, only=only, reason=reason)
    assert state() == before
    return {(each.file, each.record, each.field): each.message for each in refusal.value.problems}


def state() -> dict[str, object]:
    """Everything that a load could have changed, revisions and edition included."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith("commitments_")]
        rows = {}
        for table in sorted(tables):
            cursor.execute(f"SELECT coalesce(json_agg(t ORDER BY t::text), '[]')::text FROM {table} t")
            rows[table] = cursor.fetchone()
    return rows


def dumped(folder: Path) -> Path:
    write_register(dump(), folder)
    return folder


def same_files(one: Path, other: Path) -> bool:
    names = {path.name for path in one.glob("*.yaml")} | {path.name for path in other.glob("*.yaml")}
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


# An empty register


def test_shipped_register_is_loaded_whole() -> None:
    load_register(SHIPPED, today=datetime.date(2026, 11, 24))

    assert Source.objects.count() == 209
    assert Commitment.objects.count() == 32
    assert Commitment.objects.filter(published_at__isnull=False).count() == 27
    assert StatusUpdate.objects.filter(published_at__isnull=False).count() == 99
    assert Assessment.objects.filter(published_at__isnull=False).count() == 157
    assert Citation.objects.count() == 200
    assert Milestone.objects.filter(recorded_at__isnull=False).count() == 4
    assert Check.objects.filter(recorded_at__isnull=False).count() == 17
    fire_deferred()
    assert Edition.objects.current().number == 1


def test_shipped_register_is_dumped_to_the_byte_and_loading_that_does_nothing(tmp_path: Path) -> None:
    load_register(SHIPPED, today=datetime.date(2026, 11, 24))
    fire_deferred()

    folder = dumped(tmp_path)

    assert same_files(folder, SHIPPED)
    before = state()
    assert load_register(folder, today=timezone.now().date()).is_empty
    assert state() == before


def test_correction_and_withdrawals_change_only_their_files_of_the_shipped_register(tmp_path: Path, today: str) -> None:
    load_register(SHIPPED, today=datetime.date(2026, 11, 24))
    fire_deferred()
    of = read_back(SHIPPED)
    cited: Record = {"citations": [{"source": "mofa-summit30"}], "recorded_on": today}
    judged = assessment("EUJP-12", bearing="neutral")
    of["updates"] += [
        update(100, judged, corrects=31, correction_reason="The day was wrong.", **cited),
        without(update(101, corrects=30, correction_reason="It did not happen.", **cited), "assessments"),
    ]
    record_of(of, "commitments", "EUJP-02").update(withdrawn_on=today, withdrawal_reason="Part of another one.")

    load(of, tmp_path / "in")

    folder = dumped(tmp_path / "out")
    assert load_register(folder, today=timezone.now().date()).is_empty
    changed = {path.name for path in folder.iterdir() if path.read_bytes() != (SHIPPED / path.name).read_bytes()}
    assert changed == {"commitments.yaml", "updates.yaml"}


def test_empty_register_is_published_on_the_days_of_the_file_at_midnight_utc(tmp_path: Path) -> None:
    load(records(), tmp_path)

    midnight = datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC)
    assert set(StatusUpdate.objects.values_list("published_at", flat=True)) == {midnight}
    assert set(Milestone.objects.values_list("recorded_at", flat=True)) == {midnight}
    assert set(Check.objects.values_list("recorded_at", flat=True)) == {midnight}
    assert Commitment.objects.get(reference="EUJP-01").published_at == midnight
    assert Commitment.objects.get(reference="EUJP-03").published_at is None


def test_empty_register_may_hold_what_editors_prepared_and_nobody_saw(tmp_path: Path) -> None:
    Area.objects.create(slug="space", name="Space", name_ja="分野", is_headline=True, description="Made up.")

    load(records(), tmp_path, reason="Its place among the others.")

    assert StatusUpdate.objects.count() == 2


def test_order_of_links_and_of_display_is_that_of_the_files(tmp_path: Path) -> None:
    of = records()
    of["areas"].reverse()
    record_of(of, "instruments", "pact")["sources"] = ["ours", "text"]

    load(of, tmp_path / "in")

    assert same_files(tmp_path / "in", dumped(tmp_path / "out"))


def test_empty_register_with_a_day_in_the_future_is_refused(tmp_path: Path) -> None:
    of = records()
    tomorrow = (timezone.now().date() + datetime.timedelta(days=1)).isoformat()
    record_of(of, "checks", "search-one")["recorded_on"] = tomorrow
    record_of(of, "commitments", "EUJP-02")["published_on"] = tomorrow

    assert refused(of, tmp_path) == {
        ("checks", "search-one", "recorded_on"): "in the future",
        ("commitments", "EUJP-02", "published_on"): "in the future",
    }


@pytest.mark.parametrize(
    "bend",
    [
        pytest.param(
            lambda of: record_of(of, "commitments", "EUJP-02").update(
                withdrawn_on="2026-01-20", withdrawal_reason="Not a pledge."
            ),
            id="withdrawn after it was assessed and searched for",
        ),
        pytest.param(
            lambda of: of["updates"].append(
                update(3, assessment("EUJP-01", bearing="neutral"), corrects=1, correction_reason="Misread.")
            ),
            id="correction",
        ),
        pytest.param(
            lambda of: of["updates"].append(
                without(update(3, corrects=2, correction_reason="Never happened."), "assessments")
            ),
            id="withdrawal of an update",
        ),
        pytest.param(
            lambda of: of["milestones"].insert(0, milestone("earlier", replaces="first-step", due_on="2026-09-01")),
            id="milestone moved forward, so that its successor comes first",
        ),
        pytest.param(
            lambda of: (
                record_of(of, "commitments", "EUJP-01").update(follows=follows("EUJP-09"))
                or of["commitments"].append(commitment("EUJP-09"))
            ),
            id="commitment that follows a later reference",
        ),
        pytest.param(
            lambda of: of["updates"].append(update(3, happened_on="2024-11-01", recorded_on="2026-01-16")),
            id="late find",
        ),
        pytest.param(
            lambda of: record_of(of, "sources", "press").update(archived_url="https://archive.example.org/press"),
            id="archived copy",
        ),
        pytest.param(
            lambda of: record_of(of, "checks", "search-one").update(covers_from="2025-01-01", note="A note."),
            id="check with all its fields",
        ),
    ],
)
def test_what_the_register_can_say_is_loaded_and_dumped_and_fills_an_empty_one(bend: Bend, tmp_path: Path) -> None:
    of = records()
    bend(of)

    load(of, tmp_path / "in")

    assert same_files(tmp_path / "in", dumped(tmp_path / "out"))
    fire_deferred()
    assert load(of, tmp_path / "in").is_empty


def test_comparing_takes_the_same_number_of_queries_for_a_larger_register(tmp_path: Path) -> None:
    def queries_after_loading(of: Records) -> int:
        load(of, tmp_path)
        with CaptureQueriesContext(connection) as queries:
            assert load(of, tmp_path, check_only=True).is_empty
        return len(queries)

    small, large = records(), records()
    large["updates"] += [update(number) for number in range(3, 12)]
    large["checks"] += [check(f"search-{number}", commitments=["EUJP-01", "EUJP-02"]) for number in range(9)]

    assert queries_after_loading(small) == queries_after_loading(large)


# A register in use: the second load


def test_second_load_of_the_same_files_does_nothing(in_use: Records, tmp_path: Path) -> None:
    before = state()

    plan = load(in_use, tmp_path)

    assert plan.is_empty
    assert plan.unchanged == sum(map(len, in_use.values()))
    assert state() == before


def test_unknown_keys_are_inserted_and_published_now(in_use: Records, tmp_path: Path, today: str) -> None:
    began = timezone.now()
    in_use["sources"].append(source("news"))
    in_use["commitments"].append(commitment("EUJP-04", published_on=today, sources=["news"]))
    in_use["milestones"].append(milestone("second-step", commitment="EUJP-04", recorded_on=today))
    in_use["updates"].append(update(3, assessment("EUJP-04", meets="second-step"), recorded_on=today))
    in_use["checks"].append(check("search-two", commitments=["EUJP-04"], recorded_on=today))

    plan = load(in_use, tmp_path / "in")

    assert plan.inserts == {
        "sources": ["news"],
        "commitments": ["EUJP-04"],
        "milestones": ["second-step"],
        "updates": [3],
        "checks": ["search-two"],
    }
    published_at = StatusUpdate.objects.get(number=3).published_at
    assert published_at is not None
    assert began <= published_at <= timezone.now()
    assert load(in_use, tmp_path / "in").is_empty
    assert dump().of("updates")[3] == in_use["updates"][2]


def test_late_find_takes_the_next_number(in_use: Records, tmp_path: Path, today: str) -> None:
    in_use["updates"].append(update(3, happened_on="2024-12-01", recorded_on=today))

    load(in_use, tmp_path)

    assert StatusUpdate.objects.get(number=3).happened_on == datetime.date(2024, 12, 1)


def test_correction_and_withdrawal_are_new_updates(in_use: Records, tmp_path: Path, today: str) -> None:
    in_use["updates"] += [
        update(
            3,
            assessment("EUJP-01", status="announced", evidence="both_sides"),
            recorded_on=today,
            corrects=1,
            correction_reason="Not delivered yet.",
        ),
        without(update(4, recorded_on=today, corrects=2, correction_reason="Never happened."), "assessments"),
    ]

    load(in_use, tmp_path)

    now = Commitment.objects.with_status(timezone.now().date())
    assert now.get(reference="EUJP-01").status == "announced"
    assert load(in_use, tmp_path).is_empty


def test_new_record_with_another_day_than_today_is_refused(in_use: Records, tmp_path: Path, today: str) -> None:
    in_use["updates"].append(update(3))
    in_use["commitments"].append(commitment("EUJP-04"))

    problems = refused(in_use, tmp_path)

    assert problems.keys() == {("updates", "3", "recorded_on"), ("commitments", "EUJP-04", "published_on")}
    assert today in problems["updates", "3", "recorded_on"]


def test_published_update_milestone_or_check_that_differs_is_refused_with_its_remedy(
    in_use: Records, tmp_path: Path
) -> None:
    record_of(in_use, "updates", 1).update(title="Another event", summary="It never happened.")
    record_of(in_use, "updates", 2)["assessments"][0]["reasoning"] = "Because of nothing."
    record_of(in_use, "milestones", "first-step")["due_on"] = "2027-01-01"
    record_of(in_use, "checks", "search-one")["found"] = "Something."

    problems = refused(in_use, tmp_path, reason="We know better.")

    assert problems.keys() == {
        ("updates", "1", "title"),
        ("updates", "1", "summary"),
        ("updates", "2", "assessments"),
        ("milestones", "first-step", "due_on"),
        ("checks", "search-one", "found"),
    }
    title = problems["updates", "1", "title"]
    assert "published as 'Event 1', the file has 'Another event'" in title
    assert "add an update with “corrects: 1”" in title
    assert "“replaces: first-step”" in problems["milestones", "first-step", "due_on"]


def test_label_that_differs_is_updated_with_a_reason_that_is_kept(in_use: Records, tmp_path: Path) -> None:
    record_of(in_use, "areas", "drills")["name"] = "Joint drills"
    record_of(in_use, "commitments", "EUJP-01").update(title="Another title", sources=["ours", "text"])
    record_of(in_use, "sources", "text")["title"] = "Another page"

    problems = refused(in_use, tmp_path)
    assert {key[0] for key in problems} == {"areas", "commitments", "sources"}
    assert all("--reason" in message for message in problems.values())

    plan = load(in_use, tmp_path, reason="Plainer words.")

    assert plan.changes == {
        "areas": {"drills": ["name"]},
        "sources": {"text": ["title"]},
        "commitments": {"EUJP-01": ["title", "sources"]},
    }
    assert set(Revision.objects.values_list("reason", flat=True)) == {"Plainer words."}
    assert Revision.objects.get(table="commitments_area").was["name"] == "Drills"
    assert load(in_use, tmp_path).is_empty


@pytest.mark.parametrize("reason", ["   ", "a\x00b", "a\udc80b", "a\u202eb"])
def test_reason_is_plain_text(in_use: Records, tmp_path: Path, reason: str) -> None:
    record_of(in_use, "areas", "drills")["name"] = "Joint drills"

    refused(in_use, tmp_path, reason=reason)


def test_draft_commitment_changes_without_a_reason_and_is_published_today(
    in_use: Records, tmp_path: Path, today: str
) -> None:
    draft = record_of(in_use, "commitments", "EUJP-03")
    draft.update(kind="exploratory", title="Another pledge")
    load(in_use, tmp_path)

    draft["published_on"] = "2026-01-15"
    assert refused(in_use, tmp_path).keys() == {("commitments", "EUJP-03", "published_on")}

    draft["published_on"] = today
    load(in_use, tmp_path)

    published = Commitment.objects.get(reference="EUJP-03")
    assert published.kind == "exploratory"
    assert published.published_at is not None
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    ("name", "key", "fields", "remedy"),
    [
        ("commitments", "EUJP-01", {"kind": "standing"}, "withdraw EUJP-01 and add a new reference that “restates” it"),
        ("commitments", "EUJP-01", {"fulfilled_when": "Never."}, "withdraw EUJP-01"),
        ("commitments", "EUJP-02", {"cadence_months": 24}, "withdraw EUJP-02"),
        ("commitments", "EUJP-01", {"published_on": "2026-01-14"}, "never back"),
        ("sources", "text", {"url": "https://example.org/moved"}, "add another source"),
        ("sources", "text", {"publisher": "Another Gazette"}, "add another source"),
        ("instruments", "pact", {"adopted_on": "2024-10-31"}, "counts from that day"),
    ],
)
def test_frozen_field_that_differs_is_refused_with_its_remedy(
    in_use: Records, tmp_path: Path, name: str, key: str, fields: dict[str, object], remedy: str
) -> None:
    record_of(in_use, name, key).update(fields)

    problems = refused(in_use, tmp_path, reason="We know better.")

    assert remedy in problems[name, key, next(iter(fields))]


def test_published_commitment_does_not_become_a_draft_again(in_use: Records, tmp_path: Path) -> None:
    del record_of(in_use, "commitments", "EUJP-01")["published_on"]

    assert "never back" in refused(in_use, tmp_path)["commitments", "EUJP-01", "published_on"]


def test_source_on_which_nothing_published_rests_is_not_frozen(in_use: Records, tmp_path: Path) -> None:
    record_of(in_use, "sources", "press")["publisher"] = "Another Gazette"

    load(in_use, tmp_path, reason="It changed hands.")

    assert Source.objects.get(slug="press").publisher == "Another Gazette"


def test_withdrawal_of_a_commitment_is_loaded_once_and_for_good(in_use: Records, tmp_path: Path, today: str) -> None:
    commitments = record_of(in_use, "commitments", "EUJP-02")
    commitments.update(withdrawn_on=today, withdrawal_reason="Not a pledge.")

    load(in_use, tmp_path)

    assert Commitment.objects.get(reference="EUJP-02").withdrawal_reason == "Not a pledge."
    assert load(in_use, tmp_path).is_empty
    assert refused(records(), tmp_path).keys() == {
        ("commitments", "EUJP-02", "withdrawn_on"),
        ("commitments", "EUJP-02", "withdrawal_reason"),
    }
    in_use["updates"].append(update(3, assessment("EUJP-02"), recorded_on=today))
    assert refused(in_use, tmp_path).keys() == {("updates", "3", "assessments.EUJP-02.commitment")}


def test_records_that_the_file_lacks_are_refused_and_never_deleted(in_use: Records, tmp_path: Path) -> None:
    make_update(assessments=[{"commitment": Commitment.objects.get(reference="EUJP-01")}])
    in_use["checks"] = []
    in_use["areas"].pop()

    problems = refused(in_use, tmp_path)

    assert problems.keys() >= {
        ("updates", "3", "record"),
        ("checks", "search-one", "record"),
        ("areas", "space", "record"),
    }
    assert all("deletion is never implied" in message for message in problems.values())


def test_partial_load_adds_and_leaves_the_rest_alone(in_use: Records, tmp_path: Path, today: str) -> None:
    part = {name: [] for name in in_use} | {"areas": [area("nuclear")], "updates": [update(3, recorded_on=today)]}

    load(part, tmp_path, only=("areas", "updates"))

    assert list(Area.objects.values_list("slug", flat=True)) == ["drills", "space", "nuclear"]
    assert StatusUpdate.objects.get(number=3).is_published
    in_use["areas"].append(area("nuclear"))
    in_use["updates"].append(update(3, recorded_on=today))
    assert load(in_use, tmp_path).is_empty


def test_partial_load_refuses_a_gap_between_numbers(in_use: Records, tmp_path: Path, today: str) -> None:
    part = {name: [] for name in in_use} | {"updates": [update(4, recorded_on=today)]}

    assert refused(part, tmp_path, only=("updates",)).keys() == {("updates", "4", "number")}


def test_empty_register_is_filled_part_by_part(tmp_path: Path) -> None:
    for name in ("areas", "actors", "sources", "instruments", "commitments", "milestones", "updates", "checks"):
        load(records(), tmp_path / name, only=(name,))

    load(records(), tmp_path / "whole")

    assert same_files(tmp_path / "whole", dumped(tmp_path / "out"))


def test_same_content_under_another_number_or_reference_is_never_followed(in_use: Records, tmp_path: Path) -> None:
    for number, record in enumerate(in_use["updates"], 2):
        record["number"] = number
    in_use["updates"].insert(0, update(1, title="Found late"))
    record_of(in_use, "commitments", "EUJP-03")["reference"] = "EUJP-04"

    problems = refused(in_use, tmp_path)

    assert problems["updates", "2", "number"].startswith("renumbered: 1 → 2")
    assert problems["updates", "3", "number"].startswith("renumbered: 2 → 3")
    assert problems["commitments", "EUJP-04", "reference"].startswith("renumbered: EUJP-03 → EUJP-04")


def test_new_area_between_the_others_moves_them_for_a_reason_and_once(in_use: Records, tmp_path: Path) -> None:
    in_use["areas"].insert(1, area("nuclear"))

    assert ("areas", "labels", "reason") in refused(in_use, tmp_path)
    load(in_use, tmp_path, reason="In the order of the text.")

    assert list(Area.objects.values_list("slug", flat=True)) == ["drills", "nuclear", "space"]
    assert load(in_use, tmp_path).is_empty


def test_check_only_compares_and_writes_nothing(in_use: Records, tmp_path: Path, today: str) -> None:
    in_use["updates"].append(update(3, recorded_on=today))
    record_of(in_use, "areas", "drills")["name"] = "Joint drills"
    before = state()

    plan = load(in_use, tmp_path, check_only=True)

    assert (plan.inserts, plan.changes) == ({"updates": [3]}, {"areas": {"drills": ["name"]}})
    assert state() == before


def test_problems_of_the_files_and_of_the_comparison_are_said_at_once(in_use: Records, tmp_path: Path) -> None:
    record_of(in_use, "areas", "space")["headline"] = "maybe"
    record_of(in_use, "updates", 1)["title"] = "Another event"
    record_of(in_use, "updates", 2)["citations"] = [{"source": "gone"}]

    assert refused(in_use, tmp_path).keys() == {
        ("areas", "space", "headline"),
        ("updates", "1", "title"),
        ("updates", "2", "citations"),
        ("updates", "2", "citations.source"),
    }


# What editors make meanwhile


def test_dump_holds_no_draft_of_the_desk_and_no_source_that_only_drafts_use(in_use: Records) -> None:
    commitment_row = Commitment.objects.get(reference="EUJP-01")
    make_update(published=False, assessments=[{"commitment": commitment_row}])
    make_check(commitment_row, recorded=False)
    make_milestone(commitment_row, recorded=False)

    assert dump().files == register_of(in_use).files


def test_file_may_use_a_source_that_so_far_only_a_draft_uses(in_use: Records, tmp_path: Path, today: str) -> None:
    waiting = make_source()
    part = {name: [] for name in in_use}
    part["updates"] = [update(3, recorded_on=today, citations=[{"source": waiting.slug}])]

    load(part, tmp_path, only=("updates",))

    assert StatusUpdate.objects.get(number=3).sources.get() == waiting


def test_address_that_a_draft_of_the_desk_holds_is_said(in_use: Records, tmp_path: Path, today: str) -> None:
    commitment_row = Commitment.objects.get(reference="EUJP-01")
    make_check(commitment_row, recorded=False, slug="search-two")
    make_milestone(commitment_row, recorded=False, slug="second-step")
    in_use["checks"].append(check("search-two", recorded_on=today))
    in_use["milestones"].append(milestone("second-step", recorded_on=today))

    problems = refused(in_use, tmp_path)

    assert problems.keys() == {("checks", "search-two", "slug"), ("milestones", "second-step", "slug")}


def test_register_that_editors_changed_is_dumped_and_loaded_back_unchanged(in_use: Records, tmp_path: Path) -> None:
    bare = make_commitment(published=False, sources=[])
    full = make_commitment(sources=[make_source()])
    make_update(
        assessments=[{"commitment": full}], corrects=StatusUpdate.objects.get(number=2), correction_reason="Why."
    )
    make_milestone(full, replaces=None)
    make_check(full)
    fire_deferred()
    publishing.withdraw_commitment(full, reason="Not a pledge.")
    with reason_for_change("Plainer words."):
        Area.objects.filter(slug="drills").update(name="Joint drills")
    fire_deferred()
    before = state()

    assert load_register(dumped(tmp_path), today=timezone.now().date()).is_empty
    assert state() == before
    assert "published_on" not in dump().of("commitments")[bare.reference]


def test_dump_differs_in_nothing_but_what_changed(in_use: Records, tmp_path: Path) -> None:
    before = dumped(tmp_path / "before")
    with reason_for_change("Plainer words."):
        Area.objects.filter(slug="drills").update(name="Joint drills")

    after = dumped(tmp_path / "after")

    lines = zip(
        (before / "areas.yaml").read_text().splitlines(), (after / "areas.yaml").read_text().splitlines(), strict=True
    )
    assert [(was, now) for was, now in lines if was != now] == [("  name: Drills", "  name: Joint drills")]
    (before / "areas.yaml").unlink()
    (after / "areas.yaml").unlink()
    assert same_files(before, after)


def test_refusal_of_the_database_names_the_record_and_leaves_nothing(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE commitments_check ADD CONSTRAINT made_up CHECK (recorded_at IS NULL OR slug <> 'search-one')"
        )

    problems = refused(records(), tmp_path)

    assert problems.keys() == {("checks", "search-one", "record")}
    assert "made_up" in problems["checks", "search-one", "record"]


@pytest.mark.django_db(transaction=True)
def test_of_two_loads_at_once_the_second_waits_and_finds_nothing_to_do(tmp_path: Path) -> None:
    path = write(records(), tmp_path)
    together = threading.Barrier(2)

    def load_in_a_connection_of_its_own(_serial: int) -> bool:
        try:
            together.wait()
            return load_register(path, today=timezone.now().date()).is_empty
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        were_empty = list(threads.map(load_in_a_connection_of_its_own, range(2)))

    assert sorted(were_empty) == [False, True]
    assert Edition.objects.current().number == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_publishes_until_what_a_load_compared_with_is_written(tmp_path: Path, today: str) -> None:
    load(records(), tmp_path)
    author = make_user()
    draft = make_update(published=False, assessments=[{"commitment": Commitment.objects.get(reference="EUJP-01")}])
    StatusUpdate.objects.filter(pk=draft.pk).update(submitted_at=timezone.now(), submitted_by=author)
    of = records()
    of["updates"].append(update(3, recorded_on=today))
    path = write(of, tmp_path)
    reviewer = make_user()

    def publish() -> None:
        try:
            publishing.publish(draft, by=reviewer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            load_register(path, today=timezone.now().date())
            publishing_meanwhile = threads.submit(publish)
            with pytest.raises(TimeoutError):
                publishing_meanwhile.result(timeout=0.5)
        publishing_meanwhile.result(timeout=20)

    assert StatusUpdate.objects.get(number=3).title == "Event 3"
    assert StatusUpdate.objects.get(number=4) == draft
