"""The tags of the public pages."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.db.models import TextChoices
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import escape
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from commitments.clocks import Clocks
from commitments.glyphs import FAMILIES, GLYPHS
from commitments.judgements import FreshnessState, ScheduleState
from commitments.models import Bearing, DeliveryStatus, Evidence
from commitments.templatetags.tracker import day, in_code, in_thousands, lang_attr, web_address

TODAY = datetime.date(2026, 6, 15)
JUDGEMENTS: dict[str, type[TextChoices]] = {
    "status": DeliveryStatus,
    "evidence": Evidence,
    "schedule": ScheduleState,
    "freshness": FreshnessState,
    "bearing": Bearing,
}


def render(source: str, **context: Any) -> str:
    return Template("{% load tracker %}" + source).render(Context(context))


class TestJudgements:
    @pytest.mark.parametrize(
        ("tag", "choice"), [(tag, choice) for tag, found in JUDGEMENTS.items() for choice in found]
    )
    def test_the_word_stands_beside_the_glyph(self, tag: str, choice: TextChoices) -> None:
        shown = render(f"{{% {tag} value %}}", value=choice.value)

        assert shown.endswith(f"{escape(choice.label)}</span>")
        assert 'aria-hidden="true"><use href="#g-' in shown

    @pytest.mark.parametrize("state", ScheduleState)
    def test_only_what_is_late_by_the_instrument_is_flagged(self, state: ScheduleState) -> None:
        is_flagged = 'class="flag' in render("{% schedule value %}", value=state.value)

        assert is_flagged is (state in (ScheduleState.OVERDUE, ScheduleState.WINDOW_MISSED))

    def test_another_word_takes_the_place_of_the_usual_one_and_is_never_markup(self) -> None:
        shown = render("{% status value word big=True %}", value="delivered", word="<b>Done</b>")

        assert "&lt;b&gt;Done&lt;/b&gt;" in shown
        assert "Delivered" not in shown
        assert 'class="st big"' in shown

    def test_a_value_that_is_none_is_a_mistake_of_ours(self) -> None:
        with pytest.raises(ValueError, match="broken"):
            render("{% status value %}", value="broken")


class TestGlyphs:
    def test_the_page_defines_each_drawing_that_it_uses_once(self) -> None:
        shown = render(
            "{% for value in values %}{% status value %}{% endfor %}{% glyph_definitions %}",
            values=[*DeliveryStatus.values, *DeliveryStatus.values],
        )

        defined = re.findall(r'<symbol id="(g-[^"]+)"', shown)
        assert len(defined) == len(set(defined))
        assert set(re.findall(r'href="#([^"]+)"', shown)) == set(defined)

    def test_a_family_that_is_named_is_defined_though_unused(self) -> None:
        shown = render('{% glyph_definitions "bearing" %}')

        assert set(re.findall(r'id="g-([^"]+)"', shown)) == {glyph.drawing for glyph in FAMILIES["bearing"].values()}

    def test_a_page_without_glyphs_defines_none(self) -> None:
        assert render("{% glyph_definitions %}") == ""

    def test_one_page_does_not_remember_the_glyphs_of_another(self) -> None:
        page = Template("{% load tracker %}{% if used %}{% status used %}{% endif %}{% glyph_definitions %}")
        page.render(Context({"used": "delivered"}))

        assert page.render(Context({})) == ""

    def test_every_choice_of_a_judgement_has_a_glyph(self) -> None:
        assert {value for found in JUDGEMENTS.values() for value in found.values} <= set(GLYPHS)


class TestDays:
    @pytest.mark.parametrize(
        ("language", "precision", "in_year", "shown"),
        [
            ("en", "day", False, '<time datetime="2025-07-03">3 Jul 2025</time>'),
            ("en", "month", False, '<time datetime="2025-07">Jul 2025</time>'),
            ("en", "year", False, '<time datetime="2025">2025</time>'),
            ("en", "day", True, '<time datetime="2025-07-03">3 Jul</time>'),
            ("en", "year", True, ""),
            ("ja", "day", False, '<time datetime="2025-07-03">2025年7月3日</time>'),
            ("ja", "month", False, '<time datetime="2025-07">2025年7月</time>'),
            ("ja", "month", True, '<time datetime="2025-07">7月</time>'),
            ("ja", "year", True, ""),
        ],
    )
    def test_a_day_is_as_exact_as_it_is_known(self, language: str, precision: str, in_year: bool, shown: str) -> None:
        with override(language):
            assert day(datetime.date(2025, 7, 3), precision, in_year=in_year) == shown

    def test_no_day_is_said(self) -> None:
        with override("en"):
            assert day(None) == "undated"

    def test_a_moment_is_shown_by_its_day_in_utc(self) -> None:
        tokyo = datetime.timezone(datetime.timedelta(hours=9))

        assert 'datetime="2025-07-02"' in day(datetime.datetime(2025, 7, 3, 8, 59, tzinfo=tokyo))

    @given(st.dates(), st.sampled_from(["day", "month", "year"]))
    def test_the_machine_s_form_begins_with_the_year_in_four_digits(self, on: datetime.date, precision: str) -> None:
        found = re.search(r'datetime="([^"]+)"', day(on, precision))

        assert found
        assert on.isoformat().startswith(found[1])


class TestAddresses:
    @pytest.mark.parametrize(
        ("clocks", "query"),
        [
            (Clocks.at(TODAY), ""),
            (Clocks(TODAY, as_of=datetime.date(2026, 1, 1)), "?as_of=2026-01-01"),
            (None, ""),
        ],
    )
    def test_an_address_carries_the_clocks_of_the_page(self, clocks: Clocks | None, query: str) -> None:
        context = {} if clocks is None else {"clocks": clocks}

        shown = render('{% clocked_url "commitments:commitment" "EUJP-07" %}', **context)

        assert shown == f"/commitments/EUJP-07/{query}"

    def test_hidden_inputs_keep_the_address_but_for_what_is_left_out_and_are_never_markup(
        self, rf: RequestFactory
    ) -> None:
        request = rf.get("/", {"area": ["space", "cyber"], "page": "2", '"><b>': '"><script>'})

        shown = render('{% hidden_parameters "page" %}', request=request)

        assert shown.count("<input") == 3
        assert 'name="area" value="cyber"' in shown
        assert "page" not in shown
        assert "<script>" not in shown
        assert "<b>" not in shown

    @given(st.dictionaries(st.text(min_size=1), st.lists(st.text(), min_size=1)))
    def test_whatever_stands_in_the_address_makes_one_input_each(self, parameters: dict[str, list[str]]) -> None:
        request = RequestFactory().get("/")
        query = QueryDict(mutable=True)
        for name, values in parameters.items():
            query.setlist(name, values)
        request.GET = query

        shown = render("{% hidden_parameters %}", request=request)

        assert shown.count("<") == sum(map(len, parameters.values()))

    @pytest.mark.parametrize("address", ["https://example.org/a?b#c", "http://example.org", "HTTPS://example.org/"])
    def test_a_web_address_may_become_a_link(self, address: str) -> None:
        assert web_address(address) == address

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "//example.org/",
            "https:example.org",
            "https://",
            "http://[",
            "/path",
            "ftp://example.org/",
        ],
    )
    def test_nothing_else_does(self, address: str) -> None:
        assert web_address(address) == ""

    @pytest.mark.parametrize(
        ("language", "shown"),
        [("ja", ' lang="ja"'), ("en", ""), ("", ""), ('x" onload="', ' lang="x&quot; onload=&quot;"')],
    )
    def test_a_run_in_another_language_says_which(self, language: str, shown: str) -> None:
        with override("en"):
            assert lang_attr(language) == shown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("the `next` page of `a<b`", "the <code>next</code> page of <code>a&lt;b</code>"),
        ("one ` alone & `two` three", "one <code> alone &amp; </code>two` three"),
        ("ends in one `", "ends in one `"),
        ("", ""),
    ],
)
def test_what_stands_between_backticks_is_code(text: str, html: str) -> None:
    assert in_code(text) == html


def test_a_large_number_is_read_in_thousands() -> None:
    assert [in_thousands(number) for number in (0, 999, 1_234_567)] == ["0", "999", "1,234,567"]
