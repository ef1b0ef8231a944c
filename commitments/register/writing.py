"""From records to files, always the same way: what is loaded and dumped again is the same to the byte."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .reading import Record, Register
from .schema import FILES, Field

WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their key, and a value that occurs twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def write_register(register: Register, folder: Path) -> None:
    """Write every file of the register, each whole or not at all; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        text = file_text(name, list(register.of(name).values()))
        unfinished = folder / f".{name}.yaml.new"
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(folder / f"{name}.yaml")


def file_text(name: str, records: list[Record]) -> str:
    schema = FILES[name]
    blocks = [
        yaml.dump([_ordered(record, schema.fields)], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
        for record in records
    ]
    return f"{schema.header}\n\n" + ("\n".join(blocks) or "[]\n")


def whole_text(register: Register, heading: str) -> str:
    """The whole register as one YAML document: under the name of each file what that file holds."""
    parts = [f"{name}:\n{textwrap.indent(file_text(name, list(register.of(name).values())), '  ')}" for name in FILES]
    return "\n".join([f"# {heading}\n", *parts])


def _ordered(record: Record, fields: Mapping[str, Field]) -> Record:
    """The record with its keys, and those of the records inside it, in the order of the schema."""
    ordered: Record = {}
    for name, field in fields.items():
        if name in record:
            value = record[name]
            if field.items is not None:
                items = field.items
                value = [_ordered(item, items) for item in value] if isinstance(value, list) else _ordered(value, items)
            ordered[name] = value
    return ordered
