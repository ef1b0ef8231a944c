"""Which spellings are one address, and that no text whatever breaks the reading of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.web_addresses import clean_address, host_of, language_hint, normalised_address

SAME = "https://example.org/a/page"
PIECES = """
    http: https: // www. WWW. example.org 例え.jp :80 :443 :8080 [::1] / .. . a %41 %2f % %e3%81 é ? & = + utm_source
    fbclid # ! #/ @ \\ \0 \ud800 \u202e javascript: data: [ ] ℀ 。
"""
PASTED = st.one_of(st.text(), st.lists(st.sampled_from([*PIECES.split(), " ", "\n"]), max_size=12).map("".join))


@pytest.mark.parametrize(
    "spelling",
    [
        "https://example.org/a/page",
        "http://example.org/a/page",
        "HTTPS://EXAMPLE.ORG/a/page",
        "https://www.example.org/a/page",
        "https://example.org./a/page",
        "https://example.org:443/a/page",
        "http://example.org:80/a/page/",
        "https://example.org/a/page?",
        "https://example.org/a/page#chapter-2",
        "https://example.org/a/page#:~:text=made%20up",
        "https://example.org/a/page?utm_source=letter&utm_medium=mail&fbclid=x&_hsenc=y",
        "https://example.org/a/p%61ge",
        "https://example.org/./a/b/../page",
        "  example.org/a/page \n",
    ],
)
def test_spellings_of_one_page_are_the_same_address(spelling: str) -> None:
    assert normalised_address(spelling) == SAME


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/a",
        "https://example.org/A/page",
        "https://sub.example.org/a/page",
        "https://example.org:8443/a/page",
        "https://example.org/a/page?lang=ja",
        "https://example.org/a/page?at=1",
        "https://example.org/a%2Fpage",
        "https://example.org/a/page#/another",
        "https://example.org/a/page#!another",
    ],
)
def test_what_may_be_another_page_is_another_address(other: str) -> None:
    assert normalised_address(other) not in ("", SAME)


def test_the_order_of_parameters_makes_no_difference_but_that_of_one_name_does() -> None:
    assert normalised_address("https://example.org/?b=2&a=1") == normalised_address("https://example.org/?a=1&b=2")
    assert normalised_address("https://example.org/?a=1&a=2") != normalised_address("https://example.org/?a=2&a=1")


def test_percent_encoding_and_scripts_make_no_difference() -> None:
    assert normalised_address("https://例え.jp/首相") == normalised_address(
        "https://xn--r8jz45g.jp/%e9%a6%96%E7%9B%B8/"
    )
    assert normalised_address("https://example.org/?q=made+up") == normalised_address(
        "https://example.org/?q=made%20up"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "   ",
        "a word",
        "word",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "mailto:someone@example.org",
        "https://",
        "https:///path",
        "https://someone:secret@example.org/",
        "https://example.org:port/",
        "https://exa mple.org/",
        "https://example.org/a\x00b",
        "https://example.org/a\nb",
        "https://example.org/<script>",
        "https://[::1/",
        "https://\ud800.example.org/",
        "https://example.org/" + "a" * 1_000_000,
        "https://" + "a" * 300 + ".org/",
    ],
)
def test_what_is_no_web_address_has_no_form(hostile: str) -> None:
    assert normalised_address(hostile) == clean_address(hostile) == host_of(hostile) == ""


@given(PASTED)
def test_the_form_of_a_form_is_itself(text: str) -> None:
    form = normalised_address(text)

    assert normalised_address(form) == form


@given(PASTED)
def test_an_address_is_kept_as_what_it_was(text: str) -> None:
    kept = clean_address(text)

    assert normalised_address(kept) == normalised_address(text)
    assert clean_address(kept) == kept
    assert host_of(kept) == host_of(text)
    assert language_hint(text) in ("", "en", "ja")


def test_a_kept_address_still_opens_what_it_opened() -> None:
    pasted = "http://WWW.Example.org/Path/?id=7&utm_source=letter&b=1#section"

    assert clean_address(pasted) == "http://www.example.org/Path/?id=7&b=1"


@pytest.mark.parametrize(
    ("address", "language"),
    [
        ("https://example.org/ja/page", "ja"),
        ("https://example.org/page_en", "en"),
        ("https://example.org/page?lang=ja", "ja"),
        ("https://gazette.example.jp/page", "ja"),
        ("https://gazette.example.jp/english/en/page", "en"),
        ("https://example.org/jar/open", ""),
    ],
)
def test_an_address_may_say_its_language(address: str, language: str) -> None:
    assert language_hint(address) == language
