"""Text as it is compared. The database folds in the same way (`commitments_fold`, `commitments_vector`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ACCENTS = re.compile(r"[\u0300-\u036f]")
SPACE = re.compile(r"[ \t\n\r\f\v]+")
WORD = re.compile(r"[0-9a-z\u00aa\u00b5\u00ba\u00df-\u00f6\u00f8-\u1fff\u2c00-\u2dff\ua000-\ud7ff]+")
JAPANESE = re.compile(
    r"[\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]",
)
# Marks of a voiced sound that follow their kana as characters of their own; NFKC makes one of the two.
VOICING = "\u3099\u309a\uff9e\uff9f"
KATAKANA = {hiragana: hiragana + 96 for hiragana in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
LONGEST_WORD = 100


def fold(text: str) -> str:
    """Without accents, in one width (ｻｲﾊﾞｰ is サイバー), in one kana (さいばー is サイバー), in small letters."""
    apart = ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(KATAKANA)
    bare = unicodedata.normalize("NFKC", apart)
    # Letter by letter, as the database does it: Python makes a Σ at the end of a word another letter.
    return "".join(letter.lower() for letter in bare)


def words_of(text: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in WORD.findall(fold(text))]


@dataclass(frozen=True)
class Folded:
    """A folded text that knows from where in the original each of its characters came."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, original: str) -> Folded:
        if original.isascii():
            return cls(original.lower(), range(len(original)), range(1, len(original) + 1))
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for start, end in _clusters(original):
            folded = fold(original[start:end])
            letters.append(folded)
            starts += [start] * len(folded)
            ends += [end] * len(folded)
        return cls("".join(letters), starts, ends)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Of the original, for a span of the folded text that is not empty."""
        return self.starts[start], self.ends[end - 1]

    def words(self) -> list[tuple[str, int, int]]:
        return [(match[0][:LONGEST_WORD], match.start(), match.end()) for match in WORD.finditer(self.text)]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Each character with the marks that belong to it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not (unicodedata.combining(text[place]) or text[place] in VOICING):
            yield start, place
            start = place
