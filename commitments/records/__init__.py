"""What a machine reads of each dataset: one definition, from which files, schemas, the dictionary and the API come.

How to use it, inside the snapshot of `@public`:

    DATASETS["updates"].read(clocks)                    all records, as dicts, streamed
    whole = Whole(clocks)
    DATASETS["areas"].records_of(whole)                 the same of several datasets, what they share read once
    record_counts(clocks)                               how many most datasets have
    reading.updates(clocks, rows)                       those of a queryset: filtered, ordered, cut to a page
    reading.commitments(clocks, filter.apply(listed_rows(clocks)))      those that the page lists, in its order
    UpdateRecord                                        the class for a response model; `columns(UpdateRecord)`
    DATASETS["updates"].keys                            where its columns lead

A record is a dict with the values of its class (`shapes.py`) and is not validated again: whoever answers with a class
has it validated there, a page at a time. An iterator reads the database while it is consumed, so consume it before the
snapshot ends. Both clocks hold for everything; a past known-on day gives the words of that day.
"""

from . import reading
from .counting import record_counts
from .datasets import DATASETS, Dataset
from .reading import Record
from .shapes import (
    ActorRecord,
    AreaRecord,
    AssessmentRecord,
    CheckRecord,
    CitationRecord,
    Column,
    CommitmentRecord,
    InstrumentRecord,
    MilestoneRecord,
    SourceRecord,
    UpdateRecord,
    columns,
)
from .whole import Whole

__all__ = [
    "DATASETS",
    "ActorRecord",
    "AreaRecord",
    "AssessmentRecord",
    "CheckRecord",
    "CitationRecord",
    "Column",
    "CommitmentRecord",
    "Dataset",
    "InstrumentRecord",
    "MilestoneRecord",
    "Record",
    "SourceRecord",
    "UpdateRecord",
    "Whole",
    "columns",
    "reading",
    "record_counts",
]
