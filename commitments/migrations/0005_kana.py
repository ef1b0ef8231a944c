from collections.abc import Iterator

from django.db import migrations

# Every hiragana that has a katakana, 96 places further on.
HIRAGANA = ''.join(map(chr, [*range(0x3041, 0x3097), 0x309D, 0x309E]))
KATAKANA = ''.join(chr(ord(kana) + 96) for kana in HIRAGANA)

FOLD = r"""
CREATE OR REPLACE FUNCTION commitments_fold(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(normalize({bare}, NFKC))
$$;
"""
BARE = r"regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g')"

# Before marks of voice and kana become one character again: some have one in katakana alone.
WITHOUT_HIRAGANA = FOLD.format(bare=f"translate({BARE}, '{HIRAGANA}', '{KATAKANA}')")
WITH_HIRAGANA = FOLD.format(bare=BARE)

NOUNS = {
    'commitments': 'commitment',
    'instruments': 'instrument',
    'updates': 'update',
    'sources': 'source',
}


def index_again() -> Iterator[str]:
    """What holds kana; of most registers that is little."""
    for name, noun in NOUNS.items():
        yield (
            f'SELECT commitments_index_{name}(ARRAY('
            f"SELECT {noun}_id FROM commitments_{noun}words WHERE vector::text ~ '[\u3041-\u30ff]'))"
        )


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0004_support'),
    ]

    operations = [
        # Operations are taken back from the last: either way the function is there before it is used.
        migrations.RunSQL(migrations.RunSQL.noop, [*index_again()]),
        migrations.RunSQL(WITHOUT_HIRAGANA, WITH_HIRAGANA),
        migrations.RunSQL([*index_again()], migrations.RunSQL.noop),
    ]
