"""One cell: what is written into it, and what a spreadsheet may have made of it since."""

from __future__ import annotations

import datetime
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from ..models import Precision
from ..register.schema import Field
from .layout import NUMBER

# A number beyond these digits has lost some of them in the spreadsheet.
EXACT_DIGITS = 15
# Before this day the spreadsheet's calendar has an error that nobody mends.
FIRST_DAY = datetime.date(1900, 3, 1)
MONTH = re.compile(r"\d{4}-\d{2}\Z", re.ASCII)
YEAR = re.compile(r"\d{4}\Z", re.ASCII)

# What XML cannot hold, or would change, and what reads like the escape of it.
UNSAFE_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4})")
ESCAPED_IN_XML = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What a spreadsheet would take for a formula, were it not for an apostrophe. East Asian ones read the wide signs, too.
BEGINS_FORMULA = r"[=+\-@\t\r\n＝＋－＠]"
FORMULA = re.compile(rf"'*{BEGINS_FORMULA}")
TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
DEFUSED = re.compile(rf"'+{BEGINS_FORMULA}")


class BadCell(ValueError):
    """The sentence says what is wrong with the cell."""


@dataclass(frozen=True)
class Unreadable:
    """A cell that is there and has no value of its own."""

    message: str


def escaped_for_xml(text: str) -> str:
    """The convention of the format: _xHHHH_ stands for a character."""
    return UNSAFE_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped_from_xml(text: str) -> str:
    return ESCAPED_IN_XML.sub(lambda found: chr(int(found[1], 16)), text)


def defused(text: str) -> str:
    """An apostrophe before what would run as a formula once the file is opened; `undefused` takes it off again."""
    return f"'{text}" if FORMULA.match(text) else text


def undefused(text: str) -> str:
    return text[1:] if DEFUSED.match(text) else text


def text_of(value: Any) -> str:
    """What stands in a file of text for this value of a record: a list as JSON, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return as_json(value) if isinstance(value, list) else str(value)


def as_json(value: Any) -> str:
    return TO_JSON.encode(value)


def plain_text(value: Any) -> str:
    """The same in a file for spreadsheet programs."""
    return defused(text_of(value))


def value_of(cell: Any, field: Field) -> Any:
    """The value that a cell means for this field; a text stays as it is. Raises BadCell."""
    if isinstance(cell, Unreadable):
        raise BadCell(cell.message)
    if field.kind is bool:
        return _flag(cell)
    if field.kind is int:
        return _number(cell)
    return _day(cell) if field.is_date else _text(cell)


def _flag(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().lower() in ("true", "false"):
        return cell.strip().lower() == "true"
    raise BadCell("must be true or false")


def _number(cell: Any) -> int:
    text = _text(cell)
    if not NUMBER.match(text):
        raise BadCell("must be a whole number from 1 to 999999999")
    return int(text)


def _day(cell: Any) -> str:
    if isinstance(cell, datetime.datetime):
        if cell.time() != datetime.time.min:
            raise BadCell("a day with a time of day: leave the time out")
        return cell.date().isoformat()
    return cell.isoformat() if type(cell) is datetime.date else _text(cell)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        raise BadCell("true or false, made by the spreadsheet: format the cell as text and type it again")
    if isinstance(cell, int | float):
        return _digits(cell)
    raise BadCell("a date or a time, made by the spreadsheet: format the cell as text and type it again")


def _digits(number: float) -> str:
    if not math.isfinite(number) or abs(number) >= 10**EXACT_DIGITS:
        raise BadCell("a number that the spreadsheet has rounded: format the cell as text and type it again")
    return str(int(number)) if number == int(number) else repr(number)


def whole_date(text: str) -> tuple[str, Precision]:
    """The first day of what is written as a day, a month or a year, and which of them it is."""
    if MONTH.match(text):
        return f"{text}-01", Precision.MONTH
    if YEAR.match(text):
        return f"{text}-01-01", Precision.YEAR
    return text, Precision.DAY
