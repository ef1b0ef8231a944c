"""The records of a page of results, in the words of the day asked for, with what was found marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef
from django.utils.safestring import SafeString

from ..clocks import Clocks
from ..models import (
    Area,
    Assessment,
    Commitment,
    Instrument,
    Source,
    StatusUpdate,
    english_stems,
    restore_labels,
)
from .asking import Question
from .finding import Hit, RecordKind
from .folding import words_of
from .marking import Marker, Passage, Text


@dataclass(frozen=True)
class Result:
    """`record` is a Commitment with its status, an Instrument, a StatusUpdate with `corrected_by`, or a Source."""

    kind: RecordKind
    record: Any
    title: SafeString
    passages: list[Passage]
    area: Area | None = None
    is_withdrawn: bool = False


def show(hits: Sequence[Hit], question: Question, clocks: Clocks, areas: Iterable[Area]) -> list[Result]:
    """Five queries, and one more on a past known-on day, which also restores the labels of `areas`."""
    rows = {kind: _load(kind, [hit.key for hit in hits if hit.kind == kind], clocks) for kind in RecordKind}
    areas = list(areas)
    labelled: list[Model] = [row for kind in RecordKind if kind != RecordKind.UPDATE for row in rows[kind].values()]
    restore_labels([*labelled, *areas], clocks.known_on)
    shown = [(hit.kind, rows[hit.kind][hit.key]) for hit in hits]
    texts = [(_title(row), TEXTS[kind](row)) for kind, row in shown]
    marker = Marker(question, english_stems(_words(question, texts)))
    by_id = {area.pk: area for area in areas}
    return [
        Result(
            kind,
            row,
            marker.mark(title),
            marker.passages(passages),
            by_id.get(row.area_id) if kind == RecordKind.COMMITMENT else None,
            kind == RecordKind.COMMITMENT and row.is_withdrawn(clocks.known_on),
        )
        for (kind, row), (title, passages) in zip(shown, texts, strict=True)
    ]


def _load(kind: RecordKind, keys: Sequence[int], clocks: Clocks) -> Mapping[int, Any]:
    if kind == RecordKind.COMMITMENT:
        return Commitment.objects.with_status(clocks.as_of, clocks.known_on).in_bulk(keys)
    if kind == RecordKind.INSTRUMENT:
        return Instrument.objects.in_bulk(keys)
    if kind == RecordKind.SOURCE:
        return Source.objects.in_bulk(keys)
    made = Assessment.objects.filter(update=OuterRef("pk")).order_by("position", "id")
    updates = StatusUpdate.objects.with_correction(clocks.known_on).select_related("corrects")
    return updates.annotate(
        references=ArraySubquery(made.values("commitment__reference")),
        reasonings=ArraySubquery(made.values("reasoning")),
    ).in_bulk(keys)


def _title(record: Any) -> str:
    return str(record.title)


def _of_commitment(row: Commitment) -> list[Text]:
    return [
        Text(row.summary),
        Text(row.title_ja, "ja"),
        Text(row.wording_text, row.wording_language),
        *(Text(words) for words in (row.fulfilled_when, *row.progress_looks_like, row.deadline_wording, row.note)),
    ]


def _of_instrument(row: Instrument) -> list[Text]:
    return [Text(row.description), Text(row.title_ja, "ja")]


def _of_update(row: Any) -> list[Text]:
    return [Text(words) for words in (row.summary, *row.reasonings, row.correction_reason, row.note)]


def _of_source(row: Source) -> list[Text]:
    return [Text(words) for words in (row.note, row.url, row.publisher)]


TEXTS: Mapping[RecordKind, Callable[[Any], list[Text]]] = {
    RecordKind.COMMITMENT: _of_commitment,
    RecordKind.INSTRUMENT: _of_instrument,
    RecordKind.UPDATE: _of_update,
    RecordKind.SOURCE: _of_source,
}


def _words(question: Question, texts: Iterable[tuple[str, Sequence[Text]]]) -> set[str]:
    """All that a marker compares."""
    said = (text for title, passages in texts for text in (title, *(passage.words for passage in passages)))
    return {word for text in said for word in words_of(text)} | {
        word for term in question.wanted for word in term.words
    }
