from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from commitments.models import Source, StatusUpdate
from commitments.roles import set_up_roles
from commitments.spreadsheets.writing import workbook
from tests.factories import make_commitment, make_source, make_update, make_user
from tests.spreadsheets.sheets import exported, tables, update_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def editor() -> User:
    set_up_roles()
    user = make_user("edith")
    user.groups.add(Group.objects.get(name="editor"))
    return user


def said(command: str, *words: Any, **options: Any) -> str:
    output = io.StringIO()
    call_command(command, *words, stdout=output, **options)
    return output.getvalue()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_imports_as_nothing_to_do(tmp_path: Path, form: str) -> None:
    make_update(assessments=[{"commitment": make_commitment()}])
    make_update(published=False)
    path = tmp_path / "export"
    said("export_sheets", path, "--format", form, "--with-drafts")
    first = path.read_bytes()

    assert "updates: 2 without a change" in said("import_sheets", path, "--by", "edith")
    said("export_sheets", path, "--format", form, "--with-drafts")
    assert path.read_bytes() == first


def test_drafts_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    make_update(published=False, sources=[])

    assert said("export_sheets", tmp_path / "export").startswith("0 rows written")


def test_the_template_imports_as_nothing(tmp_path: Path) -> None:
    said("export_sheets", tmp_path / "template.xlsx", "--template")

    assert said("import_sheets", tmp_path / "template.xlsx", "--by", "edith") == ""


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(workbook(tables(updates=[update_row()])))

    assert said("import_sheets", path, "--by", "edith", "--dry-run") == "updates: 1 would be created\n"
    assert not StatusUpdate.objects.exists()
    assert said("import_sheets", path, "--by", "edith") == "updates: 1 created\n"
    assert StatusUpdate.objects.get().written_by == User.objects.get(username="edith")


@pytest.mark.parametrize("dry_run", [True, False])
def test_every_problem_is_a_line_and_the_command_fails(tmp_path: Path, dry_run: bool) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(workbook(tables(updates=[update_row(kind="party"), update_row("x\x1b[2J")])))
    errors = io.StringIO()

    with pytest.raises(CommandError, match="2 problems; nothing was written"):
        call_command("import_sheets", path, by="edith", dry_run=dry_run, stderr=errors)

    lines = errors.getvalue().splitlines()
    assert lines[0].startswith("updates, row 2, kind: “party” is not one of")
    assert lines[1].startswith("updates, row 3, update: write a number")
    assert "\x1b" not in errors.getvalue()


def test_a_reason_lets_wording_change(tmp_path: Path) -> None:
    make_update(sources=[make_source(title="Old")], assessments=[{"commitment": make_commitment()}])
    content = exported()
    next(row for row in content["sources"] if row["title"] == "Old")["title"] = "New"
    path = tmp_path / "file.xlsx"
    path.write_bytes(workbook({name: list(rows) for name, rows in content.items()}))

    with pytest.raises(CommandError):
        call_command("import_sheets", path, by="edith", stderr=io.StringIO())
    said("import_sheets", path, "--by", "edith", "--reason", "Retitled.")

    assert Source.objects.filter(title="New").exists()


def test_only_somebody_who_may_write_all_of_it_imports(tmp_path: Path, editor: User) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(workbook(tables(updates=[update_row()])))
    make_user("outsider")
    for name in ("outsider", "nobody"):
        with pytest.raises(CommandError, match="nobody who may add"):
            said("import_sheets", path, "--by", name)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    with pytest.raises(CommandError, match="nobody who may add"):
        said("import_sheets", path, "--by", "edith")
    assert not StatusUpdate.objects.exists()


def test_a_file_that_is_not_there_or_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        said("import_sheets", tmp_path / "missing.xlsx", "--by", "edith")
    with pytest.raises(CommandError, match="No such file"):
        said("export_sheets", tmp_path / "missing" / "file.xlsx")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(workbook(tables(updates=[update_row()])))
    terminal = Terminal()

    call_command("import_sheets", path, by="edith", stdout=io.StringIO(), stderr=terminal, no_color=True)

    assert [step.partition(":")[0] for step in terminal.getvalue().split("\r\x1b[K")] == [
        "",
        "Reading",
        "Reading the register",
        "Checking updates",
        "Writing new drafts",
        "",
    ]
