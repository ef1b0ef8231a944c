"""Who changed what and when, in words, per record and overall."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.admin.trail import marked
from commitments.models import Area, Assessment, AuditEntry, Source, acting, reason_for_change
from commitments.wording import Change
from tests.factories import make_area, make_commitment, make_source, make_update

from .forms import desk, sent_back

pytestmark = pytest.mark.django_db


def history(client: Client, record: Any) -> str:
    response = client.get(desk(record, "history"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_change_reads_who_when_and_what(as_editor: Client, editor: User) -> None:
    source = make_source(title="The earlier title")

    as_editor.post(desk(source), sent_back(as_editor, desk(source), title="The later title"))

    text = history(as_editor, source)
    assert "edith" in text
    assert "The <del>earlier</del><ins>later</ins> title" in text


def test_a_row_under_the_record_is_named_by_what_it_is_about(as_editor: Client) -> None:
    commitment = make_commitment(title="Made-up pledge")
    update = make_update(published=False, assessments=[{"commitment": commitment}])
    Assessment.objects.filter(update=update).update(bearing="setback")

    text = history(as_editor, update)

    assert "Assessment “" in text
    assert "Made-up pledge" in text
    assert "<del>No change</del> → <ins>Setback</ins>" in text


def test_the_way_is_told(as_editor: Client) -> None:
    with acting(via="manage.py made_up"):
        area = make_area()
    Area.objects.filter(pk=area.pk).update(name="By hand")

    text = history(as_editor, area)

    assert "manage.py made_up" in text
    assert "somebody at the database" in text
    source = make_source()
    as_editor.post(desk(source), sent_back(as_editor, desk(source), title="By the desk"))
    assert "the desk" in history(as_editor, source)


def test_hostile_words_stay_words(as_editor: Client) -> None:
    source = make_source(title="<script>alert(1)</script>")
    Source.objects.filter(pk=source.pk).update(title="<img src=x onerror=alert(1)>")

    text = history(as_editor, source)

    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_history_takes_the_same_few_queries_however_long_it_is(as_editor: Client) -> None:
    update = make_update(published=False, assessments=[{"commitment": make_commitment()}])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            history(as_editor, update)
        return len(queries)

    few = count()
    for number in range(20):
        Assessment.objects.filter(update=update).update(reasoning=f"Reason {number}.")

    assert count() == few


def test_the_whole_is_for_reviewers_and_administrators(
    as_editor: Client, as_reviewer: Client, as_administrator: Client
) -> None:
    make_area(name="Made-up area")

    assert as_editor.get(desk(AuditEntry, "changelist")).status_code == 403
    for client in (as_reviewer, as_administrator):
        response = client.get(desk(AuditEntry, "changelist"))
        assert "Area “Made-up area”" in response.content.decode()


def test_the_whole_names_records_and_their_rows_and_gone_ones_by_their_keys(as_reviewer: Client) -> None:
    commitment = make_commitment(reference="EUJP-07", title="Made-up pledge")
    update = make_update(published=False, title="Still there", assessments=[{"commitment": commitment}])
    gone = make_update(published=False, title="Gone", assessments=[])
    key = gone.pk
    gone.delete()

    text = as_reviewer.get(desk(AuditEntry, "changelist")).content.decode()

    assert f'<a href="{desk(update, "history")}">Status update “Draft: Still there”</a>' in text
    assert "Assessment “EUJP-07 Made-up pledge” created" in text
    assert f"Status update {key}</td>" in text


def test_the_whole_takes_the_same_few_queries_however_many_records_it_names(as_reviewer: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_reviewer.get(desk(AuditEntry, "changelist")).status_code == 200
        return len(queries)

    make_update(published=False, assessments=[{"commitment": make_commitment()}])
    few = count()
    for _number in range(3):
        make_update(published=False, assessments=[{"commitment": make_commitment()}])

    assert count() == few


def test_accounts_are_called_users_in_the_whole(as_administrator: Client, administrator: User) -> None:
    administrator.groups.add(Group.objects.get(name="editor"))

    text = as_administrator.get(desk(AuditEntry, "changelist")).content.decode()

    assert "User “ada”" in text
    assert "Audited" not in text


def test_one_entry_opens_with_its_changes(as_reviewer: Client) -> None:
    area = make_area(name="Earlier")
    Area.objects.filter(pk=area.pk).update(name="Later")

    text = as_reviewer.get(desk(AuditEntry.objects.of(area)[0])).content.decode()

    assert "<del>Earlier</del> → <ins>Later</ins>" in text
    assert desk(area, "history") in text


@pytest.mark.parametrize(
    "query", ["way=admin", "way=command", "way=database", "record=commitments_area", "way=x", "q=1"]
)
def test_the_whole_is_filtered(as_reviewer: Client, query: str) -> None:
    make_area()

    assert as_reviewer.get(f"{desk(AuditEntry, 'changelist')}?{query}").status_code == 200


def test_accounts_are_for_those_who_may_see_them(
    as_reviewer: Client, as_administrator: Client, administrator: User
) -> None:
    administrator.groups.add(Group.objects.get(name="editor"))
    entry = AuditEntry.objects.of(administrator)[0]

    assert as_reviewer.get(desk(entry)).status_code == 302
    assert as_administrator.get(desk(entry)).status_code == 200
    assert "administrator" in history(as_administrator, administrator)


def test_nobody_writes_or_removes_an_entry(as_administrator: Client) -> None:
    area = make_area()
    entry = AuditEntry.objects.of(area)[0]

    assert as_administrator.post(desk(entry), {"by_name": "x"}).status_code == 403
    assert as_administrator.post(desk(entry, "delete"), {"post": "yes"}).status_code == 403
    assert as_administrator.get(desk(AuditEntry)).status_code == 403


def test_a_changed_link_names_both_ends(as_editor: Client) -> None:
    first, second = make_area(name="First area"), make_area(name="Second area")
    commitment = make_commitment(area=first)
    with reason_for_change("Made up."):
        type(commitment).objects.filter(pk=commitment.pk).update(area=second)

    text = history(as_editor, commitment)

    assert "First" in text
    assert "Second" in text


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("–", "new", "<ins>new</ins>"),
        ("old", "–", "<del>old</del>"),
        ("one two three four", "one two 3 four", "one two <del>three</del><ins>3</ins> four"),
        ("quite another", "thing altogether", "<del>quite another</del> → <ins>thing altogether</ins>"),
    ],
)
def test_two_texts_are_woven_where_they_are_mostly_alike(before: str, after: str, text: str) -> None:
    assert marked(Change("Title", before, after)) == text
