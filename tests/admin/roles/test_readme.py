"""The table in commitments/README.md is the one in code."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import override

from commitments.roles import ROLES

README = Path(settings.BASE_DIR) / "commitments" / "README.md"
ORDER = ("view", "add", "change", "delete", "publish")


def table_of_roles() -> str:
    labels = sorted({label for actions_of in ROLES.values() for label in actions_of}, key=name_of)
    rows = [["record", *ROLES], ["---"] * (len(ROLES) + 1)]
    rows += [[name_of(label), *(words_for(role, label) for role in ROLES)] for label in labels]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def name_of(label: str) -> str:
    with override("en"):
        return capfirst(str(apps.get_model(label)._meta.verbose_name))


def words_for(role: str, label: str) -> str:
    return ", ".join(sorted(ROLES[role].get(label, ()), key=ORDER.index)) or "–"


def test_the_readme_shows_the_roles_as_they_are() -> None:
    text = README.read_text(encoding="utf-8")
    shown = re.search(r"^\| record \|.*\n(?:\|.*\n)*", text, re.MULTILINE)
    is_right = shown is not None and shown[0].rstrip("\n") == table_of_roles()

    assert is_right, (
        f"The table of roles in {README} is not that of commitments/roles.py. Paste:\n\n{table_of_roles()}\n"
    )
