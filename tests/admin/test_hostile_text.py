from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from commitments.models import Check, Source, StatusUpdate
from commitments.models.validators import plain_line, plain_text
from tests.admin.forms import desk, errors_of, new_update, sent_back
from tests.factories import make_commitment, make_source, make_update

pytestmark = pytest.mark.django_db

NO_TEXT = {
    "NUL": "\0",
    "bell": "\a",
    "escape": "\x1b",
    "delete": "\x7f",
    "C1 control": "\x9b",
    "line separator": "\u2028",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "half a surrogate pair": "\ud83d",
    "non-character": "\ufdd0",
    "replacement": "\ufffd",
    "U+FFFE": "\ufffe",
    "U+FFFF": "\uffff",
}
TEXT = ["日本と欧州連合", "Ångström – “quoted” …", "<b>bold</b> & 'so on'", "👍🏽", "a\u00a0b", "\u3000全角", "حوار"]


@pytest.mark.parametrize("character", NO_TEXT.values(), ids=NO_TEXT)
@pytest.mark.parametrize("validate", [plain_line, plain_text])
def test_what_is_no_text_is_refused(validate: object, character: str) -> None:
    with pytest.raises(ValidationError):
        validate(f"a{character}b")


@pytest.mark.parametrize("text", TEXT)
def test_text_of_any_language_is_accepted(text: str) -> None:
    plain_line(text)
    plain_text(f"{text}\r\n\t{text}")


@pytest.mark.parametrize("character", ["\0", "\a", "\ufffe"])
@pytest.mark.parametrize("field", ["title", "summary", "assessments__0__reasoning", "citations__0__locator"])
def test_a_control_character_is_a_clear_error_of_the_form(as_editor: Client, field: str, character: str) -> None:
    data = new_update(make_commitment(), make_source(), **{field: f"before{character}after"})

    errors = errors_of(as_editor.post(desk(StatusUpdate), data))

    assert "control characters" in errors or "Null characters are not allowed." in errors
    assert not StatusUpdate.objects.exists()


@pytest.mark.parametrize(
    "field", ["title", "summary", "note", "assessments__0__reasoning", "assessments__0__commitment", "happened_on"]
)
def test_a_megabyte_is_a_clear_error_of_the_form(as_editor: Client, field: str) -> None:
    data = new_update(make_commitment(), make_source(), **{field: "x" * 1_000_000})

    assert errors_of(as_editor.post(desk(StatusUpdate), data))
    assert not StatusUpdate.objects.exists()


def test_line_breaks_of_pasted_text_become_spaces(as_editor: Client) -> None:
    data = new_update(make_commitment(), make_source(), summary="One line \r\n and another.")

    as_editor.post(desk(StatusUpdate), data)

    assert StatusUpdate.objects.get().summary == "One line and another."


def test_markup_is_text(as_editor: Client) -> None:
    as_editor.post(desk(StatusUpdate), new_update(make_commitment(), make_source(), title="<script>alert(1)</script>"))

    update = StatusUpdate.objects.get()
    for address in (desk(update), desk(update, "preview"), desk(StatusUpdate, "changelist")):
        page = as_editor.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "https://example.org/\x00",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/\u202e",
        "https://",
        "https://example.org/" + "x" * 1000,
    ],
)
@pytest.mark.parametrize("field", ["url", "archived_url"])
def test_an_address_that_is_no_plain_web_address_is_refused(as_editor: Client, field: str, url: str) -> None:
    source = make_source()

    response = as_editor.post(desk(source), sent_back(as_editor, desk(source), **{field: url}))

    assert errors_of(response)
    assert getattr(Source.objects.get(), field) == getattr(source, field)


@pytest.mark.parametrize(
    "query", ["q=%00", "state=%00", "kind__exact=%00", "p=%00", "o=%00", "_facets=%00", "q=%ED%A0%80"]
)
def test_a_hostile_query_of_a_list_is_no_server_error(as_editor: Client, query: str) -> None:
    make_update(published=False)

    assert as_editor.get(f"{desk(StatusUpdate, 'changelist')}?{query}").status_code in (200, 302)


@pytest.mark.parametrize("term", ["%00", "%ED%A0%80", "%EF%BF%BE", "x" * 5000])
def test_a_hostile_autocomplete_is_no_server_error(as_editor: Client, term: str) -> None:
    query = f"app_label=commitments&model_name=citation&field_name=source&term={term}"

    assert as_editor.get(f"/admin/autocomplete/?{query}").status_code == 200


@pytest.mark.parametrize("key", ["%00", "_00", "none", "9" * 40, "-1"])
@pytest.mark.parametrize("view", ["change", "delete", "preview", "correct", "history"])
def test_a_hostile_key_is_no_server_error(as_editor: Client, key: str, view: str) -> None:
    assert as_editor.get(f"/admin/commitments/statusupdate/{key}/{view}/").status_code in (302, 404)


def test_a_broken_management_form_is_no_server_error(as_editor: Client) -> None:
    for name, value in (("assessments__TOTAL_FORMS", "x"), ("citations__INITIAL_FORMS", "7")):
        data = new_update(make_commitment(), make_source(), **{name: value})
        assert as_editor.post(desk(StatusUpdate), data).status_code == 200


@pytest.mark.parametrize("key", ["x", "-1", "9" * 40, "٣"])
def test_a_key_of_nothing_is_no_choice(as_editor: Client, key: str) -> None:
    update = new_update(make_commitment(), make_source(), assessments__0__commitment=key, citations__0__source=key)
    check = {"covers": [key], "checked_on": "2026-01-01", "places": "a", "terms": "b", "languages": "en", "found": "c"}

    assert errors_of(as_editor.post(desk(StatusUpdate), update)).count("Select a valid choice") == 2
    assert "valid choice" in errors_of(as_editor.post(desk(Check), check))
