"""Which module may know which: read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

from commitments.models import (
    Actor,
    Area,
    Commitment,
    DeliveryStatus,
    Instrument,
    Source,
    StatusUpdate,
)

ROOT = Path(__file__).resolve().parent.parent

# From what readers and editors touch down to what is stored. A module imports from its own layer or a lower one.
LAYERS = [
    ["urls", "apps", "checks"],
    [
        "views",
        "feeds",
        "exports",
        "api",
        "admin",
        "management",
        "templatetags",
        "calendar_feed",
        "desk_site",
        "desk_page",
        "links",
    ],
    ["public"],
    [
        "publishing",
        "announcing",
        "readiness",
        "recognition",
        "standing",
        "register",
        "dumps",
        "spreadsheets",
        "overview",
        "pictures",
        "changes",
        "presets",
        "clauses",
        "coverage",
        "support",
        "search",
        "filters",
        "sitemaps",
        "chronicle",
        "dossier",
        "rewording",
        "records",
        "citations",
        "agenda",
        "roles",
        "people",
        "desk",
        "effects",
        "typed",
    ],
    ["wording"],
    [
        "definitions",
        "cards",
        "charts",
        "lettering",
        "linked_data",
        "glyphs",
        "png",
        "pdf",
        "clocks",
        "days",
        "judgements",
        "addresses",
        "web_addresses",
        "xml_text",
    ],
    ["models"],
]
LAYER_OF = {name: depth for depth, names in enumerate(LAYERS) for name in names}
DRAWS = {"cards", "charts", "glyphs", "lettering"}


def sources(package: str) -> list[Path]:
    return [path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts]


def part_of(path: Path) -> str:
    """commitments/views/updates.py → views; commitments/clocks.py → clocks; commitments/__init__.py → ''."""
    first = path.relative_to(ROOT / "commitments").parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imported_modules(path: Path) -> Iterator[str]:
    """Absolute dotted names of everything that the file imports, at any depth of its code."""
    package = list(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    names = (module.split(".") for module in imported_modules(path))
    return {name[1] for name in names if name[0] == "commitments" and len(name) > 1} & set(LAYER_OF)


def test_every_part_of_the_app_has_its_layer() -> None:
    parts = {part_of(path) for path in sources("commitments")} - {""}

    assert parts <= set(LAYER_OF), f"Say in LAYERS where {sorted(parts - set(LAYER_OF))} belongs."


@pytest.mark.parametrize("path", sources("commitments"), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)

    upwards = {other for other in parts_imported(path) if part and LAYER_OF[other] < LAYER_OF[part]}

    assert not upwards


def test_models_know_nothing_of_ours_but_each_other() -> None:
    for path in sources("commitments/models"):
        assert parts_imported(path) <= {"models"}, path


def test_charts_know_no_model() -> None:
    for path in sources("commitments"):
        if part_of(path) in DRAWS:
            assert "models" not in parts_imported(path), path


def test_the_project_knows_no_word_of_the_domain() -> None:
    """It names the app where Django wants it named, and imports nothing from it."""
    nouns = {"commitment", "milestone", "assessment", "citation", "statusupdate", "edition"}
    for path in sources("partnership"):
        assert not [module for module in imported_modules(path) if module.split(".")[0] == "commitments"], path
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.name.lower() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {node.id.lower() for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not {name for name in names for noun in nouns if noun in name}, path


def test_the_back_arrow_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "commitments" / "models"
    folder.mkdir(parents=True)
    wrong = folder / "noun.py"
    wrong.write_text("def later():\n    from ..views import pages\n    from .. import publishing\n", "utf-8")
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)

    assert parts_imported(wrong) == {"views", "publishing"}


def attributes(path: Path) -> set[str]:
    """Dotted endings such as `pgtrigger.ignore`, and names imported on their own."""
    tree = ast.parse(path.read_text("utf-8"))
    dotted = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return dotted | set(imported_modules(path))


@pytest.mark.parametrize("package", ["commitments", "partnership"])
def test_nothing_switches_a_trigger_off(package: str) -> None:
    switches = ("pgtrigger.ignore", "pgtrigger.disable", "pgtrigger.uninstall", "pgtrigger.schema")
    for path in sources(package):
        assert not {name for name in attributes(path) if name.endswith(switches)}, path
        assert "session_replication_role" not in path.read_text("utf-8"), path


@pytest.mark.parametrize("package", ["commitments", "partnership"])
def test_no_signal_listens_to_a_save(package: str) -> None:
    listeners = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "receiver"}
    for path in sources(package):
        assert not {name for name in attributes(path) if name.rpartition(".")[2] in listeners}, path


def test_no_model_overrides_how_it_is_saved() -> None:
    for path in sources("commitments/models"):
        names = {
            node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        }
        assert not names & {"save", "delete", "full_clean", "bulk_create"}, path


def test_nothing_below_the_edge_reads_the_clock() -> None:
    clocks = ("timezone.now", "timezone.localdate", "datetime.now", "date.today", "datetime.today", "monotonic")
    for path in sources("commitments"):
        if LAYER_OF.get(part_of(path), 0) >= LAYER_OF["publishing"] and part_of(path) != "register":
            assert not {name for name in attributes(path) if name.endswith(clocks)}, path


def test_no_status_is_copied_into_a_column() -> None:
    for model in (Actor, Area, Commitment, Instrument, Source, StatusUpdate):
        for field in model._meta.concrete_fields:
            assert not set(dict(field.flatchoices)) & set(DeliveryStatus.values), field


@pytest.mark.parametrize("path", sorted((ROOT / "static").rglob("*.css")), ids=lambda path: path.name)
def test_no_stylesheet_was_torn(path: Path) -> None:
    """A browser drops what follows a brace that nobody closed, and says nothing."""
    depths = list(accumulate({"{": 1, "}": -1}.get(sign, 0) for sign in path.read_text("utf-8")))

    assert min(depths) == depths[-1] == 0
