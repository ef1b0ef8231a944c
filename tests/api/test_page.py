"""The page where a person reads what the API offers, and tries it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from django.test import Client

from commitments.api.document import document

from .conftest import Register

OPERATIONS = [each["get"] for each in document()["paths"].values()]


def test_every_operation_of_the_document_stands_on_the_page(register: Register, client: Client) -> None:
    page = html.unescape(client.get("/api/").content.decode())

    for path, each in document()["paths"].items():
        operation = each["get"]
        assert f"<code>GET {path}</code>" in page
        assert operation["summary"] in page
        for parameter in operation["parameters"]:
            assert f'id="{operation["operationId"]}-{parameter["name"]}"' in page


def test_every_command_line_on_the_page_asks_for_an_answer(register: Register, client: Client) -> None:
    page = html.unescape(client.get("/api/").content.decode())
    addresses = re.findall(r"<pre>curl '(http://testserver/[^']*)'", page)

    assert len(addresses) == len(OPERATIONS)
    for address in addresses:
        assert client.get(address).status_code == 200, address


def fields(form: str) -> dict[str, str]:
    """What a browser sends that submits the form as it stands: empty fields, too."""
    inputs = dict(re.findall(r'<input [^>]*name="([^"]*)"[^>]* value="([^"]*)"', form))
    single = re.findall(r'<select [^>]*name="([^"]*)"[^>]*hint">', form)
    return inputs | dict.fromkeys(single, "")


def test_every_form_leads_to_an_answer_as_it_stands(register: Register, client: Client) -> None:
    page = client.get("/api/").content.decode()
    forms = re.findall(r'<form class="form" action="([^"]*)">(.*?)</form>', page, re.DOTALL)

    assert len(forms) == len(OPERATIONS)
    for action, form in forms:
        sent = fields(form)
        assert {"as_of", "known_on"} <= set(sent)
        response = client.get(action, sent)
        assert response.status_code == 302, action
        assert "=&" not in f"{response['Location']}&"
        assert client.get(response["Location"]).status_code == 200, response["Location"]


def test_what_was_filled_in_stands_in_the_address(register: Register, client: Client) -> None:
    filled = "kind=recurring&kind=standing&area=&limit=5&as_of=2026-01-02&known_on="

    response = client.get(f"/api/try/list_commitments/?{filled}")

    assert response["Location"] == "/api/v1/commitments?kind=recurring&kind=standing&limit=5&as_of=2026-01-02"


def test_a_path_holds_what_was_filled_in_and_leads_nowhere_else(register: Register, client: Client) -> None:
    asked = "/api/try/get_commitment/?reference="

    assert client.get(f"{asked}%2F%2Fexample.org%2F%3F%0d%0aX: y")["Location"].startswith("/api/v1/commitments/%2F%2F")
    assert client.get(asked).status_code == 400
    assert client.get(f"{asked}EUJP-07&as_of=soon").status_code == 400
    assert client.get("/api/try/nothing/").status_code == 404


def test_an_empty_register_has_a_page_too(db: None, client: Client) -> None:
    assert client.get("/api/").status_code == 200


def test_the_data_page_leads_there(register: Register, get: Callable[[str], str]) -> None:
    assert 'href="/api/"' in get("/data/")
