from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client

from commitments.exports.formats import FORMATS
from commitments.models import Commitment, Source, StatusUpdate
from commitments.publishing import withdraw_commitment
from commitments.records import DATASETS
from tests.answers import body
from tests.exports.files import csv_lines, download, read
from tests.factories import make_actor, make_commitment, make_instrument, make_source, make_update

from .conftest import Register


def records(client: Client, name: str, query: str = "") -> list[dict[str, Any]]:
    return list(json.loads(download(client, f"/exports/{name}.json?{query}"))[name])


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_says_the_same_in_every_format(register: Register, client: Client, name: str) -> None:
    columns = DATASETS[name].columns
    as_json, *others = (
        read(download(client, f"/exports/{name}.{extension}"), extension, columns, name)
        for extension in ("json", *FORMATS)
    )
    assert all(other == as_json for other in others)


@pytest.mark.parametrize(
    "query", ["kind=recurring", "status=kept_up", "side=eu&sort=reference", "area=made-up-area&actor=made-up-actor"]
)
def test_a_file_of_commitments_holds_what_the_page_lists_in_its_order(
    register: Register, client: Client, query: str
) -> None:
    make_commitment(kind="one_off", actors=[make_actor(side="japan")])
    shown = [row.commitment.reference for row in client.get(f"/commitments/?{query}").context["rows"]]
    assert shown
    assert [record["reference"] for record in records(client, "commitments", query)] == shown


def test_files_of_updates_hold_what_the_page_lists(register: Register, client: Client) -> None:
    elsewhere = make_commitment()
    other = make_update(assessments=[{"commitment": elsewhere}], kind="exercise")
    make_update(corrects=other, correction_reason="Made up.")
    for query in ("kind=exercise", "area=made-up-area", f"area={elsewhere.area.slug}", "correction=yes", "year=2025"):
        shown = sorted(entry.update.number for entry in client.get(f"/updates/?{query}").context["listing"].entries)
        assert shown
        assert [record["number"] for record in records(client, "updates", query)] == shown, query
        assert {record["update"] for record in records(client, "citations", query)} == set(shown), query
        assert {record["update"] for record in records(client, "assessments", query)} <= set(shown), query


def test_a_file_of_sources_holds_what_the_page_lists_in_its_order(register: Register, client: Client) -> None:
    make_commitment(sources=[make_source(side="eu", title="Z"), make_source(side="eu", title="A")])
    shown = [source.slug for source, *_numbers in client.get("/sources/?side=eu&sort=title").context["sources"]]
    assert [record["slug"] for record in records(client, "sources", "side=eu&sort=title")] == shown


def test_whatever_is_in_force_alone_can_be_asked_for(db: None, client: Client) -> None:
    kept, withdrawn = make_commitment(), make_commitment()
    withdraw_commitment(withdrawn, reason="A made-up slip.")
    assert [record["reference"] for record in records(client, "commitments")] == [kept.reference, withdrawn.reference]
    assert [record["reference"] for record in records(client, "commitments", "in_force=yes")] == [kept.reference]
    assert [record["reference"] for record in records(client, "commitments", "kind=standing")] == [kept.reference]


def test_lists_lead_to_files_of_exactly_what_they_show(register: Register, client: Client) -> None:
    for page, name in (
        ("/commitments/?kind=recurring", "commitments"),
        ("/updates/?area=made-up-area", "updates"),
        ("/sources/?side=joint", "sources"),
    ):
        query = page.partition("?")[2]
        text = client.get(page).content.decode()
        for extension in ("csv", "json"):
            assert f'href="/exports/{name}.{extension}?' in text, page
            assert f"{query}" in text.partition(f'href="/exports/{name}.{extension}?')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/exports/commitments.csv?status=broken", "is no delivery status"),
        ("/exports/commitments.csv?colour=red", "no parameter “colour”"),
        ("/exports/commitments.csv?page=2", "no parameter “page”"),
        ("/exports/commitments.csv?in_force=maybe", "in_force"),
        ("/exports/updates.csv?before=3", "no parameter “before”"),
        ("/exports/checks.json?area=made-up-area", "no parameter “area”"),
        ("/exports/register.zip?area=made-up-area", "no parameter “area”"),
        ("/exports/updates.xlsx?as_of=9999-01-01", "lies in the future"),
        ("/exports/sources.csv?side=%ED%A0%80", "is no side"),
        ("/exports/sources.csv?%ED%A0%80=1", "no parameter"),
        ("/exports/commitments.csv?" + "a" * 100_000, "no parameter"),
    ],
)
def test_a_file_that_cannot_be_made_says_why(register: Register, client: Client, address: str, sentence: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert sentence in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/exports/users.csv",
        "/exports/commitments.pdf",
        "/exports/commitments",
        "/exports/%00.csv",
        "/exports/Areas.csv",
    ],
)
def test_what_is_no_dataset_and_no_format_is_not_found(register: Register, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_file_says_its_name_its_days_and_its_licence(register: Register, client: Client) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    response = client.get("/exports/updates.csv?area=made-up-area&as_of=2025-06-01")
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="eu-japan-updates-selection-as-of-2025-06-01-known-on-{today}.csv"'
    )
    assert response.headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert response.headers["Content-Type"].startswith("text/csv")
    assert int(response.headers["Content-Length"]) == len(body(response))


def test_a_file_that_has_not_changed_is_not_sent_again(register: Register, client: Client) -> None:
    first = client.get("/exports/updates.csv")
    assert body(first)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/exports/updates.csv", headers=known).status_code == 304
    assert body(client.get("/exports/updates.csv?area=made-up-area", headers=known))


def test_the_head_of_a_file_is_that_of_the_file(register: Register, client: Client) -> None:
    for address in ("/exports/updates.xlsx", "/exports/register.zip"):
        asked, told = client.get(address), client.head(address)
        assert body(asked)
        assert not body(told)
        for name in ("ETag", "Content-Disposition", "Content-Type", "Link"):
            assert asked.headers[name] == told.headers[name], name
    assert client.head("/exports/updates.csv?colour=red").status_code == 400


def test_stored_text_is_in_the_plain_file_to_the_letter_and_harmless_in_the_one_for_spreadsheets(
    db: None, client: Client
) -> None:
    formula = "=HYPERLINK(\"https://example.org\",'x')"
    make_commitment(title=formula)
    plain = csv_lines(download(client, "/exports/commitments.csv"))
    safe = csv_lines(download(client, "/exports/commitments.safe.csv"))
    assert (plain[1][1], safe[1][1]) == (formula, f"'{formula}")


def test_an_empty_register_gives_empty_files(db: None, client: Client) -> None:
    for name in DATASETS:
        assert len(csv_lines(download(client, f"/exports/{name}.csv"))) == 1
    assert download(client, "/exports/register.zip")
    assert (Commitment.objects.count(), Source.objects.count(), StatusUpdate.objects.count()) == (0, 0, 0)


def test_a_past_as_of_day_has_no_later_update(register: Register, client: Client) -> None:
    make_instrument()
    assert records(client, "updates", "as_of=2025-05-31") == []
    assert len(records(client, "updates", "as_of=2025-06-01")) == len(records(client, "updates"))
