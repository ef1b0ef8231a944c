"""What the API answers is what the pages show."""

from __future__ import annotations

import datetime
import json
import os
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.changes import JUDGEMENTS, Moved
from commitments.judgements import Judged
from commitments.models import Commitment, CommitmentActor, StatusUpdate, reason_for_change
from tests.factories import make_actor
from tests.models.histories import DAYS, Day, Teller, stories

HISTORIES = int(os.environ.get("HISTORIES", "2"))


def iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


class Both:
    """Asks for a page and for its address in the API, at the same days."""

    def __init__(self, as_of: Day, known_on: Day) -> None:
        self.client = Client()
        self.clocks = f"as_of={as_of}&known_on={known_on}"

    def page(self, address: str) -> Any:
        response = self.client.get(f"{address}{'&' if '?' in address else '?'}{self.clocks}")
        return response.context if response.status_code == 200 else None

    def api(self, address: str) -> Any:
        response = self.client.get(f"/api/v1{address}{'&' if '?' in address else '?'}{self.clocks}")
        assert response.status_code in (200, 404), response.content
        return json.loads(response.content) if response.status_code == 200 else None


def values(judged: Judged | None) -> dict[str, str | None] | None:
    return {name: read(judged) or None for name, read in JUDGEMENTS} if judged else None


def judgements(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name, _read in JUDGEMENTS}


def groups(counts: Any) -> list[dict[str, Any]]:
    return [{"group": each.group.value, "count": each.count} for each in counts]


def the_dashboard_agrees(both: Both) -> None:
    page, answer = both.page("/"), both.api("/overview")
    overview = page["overview"]
    assert answer["total"] == overview.total
    assert answer["groups"] == groups(overview.counts)
    assert sum(each["count"] for each in answer["statuses"]) == overview.total
    assert [(each["area"], each["total"], each["groups"]) for each in answer["areas"]] == [
        (line.area.slug, len(line.rows), groups(line.counts)) for line in overview.lines
    ]
    for name, references in answer["attention"].items():
        assert references == [row.commitment.reference for row in getattr(overview.attention, name)]
    assert answer["latest"] == [entry.update.number for entry in page["latest"]]


def the_lists_agree(both: Both) -> None:
    for query in ("", "?sort=latest", "?sort=status"):
        page, answer = both.page(f"/commitments/{query}"), both.api(f"/commitments{query}")
        assert (answer["matching"], answer["total"]) == (page["matching"], page["total"])
        shown = [(row.commitment.reference, row.commitment.title, values(row)) for row in page["rows"]]
        assert [(each["reference"], each["title"], judgements(each)) for each in answer["items"]] == shown
    shown = [entries_as_shown(entry) for entry in both.page("/updates/")["listing"].entries]
    assert [entries_as_answered(each) for each in both.api("/updates")["items"]] == shown
    shown = [entries_as_shown(entry) for entry in both.page("/corrections/")["listing"].entries]
    assert [entries_as_answered(each) for each in both.api("/corrections")["items"]] == shown
    page, answer = both.page("/sources/"), both.api("/sources")
    assert [(each["slug"], each["title"], each["updates"], each["commitments"]) for each in answer["items"]] == [
        (source.slug, source.title, updates, commitments) for source, updates, commitments in page["sources"]
    ]


def entries_as_shown(entry: Any) -> Any:
    update = entry.update
    rated = [
        (each.assessment.commitment.reference, each.before.value, each.assessment.status or None)
        for each in entry.readings
    ]
    cited = [(citation.source.slug, citation.locator or None) for citation in entry.citations]
    return (update.number, update.title, iso(update.happened_by), entry.corrected_by, rated, cited)


def entries_as_answered(record: dict[str, Any]) -> Any:
    rated = [(each["commitment"], each["status_before"], each["status"]) for each in record["assessments"]]
    cited = [(each["source"], each["locator"]) for each in record["citations"]]
    return (record["number"], record["title"], record["happened_by"], record["corrected_by"], rated, cited)


def a_commitment_agrees(both: Both, reference: str) -> None:
    page, answer = both.page(f"/commitments/{reference}/"), both.api(f"/commitments/{reference}")
    assert (page is None) == (answer is None), reference
    if page is None:
        return
    found, record = page["dossier"], answer["commitment"]
    if found.is_withdrawn:
        assert record["judgements"] is None
    else:
        assert judgements(record) == values(found.judged)
        said = record["judgements"]
        assert said["delivery"]["reasoning"] == (found.current.reasoning if found.current else None)
        assert said["schedule"]["on"] == iso(found.judged.schedule.on)
        assert said["freshness"]["review_on"] == iso(found.judged.freshness.review_on)
    assert [each["slug"] for each in record["actor_records"]] == [actor.slug for actor in found.actors]
    assert {each["slug"] for each in record["source_records"]} == {source.slug for source in found.sources}
    assert [each["update"] for each in record["occurrences"]] == [update.number for update in found.occurrences]
    assert [each["slug"] for each in record["checks"]] == [check.slug for check in found.checks]
    assert {(each["slug"], each["met_by"], each["replaced_by"] is not None) for each in record["milestones"]} == {
        (step.milestone.slug, step.met_by, step.is_replaced) for step in found.steps
    }
    shown = [entries_as_shown(entry) for entry in found.entries.entries]
    assert [entries_as_answered(each) for each in record["events"]] == shown
    assert [entries_as_answered(each) for each in both.api(f"/commitments/{reference}/events")["items"]] == shown


def the_changes_agree(both: Both) -> None:
    for by in ("event", "publication"):
        query = f"?since=2023-12-31&by={by}"
        page, answer = both.page(f"/changes/{query}"), both.api(f"/changes{query}")
        found = page["changes"]
        assert (answer["total_before"], answer["total_after"]) == (found.total_before, found.total_after)
        assert (answer["acts"], answer["context"]) == (found.acts, found.context)
        for name in ("turned", "shifted", "added", "ended"):
            assert [moved_as_answered(each) for each in answer[name]] == [
                moved_as_shown(row) for row in getattr(found, name)
            ]


def moved_as_shown(row: Moved) -> Any:
    return (row.row.commitment.reference, values(row.before), values(row.after))


def moved_as_answered(record: dict[str, Any]) -> Any:
    return (record["commitment"], record["before"], record["after"])


def the_coverage_agrees(both: Both) -> None:
    page, answer = both.page("/coverage/"), both.api("/coverage")
    assert answer["total"] == page["total"]
    lists = [answer[name] for name in ("one_side", "news_only", "old", "nothing")]
    assert [[each["commitment"] for each in rows] for rows in lists] == [
        [row.judged.commitment.reference for row in shown[-1]] for shown in page["lists"]
    ]


def subjects_agree(both: Both) -> None:
    for noun, name in (("areas", "area"), ("actors", "actor"), ("instruments", "instrument")):
        for entry in both.api(f"/{noun}")["items"]:
            answer = both.api(f"/{noun}/{entry['slug']}")[name]
            assert answer["total"] == entry["total"] == sum(each["count"] for each in entry["groups"])
            page = both.page(f"/{noun}/{entry['slug']}/")
            if page is None:
                # Whatever it had was withdrawn.
                assert entry["total"] == 0
            elif name != "instrument":
                shown = {row.commitment.reference: values(row) for row in page["rows"]}
                assert {each["reference"]: judgements(each) for each in answer["commitments"]} == shown
            else:
                shown_clauses = [
                    (clause.paragraph or None, [row.commitment.reference for row, _lineage in rows])
                    for clause, rows in page["clauses"]
                ]
                assert [(each["paragraph"], each["commitments"]) for each in answer["clauses"]] == shown_clauses


@pytest.mark.django_db
@settings(
    max_examples=HISTORIES,
    derandomize="HISTORIES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(story=stories, as_of=st.sampled_from(DAYS), known_on=st.sampled_from(DAYS[4:]))
def test_every_answer_says_what_the_page_says(story: Any, as_of: Day, known_on: Day) -> None:
    both = Both(as_of, known_on)
    with transaction.atomic():
        teller = Teller(story)
        for pledge in teller.history.pledges:
            with reason_for_change("Made up."):
                CommitmentActor.objects.create(commitment=pledge.row, actor=make_actor(), position=0)
        teller.tell(DAYS[-1])

        the_dashboard_agrees(both)
        the_lists_agree(both)
        the_changes_agree(both)
        the_coverage_agrees(both)
        subjects_agree(both)
        for reference in Commitment.objects.values_list("reference", flat=True):
            a_commitment_agrees(both, reference)
        for number in StatusUpdate.objects.exclude(number=None).values_list("number", flat=True):
            page, answer = both.page(f"/updates/{number}/"), both.api(f"/updates/{number}")
            assert (page is None) == (answer is None), number
            assert page is None or entries_as_answered(answer["update"]) == entries_as_shown(page["entry"])
        transaction.set_rollback(True)
