"""Reading files back, as whoever downloaded them would."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import Any

from django.test import Client
from openpyxl import load_workbook

from commitments.exports.formats import FORMATS
from commitments.exports.tables import Table
from commitments.records import Column
from commitments.spreadsheets.cells import unescaped_from_xml
from tests.answers import body


def download(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return body(response)


def written(table: Table, extension: str) -> bytes:
    output = io.BytesIO()
    FORMATS[extension].write(table, output)
    return output.getvalue()


def read(content: bytes, extension: str, columns: list[Column], name: str) -> list[dict[str, Any]]:
    """The records in a file of this format, as they were before it was written."""
    if extension == "json":
        return [_from_json(record, columns) for record in json.loads(content)[name]]
    if extension == "jsonl":
        return [_from_json(json.loads(line), columns) for line in content.decode().split("\n")[:-1]]
    if extension == "xlsx":
        return list(_from_workbook(content, columns))
    lines = csv_lines(content)
    if extension == "safe.csv":
        lines = [
            [cell.removeprefix("'") if cell[:1] == "'" and _is_defused(cell) else cell for cell in line]
            for line in lines
        ]
    return [_from_text(dict(zip(lines[0], line, strict=True)), columns) for line in lines[1:]]


def csv_lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _is_defused(cell: str) -> bool:
    return cell.lstrip("'")[:1] in set("=+-@\t\r\n＝＋－＠")


def _from_json(record: dict[str, Any], columns: list[Column]) -> dict[str, Any]:
    days = [column.name for column in columns if column.kind is datetime.date]
    return record | {name: datetime.date.fromisoformat(record[name]) for name in days if record[name]}


def _from_text(record: dict[str, str], columns: list[Column]) -> dict[str, Any]:
    readers: dict[str, Any] = {
        "integer": int,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": datetime.date.fromisoformat,
        "array": json.loads,
    }
    return {
        column.name: readers.get(column.type_name, str)(record[column.name]) if record[column.name] else None
        for column in columns
    }


def _from_workbook(content: bytes, columns: list[Column]) -> Any:
    page = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    header, *rows = page.iter_rows()
    assert [cell.value for cell in header] == [column.name for column in columns]
    for row in rows:
        values = [cell.value for cell in row] + [None] * (len(columns) - len(row))
        assert "f" not in {cell.data_type for cell in row}
        yield {column.name: _from_cell(value, column) for column, value in zip(columns, values, strict=True)}


def _from_cell(value: Any, column: Column) -> Any:
    if column.kind is datetime.date and value:
        return value.date() if isinstance(value, datetime.datetime) else datetime.date.fromisoformat(value)
    # The escape of the format, which openpyxl leaves in place.
    text = unescaped_from_xml(value) if isinstance(value, str) else value
    return json.loads(text) if column.kind is list else text
