"""What the search reads of each record: a row beside it, so that no trail or revision carries a copy of its text.

Triggers of the records call functions of the database (`commitments_index_…`, in the migration `search`), which write
these rows. A vector holds three kinds of lexemes, each weighted A in a title and B elsewhere:

word        the stem of an English word
=word       the word itself, for quoted phrases and for beginnings of words
~日本       two neighbouring characters of a text that holds Japanese, for substrings; of kana always the katakana

What of a record is searched is said in the functions alone; who may see the record, in its queryset's `published`.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from .commitment import Commitment
from .instrument import Instrument
from .source import Source
from .status_update import StatusUpdate


class Words(models.Model):
    vector = SearchVectorField()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class CommitmentWords(Words):
    """Of a published commitment, with the names of its area and its actors."""

    commitment = models.OneToOneField(Commitment, on_delete=models.DO_NOTHING, primary_key=True, related_name="words")

    class Meta(Words.Meta):
        indexes = [GinIndex(fields=["vector"], name="commitment_words")]


class InstrumentWords(Words):
    instrument = models.OneToOneField(Instrument, on_delete=models.DO_NOTHING, primary_key=True, related_name="words")

    class Meta(Words.Meta):
        indexes = [GinIndex(fields=["vector"], name="instrument_words")]


class UpdateWords(Words):
    """Of a published update, with its assessments and the places it cites."""

    update = models.OneToOneField(StatusUpdate, on_delete=models.DO_NOTHING, primary_key=True, related_name="words")

    class Meta(Words.Meta):
        indexes = [GinIndex(fields=["vector"], name="update_words")]


class SourceWords(Words):
    source = models.OneToOneField(Source, on_delete=models.DO_NOTHING, primary_key=True, related_name="words")

    class Meta(Words.Meta):
        indexes = [GinIndex(fields=["vector"], name="source_words")]


def english_stems(words: Collection[str]) -> dict[str, str]:
    """The stem under which each of these folded words is indexed; "" for one that is left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, coalesce((ts_lexize('english_stem', word))[1], '') FROM unnest(%s::text[]) AS word",
            [list(words)],
        )
        return dict(cursor.fetchall())
