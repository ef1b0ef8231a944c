from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def _shared_folder() -> Iterator[Path]:
    """Not pytest's own: each run of pytest closes that one to other accounts, and root's servers run as another."""
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def serving_folder(_shared_folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=_shared_folder))


@pytest.fixture
def server_folder(_shared_folder: Path) -> Path:
    """For the servers of one test."""
    return Path(tempfile.mkdtemp(dir=_shared_folder))
