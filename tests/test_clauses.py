from __future__ import annotations

import datetime

import pytest

from commitments.clauses import clauses, lineage
from commitments.clocks import Clocks
from commitments.overview import judged_set
from tests.factories import make_commitment, make_instrument

TODAY = datetime.date(2026, 6, 1)
NOW = Clocks.at(TODAY)

pytestmark = pytest.mark.django_db


def test_paragraphs_come_in_the_order_of_the_text_and_unconfirmed_ones_last() -> None:
    for paragraph in ("paragraph 10", "", "paragraph 6", "annex 1", "paragraph 6"):
        make_commitment(paragraph=paragraph)

    found = [(clause.paragraph, len(clause.rows)) for clause in clauses(judged_set(NOW))]

    assert found == [("annex 1", 1), ("paragraph 6", 2), ("paragraph 10", 1), ("", 1)]


def test_lineage_reads_both_ways() -> None:
    first, second = make_instrument(), make_instrument()
    earlier = make_commitment(instrument=first)
    later = make_commitment(instrument=second, follows=earlier, follows_relation="narrows")
    make_commitment(instrument=second)

    assert {pk: line.later for pk, line in lineage(first, NOW).items()} == {earlier.pk: [later]}
    assert {pk: line.earlier for pk, line in lineage(second, NOW).items()} == {later.pk: earlier}


def test_a_draft_follows_nothing_in_public() -> None:
    earlier = make_commitment()
    make_commitment(published=False, follows=earlier, follows_relation="narrows")

    assert lineage(earlier.instrument, NOW) == {}
