"""What stands in a reference, and that reference managers read back every sign of it."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from commitments.citations import (
    FORMATS,
    Work,
    cite_commitment,
    cite_picture,
    cite_source,
    cite_update,
    one_line,
)
from commitments.clocks import Clocks
from commitments.models import Commitment, Instrument, Source, StatusUpdate
from tests.factories import moment

TODAY = datetime.date(2026, 11, 27)
YESTERDAY = datetime.date(2026, 11, 26)
LONG_AGO = datetime.date(2026, 1, 5)
ROOT = "https://tracker.example.org"
HARD = "Ｅ日本語　& 50% {a} \\alpha ~ ^ #1 $2 _3 \"q\" 'r' ''s'' `t` ``u`` --v --- ?` ,, << >> @w{x} = é"

hard_text = st.text(st.one_of(st.sampled_from(HARD + "\n\r\t;"), st.characters(exclude_categories=["Cs"])), max_size=60)


def decoder() -> LatexNodes2Text:
    """That of bibtexparser, with three commands of every LaTeX that it reads otherwise, or not at all."""
    commands = get_default_latex_context_db()
    signs = {"textasciicircum": "^", "textbraceleft": "{", "textbraceright": "}"}
    commands.add_context_category(
        "signs", macros=[MacroTextSpec(name, simplify_repl=sign) for name, sign in signs.items()], prepend=True
    )
    return LatexNodes2Text(latex_context=commands, keep_braced_groups=False, math_mode="verbatim")


def read_bibtex(text: str) -> dict[str, str]:
    """The address as it stands, all else as LaTeX would print it."""
    plain, decoded = (
        bibtexparser.parse_string(text, append_middleware=middleware)
        for middleware in ([], [LatexDecodingMiddleware(decoder=decoder())])
    )
    assert not plain.failed_blocks
    [entry], [printed] = plain.entries, decoded.entries
    fields = {field.key: str(field.value) for field in printed.fields}
    return {**fields, "url": str(entry["url"]), "key": entry.key}


def read_ris(text: str) -> dict[str, Any]:
    [entry] = rispy.loads(text)
    return dict(entry)


def source(**fields: Any) -> Source:
    defaults = {
        "slug": "made-up-source",
        "url": "https://example.org/a_b?c=d&e=%E3%81%82#f~g",
        "title": "Made-up title",
        "publisher": "Example Gazette",
        "language": "ja",
        "published_on": datetime.date(2025, 7, 1),
        "published_precision": "month",
        "accessed_on": LONG_AGO,
    }
    return Source(**defaults | fields)


def commitment(published_on: datetime.date = LONG_AGO, **fields: Any) -> Commitment:
    instrument = Instrument(adopted_by=datetime.date(2024, 11, 1))
    defaults = {"reference": "EUJP-07", "title": "Made-up pledge", "summary": "Made up.", "instrument": instrument}
    return Commitment(published_at=moment(published_on), **defaults | fields)


def update(published_on: datetime.date = LONG_AGO, **fields: Any) -> StatusUpdate:
    defaults = {"number": 31, "title": "Made-up event", "summary": "Made up.", "happened_by": LONG_AGO}
    return StatusUpdate(published_at=moment(published_on), **defaults | fields)


class TestEverySignSurvives:
    @given(title=hard_text, publisher=hard_text)
    def test_bibtex(self, title: str, publisher: str) -> None:
        work = cite_source(source(title=f"x{title}", publisher=f"y{publisher}"))

        read = read_bibtex(FORMATS["bib"].write(work))

        assert (read["title"], read["organization"]) == (one_line(f"x{title}"), one_line(f"y{publisher}"))
        assert read["url"] == work.url

    @given(title=hard_text, publisher=hard_text)
    def test_ris(self, title: str, publisher: str) -> None:
        work = cite_source(source(title=f"x{title}", publisher=f"y{publisher}"))

        read = read_ris(FORMATS["ris"].write(work))

        assert (read["title"], read["publisher"]) == (one_line(f"x{title}"), one_line(f"y{publisher}"))
        assert read["urls"] == [work.url]

    @given(title=hard_text, publisher=hard_text)
    def test_csl_json(self, title: str, publisher: str) -> None:
        work = cite_source(source(title=f"x{title}", publisher=f"y{publisher}"))

        [read] = json.loads(FORMATS["json"].write(work))

        assert (read["title"], read["publisher"]) == (one_line(f"x{title}"), one_line(f"y{publisher}"))

    def test_in_japanese_with_signs_of_every_format(self) -> None:
        work = cite_source(source(title=HARD))

        assert work.title == HARD
        assert read_bibtex(FORMATS["bib"].write(work))["title"] == HARD
        assert read_ris(FORMATS["ris"].write(work))["title"] == HARD

    @pytest.mark.parametrize("title", ["{", "}", "}{", "a{b", "{{}"])
    def test_a_brace_without_its_other_half_leaves_the_file_balanced(self, title: str) -> None:
        written = FORMATS["bib"].write(cite_source(source(title=title)))

        assert written.count("{") == written.count("}")
        assert read_bibtex(written)["title"] == title

    def test_no_sign_stands_bare_on_which_latex_acts(self) -> None:
        written = FORMATS["bib"].write(cite_source(source(title=HARD, url="https://example.org/")))

        assert not re.search(r"(?<!\\)[&%#$_^~]", written)

    def test_a_line_break_becomes_a_blank(self) -> None:
        assert one_line(" a\r\nb\u2028c\x00d  e ") == "a b c d e"


class TestOfTheTracker:
    def test_a_reference_to_the_page_of_today_is_pinned_to_yesterday(self) -> None:
        work = cite_commitment(commitment(), Clocks.at(TODAY), ROOT)

        assert work.url == f"{ROOT}/commitments/EUJP-07/?as_of=2026-11-26&known_on=2026-11-26"
        assert work.is_closed
        assert work.text == (
            "EU–Japan Commitment Tracker (26 Nov 2026): “EUJP-07: Made-up pledge”. "
            f"As of 26 Nov 2026, as known on 26 Nov 2026. {work.url}"
        )

    def test_a_past_page_is_cited_as_it_was_asked_for(self) -> None:
        clocks = Clocks(TODAY, as_of=datetime.date(2026, 2, 1), known_on=datetime.date(2026, 3, 1))

        work = cite_commitment(commitment(), clocks, ROOT)

        assert work.url.endswith("?as_of=2026-02-01&known_on=2026-03-01")
        assert work.accessed_on == clocks.known_on

    def test_what_was_published_today_is_cited_as_of_today_because_yesterday_does_not_know_it(self) -> None:
        work = cite_update(update(TODAY, happened_by=TODAY), Clocks.at(TODAY), ROOT)

        assert work.url == f"{ROOT}/updates/31/?as_of=2026-11-27&known_on=2026-11-27"
        assert not work.is_closed

    def test_an_update_is_dated_by_its_publication(self) -> None:
        work = cite_update(update(), Clocks.at(TODAY), ROOT)

        assert work.issued == "2026-01-05"
        assert work.notes == "Update 31. As of 26 Nov 2026, as known on 26 Nov 2026"

    def test_two_days_of_one_page_have_two_keys(self) -> None:
        days = (YESTERDAY, datetime.date(2026, 6, 1))

        keys = {cite_commitment(commitment(), Clocks(TODAY, as_of=day), ROOT).key for day in days}

        assert keys == {"EUJP-07.2026-11-26", "EUJP-07.2026-06-01"}

    def test_a_picture_is_cited_as_one(self) -> None:
        work = cite_picture("made-up", "Made-up picture", Clocks.at(TODAY), f"{ROOT}/made-up/")

        assert work.url == f"{ROOT}/made-up/?as_of=2026-11-26&known_on=2026-11-26"
        assert json.loads(FORMATS["json"].write(work))[0]["type"] == "graphic"
        assert read_ris(FORMATS["ris"].write(work))["type_of_reference"] == "FIGURE"

    def test_a_picture_that_was_chosen_by_its_address_keeps_the_choice(self) -> None:
        work = cite_picture("made-up", "Made-up picture", Clocks.at(TODAY), f"{ROOT}/made-up/?area=space", "lanes")

        assert work.url == f"{ROOT}/made-up/?area=space&as_of=2026-11-26&known_on=2026-11-26#lanes"

    def test_the_author_is_a_body_whose_name_is_not_taken_apart(self) -> None:
        work = cite_commitment(commitment(), Clocks.at(TODAY), ROOT)

        assert "author = {{EU–Japan Commitment Tracker}}" in FORMATS["bib"].write(work)
        assert json.loads(FORMATS["json"].write(work))[0]["author"] == [{"literal": "EU–Japan Commitment Tracker"}]


class TestOfASource:
    @pytest.mark.parametrize(
        ("precision", "on", "words", "iso", "ris_day", "csl_day"),
        [
            ("day", datetime.date(2025, 7, 23), "23 Jul 2025", "2025-07-23", "2025/07/23/", [2025, 7, 23]),
            ("month", datetime.date(2025, 7, 1), "Jul 2025", "2025-07", "2025/07//", [2025, 7]),
            ("year", datetime.date(2025, 1, 1), "2025", "2025", "2025///", [2025]),
        ],
    )
    def test_its_date_is_as_exact_as_it_is_known(
        self, precision: str, on: datetime.date, words: str, iso: str, ris_day: str, csl_day: list[int]
    ) -> None:
        work = cite_source(source(published_on=on, published_precision=precision))

        assert f"({words})" in work.text
        assert read_bibtex(FORMATS["bib"].write(work))["date"] == iso
        assert read_bibtex(FORMATS["bib"].write(work))["year"] == iso[:4]
        assert read_ris(FORMATS["ris"].write(work))["date"] == ris_day
        assert json.loads(FORMATS["json"].write(work))[0]["issued"] == {"date-parts": [csl_day]}

    def test_an_undated_one_says_so_and_invents_no_date(self) -> None:
        work = cite_source(source(published_on=None, published_precision=""))

        assert "(undated)" in work.text
        assert not {"date", "year"} & set(read_bibtex(FORMATS["bib"].write(work)))
        assert not {"date", "year"} & set(read_ris(FORMATS["ris"].write(work)))
        assert "issued" not in json.loads(FORMATS["json"].write(work))[0]

    def test_it_is_cited_at_its_own_address_with_the_day_on_which_it_was_read(self) -> None:
        work = cite_source(source(archived_url="https://archive.example.org/x", is_title_seen=False))

        assert work.text.startswith("Example Gazette (Jul 2025): “Made-up title”. Title supplied here")
        assert work.text.endswith(f"{work.url} (read on 5 Jan 2026)")
        assert "Archived copy: https://archive.example.org/x" in work.notes
        assert read_ris(FORMATS["ris"].write(work))["access_date"] == "2026/01/05/"

    def test_no_semicolon_parts_its_address_in_two(self) -> None:
        work = cite_source(source(url="https://example.org/a;b"))

        assert read_ris(FORMATS["ris"].write(work))["urls"] == ["https://example.org/a%3Bb"]


def test_a_file_holds_nothing_empty() -> None:
    work = Work("key", "Title", "", "https://example.org/", "", YESTERDAY)

    assert "= {}" not in FORMATS["bib"].write(work)
    assert "LA  -" not in FORMATS["ris"].write(work)
    assert '""' not in FORMATS["json"].write(work)
