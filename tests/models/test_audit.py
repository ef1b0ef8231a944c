"""Every change of every record leaves an entry, whatever path it took."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from commitments.models import Area, AuditEntry, Citation, Source, StatusUpdate, acting, latest_entry_id
from commitments.publishing import publish, submit
from tests.factories import make_area, make_commitment, make_source, make_update, make_user

pytestmark = pytest.mark.django_db

# What has another record of its past, or none that anybody asks for.
NOT_AUDITED = {
    "AuditEntry",
    "CommitmentVoice",
    "Edition",
    "EditionPending",
    "LinkCheck",
    "OpenForm",
    "Ping",
    "Revision",
    "SheetImport",
    "SourceBacking",
    "SourceUse",
} | {f"{noun}Words" for noun in ("Commitment", "Instrument", "Source", "Update")}


def test_every_table_of_the_register_is_audited() -> None:
    models = [model for model in apps.get_app_config("commitments").get_models() if not model._meta.proxy]
    audited = {
        model.__name__
        for model in models
        if any(trigger.name == "audited" for trigger in getattr(model._meta, "triggers", []))
    }

    assert {model.__name__ for model in models} - audited == NOT_AUDITED


def changes_of(record: Any) -> list[tuple[str, Any, Any]]:
    """Oldest first."""
    return [(entry.action, entry.was, entry.became) for entry in reversed(AuditEntry.objects.of(record))]


def test_a_change_keeps_what_was_and_what_became() -> None:
    area = make_area(name="Earlier")

    Area.objects.filter(pk=area.pk).update(name="Later")

    created, changed = changes_of(area)
    assert created[0] == "insert"
    assert created[2]["name"] == "Earlier"
    assert changed == ("update", {"name": "Earlier"}, {"name": "Later"})


def test_a_row_under_a_record_counts_as_its_change() -> None:
    update = make_update(published=False)
    before = latest_entry_id(update)

    citation = Citation.objects.create(update=update, source=make_source(), position=1)
    citation.delete()

    assert latest_entry_id(update) > before
    assert [entry.table for entry in AuditEntry.objects.of(update)[:2]] == ["commitments_citation"] * 2


def test_a_deleted_draft_leaves_its_words_behind() -> None:
    update = make_update(published=False, title="Made-up title", assessments=[{"commitment": make_commitment()}])
    record = StatusUpdate(pk=update.pk)

    update.delete()

    removed = [entry for entry in AuditEntry.objects.of(record) if entry.action == "delete"]
    assert {entry.table for entry in removed} == {
        "commitments_statusupdate",
        "commitments_assessment",
        "commitments_citation",
    }
    assert any((entry.was or {}).get("title") == "Made-up title" for entry in removed)


def test_publication_is_one_entry_of_the_update_and_none_of_its_assessments() -> None:
    update = make_update(published=False, assessments=[{"commitment": make_commitment()}])
    submit(update, by=make_user())
    before = latest_entry_id(update)

    publish(update, by=make_user())

    [entry] = AuditEntry.objects.of(update).filter(id__gt=before)
    assert entry.became["number"] == update.number


def test_saving_without_a_change_is_no_entry() -> None:
    source = make_source()
    before = latest_entry_id(source)

    source.save()

    assert latest_entry_id(source) == before


def test_a_rollback_leaves_nothing() -> None:
    area = make_area()
    before = latest_entry_id(area)

    with transaction.atomic():
        Area.objects.filter(pk=area.pk).update(name="Never")
        transaction.set_rollback(True)

    assert latest_entry_id(area) == before


def test_who_acts_is_named_inside_and_only_there() -> None:
    user = make_user("made-up-editor")
    with acting(by=user, via="admin"):
        with acting(via="manage.py inner"):
            inner = make_area()
        named = make_area()
    unnamed = make_area()

    said = [
        (entry.by_id, entry.by_name, entry.via)
        for entry in (AuditEntry.objects.of(row).get() for row in (inner, named, unnamed))
    ]

    assert said == [(None, "", "manage.py inner"), (user.pk, "made-up-editor", "admin"), (None, "", "")]


@pytest.mark.django_db(transaction=True)
def test_raw_sql_and_a_request_of_the_desk_are_told_apart() -> None:
    call_command("set_up_roles", verbosity=0)
    editor = make_user("made-up-editor")
    editor.groups.add(Group.objects.get(name="editor"))
    source = make_source()
    client = Client()
    client.force_login(editor)

    client.post(f"/admin/commitments/source/{source.pk}/delete/", {"post": "yes", "_version": latest_entry_id(source)})
    area = make_area()
    elsewhere = connection.copy()
    with contextlib.closing(elsewhere), elsewhere.cursor() as cursor:
        cursor.execute("UPDATE commitments_area SET name = 'Raw' WHERE id = %s RETURNING session_user", [area.pk])
        [database_user] = cursor.fetchone()
    after = make_area()

    deleted = AuditEntry.objects.of(Source(pk=source.pk)).first()
    by_hand = AuditEntry.objects.filter(table="commitments_area", action="update").get()
    assert deleted is not None
    assert (deleted.action, deleted.by_name, deleted.via) == ("delete", "made-up-editor", "admin")
    assert (by_hand.by_name, by_hand.via) == ("", "")
    assert by_hand.database_user == database_user
    assert AuditEntry.objects.of(after).get().by_name == ""


def test_accounts_are_audited_without_their_secrets() -> None:
    user = make_user("made-up-editor")
    user.set_password("another made-up word")
    user.save()
    user.groups.add(Group.objects.create(name="made-up"))

    entries = list(AuditEntry.objects.of(user))

    assert [entry.action for entry in entries] == ["insert", "update", "insert"]
    assert entries[1].became == {"password": "…"}
    assert "pbkdf2" not in str([(entry.was, entry.became) for entry in entries])


def test_signing_in_is_no_change_of_an_account() -> None:
    user = make_user()
    before = latest_entry_id(user)

    Client().force_login(user)

    assert User.objects.get(pk=user.pk).last_login is not None
    assert latest_entry_id(user) == before
