"""The register as files under /data/."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client

from commitments.dumps import kept_dumps, write_dump
from commitments.exports.dictionary import explained, notes
from commitments.models import Commitment, reason_for_change
from commitments.records import DATASETS
from commitments.register.dumping import dump, without_drafts
from commitments.register.loading import load_register
from commitments.register.schema import FILES
from commitments.register.writing import file_text
from tests.exports.files import download
from tests.factories import make_check, make_commitment, make_milestone, make_source, make_update
from tests.raw_sql import fire_deferred

from .conftest import Register

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 1, 2)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DUMPS_DIR = tmp_path / "dumps"
    return Path(settings.DUMPS_DIR)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def kept_text(folder: Path) -> str:
    call_command("keep_dump")
    [kept] = kept_dumps(folder)
    return kept.path.read_text("utf-8")


def test_a_file_holds_what_the_files_of_the_register_hold(folder: Path) -> None:
    make_update(summary="Two\n\nparagraphs: 日本 # not a comment", assessments=[{"commitment": make_commitment()}])
    register = without_drafts(dump())

    whole = yaml.safe_load(kept_text(folder))

    assert list(whole) == list(FILES)
    for name in FILES:
        assert whole[name] == yaml.safe_load(file_text(name, list(register.of(name).values())))


def test_no_draft_stands_in_it(folder: Path) -> None:
    public = make_commitment(title="A public pledge")
    draft = make_commitment(published=False, title="XYZZY pledge", sources=[make_source(title="XYZZY source")])
    make_update(published=False, title="XYZZY update", assessments=[{"commitment": public}])
    make_check(public)
    make_milestone(draft, recorded=False, title="XYZZY step")

    text = kept_text(folder)

    assert "A public pledge" in text
    assert "XYZZY" not in text
    assert draft.reference not in text


def test_what_is_taken_out_of_it_can_be_read_again(folder: Path, tmp_path: Path) -> None:
    make_update(assessments=[{"commitment": make_commitment()}])
    whole = yaml.safe_load(kept_text(folder))
    for name, records in whole.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(records, allow_unicode=True), "utf-8")

    assert load_register(tmp_path, today=today(), check_only=True).is_empty


def test_the_file_and_its_digest_are_served(folder: Path, client: Client) -> None:
    make_commitment()
    text = kept_text(folder)
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = f"register-{today().isoformat()}.yaml"

    page = client.get("/data/").content.decode()
    response = client.get(f"/data/{name}")

    assert f'href="/data/{name}"' in page
    assert digest in page
    assert b"".join(response).decode() == text
    assert client.get(f"/data/{name}.sha256").content.decode() == f"{digest}  {name}\n"
    assert client.get(f"/data/{name}", headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("day", ["2025-01-01", "2025-02-30", "0000-00-00", "2025-01-01%0a", "..%2f2025-01-01"])
def test_there_is_no_file_of_another_day(folder: Path, client: Client, day: str) -> None:
    make_commitment()
    kept_text(folder)

    assert client.get(f"/data/register-{day}.yaml").status_code == 404
    assert client.get(f"/data/register-{day}.yaml.sha256").status_code == 404


def test_a_day_on_which_nothing_changed_has_none(folder: Path) -> None:
    make_commitment()
    write_dump(without_drafts(dump()), folder, DAY)

    call_command("keep_dump")

    assert [kept.day for kept in kept_dumps(folder)] == [DAY]


def test_a_file_is_never_written_again(folder: Path) -> None:
    commitment = make_commitment()
    text = kept_text(folder)
    with reason_for_change("Made up."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Later")

    with pytest.raises(CommandError, match="says something else"):
        call_command("keep_dump")

    [kept] = kept_dumps(folder)
    assert kept.path.read_text("utf-8") == text


def test_a_file_without_its_digest_and_one_of_no_day_are_not_shown(folder: Path, client: Client) -> None:
    folder.mkdir()
    for name in ("register-2026-01-02.yaml", "register-2026-13-02.yaml", "register-.yaml", "other.yaml"):
        (folder / name).write_text("made up", "utf-8")

    assert kept_dumps(folder) == []
    assert client.get("/data/register-2026-01-02.yaml").status_code == 404


def test_a_past_page_does_not_know_of_later_files(folder: Path, client: Client) -> None:
    make_commitment()
    for day in (DAY, DAY + datetime.timedelta(days=1)):
        write_dump(without_drafts(dump()), folder, day)
        make_commitment()

    page = client.get(f"/data/?known_on={DAY}").content.decode()

    assert "register-2026-01-02.yaml" in page
    assert "register-2026-01-03.yaml" not in page


def test_a_new_file_is_seen_at_once(folder: Path, client: Client) -> None:
    make_commitment()
    before = client.get("/data/")

    kept_text(folder)
    after = client.get("/data/", headers={"if-none-match": before["ETag"]})

    assert after.status_code == 200
    assert "register-" in after.content.decode()


def test_the_page_is_not_sent_twice(folder: Path, client: Client) -> None:
    make_commitment()
    kept_text(folder)
    first = client.get("/data/")

    again = client.get("/data/", headers={"if-none-match": first["ETag"]})
    elsewhen = client.get("/data/?as_of=2026-01-01", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert elsewhen.status_code == 200


def test_a_new_edition_is_a_new_page(folder: Path, client: Client) -> None:
    before = client.get("/data/")
    make_commitment()
    fire_deferred()

    assert client.get("/data/", headers={"if-none-match": before["ETag"]}).status_code == 200


def test_the_page_says_how_large_files_are_and_how_many_rows_datasets_have(
    folder: Path, register: Register, client: Client
) -> None:
    size = len(kept_text(folder).encode())
    page = client.get("/data/")
    rows = {dataset.name: count for dataset, count in page.context["datasets"]}

    assert f"{size:,} bytes" in page.content.decode()
    for name in DATASETS:
        records = list(csv.reader(io.StringIO(download(client, f"/exports/{name}.csv").decode(), newline="")))
        assert rows[name] == (None if name in ("assessments", "citations") else len(records) - 1), name
    assert page.content.decode().count("with each update") == 2


def test_the_dictionary_is_a_page_that_says_what_the_one_in_the_package_does(
    register: Register, client: Client
) -> None:
    text = unescape(client.get("/data/dictionary/").content.decode())

    for note in notes():
        assert note in text
    for dataset in DATASETS.values():
        assert f'id="{dataset.name}"' in text
        assert dataset.description in text
        assert f'href="/data/dictionary/#{dataset.name}"' in client.get("/data/").content.decode()
        for each in explained(dataset):
            assert f"<code>{each.column.name}</code>" in text
            assert each.column.description in text
            for value in each.values:
                assert f"<code>{value.value}</code></dt><dd>{value.label}" in text
                assert value.meaning in text
