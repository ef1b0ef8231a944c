"""The whole register as one Data Package."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.clocks import Clocks
from commitments.exports.dictionary import dictionary
from commitments.exports.package import write_package
from commitments.publishing import withdraw_commitment
from commitments.records import DATASETS
from tests.factories import make_commitment, make_update
from tests.views.conftest import Register

from .files import csv_lines, download

TODAY = datetime.datetime.now(datetime.UTC).date()
HOSTILE = '=1+1 "quoted", 防衛協力 | \\ {}%&'


def package(clocks: Clocks) -> bytes:
    output = io.BytesIO()
    write_package(clocks, output)
    return output.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def complaints(content: bytes, folder: Path) -> list[Any]:
    """What `frictionless validate` says of it; in a process of its own, because its parts warn of each other."""
    path = folder / "register.zip"
    path.write_bytes(content)
    command = [sys.executable, "-m", "frictionless", "validate", str(path), "--json"]
    found = subprocess.run(command, capture_output=True, check=False, text=True)
    report = json.loads(found.stdout)
    assert {task["name"] for task in report["tasks"]} == set(DATASETS)
    return [error["message"] for task in report["tasks"] for error in task["errors"]] + report["errors"]


@pytest.fixture
def register(db: None) -> Register:
    """With every kind of record, one withdrawn commitment, and text that breaks careless writers."""
    register = Register()
    withdrawn = make_commitment(title=HOSTILE, summary=HOSTILE, note=HOSTILE, progress_looks_like=[HOSTILE, "two"])
    make_update(title=HOSTILE, assessments=[{"commitment": withdrawn, "reasoning": HOSTILE}])
    # As if the two were transactions of their own.
    connection.check_constraints()
    withdraw_commitment(withdrawn, reason=HOSTILE)
    return register


def test_the_package_is_valid_with_all_keys(register: Register, tmp_path: Path) -> None:
    assert complaints(package(Clocks.at(TODAY)), tmp_path) == []


def test_the_package_of_a_past_day_is_valid_too(register: Register, tmp_path: Path) -> None:
    clocks = Clocks(TODAY, as_of=datetime.date(2025, 3, 1))
    assert complaints(package(clocks), tmp_path) == []


def test_a_key_that_leads_nowhere_would_be_seen(register: Register, tmp_path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in unpacked(package(Clocks.at(TODAY))).items():
            archive.writestr(
                name, content.replace(b"made-up-actor", b"nobody") if name[5:] == "actors.csv" else content
            )
    assert complaints(output.getvalue(), tmp_path)


def test_every_file_has_its_checksum(register: Register) -> None:
    files = unpacked(package(Clocks.at(TODAY)))
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    resources = json.loads(files["datapackage.json"])["resources"]
    assert {each["path"]: (each["bytes"], each["hash"]) for each in resources} == {
        name: (len(content), f"sha256:{sums[name]}") for name, content in files.items() if name.startswith("data/")
    }


def test_the_files_in_it_are_those_of_each_dataset_alone(register: Register, client: Client) -> None:
    files = unpacked(download(client, "/exports/register.zip"))
    for name in DATASETS:
        assert files[f"data/{name}.csv"] == download(client, f"/exports/{name}.csv"), name


def test_the_same_days_give_the_same_bytes(register: Register) -> None:
    assert package(Clocks.at(TODAY)) == package(Clocks.at(TODAY))


def test_the_package_says_its_licence_and_what_is_not_under_it(register: Register) -> None:
    files = unpacked(package(Clocks.at(TODAY)))
    described = json.loads(files["datapackage.json"])
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    assert "remain under the terms of their publishers" in described["description"]
    assert b"CC BY 4.0" in files["LICENSE"]


def test_the_dictionary_explains_every_column_and_value(db: None) -> None:
    text = dictionary(Clocks.at(TODAY))
    for dataset in DATASETS.values():
        assert f"## {dataset.name}\n" in text
        for column in dataset.columns:
            assert f"| `{column.name}` | {column.type_name} |" in text
            assert column.description in text
            assert all(f"| `{value}` |" in text for value in column.values)


def test_all_of_the_dictionary_is_tables_of_one_width(db: None) -> None:
    rows = [line for line in dictionary(Clocks.at(TODAY)).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {4, 6}


def test_headers_are_the_columns_of_the_schema(register: Register) -> None:
    files = unpacked(package(Clocks.at(TODAY)))
    for resource in json.loads(files["datapackage.json"])["resources"]:
        assert csv_lines(files[resource["path"]])[0] == [field["name"] for field in resource["schema"]["fields"]]


def test_the_package_reads_what_its_files_share_once_however_much_there_is(register: Register) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            package(Clocks(TODAY, TODAY, known_on=TODAY))
        return len(queries)

    few = count()
    register.grow(5)
    assert count() == few <= 29
