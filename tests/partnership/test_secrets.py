from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from partnership.secrets import kept_secret_key


def test_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "secret-key"
    key = kept_secret_key(file)
    assert len(key) >= 50
    assert kept_secret_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert [left.name for left in file.parent.iterdir()] == ["secret-key"]


def test_many_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(kept_secret_key, [tmp_path / "state" / "secret-key"] * 32))
    assert len(set(keys)) == 1
