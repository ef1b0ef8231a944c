from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from commitments.management.commands.load_register import SHIPPED
from commitments.register.loading import Plan, load_register

Edit = Callable[[str, Any, dict[str, Any]], None]


@pytest.fixture
def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped register that a test may edit."""
    copy = tmp_path / "register"
    shutil.copytree(SHIPPED, copy)
    return copy


class Files:
    """Edits records of a folder by key, as an editor would in the files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self, name: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = yaml.safe_load((self.folder / f"{name}.yaml").read_text(encoding="utf-8"))
        return records

    def write(self, name: str, records: list[dict[str, Any]]) -> None:
        text = yaml.safe_dump(records, allow_unicode=True, sort_keys=False)
        (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def change(self, file: str, position: int, **values: Any) -> None:
        records = self.records(file)
        records[position].update(values)
        self.write(file, [{key: value for key, value in record.items() if value is not None} for record in records])

    def add(self, file: str, **values: Any) -> None:
        self.write(file, [*self.records(file), values])

    def remove(self, name: str, position: int) -> None:
        records = self.records(name)
        del records[position]
        self.write(name, records)


@pytest.fixture
def files(folder: Path) -> Files:
    return Files(folder)


@pytest.fixture
def load(today: datetime.date) -> Callable[..., Plan]:
    def run(path: Path, **options: Any) -> Plan:
        return load_register(path, today=today, **options)

    return run


@pytest.fixture
def loaded(db: None, load: Callable[..., Plan], check_rules: Callable[[], None]) -> None:
    """The shipped register in the database, in use: it has an edition."""
    load(SHIPPED)
    check_rules()
