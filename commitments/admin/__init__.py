"""The editors' desk: one noun a file."""

from . import (
    actor,
    area,
    check,
    commitment,
    discrepancy,
    history,
    instrument,
    milestone,
    people,
    source,
    spreadsheets,
    update,
)

__all__ = [
    "actor",
    "area",
    "check",
    "commitment",
    "discrepancy",
    "history",
    "instrument",
    "milestone",
    "people",
    "source",
    "spreadsheets",
    "update",
]
