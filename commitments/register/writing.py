"""From records to files, always the same way: what is loaded and dumped again is the same to the byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .reading import Record, Register
from .schema import FILES

WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def write_register(register: Register, folder: Path) -> None:
    """Write every file of the register; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / f"{name}.yaml").write_text(file_text(name, list(register.of(name).values())), encoding="utf-8")


def file_text(name: str, records: list[Record]) -> str:
    schema = FILES[name]
    ordered = [{key: record[key] for key in schema.fields if key in record} for record in records]
    blocks = [
        yaml.dump([record], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH) for record in ordered
    ]
    return f"{schema.header}\n\n" + ("\n".join(blocks) or "[]\n")
