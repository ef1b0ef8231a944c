"""Areas, actors, instruments, sources and discrepancies: their words may change in public, with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.test import Client

from commitments.models import Discrepancy, DiscrepancySource, InstrumentSource, Revision, Source
from tests.admin.forms import desk, errors_of, sent_back
from tests.factories import make_actor, make_area, make_commitment, make_instrument, make_source, make_update

pytestmark = pytest.mark.django_db


def public_rows() -> dict[str, tuple[models.Model, str]]:
    """Rows that a public page shows, each with the name of its label."""
    area, actor, instrument, source = make_area(), make_actor(), make_instrument(), make_source()
    InstrumentSource.objects.create(instrument=instrument, source=make_source())
    make_commitment(area=area, actors=[actor], instrument=instrument, sources=[source])
    discrepancy = Discrepancy.objects.create(topic="Date", article="One.", official="Two.", assessment="Two.")
    DiscrepancySource.objects.create(discrepancy=discrepancy, source=make_source())
    return {
        "area": (area, "name"),
        "actor": (actor, "name"),
        "instrument": (instrument, "title"),
        "source": (source, "title"),
        "discrepancy": (discrepancy, "topic"),
    }


NOUNS = ["area", "actor", "instrument", "source", "discrepancy"]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_public_label_changes_with_a_reason_and_its_earlier_wording_is_kept(
    as_administrator: Client, noun: str
) -> None:
    row, label = public_rows()[noun]

    as_administrator.post(
        desk(row), sent_back(as_administrator, desk(row), **{label: "New words", "reason": "Clearer."})
    )

    earlier = getattr(row, label)
    row.refresh_from_db()
    assert getattr(row, label) == "New words"
    assert Revision.objects.get(table=row._meta.db_table, row_id=row.pk).was[label] == earlier


@pytest.mark.parametrize("noun", NOUNS)
def test_a_public_label_does_not_change_without_a_reason(as_administrator: Client, noun: str) -> None:
    row, label = public_rows()[noun]

    response = as_administrator.post(desk(row), sent_back(as_administrator, desk(row), **{label: "New words"}))

    assert "The wording is public: say why it changes." in errors_of(response)
    assert "reason" in response.context["adminform"].form.errors
    assert "New words" in response.content.decode()
    assert not Revision.objects.exists()


def test_an_archived_copy_is_added_without_a_typed_reason_and_changed_with_one(as_editor: Client) -> None:
    source = make_source()
    make_commitment(sources=[source])
    copies = ("https://archive.example.org/1", "https://archive.example.org/2")

    added = as_editor.post(desk(source), sent_back(as_editor, desk(source), archived_url=copies[0]))
    changed = as_editor.post(desk(source), sent_back(as_editor, desk(source), archived_url=copies[1]))
    together = as_editor.post(desk(source), sent_back(as_editor, desk(source), archived_url="", title="New words"))

    assert added.status_code == 302
    assert Revision.objects.get().reason == "Archived copy added."
    for refused in (changed, together):
        assert "The wording is public: say why it changes." in errors_of(refused)
    source.refresh_from_db()
    assert source.archived_url == copies[0]


@pytest.mark.parametrize("noun", NOUNS)
def test_what_is_public_is_not_deleted(as_administrator: Client, noun: str) -> None:
    row, _label = public_rows()[noun]

    as_administrator.post(desk(row, "delete"), {"post": "yes"})

    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_what_was_public_once_is_not_deleted_and_the_page_says_why(as_administrator: Client) -> None:
    area = make_area()
    commitment = make_commitment(area=area)
    data = sent_back(as_administrator, desk(commitment), area=make_area().pk, reason="Belongs there.")
    as_administrator.post(desk(commitment), data)

    response = as_administrator.post(desk(area, "delete"), {"post": "yes"}, follow=True)

    assert "is, or was, shown in public" in response.content.decode()
    assert "was deleted successfully" not in response.content.decode()


@pytest.mark.parametrize("make", [make_area, make_actor, make_instrument, make_source])
def test_what_nobody_has_seen_changes_and_goes_without_a_reason(as_administrator: Client, make: Any) -> None:
    row = make()
    label = "title" if hasattr(row, "title") else "name"

    as_administrator.post(desk(row), sent_back(as_administrator, desk(row), **{label: "New words"}))
    row.refresh_from_db()
    assert getattr(row, label) == "New words"

    as_administrator.post(desk(row, "delete"), {"post": "yes"})
    assert not type(row)._default_manager.filter(pk=row.pk).exists()


def test_a_source_is_made_in_place_with_an_address_of_its_own(as_editor: Client) -> None:
    data = {
        "url": "https://example.org/new",
        "title": "Joint statement",
        "publisher": "Example Gazette",
        "side": "joint",
        "kind": "official_text",
        "language": "en",
        "accessed_on": "2026-01-01",
        "_popup": "1",
    }

    response = as_editor.post(desk(Source), data)

    source = Source.objects.get()
    assert source.slug == "example-gazette-joint-statement"
    assert str(source.pk) in response.context["popup_response_data"]


def test_what_tells_the_weight_of_a_cited_source_is_no_field_any_more(as_editor: Client) -> None:
    source = make_source()
    make_update(sources=[source], assessments=[{"commitment": make_commitment()}])
    data = sent_back(as_editor, desk(source), kind="rewrite", url="https://example.org/else", note="Read again.")

    as_editor.post(desk(source), data | {"reason": "A note."})

    kept = Source.objects.get(pk=source.pk)
    assert (kept.kind, kept.url, kept.note) == (source.kind, source.url, "Read again.")


def test_an_address_is_permanent(as_administrator: Client) -> None:
    area = make_area()

    as_administrator.post(desk(area), sent_back(as_administrator, desk(area), slug="elsewhere"))

    before = area.slug
    area.refresh_from_db()
    assert area.slug == before


def test_the_earlier_wordings_are_read_by_reviewers_and_changed_by_nobody(
    as_administrator: Client, as_reviewer: Client, as_editor: Client
) -> None:
    row, label = public_rows()["area"]
    as_administrator.post(
        desk(row), sent_back(as_administrator, desk(row), **{label: "New words", "reason": "Clearer."})
    )
    revision = Revision.objects.get()

    page = as_reviewer.get(desk(revision)).content.decode()
    assert "Clearer." in page
    assert as_reviewer.get(desk(Revision, "changelist")).status_code == 200
    assert as_reviewer.post(desk(revision), {"reason": "Forged."}).status_code == 403
    assert as_reviewer.post(desk(Revision), {"reason": "Forged."}).status_code == 403
    assert as_reviewer.post(desk(revision, "delete"), {"post": "yes"}).status_code == 403
    assert as_editor.get(desk(revision)).status_code == 403
