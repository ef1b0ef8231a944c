from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commitments.management.commands.load_register import SHIPPED
from commitments.register.reading import Record, read_register
from commitments.register.schema import FILES, Field
from commitments.register.writing import file_text, write_register

from .made_up import read_back, record_of, records, write

# Of every column's form, some that it accepts.
FORMED = {
    "slug": st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}", fullmatch=True, alphabet="abc019-"),
    "url": st.sampled_from(["https://example.org/", "http://example.org/%E8%A8%93?a=b&c#d", "https://例え.jp/訓練"]),
    "archived_url": st.just("https://archive.example.org/20260115/https://example.org/"),
    "language": st.sampled_from(["en", "ja", "pt-BR", "zh-Hant-TW"]),
    "languages": st.sampled_from(["en", "ja", "pt-BR"]),
    "reference": st.integers(1, 9999).map("EUJP-{:02}".format),
}
LINES = st.characters(
    exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
).filter(lambda character: not ("\u2066" <= character <= "\u2069" or "\ufdd0" <= character <= "\ufdef"))
PLAIN = LINES.filter(lambda character: not "\ufff9" <= character <= "\uffff")
PERIODS = {"day": "%Y-%m-%d", "month": "%Y-%m-01", "year": "%Y-01-01"}


def texts(limit: int | None) -> st.SearchStrategy[str]:
    return st.text(PLAIN, min_size=1, max_size=min(limit or 80, 300)).map(str.strip).filter(bool)


def values(name: str, field: Field) -> st.SearchStrategy[Any]:
    if field.items is not None:
        record = records_of(field.items)
        return st.lists(record, min_size=1, max_size=3) if field.kind is list else record
    if field.items_are is not None:
        return st.lists(values(name, field.items_are), min_size=1, max_size=3)
    if field.kind is bool:
        return st.booleans()
    if field.kind is int:
        return st.integers(0, 999_999_999)
    if field.is_date:
        return st.dates(datetime.date(1000, 1, 1)).map(str)
    if field.choices is not None:
        return st.sampled_from(sorted(field.choices))
    return FORMED[name] if name in FORMED else texts(field.limit)


@st.composite
def records_of(draw: st.DrawFn, fields: dict[str, Field]) -> Record:
    record = {
        name: draw(values(name, field)) for name, field in fields.items() if field.required or draw(st.booleans())
    }
    for name, field in fields.items():
        if field.precision:
            record.pop(field.precision, None)
            if name in record:
                precision = draw(st.sampled_from(sorted(PERIODS)))
                record[field.precision] = precision
                record[name] = datetime.date.fromisoformat(record[name]).strftime(PERIODS[precision])
    return {name: record[name] for name in fields if name in record}


@pytest.mark.parametrize("name", FILES)
def test_shipped_file_is_written_as_it_stands_to_the_byte(name: str) -> None:
    rows = read_register(SHIPPED).of(name)

    assert file_text(name, list(rows.values())).encode() == (SHIPPED / f"{name}.yaml").read_bytes()


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_record_is_read_back_as_it_was_written(name: str, data: st.DataObject) -> None:
    schema = FILES[name]
    rows = data.draw(
        st.lists(records_of(schema.fields), min_size=1, max_size=3, unique_by=lambda record: record[schema.key])
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.yaml"
        path.write_text(file_text(name, rows), encoding="utf-8", newline="\n")

        assert read_back(path, partial=True) == {name: rows}


@given(text=texts(400))
@example(text="yes")
@example(text="null")
@example(text="2026-01-15")
@example(text="12:30:45")
@example(text="0x1F")
@example(text="- a: b # c")
@example(text="%YAML")
@example(text="*alias &anchor !tag")
@example(text="'quoted' \"twice\"")
@example(text="訓練　" * 60 + "終")
@example(text="x" * 400)
@example(text="a" + " " * 200 + "b")
@example(text="a\ufeffb")
@example(text="\U0001f1ea\U0001f1fa\U000e0067")
def test_any_text_survives_writing_and_is_text_to_every_reader(text: str) -> None:
    of = records()
    record_of(of, "updates", 2)["summary"] = text

    written = file_text("updates", of["updates"])

    assert yaml.safe_load(written)[1]["summary"] == text


def test_records_are_written_with_their_keys_in_one_order_whatever_order_they_came_in(tmp_path: Path) -> None:
    of = records()
    of["updates"] = [dict(reversed(record.items())) for record in of["updates"]]

    assert file_text("updates", of["updates"]) == file_text("updates", records()["updates"])


def test_value_that_occurs_twice_is_written_twice() -> None:
    of = records()
    languages = ["en", "ja"]
    for record in of["checks"]:
        record["places"] = record["languages"] = languages

    assert "&id" not in file_text("checks", of["checks"])


def test_empty_file_is_an_empty_list_that_can_be_read(tmp_path: Path) -> None:
    of = records() | {"milestones": []}

    assert read_back(write(of, tmp_path))["milestones"] == []


def test_writing_leaves_nothing_unfinished_behind(tmp_path: Path) -> None:
    write_register(read_register(SHIPPED), tmp_path / "new" / "folder")

    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(
        f"{name}.yaml" for name in FILES
    )


def test_paragraphs_of_a_description_stay_paragraphs(tmp_path: Path) -> None:
    of = records()
    of["instruments"][0]["description"] = "One paragraph.\n\nAnother: with words."

    assert read_back(write(of, tmp_path))["instruments"] == of["instruments"]


@pytest.mark.parametrize("name", FILES)
def test_readme_names_every_key_of_the_file(name: str) -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    [row] = [line for line in readme.splitlines() if line.startswith(f"| `{name}.yaml`")]

    missing = [key for key in keys_of(FILES[name].fields) if not re.search(rf"\b{key}\b", row)]

    assert missing == []


def keys_of(fields: Mapping[str, Field]) -> Iterator[str]:
    for key, field in fields.items():
        yield key
        yield from keys_of(field.items or {})
