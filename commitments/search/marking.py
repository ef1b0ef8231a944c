"""Where a text carries what was asked for: passages, with the places marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .asking import Question, Term
from .folding import Folded

LONGEST_PASSAGE = 240
BEFORE = 70
MOST_PASSAGES = 2
ELLIPSIS = "…"
Span = tuple[int, int]


@dataclass(frozen=True)
class Text:
    """Some words of a record, in their language ("": that of the page)."""

    words: str
    language: str = ""


@dataclass(frozen=True)
class Passage:
    html: SafeString
    language: str = ""


@dataclass(frozen=True)
class Marker:
    """`stems` are those of every word that may be met; see `english_stems`."""

    question: Question
    stems: Mapping[str, str]

    def mark(self, text: str) -> SafeString:
        """All of the text."""
        return _html(text, _merged(span for spans in self._spans(text) for span in spans), 0, len(text))

    def passages(self, texts: Sequence[Text]) -> list[Passage]:
        """From the text that carries the most of the question, and one from another that carries what is missing there.

        Where none carries any, the beginning of the first.
        """
        found = [(text, self._spans(text.words)) for text in texts if text.words]
        wanted = set(range(len(self.question.wanted)))
        shown: list[Passage] = []
        while found and wanted and len(shown) < MOST_PASSAGES:
            text, spans = max(found, key=lambda pair: len(_carried(pair[1]) & wanted))
            if shown and not _carried(spans) & wanted:
                break
            merged = _merged(span for of_term in spans for span in of_term)
            shown.append(Passage(_html(text.words, merged, *_window(text.words, merged)), text.language))
            wanted -= _carried(spans)
            found.remove((text, spans))
        return shown

    def _spans(self, text: str) -> list[list[Span]]:
        """For each term wanted, where it stands."""
        folded = Folded.of(text)
        words = folded.words()
        return [
            [folded.span(*span) for span in self._places(term, folded.text, words)] for term in self.question.wanted
        ]

    def _places(self, term: Term, folded: str, words: Sequence[tuple[str, int, int]]) -> Iterator[Span]:
        if term.text:
            place = folded.find(term.text)
            while place >= 0:
                yield place, place + len(term.text)
                place = folded.find(term.text, place + len(term.text))
            return
        for first in range(len(words) - len(term.words) + 1):
            run = words[first : first + len(term.words)]
            if self._is_said(term, [word for word, _start, _end in run]):
                yield run[0][1], run[-1][2]

    def _is_said(self, term: Term, run: Sequence[str]) -> bool:
        if tuple(run) == term.words:
            return True
        if term.is_beginning and tuple(run[:-1]) == term.words[:-1] and run[-1].startswith(term.words[-1]):
            return True
        return not term.is_quoted and all(
            self.stems.get(word) and self.stems.get(word) == self.stems.get(wanted)
            for word, wanted in zip(run, term.words, strict=True)
        )


def _carried(spans: Sequence[Sequence[Span]]) -> set[int]:
    """Which of the terms stand there."""
    return {number for number, of_term in enumerate(spans) if of_term}


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, spans: Sequence[Span]) -> Span:
    """About the first place, cut between words."""
    if len(text) <= LONGEST_PASSAGE:
        return 0, len(text)
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or start
    end = min(len(text), start + LONGEST_PASSAGE)
    if end < len(text):
        last = text.rfind(" ", start + LONGEST_PASSAGE // 2, end)
        end = last if last > 0 else end
    return start, end


def _html(text: str, spans: Sequence[Span], start: int, end: int) -> SafeString:
    """The marks alone are markup."""
    pieces = [ELLIPSIS if start else ""]
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces += [text[start:first], format_html("<mark>{}</mark>", text[first:last])]
            start = last
    pieces += [text[start:end], ELLIPSIS if end < len(text) else ""]
    return format_html_join("", "{}", ((piece,) for piece in pieces))
