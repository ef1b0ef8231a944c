"""Spreadsheets at the desk. The work runs on a connection of its own, so most tests write for real."""

from __future__ import annotations

import datetime
import gc
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.admin import spreadsheets
from commitments.admin.background import Work
from commitments.models import LARGEST_FILE, Revision, SheetImport, Source, StatusUpdate
from commitments.spreadsheets.importing import PERMISSIONS
from commitments.spreadsheets.layout import SHEETS
from commitments.spreadsheets.reading import read_sheets
from commitments.spreadsheets.writing import workbook
from tests.admin.conftest import person_in, signed_in
from tests.factories import make_commitment, make_source, make_update, make_user
from tests.spreadsheets.sheets import exported, tables, update_row

pytestmark = pytest.mark.django_db(transaction=True)

FRONT = "/admin/commitments/sheetimport/"
NEW = workbook(tables(updates=[update_row(title="A made-up <b>event</b>")]))


def page(pk: int) -> str:
    return f"{FRONT}{pk}/"


def upload(client: Client, content: bytes = NEW, name: str = "file.xlsx") -> str:
    """The address of the dry run."""
    answer = client.post(FRONT, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def text_of(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def shown(text: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', text)
    assert found, text
    return found[1]


def confirm(client: Client, address: str, text: str, **fields: str) -> str:
    return text_of(client.post(address, {"shown": shown(text), **fields}))


class TestDownloads:
    def test_what_is_downloaded_reads_as_no_change(self, as_editor: Client) -> None:
        make_update(assessments=[{"commitment": make_commitment()}])
        answer = as_editor.get(f"{FRONT}download/xlsx/")

        assert answer["Content-Disposition"] == 'attachment; filename="sources-and-updates.xlsx"'
        text = text_of(as_editor.get(upload(as_editor, answer.content)))
        assert "There is nothing to import" in text
        assert 'name="shown"' not in text

    @pytest.mark.parametrize("form", ["xlsx", "csv"])
    def test_drafts_come_along_only_where_asked_for(self, as_editor: Client, form: str) -> None:
        make_update(published=False)

        without = read_sheets(as_editor.get(f"{FRONT}download/{form}/").content)
        with_drafts = read_sheets(as_editor.get(f"{FRONT}download/{form}/", {"drafts": "yes"}).content)

        assert len(without.of("updates")) == 0
        assert len(with_drafts.of("updates")) == 1

    def test_the_template(self, as_editor: Client) -> None:
        read = read_sheets(as_editor.get(f"{FRONT}download/template/").content)

        assert read.tables == {name: [] for name in SHEETS}

    def test_another_form_is_not_found(self, as_editor: Client) -> None:
        assert as_editor.get(f"{FRONT}download/ods/").status_code == 404

    def test_lists_and_front_page_lead_there(self, as_editor: Client) -> None:
        for address in ("/admin/", "/admin/commitments/source/", "/admin/commitments/statusupdate/"):
            assert f'href="{FRONT}"' in text_of(as_editor.get(address)), address


class TestDryRun:
    def test_it_says_what_would_be_done_and_writes_nothing(self, as_editor: Client) -> None:
        text = text_of(as_editor.get(upload(as_editor)))

        assert "Nothing has been written yet" in text
        assert "A made-up &lt;b&gt;event&lt;/b&gt;" in text
        assert not StatusUpdate.objects.exists()

    def test_bars_come_before_the_report(self, as_editor: Client) -> None:
        answer = as_editor.get(upload(as_editor))

        pieces = [piece.decode() for piece in answer.streaming_content]

        bars = [number for number, piece in enumerate(pieces) if "<progress" in piece]
        assert len(bars) >= 3
        assert all("desk-counts" not in piece for piece in pieces[: bars[-1]])
        assert pieces[-1].rstrip().endswith("</html>")
        assert "style=" not in "".join(pieces[1:])

    def test_refused_rows_are_named_and_cannot_be_confirmed(self, as_editor: Client) -> None:
        address = upload(as_editor, workbook(tables(updates=[update_row(kind="<i>party</i>"), update_row("new 2")])))

        text = text_of(as_editor.get(address))

        assert "1 problem." in text
        assert "“&lt;i&gt;party&lt;/i&gt;” is not one of" in text
        assert 'name="shown"' not in text

    def test_a_long_report_is_cut_and_whole_in_its_file(
        self, as_editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spreadsheets, "MOST_SHOWN", 2)
        rows = [update_row(f"new {number}", kind="=party") for number in range(5)]
        address = upload(as_editor, workbook(tables(updates=rows)))

        text = text_of(as_editor.get(address))
        report = text_of(as_editor.get(f"{address}report/"))

        assert text.count("is not one of") == 2
        assert "The whole report" in text
        assert report.count("is not one of") == 5

    def test_what_is_no_spreadsheet(self, as_editor: Client) -> None:
        text = text_of(as_editor.get(upload(as_editor, b"\x89PNG", "photo\x1b.png")))

        assert "not UTF-8" in text
        assert "\x1b" not in text

    def test_a_file_that_is_too_large_is_not_kept(self, as_editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(spreadsheets, "LARGEST_FILE", 10)

        answer = as_editor.post(FRONT, {"file": SimpleUploadedFile("file.xlsx", NEW)})

        assert "The file is larger than" in text_of(answer)
        assert not SheetImport.objects.exists()

    @pytest.mark.parametrize("data", [{}, {"file": "text"}])
    def test_no_file_at_all(self, as_editor: Client, data: dict[str, str]) -> None:
        assert "errornote" in text_of(as_editor.post(FRONT, data))


class TestImport:
    def test_a_confirmed_dry_run_is_imported_once(self, as_editor: Client, editor: User) -> None:
        address = upload(as_editor)
        text = text_of(as_editor.get(address))

        assert "Imported." in confirm(as_editor, address, text)
        assert "was imported on" in confirm(as_editor, address, text)
        assert "was imported on" in text_of(as_editor.get(address))

        draft = StatusUpdate.objects.get()
        assert (draft.written_by, draft.published_at) == (editor, None)

    def test_a_register_that_moved_gives_a_new_report_instead(self, as_editor: Client) -> None:
        commitment = make_commitment()
        draft = make_update(published=False, sources=[], assessments=[{"commitment": commitment}])
        content = exported()
        content["updates"][0]["title"] = "Mine"
        address = upload(as_editor, workbook({name: list(rows) for name, rows in content.items()}))
        text = text_of(as_editor.get(address))
        StatusUpdate.objects.filter(pk=draft.pk).update(title="A colleague’s words")

        answer = confirm(as_editor, address, text)

        assert "the register has moved" in answer
        assert "changed at the desk since this file was made" in answer
        draft.refresh_from_db()
        assert draft.title == "A colleague’s words"
        assert SheetImport.objects.get().imported_at is None

    def test_new_wording_asks_for_a_reason_and_keeps_it(self, as_editor: Client) -> None:
        make_update(sources=[make_source(title="Old")], assessments=[{"commitment": make_commitment()}])
        content = exported()
        next(row for row in content["sources"] if row["title"] == "Old")["title"] = "New"
        address = upload(as_editor, workbook({name: list(rows) for name, rows in content.items()}))
        text = text_of(as_editor.get(address))
        assert 'name="reason"' in text

        refused = confirm(as_editor, address, text, reason=" ")
        assert "the wording of sources changes: say why" in refused
        assert not Revision.objects.exists()
        assert "Imported." in confirm(as_editor, address, refused, reason="Retitled there.")

        assert Revision.objects.get().reason == "Retitled there."

    def test_a_reason_that_cannot_be_stored_is_refused(self, as_editor: Client) -> None:
        address = upload(as_editor)
        text = text_of(as_editor.get(address))

        assert "Nothing was imported." in confirm(as_editor, address, text, reason="nul\0")
        assert not StatusUpdate.objects.exists()

    @pytest.mark.parametrize("forged", [{}, {"shown": ""}, {"shown": "0" * 64}])
    def test_nothing_is_imported_that_was_not_shown(self, as_editor: Client, forged: dict[str, str]) -> None:
        address = upload(as_editor)

        text_of(as_editor.post(address, forged))

        assert not StatusUpdate.objects.exists()

    def test_a_failure_is_said_on_the_page_and_not_swallowed(
        self, as_editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = upload(as_editor)

        def fail(*_arguments: Any, **_options: Any) -> None:
            raise RuntimeError("made up")

        monkeypatch.setattr(spreadsheets, "plan_import", fail)
        pieces: list[str] = []
        stream = as_editor.get(address).streaming_content
        with pytest.raises(RuntimeError, match="made up"):
            pieces.extend(piece.decode() for piece in stream)

        assert "Something went wrong. Nothing was imported." in "".join(pieces)
        assert pieces[-1].rstrip().endswith("</html>")


class TestWhoMay:
    @pytest.mark.parametrize("role", ["editor", "reviewer", "administrator"])
    def test_every_role_downloads_and_editors_and_reviewers_upload(self, role: str) -> None:
        client = signed_in(person_in(role, "person"))

        assert client.get(f"{FRONT}download/xlsx/").status_code == 200
        answer = client.post(FRONT, {"file": SimpleUploadedFile("file.xlsx", NEW)})
        assert answer.status_code == (403 if role == "administrator" else 302)
        assert SheetImport.objects.exists() is (role != "administrator")

    def test_a_forged_request_of_an_outsider(self, as_editor: Client) -> None:
        address = upload(as_editor)
        outsider = signed_in(make_user("outsider"))

        for method, path in (
            (outsider.get, FRONT),
            (outsider.post, FRONT),
            (outsider.get, f"{FRONT}download/xlsx/"),
            (outsider.get, f"{FRONT}download/template/"),
            (outsider.get, address),
            (outsider.post, address),
            (outsider.get, f"{address}report/"),
        ):
            assert method(path).status_code == 403, path
            assert Client().get(path).status_code == 302

    def test_an_upload_is_its_owner_s_alone(self, as_editor: Client, reviewer: User) -> None:
        address = upload(as_editor)
        digest = shown(text_of(as_editor.get(address)))
        colleague = signed_in(reviewer)

        assert colleague.get(address).status_code == 404
        assert colleague.get(f"{address}report/").status_code == 404
        assert colleague.post(address, {"shown": digest}).status_code == 404
        assert "file.xlsx" not in text_of(colleague.get(FRONT))
        assert not StatusUpdate.objects.exists()

    @pytest.mark.parametrize("missing", ["add_statusupdate", "change_source", "delete_citation", "add_sheetimport"])
    def test_each_permission_that_an_import_uses_is_asked_for(self, missing: str) -> None:
        person = make_user("person")
        names = [each.rpartition(".")[2] for each in PERMISSIONS]
        granted = {*names, "add_sheetimport", "view_sheetimport", "view_statusupdate"} - {missing}
        person.user_permissions.set(Permission.objects.filter(codename__in=granted))
        client = signed_in(person)

        assert client.get(FRONT).status_code == 200
        assert client.post(FRONT, {"file": SimpleUploadedFile("file.xlsx", NEW)}).status_code == 403

    def test_a_page_without_its_token_imports_nothing(self, editor: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(editor)

        assert client.post(FRONT, {"file": SimpleUploadedFile("file.xlsx", NEW)}).status_code == 403


class TestKeeping:
    def test_an_upload_is_gone_after_a_day(self, as_editor: Client) -> None:
        address = upload(as_editor)
        SheetImport.objects.update(uploaded_at=timezone.now() - datetime.timedelta(days=1))

        assert as_editor.get(address).status_code == 404
        upload(as_editor)

        assert SheetImport.objects.count() == 1

    def test_the_database_keeps_nothing_larger_than_is_read(self, editor: User) -> None:
        with pytest.raises(IntegrityError, match="sheet_import_bounded"):
            SheetImport.objects.create(
                uploaded_at=timezone.now(), uploaded_by=editor, file_name="x", content=b"x" * (LARGEST_FILE + 1)
            )


class TestWork:
    def test_a_reader_who_leaves_ends_it(self) -> None:
        ended: list[bool] = []

        def do(progress: Callable[[str, int, int], None]) -> None:
            try:
                for step in range(10_000_000):
                    progress("Made up", step, 10_000_000)
            finally:
                ended.append(True)

        work = Work(do)
        bars = work.bars()
        next(bars)
        del bars
        gc.collect()
        work.thread.join(10)

        assert ended
        assert type(work.error).__name__ == "Abandoned"


def test_the_address_of_an_upload_is_a_page_of_the_desk(as_editor: Client) -> None:
    assert upload(as_editor) == reverse("admin:commitments_sheetimport_change", args=[SheetImport.objects.get().pk])


def test_sources_of_a_confirmed_file_are_there(as_editor: Client) -> None:
    row = {
        "url": "https://example.org/new",
        "title": "Made up",
        "title_seen": True,
        "publisher": "Example",
        "side": "eu",
        "kind": "reporting",
        "language": "en",
        "accessed_on": "2026-01-02",
    }
    address = upload(as_editor, workbook(tables(sources=[row])))

    confirm(as_editor, address, text_of(as_editor.get(address)))

    assert Source.objects.get().slug == "example-made-up"
