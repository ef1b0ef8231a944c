"""The hub that the feeds name is told of what is published, outside of the request, until it takes it."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from commitments.models import Commitment, Ping, StatusUpdate
from commitments.publishing import (
    publish_commitment,
    publish_from_register,
    record_check,
    rehearsal,
    withdraw_commitment,
)
from tests.factories import make_actor, make_check, make_commitment, make_update

pytestmark = pytest.mark.django_db
SITE = "https://tracker.example.org"


class Hub:
    """On loopback. Answers each POST with the next status of `answers`, and with the last of them from then on."""

    def __init__(self) -> None:
        self.answers = [202]
        self.forms: list[dict[str, list[str]]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.forms.append(parse_qs(body))
                status = hub.answers.pop(0) if len(hub.answers) > 1 else hub.answers[0]
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hub"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    @property
    def topics(self) -> list[str]:
        return [form["hub.url"][0] for form in self.forms]


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    hub = Hub()
    settings.WEBSUB_HUB, settings.SITE_URL = hub.address, SITE
    yield hub
    hub.close()


def ping_hub(**options: Any) -> str:
    said = StringIO()
    call_command("ping_hub", stdout=said, **options)
    return said.getvalue()


def publish(**fields: Any) -> StatusUpdate:
    update = make_update(published=False, **fields)
    publish_from_register(update, at=None)
    return update


def waiting() -> set[str]:
    return set(Ping.objects.values_list("topic", flat=True))


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(actors=[make_actor(slug="eeas"), make_actor(slug="mofa")])


def test_a_hub_that_fails_twice_is_told_a_third_time_and_then_no_more(hub: Hub) -> None:
    Ping.objects.ask_for(["/feeds/updates.rss"])
    hub.answers = [500, 503, 202]
    moment = timezone.now()

    with time_machine.travel(moment, tick=False):
        assert "To be tried again: /feeds/updates.rss (500)" in ping_hub()
        assert "0 of 0" in ping_hub()
    for minutes in (2, 6):
        with time_machine.travel(moment + datetime.timedelta(minutes=minutes, seconds=1), tick=False):
            said = ping_hub()
            assert "0 of 0" in ping_hub()

    assert "1 of 1 pings taken." in said
    assert hub.forms == [{"hub.mode": ["publish"], "hub.url": [f"{SITE}/feeds/updates.rss"]}] * 3
    assert not waiting()


def test_a_publication_asks_for_every_feed_that_the_update_stands_in(hub: Hub, commitment: Commitment) -> None:
    publish(assessments=[{"commitment": commitment}])

    names = ["updates", f"commitments/{commitment.reference}", f"areas/{commitment.area.slug}", "actors/eeas"]
    expected = {f"/feeds/{name}.{ending}" for name in [*names, "actors/mofa"] for ending in ("rss", "atom", "json")}
    assert waiting() == expected
    assert hub.forms == []


def test_what_is_asked_for_names_itself_as_the_topic_and_names_the_hub(
    hub: Hub, commitment: Commitment, client: Client
) -> None:
    wrong = publish(assessments=[{"commitment": commitment}])
    publish(corrects=wrong, correction_reason="It did not happen.")
    publish_commitment(make_commitment(published=False))
    record_check(make_check(commitment, recorded=False), by=None)

    ping_hub()

    assert len(hub.topics) == len(set(hub.topics)) == 24
    for topic in hub.topics:
        response = client.get(topic.removeprefix(SITE))
        assert response["Link"] == f'<{hub.address}>; rel="hub", <{topic}>; rel="self"'
        body = response.content.decode()
        assert hub.address in body
        assert topic in body


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/updates.atom?kind=meeting",
        "/feeds/updates.json?as_of=2025-01-01",
        "/feeds/weeks.rss",
        "/feeds/changes.rss?since=2025-01-01",
    ],
)
def test_a_feed_that_is_never_announced_names_no_hub(hub: Hub, client: Client, address: str) -> None:
    make_update(assessments=[{"commitment": make_commitment()}])

    response = client.get(address)

    assert "Link" not in response
    assert "hub" not in response.content.decode().replace("github", "")


def test_a_withdrawal_asks_for_the_feeds_of_what_it_withdraws(hub: Hub, commitment: Commitment) -> None:
    wrong = publish(assessments=[{"commitment": commitment}])
    Ping.objects.all().delete()

    publish(corrects=wrong, correction_reason="It did not happen.")

    assert {f"/feeds/commitments/{commitment.reference}.rss", "/feeds/corrections.json"} <= waiting()


def test_a_pledge_is_announced_when_it_comes_and_when_it_goes(hub: Hub) -> None:
    draft = make_commitment(published=False)
    for act in (lambda: publish_commitment(draft), lambda: withdraw_commitment(draft, reason="Made up.")):
        act()
        assert waiting() == {f"/feeds/commitments.{ending}" for ending in ("rss", "atom", "json")}
        Ping.objects.all().delete()


def test_without_a_hub_nothing_is_kept_and_nobody_told(commitment: Commitment, client: Client) -> None:
    publish(assessments=[{"commitment": commitment}])

    assert not waiting()
    assert "Link" not in client.get("/feeds/updates.rss")
    with pytest.raises(CommandError, match="WEBSUB_HUB"):
        ping_hub()


def test_a_rehearsal_announces_nothing(hub: Hub, commitment: Commitment) -> None:
    with rehearsal(make_update(published=False, assessments=[{"commitment": commitment}])):
        pass

    assert not waiting()


def test_several_publications_are_one_ping_that_begins_anew(hub: Hub) -> None:
    Ping.objects.ask_for(["/feeds/updates.rss"])
    Ping.objects.update(attempts=5, due_at=timezone.now() + datetime.timedelta(hours=1))

    Ping.objects.ask_for(["/feeds/updates.rss", "/feeds/updates.rss"])

    ping = Ping.objects.get()
    assert ping.attempts == 0
    assert ping in Ping.objects.due(timezone.now())


def test_what_is_published_while_the_hub_is_told_stays_to_be_told(hub: Hub) -> None:
    Ping.objects.ask_for(["/feeds/updates.rss"])
    read = Ping.objects.get()
    Ping.objects.filter(pk=read.pk).update(asked_at=timezone.now() + datetime.timedelta(seconds=1))

    Ping.objects.as_asked(read).delete()

    assert waiting() == {"/feeds/updates.rss"}


def test_a_hub_that_does_not_answer_is_tried_once_a_run(hub: Hub, settings: Settings) -> None:
    hub.close()
    Ping.objects.ask_for([f"/feeds/{name}.rss" for name in ("updates", "checks", "corrections")])

    said = ping_hub()

    assert said.count("To be tried again") == 3
    assert set(Ping.objects.values_list("attempts", flat=True)) == {1}


def test_a_redirect_of_the_hub_is_not_followed(hub: Hub) -> None:
    Ping.objects.ask_for(["/feeds/updates.rss"])
    hub.answers = [302]

    ping_hub()

    assert len(hub.forms) == 1
    assert waiting()


def test_a_ping_is_given_up_after_a_day(hub: Hub) -> None:
    Ping.objects.ask_for(["/feeds/updates.rss"])
    hub.answers = [500]
    moment = timezone.now()
    runs = 0
    while waiting() and runs < 50:
        with time_machine.travel(moment, tick=False):
            said = ping_hub()
            moment = getattr(Ping.objects.first(), "due_at", moment)
        runs += 1

    assert "Given up: /feeds/updates.rss (500)" in said
    assert runs == 12
    assert 24 < (moment - timezone.now()).total_seconds() / 3600 < 30


def test_the_time_of_a_run_is_bounded(hub: Hub) -> None:
    Ping.objects.ask_for(["/feeds/updates.rss", "/feeds/updates.atom"])

    said = ping_hub(seconds=1e-9)

    assert "0 of 0" in said
    assert len(waiting()) == 2
