"""The checker of links, against a server of this test that misbehaves in every way a server can."""

from __future__ import annotations

import datetime
import io
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from commitments.links.asking import Answer, Asker, is_public, target
from commitments.links.checking import keep, keep_all, one_at_a_time, spread, waiting
from commitments.models import Edition, LinkCheck, LinkOutcome, Source
from tests.factories import make_source

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
GONE = Answer(LinkOutcome.GONE, 404)
OK = Answer(LinkOutcome.OK, 200)
ERROR = Answer(LinkOutcome.ERROR, 500)


class Server:
    """Answers each connection with what stands under the path that was asked, byte for byte."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answers: dict[str, Any] = {}
        self.requests: list[str] = []
        self.most_at_once = self.open = 0
        self.is_over = threading.Event()
        self.threads: list[threading.Thread] = []
        self.accepting = threading.Thread(target=self.accept)
        self.accepting.start()

    def url(self, path: str, answer: Any = None) -> str:
        self.answers[path] = answer
        return f"http://127.0.0.1:{self.port}{path}"

    def accept(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=[connection])
            thread.start()
            self.threads.append(thread)

    def serve(self, connection: socket.socket) -> None:
        self.open += 1
        self.most_at_once = max(self.most_at_once, self.open)
        with connection:
            try:
                request = connection.recv(65536).decode("latin-1")
                self.requests.append(request)
                answer = self.answers.get(request.split(" ")[1])
                answer = answer(request) if callable(answer) else answer
                for piece in [answer] if isinstance(answer, bytes) else answer or []:
                    if self.is_over.is_set():
                        break
                    connection.sendall(piece)
            except (OSError, IndexError):
                pass
            finally:
                self.open -= 1

    def pause(self, seconds: float) -> None:
        self.is_over.wait(seconds)

    def close(self) -> None:
        self.is_over.set()
        # A blocked accept() is not woken by closing alone.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in [self.accepting, *self.threads]:
            thread.join(10)
            assert not thread.is_alive()

    @property
    def request_lines(self) -> list[str]:
        return [request.split("\r\n")[0] for request in self.requests]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "Content-Length: 0", "", ""]).encode()


def asker(**options: Any) -> Asker:
    return Asker(**{"user_agent": "made-up tracker (+https://tracker.example.org)", "private_too": True} | options)


def test_an_address_that_answers_is_asked_once_by_head_under_our_name(server: Server) -> None:
    answer = asker().ask(server.url("/a?b=c", head("200 OK")))

    assert answer == Answer(LinkOutcome.OK, 200)
    assert server.request_lines == ["HEAD /a?b=c HTTP/1.1"]
    assert "User-Agent: made-up tracker (+https://tracker.example.org)" in server.requests[0]
    assert f"Host: 127.0.0.1:{server.port}" in server.requests[0]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("204 No Content", "ok"),
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("401 Unauthorized", "wall"),
        ("403 Forbidden", "wall"),
        ("429 Too Many Requests", "wall"),
        ("503 Service Unavailable", "wall"),
        ("500 Internal Server Error", "error"),
        ("400 Bad Request", "error"),
    ],
)
def test_a_status_says_what_became_of_the_address(server: Server, status: str, outcome: str) -> None:
    assert asker().ask(server.url("/", head(status))) == Answer(LinkOutcome(outcome), int(status[:3]))


@pytest.mark.parametrize("refusal", [head("405 Method Not Allowed"), head("404 Not Found"), b""])
def test_where_head_is_refused_the_address_is_asked_by_get(server: Server, refusal: bytes) -> None:
    url = server.url("/", lambda request: refusal if request.startswith("HEAD") else head("200 OK"))

    assert asker().ask(url).outcome == LinkOutcome.OK
    assert [line.split()[0] for line in server.request_lines] == ["HEAD", "GET"]


def test_redirects_are_followed_relative_and_outside_ascii(server: Server) -> None:
    server.url("/b/c", head("200 OK"))
    server.url("/%E6%97%A5?q=%E6%9C%AC", head("307 Temporary Redirect", "Location: b/c"))
    url = server.url("/a", head("301 Moved Permanently", "Location: /日?q=本"))

    assert asker().ask(url).outcome == LinkOutcome.OK
    assert server.request_lines[-1] == "HEAD /b/c HTTP/1.1"


def test_a_loop_of_redirects_ends_after_five(server: Server) -> None:
    answer = asker().ask(server.url("/", head("302 Found", "Location: /")))

    assert answer == Answer(LinkOutcome.ERROR, detail="more than 5 redirects")
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.org/", "javascript:1", "//", "http://[", "http://a:b/"]
)
def test_a_redirect_leads_to_http_and_https_only(server: Server, location: str) -> None:
    assert asker().ask(server.url("/", head("302 Found", f"Location: {location}"))).outcome == LinkOutcome.ERROR


def test_an_address_of_this_machine_is_not_even_connected_to(server: Server) -> None:
    answer = asker(private_too=False).ask(server.url("/", head("200 OK")))

    assert answer == Answer(LinkOutcome.ERROR, detail="leads into a private network")
    assert not server.requests


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "2002:a00:1::1",
        "64:ff9b::a00:1",
    ],
)
def test_a_private_address_is_known_in_every_dress(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_let_through(address: str) -> None:
    assert is_public(address)


def test_an_unknown_host_and_a_closed_port_are_gone_without_a_status() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert asker().ask(f"http://127.0.0.1:{port}/") == Answer(LinkOutcome.GONE, detail="Connection refused")


def trickle(server: Server) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for _serial in range(100):
        yield b"x"
        server.pause(0.05)


def endless(piece: bytes) -> Callable[[str], Iterator[bytes]]:
    return lambda _request: iter(lambda: piece, b"")


HOSTILE: dict[str, Any] = {
    "silence": lambda server: lambda _request: (server.pause(30), b"")[1:],
    "a trickle": lambda server: lambda _request: trickle(server),
    "no status line": lambda server: b"\0\xff garbage without an end",
    "a status that is no number": lambda server: b"HTTP/1.1 abc OK\r\n\r\n",
    "a status out of range": lambda server: b"HTTP/1.1 99999 OK\r\n\r\n",
    "nothing": lambda server: b"",
    "half a head": lambda server: b"HTTP/1.1 200 OK\r\nContent-",
    "one huge header": lambda server: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000_000,
    "endless headers": lambda server: endless(b"X: y\r\n"),
    "endless continue": lambda server: endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a location with a line break": lambda server: b"HTTP/1.1 302 Found\r\nLocation: /\r a\r\n\r\n",
    "a location with controls": lambda server: b"HTTP/1.1 302 Found\r\nLocation: http://\x00\x01/\r\n\r\n",
    "a location with a broken name": lambda server: b"HTTP/1.1 302 Found\r\nLocation: http://a..b/\r\n\r\n",
    "a huge location": lambda server: b"HTTP/1.1 302 Found\r\nLocation: http://" + b"a" * 60_000 + b"/\r\n\r\n",
    "tls on a plain port": lambda server: b"\x15\x03\x03\x00\x02\x02\x28",
}


@pytest.mark.parametrize("manner", HOSTILE)
def test_nothing_that_a_server_does_raises_or_holds_us_up(server: Server, manner: str) -> None:
    url = server.url("/", HOSTILE[manner](server))
    began = time.monotonic()

    answer = asker(seconds=0.6).ask(url)

    # Where the status came through whole, it is believed.
    assert answer.outcome in (LinkOutcome.ERROR, LinkOutcome.OK)
    assert len(answer.detail) <= 200
    assert time.monotonic() - began < 3


def test_an_endless_body_is_not_read(server: Server) -> None:
    sent: list[int] = []

    def body(_request: str) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            sent.append(1)
            yield b"x" * 65536

    url = server.url("/", lambda request: head("405 No") if request.startswith("HEAD") else body(request))

    assert asker().ask(url) == Answer(LinkOutcome.OK, 200)
    assert sum(sent) * 65536 < 20_000_000


def test_a_server_that_speaks_no_tls_is_an_error(server: Server) -> None:
    url = server.url("/", b"HTTP/1.1 400 Bad Request\r\n\r\n").replace("http:", "https:")

    assert asker().ask(url).outcome == LinkOutcome.ERROR


def test_a_handshake_that_never_comes_is_ended(server: Server) -> None:
    def sluggish(_request: str) -> Iterator[bytes]:
        # The head of a record of 16 kB, which then takes its time.
        yield b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
        for _serial in range(100):
            yield b"\x03"
            server.pause(0.05)

    # The first bytes of a handshake name no path: whatever is asked is answered so.
    server.answers = type("Any", (dict,), {"get": lambda self, path: sluggish})()
    began = time.monotonic()

    assert asker(seconds=0.6).ask(f"https://127.0.0.1:{server.port}/").outcome == LinkOutcome.ERROR
    assert time.monotonic() - began < 3


def test_random_answers_never_raise(server: Server) -> None:
    noise = random.Random(20241101)
    parts = [
        b"HTTP/1.1 ",
        b"200",
        b" ",
        b"\r\n",
        b"Location: ",
        b"/",
        b"\0",
        b"\xff",
        b"Content-Length: -1",
        b"chunked",
    ]
    for serial in range(150):
        answer = b"".join(noise.choice([*parts, noise.randbytes(3)]) for _piece in range(noise.randrange(30)))
        asker(seconds=2).ask(server.url(f"/{serial}", answer))


def test_a_path_is_asked_in_ascii_and_not_encoded_twice() -> None:
    assert target(urlsplit("https://example.org/日本/a%20b?q=é&r=1%2F2")) == (
        "/%E6%97%A5%E6%9C%AC/a%20b?q=%C3%A9&r=1%2F2"
    )


@pytest.mark.django_db
class TestKeeping:
    def days(self, source: Source, *answers: Answer) -> LinkCheck:
        for number, answer in enumerate(answers):
            keep(source, answer, NOW + number * DAY)
        return LinkCheck.objects.get(source=source)

    def test_a_link_is_dead_once_it_was_gone_on_three_days(self) -> None:
        source = make_source()

        assert not self.days(source, GONE, GONE).is_dead
        assert not LinkCheck.objects.dead().exists()
        assert self.days(source, GONE, GONE, GONE).is_dead
        assert LinkCheck.objects.dead().get().source == source

    def test_one_day_counts_once(self) -> None:
        source = make_source()
        for hour in range(5):
            keep(source, GONE, NOW + datetime.timedelta(hours=hour))

        assert LinkCheck.objects.get().failures_in_a_row == 1

    def test_an_answer_ends_the_row_and_what_cannot_be_told_does_not(self) -> None:
        link = self.days(make_source(), GONE, GONE, OK, GONE, ERROR, Answer(LinkOutcome.WALL, 403), GONE)

        assert link.failures_in_a_row == 2
        assert link.last_ok_at == NOW + 2 * DAY

    def test_errors_alone_are_never_dead(self) -> None:
        assert not self.days(make_source(), *[ERROR] * 9).is_dead

    def test_another_address_begins_anew(self) -> None:
        source = make_source()
        self.days(source, GONE, GONE, GONE)
        Source.objects.filter(pk=source.pk).update(url="https://example.org/moved")

        assert not LinkCheck.objects.dead().exists()
        source.refresh_from_db()
        assert waiting(NOW + 2 * DAY, 7, None) == [source]
        assert self.days(source, GONE).failures_in_a_row == 1

    def test_a_source_that_went_or_moved_meanwhile_keeps_nothing(self) -> None:
        removed, moved = make_source(), make_source()
        Source.objects.filter(pk=removed.pk).delete()
        Source.objects.filter(pk=moved.pk).update(url="https://example.org/moved")

        assert not keep(removed, GONE, NOW)
        assert not keep(moved, GONE, NOW)
        assert not LinkCheck.objects.exists()

    def test_a_failure_is_asked_again_next_day_and_others_after_the_days(self) -> None:
        good, bad, new = make_source(), make_source(), make_source()
        keep(good, OK, NOW)
        keep(bad, GONE, NOW)

        assert waiting(NOW + DAY / 2, 7, None) == [new]
        assert waiting(NOW + DAY, 7, None) == [new, bad]
        assert waiting(NOW + 7 * DAY, 7, None) == [new, good, bad]
        assert waiting(NOW + 7 * DAY, 7, 2) == [new, good]

    def test_hosts_take_turns(self) -> None:
        one, two = make_source(url="https://a.example.org/1"), make_source(url="https://a.example.org/2")
        other = make_source(url="https://b.example.org/1")

        assert list(spread([one, two, other])) == [one, other, two]

    def test_without_any_answer_the_fault_is_taken_for_ours(self) -> None:
        unreached = Answer(LinkOutcome.GONE, detail="unknown host")
        first, second = make_source(), make_source()

        assert [answer.outcome for _source, answer in keep_all([(first, unreached), (second, unreached)])] == [
            LinkOutcome.ERROR
        ] * 2
        assert dict(keep_all([(first, unreached), (second, OK)])) == {second: OK, first: unreached}

    def test_nothing_public_changes(self) -> None:
        before = Edition.objects.current().number

        keep(make_source(), GONE, NOW)

        assert Edition.objects.current().number == before


def check_links(*options: str) -> str:
    output = io.StringIO()
    call_command("check_links", "--allow-private", "--pause=0", *options, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
class TestCommand:
    def test_each_source_is_asked_once_and_a_second_run_asks_none(self, server: Server) -> None:
        make_source(url=server.url("/good", head("200 OK")))
        make_source(url=server.url("/gone", head("404 Not Found")))

        printed = check_links()

        assert "Gone: " in printed
        assert "2 of 2 asked: answers 1, gone 1" in printed
        assert {link.outcome for link in LinkCheck.objects.all()} == {"ok", "gone"}
        assert "0 of 0 asked" in check_links()

    def test_the_name_it_gives_leads_to_the_tracker(self, server: Server, settings: Any) -> None:
        settings.SITE_URL = "https://tracker.example.org"
        make_source(url=server.url("/", head("200 OK")))

        check_links()

        assert "(+https://tracker.example.org)" in server.requests[0]

    def test_one_connection_at_a_time_with_a_pause(self, server: Server) -> None:
        for serial in range(3):
            make_source(url=server.url(f"/{serial}", head("200 OK")))
        began = time.monotonic()

        check_links("--pause=0.2")

        assert time.monotonic() - began >= 0.4
        assert server.most_at_once == 1

    def test_it_stops_when_its_time_is_over(self, server: Server) -> None:
        for serial in range(5):
            make_source(url=server.url(f"/{serial}", head("200 OK")))

        printed = check_links("--pause=0.4", "--minutes=0.01")

        assert LinkCheck.objects.count() == 2
        assert "2 of 5 asked" in printed

    def test_a_limit_bounds_it(self, server: Server) -> None:
        for serial in range(3):
            make_source(url=server.url(f"/{serial}", head("200 OK")))

        assert "1 of 1 asked" in check_links("--limit=1")

    def test_private_addresses_are_left_alone_unless_told(self, server: Server) -> None:
        make_source(url=server.url("/", head("200 OK")))

        call_command("check_links", stdout=io.StringIO())

        assert LinkCheck.objects.get().detail == "leads into a private network"
        assert not server.requests

    def test_the_time_of_asking_is_kept(self, server: Server) -> None:
        make_source(url=server.url("/", head("200 OK")))
        before = timezone.now()

        check_links()

        assert before <= LinkCheck.objects.get().asked_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_a_second_run_at_the_same_time_is_refused() -> None:
    refusals: list[str] = []

    def second() -> None:
        try:
            check_links()
        except CommandError as error:
            refusals.append(str(error))
        finally:
            connection.close()

    with one_at_a_time() as is_alone:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    assert is_alone
    assert refusals == ["Another check of the links is under way."]
