"""From files to records, with every problem at once and none of YAML's surprises.

Only plain text, whole numbers, true and false, lists and mappings are accepted: no tags, anchors or aliases, and a
date is a quoted text. A file is refused by its size before it is parsed, and by its depth before it is composed.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError

from ..models import Precision
from ..models.validators import language_tag, web_address
from .schema import FILES, Field

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml reads the same, more slowly
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

LARGEST = 20 * 1024 * 1024
DEEPEST = 6
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
NUMBER = re.compile(r"(0|[1-9]\d{0,8})\Z", re.ASCII)

Record = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong, where: file, record and field, and the sentence for a person."""

    file: str
    record: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}.yaml, {self.record}, {self.field}: {self.message}"


@dataclass
class Register:
    """Records by file and key, in the order of the files. Files that were not there have no entry."""

    files: dict[str, dict[Any, Record]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, file: str) -> dict[Any, Record]:
        return self.files.get(file, {})

    def problem(self, file: str, record: object, field_name: str, message: str) -> None:
        self.problems.append(Problem(file, str(record), field_name, message))


def read_register(path: Path, *, partial: bool = False) -> Register:
    """A folder of files; with `partial`, some of them, or one file. Never raises for what a file holds."""
    register = Register()
    paths = [path] if path.is_file() else [path / f"{name}.yaml" for name in FILES]
    if not path.exists():
        register.problem(path.name, "file", "path", "there is no such file or folder")
        return register
    for file_path in paths:
        name = file_path.stem
        if name not in FILES:
            register.problem(name, "file", "name", f"not a file of the register: {', '.join(FILES)}")
        elif file_path.exists():
            register.files[name] = _read(file_path, name, register)
        elif not partial:
            register.problem(name, "file", "path", "missing; with --partial a part of the register may be loaded")
    if path.is_file() and not partial:
        register.problem(path.stem, "file", "path", "a single file is only a part: add --partial")
    return register


def _read(path: Path, name: str, register: Register) -> dict[Any, Record]:
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"larger than {LARGEST // 1024 // 1024} MB")
        content = path.read_bytes().decode("utf-8")
        node = _compose(content)
    except UnicodeDecodeError as error:
        register.problem(name, "file", "encoding", f"not UTF-8, from byte {error.start}")
    except OSError as error:
        register.problem(name, "file", "path", f"cannot be read: {error.strerror}")
    except (yaml.YAMLError, Unreadable) as error:
        register.problem(name, "file", "YAML", " ".join(str(error).split()))
    else:
        return _records(node, name, register)
    return {}


class Unreadable(ValueError):
    """YAML that is not read on purpose."""


def _compose(content: str) -> yaml.Node:
    depth = 0
    for event in yaml.parse(content, Loader=Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(f"line {line}: anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            raise Unreadable(f"line {line}: tags are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable(f"line {line}: nested too deeply")
    node = yaml.compose(content, Loader=Loader)
    if not isinstance(node, yaml.SequenceNode):
        raise Unreadable("must be a list of records")
    return node


def _records(node: yaml.Node, name: str, register: Register) -> dict[Any, Record]:
    schema = FILES[name]
    records: dict[Any, Record] = {}
    for position, item in enumerate(node.value, 1):
        if not isinstance(item, yaml.MappingNode):
            register.problem(name, f"record {position}", "record", "must be a mapping of keys to values")
            continue
        reader = _Reader(name, f"record {position}", register)
        reader.name_by(item, schema.key)
        record = reader.mapping(item, schema.fields)
        key = record.get(schema.key)
        if key is None:
            continue
        if key in records:
            register.problem(name, key, schema.key, "used twice")
        records[key] = record
    return records


@dataclass
class _Reader:
    """Reads one record; problems name it by its key once that is known."""

    file: str
    record: str
    register: Register

    def problem(self, field_name: str, message: str) -> None:
        self.register.problem(self.file, self.record, field_name, message)

    def name_by(self, node: yaml.MappingNode, key: str) -> None:
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.ScalarNode) and value.value:
                self.record = value.value[:80]

    def mapping(self, node: yaml.MappingNode, fields: Mapping[str, Field], prefix: str = "") -> Record:
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)[:80] if isinstance(key, yaml.ScalarNode) else "?"
            if name not in fields:
                self.problem(prefix + name, "unknown key")
            elif name in found:
                self.problem(prefix + name, "written twice")
            else:
                found[name] = value
        record: Record = {}
        for name, schema in fields.items():
            if name in found:
                value = self.value(found[name], schema, prefix + name)
                if value is not None:
                    record[name] = value
            elif schema.required:
                self.problem(prefix + name, "missing")
        self.check_precisions(record, found.keys(), fields, prefix)
        return record

    def value(self, node: yaml.Node, schema: Field, name: str) -> Any:
        if schema.kind is dict:
            if isinstance(node, yaml.MappingNode) and schema.items:
                return self.mapping(node, schema.items, f"{name}.")
            self.problem(name, "must be a mapping of keys to values")
            return None
        if schema.kind is list:
            return self.list(node, schema, name)
        if not isinstance(node, yaml.ScalarNode):
            self.problem(name, f"must be {KIND_NAMES[schema.kind]}")
            return None
        return self.scalar(node, schema, name)

    def list(self, node: yaml.Node, schema: Field, name: str) -> list[Any] | None:
        if not isinstance(node, yaml.SequenceNode):
            self.problem(name, "must be a list")
            return None
        if not node.value:
            self.problem(name, "an empty list: leave the key out, or fill it")
        values = []
        for item in node.value:
            if schema.items is None:
                values.append(self.value(item, Field(str, limit=schema.limit, names=schema.names), name))
            elif isinstance(item, yaml.MappingNode):
                values.append(self.mapping(item, schema.items, f"{name}."))
            else:
                self.problem(name, "every item must be a mapping of keys to values")
        return [value for value in values if value is not None]

    def scalar(self, node: yaml.ScalarNode, schema: Field, name: str) -> str | int | bool | None:
        tag = node.tag.rpartition(":")[2]
        if schema.kind is bool:
            if tag == "bool":
                return str(node.value).lower() in ("true", "yes", "on")
            self.problem(name, "must be true or false")
            return None
        if schema.kind is int:
            if tag == "int" and NUMBER.match(node.value):
                return int(node.value)
            self.problem(name, "must be a whole number from 0 to 999999999")
            return None
        if tag != "str":
            hint = "; a date stands in quotes" if tag == "timestamp" else "; put it in quotes"
            self.problem(name, f"must be text, reads as {tag}{hint}")
            return None
        return self.text(node.value, schema, name)

    def text(self, value: str, schema: Field, name: str) -> str | None:
        message = text_problem(value, schema, name.rpartition(".")[2])
        if message:
            self.problem(name, message)
            return None
        return value

    def check_precisions(
        self, record: Record, written: Collection[str], fields: Mapping[str, Field], prefix: str
    ) -> None:
        for name, schema in fields.items():
            if not schema.precision:
                continue
            value, precision = record.get(name, ""), record.get(schema.precision)
            if precision is not None and name not in written:
                self.problem(prefix + schema.precision, f"given without {name}")
            elif value and not schema.required and schema.precision not in written:
                self.problem(prefix + schema.precision, "missing beside a date")
            elif value and precision == Precision.MONTH and not value.endswith("-01"):
                self.problem(prefix + name, "known to the month, so it is written as its first day")
            elif value and precision == Precision.YEAR and not value.endswith("-01-01"):
                self.problem(prefix + name, "known to the year, so it is written as its 1 January")


KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false"}


def text_problem(value: str, schema: Field, name: str) -> str:
    """What is wrong with a text, "" if nothing is."""
    if not value.strip():
        return "empty"
    if value != value.strip():
        return "begins or ends with a space"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co") for character in value):
        return "holds a control character, or one that is no character"
    if schema.limit is not None and len(value) > schema.limit:
        return f"{len(value)} characters long, at most {schema.limit}"
    if schema.choices is not None and value not in schema.choices:
        return f"“{value[:80]}” is not one of {', '.join(sorted(schema.choices))}"
    if schema.pattern and not re.fullmatch(schema.pattern, value, re.ASCII):
        return f"“{value[:80]}” has not the form {schema.pattern}"
    if schema.is_date and not is_day(value):
        return f"“{value[:80]}” is not a day (2026-06-01)"
    validator = {"language": language_tag, "url": web_address, "archived_url": web_address}.get(name)
    if validator is not None:
        try:
            validator(value)
        except ValidationError as error:
            return str(error.message)
    return ""


def is_day(value: str) -> bool:
    try:
        return bool(DAY.match(value) and datetime.date.fromisoformat(value))
    except ValueError:
        return False
