"""What two style sheets say of the same thing."""

from __future__ import annotations

import re
from pathlib import Path

STYLES = Path(__file__).resolve().parent.parent / "static" / "css"
# What the desk calls by a name of Django's.
OTHER_NAMES = {"--link-fg": "--link", "--font-family-primary": "--sans"}
TOKEN = re.compile(r"(--[a-z0-9-]+):\s*([^;]+);")


def tokens(style: str) -> dict[str, str]:
    """As first said: what follows is of another language."""
    found = TOKEN.findall((STYLES / style).read_text("utf-8"))
    return {name: " ".join(value.split()) for name, value in reversed(found)}


def test_the_desk_has_the_colours_and_type_of_the_public_pages() -> None:
    public, desk = tokens("site.css"), tokens("desk-theme.css")

    shared = {name: OTHER_NAMES.get(name, name) for name in desk if OTHER_NAMES.get(name, name) in public}

    assert set(OTHER_NAMES) | {"--paper", "--ink", "--rule", "--mark", "--serif"} <= set(shared)
    assert {name: desk[name] for name in shared} == {name: public[same] for name, same in shared.items()}
