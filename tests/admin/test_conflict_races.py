"""Two editors who press "Save" at the same moment, each on a connection of their own, through the real handler."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client

from commitments.models import Citation, Source, StatusUpdate
from commitments.publishing import submit
from tests.admin.conftest import person_in, signed_in
from tests.admin.forms import desk, sent_back
from tests.factories import make_commitment, make_source, make_update

PAIRS = 40
PATIENCE = 30.0

pytestmark = pytest.mark.django_db(transaction=True)


class Editor(threading.Thread):
    """Waits for the other at every start, and keeps the answers."""

    def __init__(self, start: threading.Barrier, acts: list[Callable[[], Any]]) -> None:
        super().__init__(daemon=True)
        self.start_together, self.acts = start, acts
        self.answers: list[Any] = []

    def run(self) -> None:
        try:
            for act in self.acts:
                self.start_together.wait(PATIENCE)
                self.answers.append(act())
        finally:
            connection.close()


def race(*acts_of: list[Callable[[], Any]]) -> list[list[Any]]:
    start = threading.Barrier(len(acts_of))
    editors = [Editor(start, acts) for acts in acts_of]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(PATIENCE + len(editor.acts))
        assert len(editor.answers) == len(editor.acts)
    return [editor.answers for editor in editors]


def posting(client: Client, record: models.Model, data: dict[str, Any]) -> Callable[[], Any]:
    return lambda: client.post(desk(record), data)


def deleting(client: Client, record: models.Model) -> Callable[[], Any]:
    asked = client.get(desk(record, "delete")).context["version"]
    return lambda: client.post(desk(record, "delete"), {"post": "yes", "_version": asked})


def two_editors() -> list[Client]:
    return [signed_in(person_in("editor", name)) for name in ("edith", "edgar")]


def test_of_two_who_save_at_once_exactly_one_goes_through_and_the_other_sees_both_texts() -> None:
    clients, sources = two_editors(), [make_source() for _ in range(PAIRS)]
    saves: list[list[Callable[[], Any]]] = [
        [
            posting(client, source, sent_back(client, desk(source), title=f"Title {number} of {source.pk}"))
            for source in sources
        ]
        for number, client in enumerate(clients)
    ]

    answers = race(*saves)

    for source, pair in zip(sources, zip(*answers, strict=True), strict=True):
        assert sorted(answer.status_code for answer in pair) == [302, 409]
        winner = [answer.status_code for answer in pair].index(302)
        loser = pair[1 - winner]
        [difference] = loser.context["conflict"]["kept"]
        titles = [f"Title {number} of {source.pk}" for number in (winner, 1 - winner)]
        assert (difference.theirs, difference.mine) == tuple(titles)
        assert Source.objects.get(pk=source.pk).title == titles[0]


def test_of_two_who_save_rows_of_one_draft_at_once_exactly_one_goes_through() -> None:
    clients, commitment = two_editors(), make_commitment()
    drafts = [make_update(published=False, assessments=[{"commitment": commitment}]) for _ in range(PAIRS // 5)]
    saves: list[list[Callable[[], Any]]] = [
        [
            posting(client, draft, sent_back(client, desk(draft), citations__0__locator=f"p. {number}"))
            for draft in drafts
        ]
        for number, client in enumerate(clients)
    ]

    answers = race(*saves)

    for draft, pair in zip(drafts, zip(*answers, strict=True), strict=True):
        assert sorted(answer.status_code for answer in pair) == [302, 409]
        winner = [answer.status_code for answer in pair].index(302)
        assert Citation.objects.get(update=draft).locator == f"p. {winner}"


def test_an_edit_and_a_deletion_at_once_lose_no_words() -> None:
    clients = two_editors()
    drafts = [make_update(published=False) for _ in range(PAIRS // 5)]
    edits = [posting(clients[0], draft, sent_back(clients[0], desk(draft), title="Edited")) for draft in drafts]
    deletions = [deleting(clients[1], draft) for draft in drafts]

    for draft, edited, deleted in zip(drafts, *race(edits, deletions), strict=True):
        assert sorted([edited.status_code, deleted.status_code]) == [302, 409]
        if edited.status_code == 302:
            assert StatusUpdate.objects.get(pk=draft.pk).title == "Edited"
        else:
            assert edited.context["adminform"].form["title"].value() == "Edited"


def test_a_save_and_a_submission_at_once_lose_no_words() -> None:
    """The form was opened while the update was a draft; a command submits it while the form is being saved."""
    [client, _other], writer = two_editors(), person_in("editor", "ernst")
    assessed = [{"commitment": make_commitment()}]
    drafts = [make_update(published=False, assessments=assessed) for _ in range(PAIRS // 5)]
    edits = [posting(client, draft, sent_back(client, desk(draft), title="Edited")) for draft in drafts]
    submissions = [lambda draft=draft: submit(draft, by=writer) for draft in drafts]

    [answers, _nothing] = race(edits, submissions)

    for draft, answer in zip(drafts, answers, strict=True):
        row = StatusUpdate.objects.get(pk=draft.pk)
        assert row.is_in_review
        assert (answer.status_code, row.title == "Edited") in {(302, True), (409, False)}
