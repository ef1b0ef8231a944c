from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from commitments.models import Assessment, Citation, Edition, Revision, Source, StatusUpdate
from commitments.publishing import publish, submit
from commitments.spreadsheets import importing
from commitments.spreadsheets.importing import ImportRefused, import_sheets
from commitments.spreadsheets.planning import Outcome, Plan
from tests.factories import make_commitment, make_milestone, make_source, make_update, make_user
from tests.spreadsheets.sheets import (
    TODAY,
    assessment_row,
    citation_row,
    exported,
    outcomes,
    plan_of,
    sheets_of,
    source_row,
    tables,
    update_row,
)
from tests.spreadsheets.test_planning import many

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return make_user("edith")


def run(content: Any, by: User, **options: Any) -> Plan:
    return import_sheets(sheets_of(content), by=by, today=TODAY, **options)


def rows_in_the_database() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in (Source, StatusUpdate, Assessment, Citation))


def test_new_rows_become_drafts_of_the_editor_with_all_that_belongs_to_them(
    editor: User, check_rules: Callable[[], None]
) -> None:
    commitment, other, known = make_commitment(kind="recurring"), make_commitment(), make_source()
    milestone = make_milestone(other)
    content = tables(
        sources=[source_row(published_on="2025-06")],
        updates=[update_row(note="日本語 = +1"), update_row("new 2", context=True)],
        assessments=[
            assessment_row(other.reference, meets=milestone.slug),
            assessment_row(
                commitment.reference, bearing="advance", occurrence=True, status="kept_up", evidence="both_sides"
            ),
            assessment_row(other.reference, "new 2"),
        ],
        citations=[citation_row("https://example.org/new-source", locator="007"), citation_row(known.slug)],
    )

    run(content, editor)
    check_rules()

    first, second = StatusUpdate.objects.order_by("pk")
    assert {first.written_by, first.last_edited_by, second.written_by} == {editor}
    assert (first.number, first.submitted_at, first.published_at) == (None, None, None)
    assert (first.note, first.happened_on, first.happened_precision) == (
        "日本語 = +1",
        datetime.date(2025, 6, 1),
        "month",
    )
    assert second.is_context
    assert [(each.commitment, each.status, each.is_occurrence, each.meets) for each in first.assessments.all()] == [
        (other, "", False, milestone),
        (commitment, "kept_up", True, None),
    ]
    assert [(each.source.slug, each.locator) for each in first.citations.all()] == [
        ("example-gazette-made-up-page", "007"),
        (known.slug, ""),
    ]
    made = Source.objects.get(slug="example-gazette-made-up-page")
    assert (made.published_on, made.published_precision) == (datetime.date(2025, 6, 1), "month")


def test_what_was_imported_is_no_change_the_second_time(editor: User) -> None:
    content = tables(
        sources=[source_row()],
        updates=[update_row()],
        assessments=[assessment_row(make_commitment().reference)],
        citations=[citation_row("https://example.org/new-source")],
    )
    run(content, editor)
    before = rows_in_the_database()

    plan = run(content, editor)

    assert plan.is_empty
    assert rows_in_the_database() == before
    assert plan_of(exported()).is_empty


def test_an_imported_draft_can_be_submitted_and_published(editor: User, check_rules: Callable[[], None]) -> None:
    content = tables(
        updates=[update_row()],
        assessments=[assessment_row(make_commitment().reference)],
        citations=[citation_row(make_source().slug)],
    )
    run(content, editor)
    draft = StatusUpdate.objects.get()

    submit(draft, by=editor)
    publish(draft, by=make_user("roland"))
    check_rules()

    assert draft.number == 1


def test_an_import_publishes_nothing(editor: User) -> None:
    edition = Edition.objects.current().number
    run(tables(updates=[update_row()]), editor)

    assert not StatusUpdate.objects.filter(published_at__isnull=False).exists()
    assert Edition.objects.current().number == edition


def test_a_correction_names_the_update_that_it_corrects(editor: User) -> None:
    published = make_update(assessments=[{"commitment": make_commitment()}])

    run(tables(updates=[update_row(corrects=str(published.number), correction_reason="Made-up mistake.")]), editor)

    assert StatusUpdate.objects.drafts().get().corrects == published


def test_a_changed_draft_keeps_its_writer_and_names_who_changed_it(editor: User) -> None:
    writer = make_user("writer")
    draft = make_update(
        published=False,
        written_by=writer,
        assessments=[{"commitment": make_commitment()}],
        sources=[make_source(), make_source()],
    )
    kept = Assessment.objects.get().pk
    content = exported()
    content["updates"][0] |= {"title": "Better", "note": "Added."}
    content["citations"].reverse()

    plan = run(content, editor)

    draft.refresh_from_db()
    assert (draft.title, draft.note, draft.written_by, draft.last_edited_by) == ("Better", "Added.", writer, editor)
    assert Assessment.objects.get().pk == kept
    assert [each.source.slug for each in draft.citations.all()] == [row["source"] for row in content["citations"]]
    assert ("assessments", Outcome.SAME) in outcomes(plan)
    assert plan_of(exported()).is_empty


def test_an_emptied_cell_empties_the_field(editor: User) -> None:
    draft = make_update(published=False, note="Old.", sources=[make_source()])
    content = exported()
    content["updates"][0]["note"] = ""
    content["citations"] = []

    run(content, editor)

    draft.refresh_from_db()
    assert draft.note == ""
    assert not draft.citations.exists()


class TestReason:
    @pytest.fixture
    def content(self) -> Any:
        make_update(sources=[make_source(title="Old")], assessments=[{"commitment": make_commitment()}])
        content = exported()
        next(row for row in content["sources"] if row["title"] == "Old")["title"] = "New"
        return content

    def test_without_one_nothing_is_reworded(self, content: Any, editor: User) -> None:
        with pytest.raises(ImportRefused) as refusal:
            run(content, editor, reason=" ")

        assert [str(each) for each in refusal.value.plan.refusals] == [
            "file, reason: the wording of sources changes: say why"
        ]
        assert not Source.objects.filter(title="New").exists()

    def test_with_one_the_earlier_wording_is_kept(self, content: Any, editor: User) -> None:
        run(content, editor, reason="Retitled there.")

        assert Source.objects.filter(title="New").exists()
        revision = Revision.objects.get()
        assert (revision.reason, revision.was["title"]) == ("Retitled there.", "Old")

    def test_one_that_cannot_be_stored_is_refused(self, content: Any, editor: User) -> None:
        with pytest.raises(ImportRefused) as refusal:
            run(content, editor, reason="nul\0")

        assert [each.column for each in refusal.value.plan.refusals] == ["reason"]


class TestAllOrNothing:
    def test_one_bad_row_keeps_all_others_out(self, editor: User) -> None:
        content = many(20, 1)
        before = rows_in_the_database()

        with pytest.raises(ImportRefused):
            run(content, editor)

        assert rows_in_the_database() == before

    def test_a_failure_in_the_middle_leaves_nothing(self, editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """The last portion fails in the database, when most drafts have been written."""
        content = many(20, 1)
        for rows in content.values():
            del rows[7]
        before = rows_in_the_database()
        monkeypatch.setattr(importing, "AT_ONCE", 5)
        last = content["updates"][-1]["title"]
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE commitments_statusupdate ADD CONSTRAINT made_up CHECK (title <> '{last}') NOT VALID"
            )

        with pytest.raises(ImportRefused) as refusal:
            run(content, editor)

        assert "made_up" in str(refusal.value.plan.refusals[-1])
        assert rows_in_the_database() == before

    def test_whoever_stops_it_stops_all_of_it(self, editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importing, "AT_ONCE", 1)
        told: list[str] = []

        def leave(stage: str, done: int, total: int) -> None:
            told.append(stage)
            if stage == "Writing new drafts" and done == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            run(tables(updates=[update_row(f"new {number}") for number in range(4)]), editor, progress=leave)

        assert told.count("Writing new drafts") == 3
        assert not StatusUpdate.objects.exists()


class TestWhatWasShown:
    def test_the_same_plan_is_written(self, editor: User) -> None:
        content = tables(updates=[update_row()])

        run(content, editor, shown=plan_of(content).digest())

        assert StatusUpdate.objects.exists()

    def test_another_plan_is_not(self, editor: User) -> None:
        content = tables(updates=[update_row(), update_row("new 2")])
        shown = plan_of(content).digest()
        run(tables(updates=[update_row("new 2")]), editor)

        with pytest.raises(ImportRefused) as refusal:
            run(content, editor, shown=shown)

        assert not refusal.value.plan.refusals
        assert StatusUpdate.objects.count() == 1


@pytest.fixture
def other_connection() -> Iterator[Any]:
    other = connection.copy()
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_nobody_saves_a_draft_or_a_source_of_the_file_while_it_is_written(editor: User, other_connection: Any) -> None:
    """Else an import could overwrite what it never compared."""
    draft, source = make_update(published=False, sources=[]), make_source()
    content = exported()
    content["updates"][0]["title"] = "Mine"
    blocked: list[str] = []

    def colleague(stage: str, done: int, total: int) -> None:
        for table, pk in (("commitments_statusupdate", draft.pk), ("commitments_source", source.pk)):
            with other_connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_all()")
                cursor.execute(f"SELECT id FROM {table} WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", [pk])
                if not cursor.fetchall():
                    blocked.append(f"{stage} {table}")

    run(content, editor, progress=colleague)

    assert "Changing drafts commitments_statusupdate" in blocked
    assert "Changing drafts commitments_source" in blocked
