"""All datasets as one ZIP file: a Frictionless Data Package with its schema, dictionary, licence and checksums."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..records import DATASETS, Column, Dataset, Whole
from ..spreadsheets.files import entry
from .dictionary import dictionary
from .formats import write_csv
from .tables import LICENCE, PREFIX, Table, days

FOLDER = "data"
SUBJECT = _("What the EU and Japan promised each other, what has happened, and who says so.")
CREDIT = _("Titles and quotations of cited sources remain under the terms of their publishers.")


class Measured(io.RawIOBase):
    """Counts and digests what goes through it, to an output that stays open."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._digest.update(data)
        self.size += len(data)
        self._output.write(data)
        return len(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def write_package(clocks: Clocks, file: IO[bytes]) -> None:
    """The files are those that each dataset has alone, to the byte."""
    whole = Whole(clocks)
    measures: dict[str, Measured] = {}
    with zipfile.ZipFile(file, "w") as archive:
        for dataset in DATASETS.values():
            name = path_of(dataset)
            with archive.open(entry(name), "w") as part:
                measures[name] = Measured(part)
                with io.BufferedWriter(measures[name]) as output:
                    write_csv(Table.of(dataset, dataset.records_of(whole), clocks), output)
        texts = {
            "datapackage.json": json.dumps(descriptor(clocks, measures), ensure_ascii=False, indent=2) + "\n",
            "data-dictionary.md": dictionary(clocks),
            "LICENSE": (settings.BASE_DIR / "LICENSE-DATA").read_text("utf-8"),
        }
        for name, text in texts.items():
            with archive.open(entry(name), "w") as part:
                measures[name] = Measured(part)
                measures[name].write(text.encode())
        sums = "".join(f"{measure.sha256}  {name}\n" for name, measure in measures.items())
        archive.writestr(entry("SHA256SUMS"), sums)


def path_of(dataset: Dataset) -> str:
    return f"{FOLDER}/{dataset.name}.csv"


def descriptor(clocks: Clocks, measures: dict[str, Measured]) -> dict[str, Any]:
    """datapackage.json; the days are those of both clocks, and nothing in it reads another."""
    return {
        "profile": "tabular-data-package",
        "name": f"{PREFIX}-commitments",
        "title": gettext("The register of the EU–Japan Commitment Tracker"),
        "description": f"{SUBJECT} {CREDIT}",
        "homepage": settings.SITE_URL,
        **days(clocks),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE, "title": "Creative Commons Attribution 4.0"}],
        "resources": [_resource(dataset, measures[path_of(dataset)]) for dataset in DATASETS.values()],
    }


def _resource(dataset: Dataset, measure: Measured) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": dataset.name,
        "title": str(dataset.title),
        "description": dataset.description,
        "path": path_of(dataset),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": measure.size,
        "hash": f"sha256:{measure.sha256}",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n", "header": True},
        "schema": schema(dataset),
    }


def schema(dataset: Dataset) -> dict[str, Any]:
    """Table Schema of one dataset."""
    keys = [
        # A dataset names itself by nothing.
        {"fields": [column], "reference": {"resource": "" if other == dataset.name else other, "fields": [field]}}
        for column, (other, field) in dataset.keys.items()
    ]
    return {
        "fields": [_field(column) for column in dataset.columns],
        "missingValues": [""],
        "primaryKey": list(dataset.key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.is_required else {}
    if column.values:
        constraints["enum"] = column.values
    if column.longest:
        constraints["maxLength"] = column.longest
    field: dict[str, Any] = {"name": column.name, "type": column.type_name, "description": column.description}
    if column.type_name == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    return field | ({"constraints": constraints} if constraints else {})
