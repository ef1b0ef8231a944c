"""What a reader typed, as terms, and the terms as a query of the database."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Value
from django.utils.translation import gettext as _

from ..clocks import BadQuery
from .folding import JAPANESE, SPACE, fold, words_of

# A title of a source has at most 300.
MOST_CHARACTERS = 400
# Beginnings of one letter would have half of the register looked through.
SHORTEST_BEGINNING = 2
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"') | {"−": "-"})
TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)(?:"|\Z)|(?P<word>[^\s"]+))')
UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")

IN_TITLE = "A"


class Lexemes(SearchQuery):
    """Lexemes that are taken as they are, past the parser of PostgreSQL."""

    template = "%s::tsquery"

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_options: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.get_source_expressions()[-1])
        return self.template % sql, params


class Without(Lexemes):
    template = "!!(%s)"


@dataclass(frozen=True)
class Term:
    """One word or phrase: `words`, or of a Japanese one its `text`, both folded; `said` is the latter as typed."""

    words: tuple[str, ...]
    text: str = ""
    said: str = field(default="", compare=False, kw_only=True)
    is_quoted: bool = False
    is_excluded: bool = False
    is_beginning: bool = False

    def condition(self, weight: str = "") -> Any:
        """In a field of this weight ("": any)."""
        if self.text:
            return _followed([f"~{pair}" for pair in _pairs(self.text)], weight, is_beginning=len(self.text) == 1)
        exact = _followed([f"={word}" for word in self.words], weight, is_beginning=self.is_beginning)
        if self.is_quoted:
            return exact
        suffix = f":{weight}" if weight else ""
        stems = " <-> ".join(f"'{word}'{suffix}" for word in self.words)
        english = SearchQuery(stems, config="english", search_type="raw")
        return english | exact if self.is_beginning else english

    def typed(self, words: tuple[str, ...] | None = None) -> str:
        """As one would type it, with other words in place of its own."""
        said = self.said or ("-" if not self.is_quoted else " ").join(words or self.words)
        return f"{'-' * self.is_excluded}{chr(34) * self.is_quoted}{said}{chr(34) * self.is_quoted}"


@dataclass(frozen=True)
class Question:
    """`typed` is what to show the reader again."""

    typed: str = ""
    terms: list[Term] = field(default_factory=list)

    @property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.is_excluded]

    @property
    def excluded(self) -> list[Term]:
        return [term for term in self.terms if term.is_excluded]

    def wanted_condition(self, weight: str = "") -> Any:
        return reduce(and_, [term.condition(weight) for term in self.wanted])

    def condition(self) -> Any:
        """Needs one term at least that is wanted."""
        return reduce(and_, [self.wanted_condition(), *(Without(term.condition()) for term in self.excluded)])


def read_question(typed: str) -> Question:
    """From any text at all. Raises BadQuery for one that is too long."""
    clean = UNPRINTED.sub(" ", typed.encode("utf-8", "replace").decode())
    clean = " ".join(clean.split())
    if len(clean) > MOST_CHARACTERS:
        raise BadQuery(
            _("A search has at most %(most)d characters; this one has %(number)d.")
            % {"most": MOST_CHARACTERS, "number": len(clean)}
        )
    found = TERM.finditer(unicodedata.normalize("NFKC", clean).translate(QUOTES))
    terms = dict.fromkeys(term for match in found if (term := _term(match)) is not None)
    return Question(clean, _with_last_as_beginning(list(terms)))


def _term(match: re.Match[str]) -> Term | None:
    """None where nothing is left that could be searched."""
    is_excluded, is_quoted = bool(match["minus"]), match["word"] is None
    said = match["phrase"] if is_quoted else match["word"]
    if JAPANESE.search(said):
        text, shown = (SPACE.sub(" ", each).strip(" *") for each in (fold(said), said))
        return Term((), text, is_quoted, is_excluded, said=shown)
    words = tuple(words_of(said))
    if not words:
        return None
    is_beginning = not is_quoted and said.endswith("*") and len(words[-1]) >= SHORTEST_BEGINNING
    return Term(words, "", is_quoted, is_excluded, is_beginning)


def _with_last_as_beginning(terms: list[Term]) -> list[Term]:
    """The last word wanted may still be being typed. So no search is left with words alone that English leaves out."""
    last = next((term for term in reversed(terms) if not (term.is_excluded or term.text or term.is_quoted)), None)
    return [Term(term.words, is_beginning=True) if term is last else term for term in terms]


def _pairs(text: str) -> list[str]:
    return [text[place : place + 2] for place in range(len(text) - 1)] or [text]


def _followed(lexemes: list[str], weight: str, *, is_beginning: bool) -> Lexemes:
    """These lexemes one after the other; of the last, perhaps only the beginning."""
    quoted = ["'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'" for lexeme in lexemes]
    within = [f"{lexeme}:{weight}" if weight else lexeme for lexeme in quoted[:-1]]
    suffix = "*" * is_beginning + weight
    return Lexemes(Value(" <-> ".join([*within, f"{quoted[-1]}:{suffix}" if suffix else quoted[-1]])))
