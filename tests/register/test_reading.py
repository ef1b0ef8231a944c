"""Whatever a file holds, it is read or refused in plain words, quickly, and all problems at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.management.commands.load_register import SHIPPED
from commitments.register.checking import check_register
from commitments.register.reading import Register, read_register
from commitments.register.schema import FILES
from commitments.register.writing import file_text

AREA = """
- slug: {slug}
  name: A name
  name_ja: 名前
  headline: true
  description: {description}
"""


def problems_of(tmp_path: Path, content: str | bytes, name: str = "areas") -> list[str]:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return [str(problem) for problem in read_register(path, partial=True).problems]


def test_the_shipped_register_has_no_problem() -> None:
    register = read_register(SHIPPED)
    check_register(register, Register())
    assert register.problems == []


def test_the_shipped_files_are_written_again_to_the_byte() -> None:
    register = read_register(SHIPPED)
    for name in FILES:
        assert file_text(name, list(register.of(name).values())) == (SHIPPED / f"{name}.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "YAML"),
        ("slug: x", "must be a list of records"),
        ("- text", "must be a mapping"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"\x00\x01\x02", "YAML"),
        ("- &a [*a]", "anchors and aliases are not allowed"),
        ("- !!python/object/apply:os.system ['true']", "tags are not allowed"),
        ("- " + "[" * 100_000, "nested too deeply"),
        (AREA.format(slug="x", description="2024-01-01"), "a date stands in quotes"),
        (AREA.format(slug="x", description="yes"), "must be text, reads as bool"),
        (AREA.format(slug="x", description="12"), "put it in quotes"),
        (AREA.format(slug="x", description='"a\\u0000b"'), "control character"),
        (AREA.format(slug="x", description='"a\\uFFFEb"'), "control character"),
        (AREA.format(slug="x", description="x" * 301), "at most 300"),
        (AREA.format(slug="Not A Slug", description="x"), "has not the form"),
        (AREA.format(slug="x", description="x") + "  colour: red\n", "colour: unknown key"),
        (AREA.format(slug="x", description="x") + "  name: Twice\n", "name: written twice"),
        (AREA.format(slug="x", description="x") * 2, "used twice"),
        ("- slug: x\n", "name: missing"),
        (AREA.format(slug="x", description="[a, b]"), "must be text"),
        (AREA.format(slug="x", description='"\\ud800"'), ""),
    ],
)
def test_a_bad_file_is_refused_in_plain_words(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    problems = problems_of(tmp_path, content)
    assert problems
    assert any(sentence in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("url: javascript:alert(1)", "http or https"),
        ("language: english", "language tag"),
        ("published_on: '2024-02-30'\n  published_precision: day", "is not a day"),
        ("published_on: '2024-02-03'\n  published_precision: month", "its first day"),
        ("published_on: '2024-02-03'", "missing beside a date"),
        ("kind: gossip", "is not one of"),
        ("title_seen: maybe", "must be true or false"),
    ],
)
def test_a_bad_value_is_named_with_file_record_and_field(tmp_path: Path, value: str, sentence: str) -> None:
    key = value.partition(":")[0]
    lines = {
        "slug": "made-up",
        "url": "https://example.org/",
        "title": "T",
        "title_seen": "true",
        "publisher": "P",
        "side": "eu",
        "kind": "analysis",
        "language": "en",
        "accessed_on": "'2026-01-01'",
    }
    lines.pop(key, None)
    record = "- " + "\n  ".join([*(f"{name}: {text}" for name, text in lines.items()), value]) + "\n"
    [problem] = problems_of(tmp_path, record, "sources")
    assert problem.startswith("sources.yaml, made-up, ")
    assert sentence in problem


def test_huge_numbers_are_refused_and_not_computed(tmp_path: Path) -> None:
    assert any("whole number" in problem for problem in problems_of(tmp_path, f"- number: {'9' * 10_000}\n", "updates"))


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "areas.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    started = time.monotonic()
    [problem] = read_register(path, partial=True).problems
    assert "larger than 20 MB" in str(problem)
    assert time.monotonic() - started < 1


def test_an_alias_bomb_is_refused_unexpanded(tmp_path: Path) -> None:
    bomb = 'a: &a ["x"]\n' + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    started = time.monotonic()
    assert any("anchors" in problem for problem in problems_of(tmp_path, bomb))
    assert time.monotonic() - started < 1


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    content = AREA.format(slug="one", description="12") + AREA.format(slug="two", description="x" * 400)
    assert len(problems_of(tmp_path, content)) == 2


def test_a_part_of_the_register_needs_the_word_partial(tmp_path: Path) -> None:
    (tmp_path / "areas.yaml").write_text(AREA.format(slug="x", description="x"), encoding="utf-8")
    assert {problem.message for problem in read_register(tmp_path).problems} == {
        "missing; with --partial a part of the register may be loaded"
    }


plain = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=60).filter(
    lambda text: text == text.strip() and text.strip()
)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(plain, min_size=1, max_size=4), is_headline=st.booleans())
def test_what_is_written_is_read_again_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], is_headline: bool
) -> None:
    records = [
        {"slug": f"area-{number}", "name": name, "name_ja": name, "headline": is_headline, "description": name}
        for number, name in enumerate(names)
    ]
    path = tmp_path_factory.mktemp("round") / "areas.yaml"
    path.write_text(file_text("areas", records), encoding="utf-8")
    register = read_register(path, partial=True)
    assert register.problems == []
    assert list(register.of("areas").values()) == records
