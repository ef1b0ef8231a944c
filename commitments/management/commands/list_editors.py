from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from commitments.people import ABILITIES, Standing, everybody

HEADINGS = ("name", "roles", "state", "last login", *ABILITIES)


class Command(BaseCommand):
    help = "List the accounts of the desk: roles, state, last login, and what each of them can do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        people = everybody()
        if as_json:
            rows = [dataclasses.asdict(person) for person in people]
            self.stdout.write(json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            return
        for line in table([HEADINGS, *(row(person) for person in people)]):
            self.stdout.write(line)


def row(person: Standing) -> tuple[str, ...]:
    login = f"{person.last_login:%Y-%m-%d}" if person.last_login else "never"
    can = ("yes" if able else "–" for able in person.can.values())
    return (person.name, ", ".join(person.roles) or "none", person.state, login, *can)


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
