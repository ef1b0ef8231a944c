from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Citation, Commitment, Source, StatusUpdate
from commitments.spreadsheets.exporting import tables_of
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.planning import Outcome
from commitments.spreadsheets.writing import csv_file, workbook
from tests.factories import make_commitment, make_milestone, make_source, make_update, make_user
from tests.spreadsheets.sheets import (
    TODAY,
    assessment_row,
    citation_row,
    exported,
    foreign_workbook,
    outcomes,
    plan_of,
    refusals,
    source_row,
    tables,
    update_row,
)

pytestmark = pytest.mark.django_db


def messages(plan: Any) -> list[str]:
    return [str(refusal) for refusal in plan.refusals]


class TestNewRows:
    def test_a_source_gets_its_address_as_at_the_desk(self) -> None:
        make_source(slug="example-gazette-made-up-page")

        plan = plan_of(
            tables(sources=[source_row(), source_row(url="https://example.org/2", title="防衛", publisher="省")])
        )

        assert list(plan.new_sources) == ["example-gazette-made-up-page-2", "source"]

    def test_a_source_is_known_by_its_web_address(self) -> None:
        source = make_source()

        plan = plan_of(tables(sources=[{**exported()["sources"][0], "slug": ""}]))

        assert plan.is_empty
        assert [line.name for line in plan.lines] == [source.slug]

    def test_an_update_may_cite_a_new_source_of_the_same_file_by_its_web_address(self) -> None:
        commitment = make_commitment()

        plan = plan_of(
            tables(
                sources=[source_row()],
                updates=[update_row()],
                assessments=[assessment_row(commitment.reference)],
                citations=[citation_row("https://example.org/new-source", locator="p. 1")],
            )
        )

        assert not plan.refusals
        assert plan.new_updates["new 1"]["citations"] == [{"source": "example-gazette-made-up-page", "locator": "p. 1"}]
        assert outcomes(plan) == {(name, Outcome.CREATE) for name in ("sources", "updates", "assessments", "citations")}

    def test_rows_without_a_name_are_new_updates_each(self) -> None:
        plan = plan_of(tables(updates=[update_row("", title="One"), update_row("", title="Two")]))

        assert not plan.refusals
        assert [record["title"] for record in plan.new_updates.values()] == ["One", "Two"]

    def test_the_precision_follows_from_how_the_date_is_written(self) -> None:
        dates = ["2025-06", "2025", "2025-06-01"]
        rows = [update_row(f"new {date}", happened_on=date, happened_precision="") for date in dates]

        records = plan_of(tables(updates=rows)).new_updates.values()

        assert [(each["happened_on"], each["happened_precision"]) for each in records] == [
            ("2025-06-01", "month"),
            ("2025-01-01", "year"),
            ("2025-06-01", "day"),
        ]

    def test_a_year_may_be_a_number(self) -> None:
        header = list(update_row())
        row = list(update_row(happened_precision="").values())
        row[header.index("happened_on")] = 2025
        missing = ["recorded_on", "corrects", "correction_reason", "note", "version"]

        plan = plan_of(foreign_workbook({"updates": [[*header, *missing], row]}))

        assert not plan.refusals
        assert plan.new_updates["new 1"]["happened_precision"] == "year"

    def test_the_same_file_again_makes_nothing_twice(self) -> None:
        source = make_source()
        draft = make_update(published=False, sources=[source], title="Twin")
        row = {**exported()["updates"][0], "update": "new 1", "version": ""}

        plan = plan_of({**exported(), "updates": [row], "citations": [citation_row(source.slug)]})

        assert plan.is_empty
        assert [line.note for line in plan.lines if line.sheet == "updates"] == [f"there already: draft {draft.pk}"]

    def test_a_draft_may_lack_what_publication_asks_for(self) -> None:
        assert not plan_of(tables(updates=[update_row()], assessments=[], citations=[])).refusals


class TestRefusedRows:
    """Each names its sheet, row and column."""

    def one(self, **fields: Any) -> set[tuple[str, int, str]]:
        return refusals(plan_of(tables(updates=[update_row(**fields)])))

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("title", "x" * 91),
            ("title", " padded"),
            ("title", "two\nlines"),
            ("title", "nul\0"),
            ("title", "half \ud800".encode("utf-8", "replace").decode() + "\u202e"),
            ("title", ""),
            ("summary", ""),
            ("kind", "party"),
            ("happened_on", "31/05/2025"),
            ("happened_on", "2025-02-30"),
            ("happened_on", "2025-06-15"),
            ("happened_on", ""),
            ("context", ""),
            ("context", "perhaps"),
            ("corrects", "99"),
            ("corrects", "one"),
            ("recorded_on", "2026-01-01"),
            ("note", "x" * 401),
        ],
    )
    def test_of_a_new_update(self, column: str, value: str) -> None:
        assert ("updates", 2, column) in self.one(**{column: value})

    @pytest.mark.parametrize("key", ["12b", "draft", "draft x", "old 1", "-3"])
    def test_a_name_that_is_none(self, key: str) -> None:
        assert self.one(update=key) == {("updates", 2, "update")}

    def test_what_has_not_happened_yet(self) -> None:
        later = (TODAY + datetime.timedelta(days=40)).isoformat()

        assert self.one(happened_on=later, happened_precision="day") == {("updates", 2, "happened_on")}

    def test_a_date_and_a_precision_that_disagree(self) -> None:
        assert self.one(happened_on="2025-06", happened_precision="day") == {("updates", 2, "happened_on")}

    def test_a_correction_without_a_reason(self) -> None:
        make_update(assessments=[{"commitment": make_commitment()}])

        assert self.one(corrects="1") == {("updates", 2, "correction_reason")}
        assert self.one(corrects="1", correction_reason="Made-up mistake.") == set()

    def test_two_rows_of_one_name(self) -> None:
        plan = plan_of(tables(updates=[update_row(), update_row(title="Other")]))

        assert refusals(plan) == {("updates", 3, "update")}

    def test_two_rows_that_say_the_same(self) -> None:
        plan = plan_of(tables(updates=[update_row(""), update_row("")]))

        assert messages(plan) == ["updates, row 3: says the same as row 2"]

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("slug", "No Slug"),
            ("url", "ftp://example.org"),
            ("title", ""),
            ("side", "moon"),
            ("language", "English"),
            ("accessed_on", "2024-13-01"),
            ("published_on", "2026-02-01"),
            ("archived_url", "x"),
        ],
    )
    def test_of_a_new_source(self, column: str, value: str) -> None:
        assert ("sources", 2, column) in refusals(plan_of(tables(sources=[source_row(**{column: value})])))

    def test_two_sources_of_one_address_or_slug(self) -> None:
        rows = [source_row(slug="a"), source_row(slug="b"), source_row(slug="a", url="https://example.org/3")]

        assert refusals(plan_of(tables(sources=rows))) == {("sources", 3, "url"), ("sources", 4, "slug")}

    def test_of_the_other_sheets(self) -> None:
        commitment, hidden, source = make_commitment(), make_commitment(published=False), make_source()
        elsewhere = make_milestone(make_commitment())
        plan = plan_of(
            tables(
                updates=[update_row()],
                assessments=[
                    assessment_row(commitment.reference, bearing="sideways"),
                    assessment_row("EUJP-9999"),
                    assessment_row(hidden.reference),
                    assessment_row(commitment.reference, key="new 9"),
                    assessment_row(commitment.reference, reasoning=""),
                    assessment_row(commitment.reference, meets=elsewhere.slug),
                ],
                citations=[
                    citation_row(source.slug),
                    citation_row("nowhere"),
                    citation_row(""),
                    citation_row("https://example.org/unknown"),
                    citation_row(source.slug),
                ],
            )
        )

        assert refusals(plan) >= {
            ("assessments", 2, "bearing"),
            ("assessments", 3, "commitment"),
            ("assessments", 4, "commitment"),
            ("assessments", 5, "update"),
            ("assessments", 6, "reasoning"),
            ("assessments", 6, ""),
            ("citations", 3, "source"),
            ("citations", 4, "source"),
            ("citations", 5, "source"),
            ("citations", 6, ""),
        }
        assert {sheet for sheet, _row, _column in refusals(plan)} == {"assessments", "citations"}

    def test_what_publication_would_refuse_of_an_assessment(self) -> None:
        commitment, rewrite = make_commitment(kind="standing"), make_source(kind="rewrite")
        plan = plan_of(
            tables(
                updates=[update_row()],
                assessments=[
                    assessment_row(commitment.reference, bearing="advance", status="delivered", evidence="one_side")
                ],
                citations=[citation_row(rewrite.slug)],
            )
        )

        assert refusals(plan) == {("assessments", 2, "status"), ("assessments", 2, "evidence")}

    def test_a_formula_is_named_with_its_cell(self) -> None:
        header = [*source_row(), "slug", "published_on", "published_precision", "archived_url", "note", "version"]

        plan = plan_of(foreign_workbook({"sources": [header, [*source_row(title="=A1").values()]]}))

        assert messages(plan) == ["sources, row 2, title: a formula: type the value itself"]

    def test_a_file_with_a_problem_of_its_own_is_not_compared(self) -> None:
        plan = plan_of(csv_file("sources", [source_row()]).replace(b"publisher", b"editor"))

        assert not plan.lines
        assert not plan.is_empty or plan.refusals


class TestPublishedUpdates:
    @pytest.fixture
    def whole(self) -> dict[str, list[dict[str, Any]]]:
        commitment, other = make_commitment(), make_commitment()
        assessments = [{"commitment": commitment}, {"commitment": other}]
        make_update(assessments=assessments, sources=[make_source(), make_source()])
        return exported()

    def test_a_different_word_is_refused_with_the_remedy(self, whole: Any) -> None:
        whole["updates"][0]["title"] = "Retold"

        [message] = messages(plan_of(whole))
        assert message.startswith(f"updates, row 2, title: published as {StatusUpdate.objects.get().title!r}, ")
        assert message.endswith("the file has 'Retold'; a published update is final: correct it from its page")

    def test_a_different_assessment_is_refused_in_its_row(self, whole: Any) -> None:
        whole["assessments"][1]["reasoning"] = "Rethought."

        assert refusals(plan_of(whole)) == {("assessments", 3, "")}

    def test_a_missing_citation_is_refused(self, whole: Any) -> None:
        del whole["citations"][0]

        assert refusals(plan_of(whole)) == {("updates", 2, "citations")}

    def test_another_order_is_refused(self, whole: Any) -> None:
        whole["citations"].reverse()

        assert refusals(plan_of(whole)) == {("updates", 2, "citations")}

    def test_a_number_that_nobody_has(self, whole: Any) -> None:
        whole["updates"].append(update_row("77"))

        assert refusals(plan_of(whole)) == {("updates", 3, "update")}

    def test_a_sheet_that_is_not_there_says_nothing(self, whole: Any) -> None:
        del whole["citations"], whole["assessments"]

        plan = plan_of(whole)

        assert plan.is_empty
        assert not plan.refusals

    def test_rows_may_be_left_out(self, whole: Any) -> None:
        assert plan_of({name: [] for name in whole}).is_empty


class TestDrafts:
    @pytest.fixture
    def draft(self) -> StatusUpdate:
        return make_update(published=False, assessments=[{"commitment": make_commitment()}])

    def test_an_edited_row_changes_its_fields(self, draft: StatusUpdate) -> None:
        whole = exported()
        whole["updates"][0]["title"] = "Better"
        whole["citations"][0]["locator"] = "p. 3"

        plan = plan_of(whole)

        assert not plan.refusals
        assert plan.changed_drafts[draft.pk][1] == ["title", "citations"]
        assert outcomes(plan) == {
            ("sources", Outcome.SAME),
            ("updates", Outcome.CHANGE),
            ("citations", Outcome.CHANGE),
            ("assessments", Outcome.SAME),
        }

    def test_one_in_review_is_not_changed(self, draft: StatusUpdate) -> None:
        whole = exported()
        StatusUpdate.objects.filter(pk=draft.pk).update(
            submitted_at=datetime.datetime.now(datetime.UTC), submitted_by=make_user()
        )
        assert plan_of(whole).is_empty
        whole["updates"][0]["title"] = "Better"

        assert messages(plan_of(whole)) == [
            "updates, row 2, update: in review: it can be changed once it has been sent back"
        ]

    def test_a_row_that_nobody_edited_undoes_nothing_of_what_a_colleague_wrote_since(self, draft: StatusUpdate) -> None:
        whole = exported()
        StatusUpdate.objects.filter(pk=draft.pk).update(title="A colleague’s words")

        plan = plan_of(whole)

        assert plan.is_empty
        assert not plan.refusals

    def test_edited_in_both_places_is_refused(self, draft: StatusUpdate) -> None:
        whole = exported()
        Citation.objects.filter(update=draft).update(locator="p. 9")
        whole["updates"][0]["title"] = "Better"

        assert refusals(plan_of(whole)) == {("updates", 2, "version")}

    def test_without_its_version_a_changed_draft_is_refused(self, draft: StatusUpdate) -> None:
        whole = exported()
        whole["updates"][0] |= {"title": "Better", "version": ""}

        assert refusals(plan_of(whole)) == {("updates", 2, "version")}

    def test_one_that_is_gone_or_published(self, draft: StatusUpdate) -> None:
        published = make_update(assessments=[{"commitment": make_commitment()}])

        plan = plan_of(tables(updates=[update_row("draft 999999"), update_row(f"draft {published.pk}")]))

        assert messages(plan) == [
            "updates, row 2, update: there is no such draft",
            f"updates, row 3, update: draft {published.pk} has been published as 1: export again",
        ]


class TestSources:
    def test_a_changed_label_needs_a_reason(self) -> None:
        make_update(sources=[make_source(title="Old")], assessments=[{"commitment": make_commitment()}])
        whole = exported()
        next(row for row in whole["sources"] if row["title"] == "Old")["title"] = "New"

        plan = plan_of(whole)

        assert not plan.refusals
        assert plan.needs_reason
        assert [fields for _record, fields in plan.changed_sources.values()] == [["title"]]

    def test_what_a_published_judgement_rests_on_stays(self) -> None:
        source = make_source(side="eu")
        make_update(sources=[source], assessments=[{"commitment": make_commitment()}])
        whole = exported()
        next(row for row in whole["sources"] if row["slug"] == source.slug)["side"] = "joint"

        assert [refusal.column for refusal in plan_of(whole).refusals] == ["side"]

    def test_a_colleague_s_change_is_neither_undone_nor_overwritten(self) -> None:
        source = make_source(title="Old")
        whole = exported()
        Source.objects.filter(pk=source.pk).update(title="A colleague’s words")

        assert plan_of(whole).is_empty
        whole["sources"][0]["title"] = "Mine"
        assert refusals(plan_of(whole)) == {("sources", 2, "version")}


def many(count: int, bad: int) -> dict[str, list[dict[str, Any]]]:
    """As many new updates, of which every so-manieth has something wrong in one of its rows."""
    commitment, source = make_commitment(), make_source()
    content: dict[str, list[dict[str, Any]]] = {"updates": [], "assessments": [], "citations": []}
    for number in range(count):
        key = f"new {number}"
        content["updates"].append(update_row(key))
        content["assessments"].append(assessment_row(commitment.reference, key))
        content["citations"].append(citation_row(source.slug, key, locator=f"p. {number}"))
    for turn in range(bad):
        row = turn * (count // bad) + 7
        wrong: tuple[tuple[str, str, Any], ...] = (
            ("updates", "kind", "party"),
            ("updates", "title", "x" * 91),
            ("assessments", "commitment", "EUJP-9999"),
            ("citations", "source", "nowhere"),
            ("updates", "happened_on", "2025-06-15"),
        )
        sheet, column, value = wrong[turn % len(wrong)]
        content[sheet][row][column] = value
    return content


def test_ten_thousand_rows_with_fifty_bad_ones_report_exactly_those() -> None:
    content = workbook({name: list(rows) for name, rows in many(10_000, 50).items()})

    plan = plan_of(content)

    expected = {turn * 200 + 7 + 2 for turn in range(50)}
    assert {row for _sheet, row, _column in refusals(plan)} == expected
    assert len(plan.refusals) == 50
    counts = plan.counts()
    assert sum(each[Outcome.REFUSED] for each in counts.values()) == 50
    assert sum(each[Outcome.CREATE] for each in counts.values()) == 30_000 - 50
    assert not StatusUpdate.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            plan_of(workbook(tables_of(read_known(), with_drafts=True)))
        return len(captured)

    make_update(published=False, assessments=[{"commitment": make_commitment()}])
    few = queries()
    for commitment in Commitment.objects.all():
        for _number in range(10):
            make_update(published=False, assessments=[{"commitment": commitment}])

    assert queries() == few
    assert few < 60
