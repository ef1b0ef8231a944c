"""From files to records, with every problem at once and none of YAML's surprises.

Only plain text, whole numbers, true and false, lists and mappings are accepted: no tags, directives, anchors or
aliases, and a date is a quoted text. A file is refused by its size before it is parsed, and by its depth and the
number of its values before it is composed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError

from ..models import Precision
from .schema import FILES, Field

# A PyYAML that was built without libyaml reads the same, more slowly.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 5 * 1024 * 1024
DEEPEST = 6
MOST_EVENTS = 400_000  # 5 MB of real records make about 300,000
MOST_PROBLEMS = 1_000
# libyaml takes an hour over a few megabytes of directives, and no record begins with one.
DIRECTIVE = re.compile(r"^%", re.MULTILINE)
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
        """One line, in which nothing that a file holds can move the cursor of a terminal."""
        file = f"{self.file}.yaml" if self.file in FILES else self.file
        return printable(f"{file}, {self.record}, {self.field}: {self.message}")


def printable(line: str) -> str:
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in line)


@dataclass
class Register:
    """Records by file and key, in the order of the files. Files that were not there have no entry.

    `broken` are records with a problem, in which something may be missing that the file does have; `cut_short` are
    files in which whole records may be missing for that reason.
    """

    files: dict[str, dict[Any, Record]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[tuple[str, Any]] = field(default_factory=set)
    cut_short: set[str] = field(default_factory=set)

    def of(self, file: str) -> dict[Any, Record]:
        return self.files.get(file, {})

    def is_broken(self, file: str, key: Any) -> bool:
        return (file, key) in self.broken

    def problem(self, file: str, record: object, field_name: str, message: str) -> None:
        self.problems.append(Problem(file, str(record), field_name, message))

    def unreadable(self, file: str, field_name: str, message: str) -> None:
        self.cut_short.add(file)
        self.problem(file, "file", field_name, message)


def read_register(path: Path, *, partial: bool = False) -> Register:
    """A folder of files; with `partial`, some of them, or one file. Never raises for what a file holds."""
    register = Register()
    try:
        paths = _paths(path)
    except OSError as error:
        register.problem(path.name, "file", "path", f"cannot be read: {error.strerror}")
        return register
    if not paths:
        register.problem(path.name, "file", "path", "neither a folder with files of the register nor one of them")
        return register
    for file_path in paths:
        if file_path.stem in FILES:
            register.files[file_path.stem] = _read(file_path, register)
        else:
            register.problem(file_path.name, "file", "name", f"not a file of the register: {', '.join(FILES)}")
    if not partial:
        for name in FILES.keys() - register.files.keys():
            register.unreadable(name, "path", "missing; with --partial a part of the register may be loaded")
    return register


def _paths(path: Path) -> list[Path]:
    """The files of the register, in the order in which one names the other, then any that are none of them."""
    if path.is_file():
        return [path]
    order = list(FILES)
    found = sorted(path.glob("*.yaml")) if path.is_dir() else []
    return sorted(found, key=lambda each: order.index(each.stem) if each.stem in FILES else len(order))


def _read(path: Path, register: Register) -> dict[Any, Record]:
    name = path.stem
    try:
        node = _compose(_content(path))
    except UnicodeDecodeError as error:
        register.unreadable(name, "encoding", f"not UTF-8, from byte {error.start}")
    except OSError as error:
        register.unreadable(name, "path", f"cannot be read: {error.strerror}")
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        register.unreadable(name, "YAML", f"{line}{', '.join(filter(None, [error.context, error.problem]))}")
    except (yaml.YAMLError, Unreadable) as error:
        register.unreadable(name, "YAML", " ".join(str(error).split()))
    else:
        return _records(node, name, register)
    return {}


def _content(path: Path) -> str:
    if not path.is_file():
        raise Unreadable("not an ordinary file")
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable(f"larger than {LARGEST // 1024 // 1024} MB")
    return content.decode("utf-8")


class Unreadable(ValueError):
    """YAML that is not read on purpose."""


def _compose(content: str) -> yaml.Node:
    directive = DIRECTIVE.search(content)
    if directive:
        raise Unreadable(f"line {content.count(chr(10), 0, directive.start()) + 1}: directives are not allowed")
    depth = 0
    for count, event in enumerate(yaml.parse(content, Loader=LOADER)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if count > MOST_EVENTS:
            raise Unreadable(f"line {line}: more values than a file of this size needs")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(f"line {line}: anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            raise Unreadable(f"line {line}: tags are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable(f"line {line}: nested too deeply")
    node = yaml.compose(content, Loader=LOADER)
    if not isinstance(node, yaml.SequenceNode):
        raise Unreadable("must be a list of records")
    return node


def _records(node: yaml.Node, name: str, register: Register) -> dict[Any, Record]:
    schema = FILES[name]
    records: dict[Any, Record] = {}
    before = len(register.problems)
    for position, item in enumerate(node.value, 1):
        if len(register.problems) - before > MOST_PROBLEMS:
            register.unreadable(name, "file", f"more than {MOST_PROBLEMS} problems; the rest was not read")
            break
        reader = _Reader(name, f"record {position}", register)
        record = reader.record_of(item)
        key = record.get(schema.key)
        if key is None:
            register.cut_short.add(name)
            continue
        if key in records:
            register.problem(name, key, schema.key, "used twice")
        if reader.has_problem or key in records:
            register.broken.add((name, key))
        records[key] = record
    return records


@dataclass
class _Reader:
    """Reads one record; problems name it by its key once that is known."""

    file: str
    record: str
    register: Register
    has_problem: bool = False

    def problem(self, field_name: str, message: str) -> None:
        self.has_problem = True
        self.register.problem(self.file, self.record, field_name, message)

    def record_of(self, node: yaml.Node) -> Record:
        if not isinstance(node, yaml.MappingNode):
            self.problem("record", "must be a mapping of keys to values")
            return {}
        self.name_by(node, FILES[self.file].key)
        return self.mapping(node, FILES[self.file].fields)

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
        for name, message in precision_findings(record, found.keys(), fields):
            self.problem(prefix + name, message)
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
            if schema.items_are is not None:
                values.append(self.value(item, schema.items_are, name))
            elif schema.items is not None and isinstance(item, yaml.MappingNode):
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
        message = text_problem(node.value, schema) if tag == "str" else NOT_TEXT.get(tag, NOT_TEXT[""])
        if message:
            self.problem(name, message)
            return None
        return str(node.value)


def precision_findings(
    record: Record, written: Collection[str], fields: Mapping[str, Field]
) -> Iterator[tuple[str, str]]:
    """The fields in which a date and its precision disagree, and how. `written` may name more than could be read."""
    for name, schema in fields.items():
        if not schema.precision:
            continue
        value, precision = record.get(name, ""), record.get(schema.precision)
        if precision is not None and name not in written:
            yield schema.precision, f"given without {name}"
        elif value and not schema.required and schema.precision not in written:
            yield schema.precision, "missing beside a date"
        elif value and precision == Precision.MONTH and not value.endswith("-01"):
            yield name, "known to the month, so it is written as its first day"
        elif value and precision == Precision.YEAR and not value.endswith("-01-01"):
            yield name, "known to the year, so it is written as its 1 January"


KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false"}
NOT_TEXT = {
    "timestamp": "must be text: a date stands in quotes",
    "null": "empty: leave the key out, or fill it",
    "": "must be text: put it in quotes",
}


def text_problem(value: str, schema: Field) -> str:
    """What is wrong with a text, "" if nothing is."""
    if not value.strip():
        return "empty"
    if value != value.strip():
        return "begins or ends with a space"
    if schema.limit is not None and len(value) > schema.limit:
        return f"{len(value)} characters long, at most {schema.limit}"
    if schema.choices is not None and value not in schema.choices:
        return f"“{value[:80]}” is not one of {', '.join(sorted(schema.choices))}"
    if schema.is_date and not is_day(value):
        return f"“{value[:80]}” is not a day (2026-06-01)"
    for validator in schema.validators:
        try:
            validator(value)
        except ValidationError as error:
            return f"“{value[:80]}”: {error.messages[0]}"
    return ""


def is_day(value: str) -> bool:
    try:
        return bool(DAY.match(value) and datetime.date.fromisoformat(value))
    except ValueError:
        return False
