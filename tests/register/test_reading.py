from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from commitments.management.commands.load_register import SHIPPED
from commitments.register.reading import MOST_PROBLEMS, Register, read_register
from commitments.register.schema import FILES

from .made_up import findings, record_of, records, write, write_plainly

AREA = "- slug: drills\n  name: Drills\n  name_ja: 訓練\n  headline: true\n  description: Made up.\n"
UPDATE = (
    "- number: 1\n  recorded_on: '2026-01-15'\n  title: Event\n  summary: It happened.\n"
    "  happened_on: '2025-06-01'\n  happened_precision: month\n  kind: meeting\n  context: false\n"
    "  citations:\n    - source: text\n  assessments:\n    - commitment: EUJP-01\n      bearing: advance\n"
    "      reasoning: Because.\n"
)


def read_only(folder: Path, name: str, content: str | bytes) -> Register:
    path = folder / f"{name}.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_register(path, partial=True)


def test_shipped_files_hold_the_whole_register_and_no_problem() -> None:
    register = read_register(SHIPPED)

    updates = register.of("updates").values()
    assert register.problems == []
    assert {name: len(rows) for name, rows in register.files.items()} == {
        "areas": 12,
        "actors": 15,
        "sources": 209,
        "instruments": 5,
        "commitments": 32,
        "milestones": 4,
        "updates": 99,
        "checks": 17,
        "discrepancies": 19,
    }
    assert sum("published_on" in row for row in register.of("commitments").values()) == 27
    assert sum(len(row["citations"]) for row in updates) == 200
    assert sum(len(row["assessments"]) for row in updates) == 157


def test_made_up_register_that_these_tests_bend_has_no_problem(tmp_path: Path) -> None:
    assert read_register(write(records(), tmp_path)).problems == []


@pytest.mark.parametrize(
    ("was", "becomes", "field", "words"),
    [
        ("name: Drills", "name: Drills\n  nmae: Drills", "nmae", "unknown key"),
        ("name: Drills", "name: Drills\n  ? [a, b]\n  : c", "?", "unknown key"),
        ("name: Drills", "name: Drills\n  <<: {slug: x}", "<<", "unknown key"),
        ("name: Drills", "name: Drills\n  name: Other", "name", "written twice"),
        ("  name: Drills\n", "", "name", "missing"),
        ("name: Drills", "name:", "name", "empty: leave the key out"),
        ("name: Drills", "name: ''", "name", "empty"),
        ("name: Drills", "name: true", "name", "must be text: put it in quotes"),
        ("name: Drills", "name: 12", "name", "must be text: put it in quotes"),
        ("name: Drills", "name: 2026-01-15", "name", "a date stands in quotes"),
        ("name: Drills", "name: [Drills]", "name", "must be text"),
        ("name: Drills", "name: {a: b}", "name", "must be text"),
        ("name: Drills", "name: ' Drills'", "name", "begins or ends with a space"),
        ("name: Drills", f"name: {'x' * 61}", "name", "61 characters long, at most 60"),
        ("name: Drills", r'name: "Dr\x00ills"', "name", "control characters"),
        ("name: Drills", r'name: "Dr\x1bills"', "name", "control characters"),
        ("name: Drills", r'name: "Dr\nills"', "name", "line breaks"),
        ("name: Drills", r'name: "Dr\uFFFEills"', "name", "cannot be shown"),
        ("name: Drills", r'name: "Dr\u202Eills"', "name", "cannot be shown"),
        ("name: Drills", r'name: "Dr\u2028ills"', "name", "line breaks"),
        ("headline: true", "headline: 'true'", "headline", "must be true or false"),
        ("headline: true", "headline: 1", "headline", "must be true or false"),
        ("slug: drills", "slug: Dri lls", "slug", "slug"),
        ("slug: drills", "slug: ../drills", "slug", "slug"),
    ],
)
def test_bad_value_is_named_by_file_record_and_field(
    tmp_path: Path, was: str, becomes: str, field: str, words: str
) -> None:
    register = read_only(tmp_path, "areas", AREA.replace(was, becomes))

    [problem] = [each for each in register.problems if each.field == field]
    assert problem.file == "areas"
    assert problem.record in {"drills", "Dri lls", "../drills"}
    assert words in problem.message


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ("number: 1", "number: '1'", "number"),
        ("number: 1", "number: 1.0", "number"),
        ("number: 1", "number: 0x1", "number"),
        ("number: 1", "number: -1", "number"),
        ("number: 1", f"number: {'9' * 5000}", "number"),
        ("number: 1", "number: true", "number"),
        ("'2026-01-15'", "2026-01-15", "recorded_on"),
        ("'2026-01-15'", "'2026-02-30'", "recorded_on"),
        ("'2026-01-15'", "'2026-1-15'", "recorded_on"),
        ("'2026-01-15'", "'20260115'", "recorded_on"),
        ("'2026-01-15'", "'2026-01-15T00:00'", "recorded_on"),
        ("'2026-01-15'", "'٢٠٢٦-01-15'", "recorded_on"),
        ("'2026-01-15'", "'0000-01-15'", "recorded_on"),
        ("'2025-06-01'", "'2025-06-02'", "happened_on"),
        ("happened_precision: month", "happened_precision: year", "happened_on"),
        ("happened_precision: month", "happened_precision: week", "happened_precision"),
        ("kind: meeting", "kind: party", "kind"),
        ("bearing: advance", "bearing: sideways", "assessments.bearing"),
        ("bearing: advance", "bearing: advance\n      status: no_public_action", "assessments.status"),
        ("- source: text", "- text", "citations"),
        ("- source: text", "- locator: p. 1", "citations.source"),
        ("    - source: text\n", "    []\n", "citations"),
        ("citations:\n    - source: text\n", "citations: text\n", "citations"),
        ("  citations:\n    - source: text\n", "", "citations"),
    ],
)
def test_bad_value_of_an_update_is_named_too(tmp_path: Path, was: str, becomes: str, field: str) -> None:
    assert was in UPDATE

    register = read_only(tmp_path, "updates", UPDATE.replace(was, becomes))

    assert field in {problem.field for problem in register.problems}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "//example.org/",
        "example.org",
        "https://",
        "https://editor:secret@example.org/",
        'https://example.org/"onclick="x',
        "https://example.org/a b",
    ],
)
@pytest.mark.parametrize("field", ["url", "archived_url"])
def test_address_of_a_source_is_a_plain_web_address(tmp_path: Path, field: str, address: str) -> None:
    of = records()
    record_of(of, "sources", "text")[field] = address

    register = read_register(write_plainly(of, tmp_path))

    assert ("sources", "text", field) in findings(register)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"language": "english"}, "language"),
        ({"language": "EN"}, "language"),
        ({"published_on": "2025-01-01"}, "published_precision"),
        ({"published_precision": "day"}, "published_precision"),
        ({"published_on": "2025-01-02", "published_precision": "month"}, "published_on"),
        ({"published_on": "soon", "published_precision": "day"}, "published_on"),
        ({"published_on": "2025-01-01", "published_precision": "about"}, "published_precision"),
    ],
)
def test_bad_language_or_date_of_a_source_is_one_problem(tmp_path: Path, fields: dict[str, str], field: str) -> None:
    of = records()
    record_of(of, "sources", "text").update(fields)

    register = read_register(write_plainly(of, tmp_path))

    assert findings(register) == {("sources", "text", field)}
    assert len(register.problems) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "must be a list of records"),
        ("# nothing\n", "must be a list of records"),
        ("slug: drills\n", "must be a list of records"),
        ("just words\n", "must be a list of records"),
        ("- a\n---\n- b\n", "expected a single document"),
        ("- 'unfinished", "end of stream"),
        ("- a: b: c\n", "mapping values are not allowed"),
        ("\t- a\n", "line 1"),
        ("<html><body>Not found</body></html>", "must be a list of records"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not UTF-8, from byte 0"),
        ("- slug: Übung\n".encode("latin-1"), "not UTF-8, from byte 8"),
        (AREA.encode("utf-16"), "not UTF-8, from byte 0"),
        (b"- slug: a\x00b\n", "control characters"),
        (r'- slug: "\ud800"', "invalid Unicode"),
        ("- &a [x]\n- *a\n", "line 1: anchors and aliases"),
        ("- *a\n", "line 1: anchors and aliases"),
        ("- !!python/object/apply:os.system ['true']\n", "line 1: tags"),
        ("- slug: !!str drills\n", "line 1: tags"),
        ("- ! drills\n", "line 1: tags"),
        ("%YAML 1.2\n---\n- a\n", "line 1: directives"),
        ("# first\n%TAG ! tag:example.org,2000:\n---\n- a\n", "line 2: directives"),
        ("- " * 100 + "a\n", "nested too deeply"),
    ],
)
def test_what_is_not_a_list_of_plain_records_is_one_problem_of_the_file(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    register = read_only(tmp_path, "areas", content)

    [problem] = register.problems
    assert (problem.file, problem.record) == ("areas", "file")
    assert words in problem.message
    assert "areas" in register.cut_short


def alias_bomb() -> str:
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 30)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("- slug: " + "x" * (50 * 1024 * 1024), id="50 MB"),
        pytest.param(alias_bomb(), id="alias bomb"),
        pytest.param("[" * 4_000_000, id="open brackets"),
        pytest.param("{" * 4_000_000, id="open braces"),
        pytest.param("? " * 2_000_000, id="open keys"),
        pytest.param("- " * 2_000_000, id="open lists"),
        pytest.param("".join(f"%TAG !a{serial}! x\n" for serial in range(300_000)), id="directives"),
        pytest.param("- {}\n" * 900_000, id="empty records"),
        pytest.param("- a\n" * 1_200_000, id="words"),
        pytest.param("---\n" * 1_200_000, id="documents"),
        pytest.param("- {" + "a: b, " * 60_000 + "}", id="keys"),
        pytest.param("- slug: '" + "''" * 2_000_000 + "'", id="quotes"),
        pytest.param("- slug: |\n" + "\n" * 4_000_000, id="empty lines"),
    ],
)
def test_file_made_to_exhaust_the_reader_is_refused_in_two_seconds(tmp_path: Path, content: str) -> None:
    path = tmp_path / "areas.yaml"
    path.write_text(content)
    began = time.process_time()

    register = read_register(path, partial=True)

    assert time.process_time() - began < 2
    assert register.problems
    assert len(register.problems) < 70_000


def test_file_with_very_many_problems_is_not_read_to_its_end(tmp_path: Path) -> None:
    register = read_only(tmp_path, "areas", "- {}\n" * 10_000)

    assert len(register.problems) < MOST_PROBLEMS + 10
    assert "the rest was not read" in register.problems[-1].message


def test_all_problems_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    write(records(), tmp_path)
    (tmp_path / "actors.yaml").write_text("not a list")
    (tmp_path / "areas.yaml").write_text(AREA.replace("true", "maybe") + "- slug: space\n")
    (tmp_path / "checks.yaml").unlink()

    register = read_register(tmp_path)

    assert findings(register) == {
        ("actors", "file", "YAML"),
        ("areas", "drills", "headline"),
        ("areas", "space", "name"),
        ("areas", "space", "name_ja"),
        ("areas", "space", "headline"),
        ("areas", "space", "description"),
        ("checks", "file", "path"),
    }


def test_key_used_twice_is_said(tmp_path: Path) -> None:
    [problem] = read_only(tmp_path, "areas", AREA + AREA).problems

    assert (problem.record, problem.field, problem.message) == ("drills", "slug", "used twice")


def test_file_of_another_name_is_never_passed_over(tmp_path: Path) -> None:
    write(records(), tmp_path)
    (tmp_path / "udpates.yaml").write_text(UPDATE)

    [problem] = read_register(tmp_path).problems

    assert problem.file == "udpates.yaml"
    assert "not a file of the register" in problem.message


def test_part_of_the_register_is_asked_for_as_such(tmp_path: Path) -> None:
    path = write(records(), tmp_path) / "areas.yaml"

    assert len(read_register(path).problems) == len(FILES) - 1
    assert read_register(path, partial=True).problems == []


@pytest.mark.parametrize("name", ["absent", "x" * 5000])
def test_path_that_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    [problem] = read_register(tmp_path / name).problems

    assert problem.field == "path"


def test_empty_folder_is_no_register_and_no_part_of_one(tmp_path: Path) -> None:
    [problem] = read_register(tmp_path, partial=True).problems

    assert "neither a folder with files of the register" in problem.message


def test_pipe_and_folder_in_place_of_a_file_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "areas.yaml")
    (tmp_path / "actors.yaml").mkdir()

    problems = read_register(tmp_path, partial=True).problems

    assert [problem.message for problem in problems] == ["not an ordinary file"] * 2


def test_problem_is_one_line_without_the_control_characters_of_the_file(tmp_path: Path) -> None:
    register = read_only(tmp_path, "areas", '- "\\e[2J\\nslug": 1\n  slug: "\\e[31m\\u202E"\n')

    text = "".join(map(str, register.problems))
    assert text.isprintable()
    assert "\\u001b[31m" in text
