"""The front page of the desk."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments.desk_page import KINDS, MOST
from commitments.models import Check, Source, StatusUpdate
from commitments.publishing import send_back, submit
from tests.admin.conftest import signed_in
from tests.admin.forms import desk, sent_back
from tests.factories import (
    make_check,
    make_commitment,
    make_link_check,
    make_milestone,
    make_source,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db

FRONT = "/admin/"


def opened(client: Client, **asked: Any) -> Any:
    response = client.get(FRONT, asked)
    assert response.status_code == 200
    return response


def keys(response: Any) -> list[str]:
    return [section.kind.key for section in response.context["sections"]]


def lines(response: Any, key: str) -> list[Any]:
    [section] = [section for section in response.context["sections"] if section.kind.key == key]
    return list(section.content.lines)


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def in_review(by: User, **fields: Any) -> StatusUpdate:
    update = make_update(published=False, written_by=by, assessments=[{"commitment": make_commitment()}], **fields)
    submit(update, by=by)
    return update


class TestRoles:
    def test_an_editor_sees_what_an_editor_settles(self, as_editor: Client) -> None:
        assert keys(opened(as_editor)) == ["drafts", "late", "review", "passed", "ahead", "unrecorded", "sources"]

    def test_a_reviewer_sees_what_waits_for_review_first(self, as_reviewer: Client) -> None:
        assert keys(opened(as_reviewer))[:2] == ["waiting", "drafts"]

    def test_an_administrator_sees_commitments_and_sources_and_logs_nothing(self, as_administrator: Client) -> None:
        response = opened(as_administrator)

        assert keys(response) == ["commitments", "sources"]
        assert "Log an update" not in words(response)

    def test_the_owner_sees_everything(self) -> None:
        owner = User.objects.create_superuser("owner")

        assert keys(opened(signed_in(owner))) == [kind.key for kind in KINDS]

    def test_somebody_without_a_role_sees_an_empty_desk(self) -> None:
        response = opened(signed_in(make_user()))

        assert keys(response) == []
        assert "You don’t have permission" in words(response)

    @pytest.mark.parametrize("key", ["waiting", "commitments"])
    def test_a_list_of_others_is_not_found(self, as_editor: Client, key: str) -> None:
        assert as_editor.get(FRONT, {"all": key}).status_code == 404

    def test_a_stranger_is_asked_to_log_in(self, client: Client) -> None:
        assert client.get(FRONT).status_code == 302


def test_every_list_says_when_it_is_empty() -> None:
    text = words(opened(signed_in(User.objects.create_superuser("owner"))))

    for kind in KINDS:
        assert str(kind.empty) in text
    assert "Nothing waits for your review." in text


def test_counts_say_what_they_count(as_editor: Client) -> None:
    make_commitment()

    assert "Review due 1 commitment" in words(opened(as_editor))
    make_commitment()
    assert "Review due 2 commitments" in words(opened(as_editor))


def test_the_first_links_of_the_page_start_the_work(as_editor: Client) -> None:
    page = opened(as_editor).content.decode()

    content = page[page.index('id="content-main"') :]
    assert re.findall(r'href="([^"]+)"', content)[:2] == [desk(StatusUpdate), desk(Check)]


class TestLines:
    def test_what_was_sent_back_says_by_whom_and_why(self, as_editor: Client, editor: User) -> None:
        draft = in_review(editor)
        send_back(draft, by=make_user("reader"), note="Name <the> day.")

        response = opened(as_editor)
        [line] = lines(response, "drafts")

        assert (line.mark, line.detail) == ("Sent back", "today by reader: “Name <the> day.”")
        assert "Name <the>" not in response.content.decode()

    def test_a_draft_leads_to_its_form_and_says_its_age(self, as_editor: Client, editor: User) -> None:
        as_editor.post(desk(StatusUpdate), self.new_update())
        draft = StatusUpdate.objects.get()

        [line] = lines(opened(as_editor), "drafts")

        assert line.address == desk(draft)
        assert line.detail == "begun today"

    def new_update(self) -> dict[str, Any]:
        return {
            "title": "A meeting was held",
            "summary": "Made up.",
            "happened_on": "2025-06-01",
            "happened_precision": "day",
            "kind": "meeting",
            "assessments-TOTAL_FORMS": 0,
            "assessments-INITIAL_FORMS": 0,
            "citations-TOTAL_FORMS": 0,
            "citations-INITIAL_FORMS": 0,
        }

    def test_those_of_mine_in_review_are_counted_with_a_way_there(self, as_editor: Client, editor: User) -> None:
        in_review(editor)

        response = opened(as_editor)

        assert not lines(response, "drafts")
        assert "1 update of yours waits for a second person." in words(response)
        assert "/admin/commitments/statusupdate/?state=review" in response.content.decode()

    def test_what_waits_for_my_review_is_not_mine(self, as_reviewer: Client, reviewer: User) -> None:
        theirs = in_review(make_user("writer"))
        in_review(reviewer)

        [line] = lines(opened(as_reviewer), "waiting")

        assert line.address == desk(theirs, "review")
        assert line.detail == "by writer, submitted today"

    def test_a_team_of_one_reviews_its_own(self, as_reviewer: Client, reviewer: User, settings: Any) -> None:
        settings.TRACKER_ALLOW_SELF_PUBLISHING = True
        in_review(reviewer)

        assert len(lines(opened(as_reviewer), "waiting")) == 1

    def test_a_review_due_is_settled_by_a_check_of_the_commitment(self, as_editor: Client) -> None:
        commitment = make_commitment()

        [line] = lines(opened(as_editor), "review")
        form = as_editor.get(line.address).context["adminform"].form

        assert line.mark == "Never checked"
        assert form["covers"].value() == [commitment.pk]

    def test_several_reviews_are_settled_by_one_check(self, as_editor: Client) -> None:
        first, second = make_commitment(), make_commitment()
        response = opened(as_editor)
        chosen = re.findall(r'<input type="checkbox" name="covers" value="([^"]+)"', response.content.decode())
        data = sent_back(
            as_editor,
            f"{desk(Check)}?covers={chosen[0]}&covers={chosen[1]}",
            places="example.org",
            terms="made up",
            languages="en",
            found="nothing",
            _step="record",
        )

        as_editor.post(desk(Check), data)

        assert chosen == [first.reference, second.reference]
        assert set(Check.objects.get().commitments.all()) == {first, second}
        assert not lines(opened(as_editor), "review")

    def test_a_missed_window_leads_to_an_update_on_the_commitment(self, as_editor: Client) -> None:
        commitment = make_commitment(kind="recurring", cadence_months=12)

        [line] = lines(opened(as_editor), "late")

        assert line.mark == "Window missed"
        assert self.first_row(as_editor, line) == {"commitment": commitment.pk}

    @pytest.mark.parametrize(("key", "days"), [("passed", -5), ("ahead", 5)])
    def test_a_milestone_leads_to_an_update_that_meets_it(self, as_editor: Client, key: str, days: int) -> None:
        due_on = timezone.now().date() + datetime.timedelta(days=days)
        milestone = make_milestone(make_commitment(), due_on=due_on)

        [line] = lines(opened(as_editor), key)

        assert line.label == f"{milestone.commitment.reference} {milestone.title}"
        assert ("5 days ago" if days < 0 else "in 5 days") in line.detail
        assert self.first_row(as_editor, line) == {"commitment": milestone.commitment_id, "meets": milestone.pk}

    def first_row(self, client: Client, line: Any) -> dict[str, Any]:
        inlines = client.get(line.address).context["inline_admin_formsets"]
        initial: dict[str, Any] = inlines[0].formset.forms[0].initial
        return initial

    def test_a_source_leads_to_the_field_of_its_archived_copy(self, as_editor: Client) -> None:
        source = make_source()
        make_link_check(source, outcome="gone", status_code=404, failures_in_a_row=3)

        [line] = lines(opened(as_editor), "sources")

        assert line.mark == "Link dead"
        address, _hash, field = line.address.partition("#")
        page = as_editor.get(address).content.decode()
        assert address == desk(source)
        assert f'id="{field}"' in page
        assert "Dead. Asked on" in page

    def test_a_check_that_was_not_recorded_leads_to_its_form(self, as_editor: Client) -> None:
        check = make_check(make_commitment(), recorded=False)

        [line] = lines(opened(as_editor), "unrecorded")

        assert line.address == desk(check)

    def test_a_commitment_not_yet_published_leads_to_its_form(self, as_administrator: Client) -> None:
        commitment = make_commitment(published=False)

        [line] = lines(opened(as_administrator), "commitments")

        assert line.address == desk(commitment)

    def test_a_hostile_title_is_text(self, as_editor: Client, editor: User) -> None:
        make_update(published=False, written_by=editor, title='<script>alert(1)</script>"')

        assert "<script>alert(1)" not in opened(as_editor).content.decode()


class TestLength:
    def test_a_long_list_is_cut_and_leads_to_all_of_it(self, as_editor: Client) -> None:
        for _number in range(MOST + 3):
            make_commitment()

        front = opened(as_editor)
        whole = opened(as_editor, all="review")

        assert len(lines(front, "review")) == MOST
        assert "and 3 more" in words(front)
        assert 'href="?all=review"' in front.content.decode()
        assert len(lines(whole, "review")) == MOST + 3
        assert keys(whole) == ["review"]
        assert "more" not in words(whole)

    def test_an_unknown_list_is_not_found(self, as_editor: Client) -> None:
        assert as_editor.get(FRONT, {"all": "nonsense"}).status_code == 404


def fill(editor: User, count: int) -> None:
    today = timezone.now().date()
    for _number in range(count):
        commitment = make_commitment(kind="recurring", cadence_months=12)
        make_commitment(published=False)
        make_check(commitment, recorded=False)
        make_milestone(commitment, recorded=False)
        make_milestone(make_commitment(), due_on=today - datetime.timedelta(days=9))
        make_milestone(make_commitment(), due_on=today + datetime.timedelta(days=9))
        make_update(published=False, written_by=editor)
        in_review(make_user())
        make_link_check(outcome="gone", failures_in_a_row=3)


def test_the_number_of_queries_does_not_grow_with_the_work(editor: User) -> None:
    owner = User.objects.create_superuser("owner")
    client = signed_in(owner)
    counts = []
    for _time in range(2):
        fill(owner, 3)
        opened(client)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            opened(client)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 20


class TestSourceLists:
    @pytest.fixture
    def sources(self) -> dict[str, Source]:
        sources = {
            "dead": make_source(),
            "saved": make_source(archived_url="https://archive.example.org/1"),
            "unasked": make_source(),
        }
        make_link_check(sources["dead"], outcome="gone", failures_in_a_row=3)
        make_link_check(sources["saved"], outcome="ok")
        return sources

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"link": "dead"}, {"dead"}),
            ({"link": "ok"}, {"saved"}),
            ({"link": "unasked"}, {"unasked"}),
            ({"archive": "none"}, {"dead", "unasked"}),
            ({"archive": "held"}, {"saved"}),
            ({"archive": "held", "link": "dead"}, set()),
        ],
    )
    def test_they_can_be_filtered_by_link_and_copy(
        self, as_editor: Client, sources: dict[str, Source], asked: dict[str, str], expected: set[str]
    ) -> None:
        response = as_editor.get(desk(Source, "changelist"), asked)

        assert set(response.context["cl"].result_list) == {sources[name] for name in expected}

    def test_dead_links_whose_copy_is_known_are_counted_with_a_way_there(
        self, as_editor: Client, sources: dict[str, Source]
    ) -> None:
        make_link_check(make_source(archived_url="https://archive.example.org/2"), outcome="gone", failures_in_a_row=3)

        assert "1 more link is dead, but an archived copy is known." in words(opened(as_editor))
