"""What a reader may have meant: the nearest words of what was public on the day asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..clocks import Clocks
from ..models import Area, Commitment, Source, StatusUpdate, restore_labels
from .asking import Question, Term, read_question
from .finding import find
from .folding import words_of

# Of updates the newest are read, so that the cost does not follow what has happened; their words recur.
LATEST = 500
SHORTEST = 4
NEAR = 0.7
CANDIDATES = 5


def respelt(question: Question, clocks: Clocks, areas: Iterable[Area]) -> Question:
    """The question with each word that nobody used replaced by the nearest one, if any is near.

    Three queries, or four on a past known-on day; `areas` are read in the words that they have.
    """
    known = vocabulary(clocks, areas)
    return read_question(" ".join(_respelt(term, known) for term in question.terms))


def respelling(question: Question, clocks: Clocks, areas: Iterable[Area]) -> Question | None:
    """The same, where it is another question and finds something."""
    meant = respelt(question, clocks, areas)
    return meant if meant.terms != question.terms and find(meant, clocks).hits else None


def vocabulary(clocks: Clocks, areas: Iterable[Area]) -> Counter[str]:
    """The words of the register on that day, with how often each is said."""
    commitments = list(
        Commitment.objects.published(clocks.as_of, clocks.known_on).select_related("instrument").order_by("pk")
    )
    instruments = list({row.instrument_id: row.instrument for row in commitments}.values())
    sources = list(Source.objects.published(clocks.as_of, clocks.known_on).order_by("pk"))
    restore_labels([*commitments, *instruments, *sources], clocks.known_on)
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).order_by("-number")
    said = [
        *(f"{area.name} {area.name_ja}" for area in areas),
        *(f"{row.title} {row.summary}" for row in commitments),
        *(row.title for row in instruments),
        *(f"{row.title} {row.publisher}" for row in sources),
        *(f"{title} {summary}" for title, summary in updates.values_list("title", "summary")[:LATEST]),
    ]
    return Counter(word for text in said for word in words_of(text))


def _respelt(term: Term, known: Counter[str]) -> str:
    if term.text or term.is_excluded:
        return term.typed()
    return term.typed(tuple(_nearest(word, known) for word in term.words))


def _nearest(word: str, known: Counter[str]) -> str:
    """The word itself where it is known, or too short to be told from others. Of words as near, the commonest."""
    if len(word) < SHORTEST or word in known:
        return word
    near = process.extract(
        word, list(known), scorer=OSA.normalized_similarity, score_cutoff=NEAR, limit=CANDIDATES, processor=None
    )
    return max(near, key=lambda match: (match[1], known[match[0]]), default=(word,))[0]
