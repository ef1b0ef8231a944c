from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commitments.models import Edition, StatusUpdate
from tests.raw_sql import fire_deferred

from .made_up import record_of, records, write, write_plainly

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str | Path) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue()


def test_load_says_what_it_added_and_then_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    path = write(records(), tmp_path)

    first = run("load_register", path)
    fire_deferred()
    second = run("load_register", path)

    assert "4 sources added" in first
    assert "2 updates added" in first
    assert second == "Nothing to do: 16 records are as in the files.\n"


def test_check_says_what_would_be_done_and_does_nothing(tmp_path: Path) -> None:
    output = run("load_register", write(records(), tmp_path), "--check")

    assert "2 updates would be added" in output
    assert not StatusUpdate.objects.exists()


def test_load_fails_with_every_problem_on_a_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of = records()
    record_of(of, "updates", 2)["titel"] = "Event"
    record_of(of, "checks", "search-one")["commitments"] = ["EUJP-99"]
    path = write_plainly(of, tmp_path)

    with pytest.raises(CommandError, match="2 problems; nothing was written"):
        call_command("load_register", str(path))

    assert capsys.readouterr().err.splitlines() == [
        "updates.yaml, 2, titel: unknown key",
        "checks.yaml, search-one, commitments: there is no “EUJP-99” among the commitments",
    ]
    assert not StatusUpdate.objects.exists()


def test_reason_reaches_the_load(tmp_path: Path) -> None:
    of = records()
    run("load_register", write(of, tmp_path))
    fire_deferred()
    record_of(of, "areas", "drills")["name"] = "Joint drills"
    write(of, tmp_path)

    output = run("load_register", tmp_path / "areas.yaml", "--partial", "--reason", "Plainer words.")

    assert "1 areas changed: drills" in output
    fire_deferred()
    assert Edition.objects.current().number == 2


def test_dump_writes_what_load_read(tmp_path: Path) -> None:
    path = write(records(), tmp_path / "in")
    run("load_register", path)

    output = run("dump_register", tmp_path / "out")

    assert output.startswith("16 records written")
    for file in path.iterdir():
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()


def test_dump_into_what_is_no_folder_fails_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="file"):
        call_command("dump_register", str(tmp_path / "file"))
