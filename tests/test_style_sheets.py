from __future__ import annotations

from pathlib import Path

import pytest

STYLE_SHEETS = sorted((Path(__file__).resolve().parent.parent / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_every_block_is_closed_before_the_next_section_opens(path: Path) -> None:
    """A block left open swallows every rule behind it, and no browser says so."""
    depth = 0
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        opens_a_rule = "{" in line and not line.startswith((" ", "}"))
        assert not (opens_a_rule and depth), f"line {number}: {line}"
        depth += line.count("{") - line.count("}")
    assert depth == 0
