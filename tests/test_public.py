"""What every public answer shares: one snapshot, validators, and nothing of the visitor."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import override
from pytest_django import Settings

from commitments.clocks import BadQuery, Clocks
from commitments.models import Area
from commitments.public import public
from tests.factories import make_area, make_commitment
from tests.raw_sql import fire_deferred

NOON = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)
ADDRESSES = ["/", "/commitments/", "/updates/", "/sources/", "/methodology/", "/corrections/", "/subscribe/"]


@public
def answer(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    if "bad" in request.GET:
        raise BadQuery("This cannot be answered.")
    return HttpResponse(f"{clocks.as_of} {clocks.known_on}")


def ask(address: str = "/", **headers: str) -> HttpResponse:
    request = RequestFactory().get(address, headers=headers)
    request.user = AnonymousUser()
    return answer(request)


def tag(address: str = "/", **headers: str) -> str:
    return ask(address, **headers)["ETag"]


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_the_tag_is_of_release_edition_day_address_language_and_fragment(settings: Settings) -> None:
    tags = [tag(), tag("/other/"), tag("/?as_of=2026-06-01"), tag(**{"HX-Request": "true"})]
    with override("ja"):
        tags.append(tag())
    with time_machine.travel(NOON + datetime.timedelta(days=1), tick=False):
        tags.append(tag())
    settings.RELEASE = "another"
    tags.append(tag())
    make_commitment()
    fire_deferred()
    tags.append(tag())

    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r'W/"[0-9a-f]{32}"', each) for each in tags)


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_the_tag_is_of_nothing_else() -> None:
    visitor = {
        "Cookie": "sessionid=made-up",
        "User-Agent": "Example/1.0",
        "Accept-Encoding": "br",
        "Accept-Language": "ja",
        "Referer": "https://example.org/",
        "Authorization": "Basic bWFkZTp1cA==",
    }
    plain = tag()
    make_area()  # No page shows it.
    fire_deferred()

    with time_machine.travel(NOON + datetime.timedelta(hours=11), tick=False):
        assert tag(**visitor) == plain


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_a_reader_who_has_the_page_is_told_so() -> None:
    first = ask()

    again = ask(**{"If-None-Match": f'"unknown", {first["ETag"]}'})

    assert (first.status_code, again.status_code) == (200, 304)
    assert again.content == b""
    assert {name: again[name] for name in ("ETag", "Cache-Control", "Vary")} == {
        name: first[name] for name in ("ETag", "Cache-Control", "Vary")
    }
    assert ask(**{"If-None-Match": '"unknown"'}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("time", "seconds"),
    [((12, 0, 0), 60), ((23, 58, 59), 60), ((23, 59, 30), 30), ((23, 59, 59), 1), ((0, 0, 0), 60)],
)
def test_no_answer_is_kept_past_midnight(time: tuple[int, int, int], seconds: int) -> None:
    with time_machine.travel(datetime.datetime(2026, 6, 15, *time, tzinfo=datetime.UTC), tick=False):
        assert ask()["Cache-Control"] == f"public, max-age={seconds}"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["as_of=soon", "known_on=2026-02-30", "as_of=2999-01-01", "bad"])
def test_a_bad_question_is_a_400_that_nobody_keeps(query: str) -> None:
    response = ask(f"/?{query}")

    assert response.status_code == 400
    assert "ETag" not in response
    assert "max-age" not in response.get("Cache-Control", "")


@pytest.mark.django_db
def test_a_bad_question_is_bad_even_where_the_reader_has_a_page() -> None:
    assert ask("/?as_of=soon", **{"If-None-Match": "*"}).status_code == 400


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_known_today_is_known_now() -> None:
    assert ask("/?known_on=2026-06-15").content == ask().content


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_public_page_is_only_read(method: str) -> None:
    assert answer(getattr(RequestFactory(), method)("/")).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_knows_its_visitor(client: Client, address: str) -> None:
    client.cookies["sessionid"] = "a-session-long-over"

    response = client.get(address)

    assert response.status_code == 200
    assert not response.cookies
    varied = {name.strip().lower() for name in response["Vary"].split(",")}
    assert "hx-request" in varied
    assert "cookie" not in varied
    assert response["Cache-Control"].startswith("public, max-age=")
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("query", ["as_of=soon", "known_on=2999-01-01"])
def test_every_page_refuses_a_bad_day(client: Client, address: str, query: str) -> None:
    assert client.get(f"{address}?{query}").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_write_inside_a_public_view_is_refused() -> None:
    area = make_area()

    @public
    def writes(request: HttpRequest, clocks: Clocks) -> HttpResponse:
        Area.objects.filter(pk=area.pk).update(name="Written by a reader")
        return HttpResponse()

    with pytest.raises(DatabaseError, match="read-only transaction"):
        writes(RequestFactory().get("/"))

    assert Area.objects.get().name == area.name


@pytest.mark.django_db(transaction=True)
def test_after_a_public_page_the_connection_may_write_again() -> None:
    ask()

    assert make_area().pk
