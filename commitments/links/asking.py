"""Asking one address whether it answers, or telling it something: never longer, never more of it, and never elsewhere
than allowed.

The standard library is enough: no client library resolves, judges and connects to one and the same address, or bounds
the whole of an exchange rather than each wait of it.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

from commitments.models import LinkOutcome

MOST_REDIRECTS = 5
MOST_BYTES = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
WALLS = {401, 403, 429, 503}
DETAIL = 200
# Failures of this machine's own network, which say nothing about the other one.
OWN_FAILURES = {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE, errno.ENOBUFS}
UNKNOWN_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
HOST = re.compile(r"[a-z0-9._:%-]+\Z")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Untold(Exception):
    """The address cannot be asked, or its answer says nothing; the message is the detail."""


class NoConnection(Exception):
    """Nobody was reached; `is_gone` is false where the fault may be this machine's."""

    def __init__(self, detail: str, *, is_gone: bool) -> None:
        super().__init__(detail)
        self.is_gone = is_gone


@dataclass(frozen=True)
class Answer:
    """Without a status code no server has answered."""

    outcome: LinkOutcome
    status_code: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class Asker:
    """`seconds` bounds one exchange with all of its redirects; `private_too` is for tests."""

    user_agent: str
    seconds: float = 20
    private_too: bool = False

    def ask(self, url: str) -> Answer:
        """What became of the address. Raises nothing, whatever is at the other end."""
        return self._answer(lambda deadline: self._follow(url, deadline))

    def tell(self, url: str, form: Mapping[str, str]) -> Answer:
        """What the address says to this form. No redirect is followed, and nothing raised."""
        body = urlencode(form).encode()
        return self._answer(lambda deadline: judged(self._exchange("POST", url, deadline, body)[0]))

    def _answer(self, exchange: Callable[[float], Answer]) -> Answer:
        try:
            return exchange(time.monotonic() + self.seconds)
        except NoConnection as error:
            return Answer(LinkOutcome.GONE if error.is_gone else LinkOutcome.ERROR, detail=str(error)[:DETAIL])
        except Untold as error:
            return Answer(LinkOutcome.ERROR, detail=str(error)[:DETAIL])
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(LinkOutcome.ERROR, detail=described(error))

    def _follow(self, url: str, deadline: float) -> Answer:
        for _hop in range(MOST_REDIRECTS + 1):
            status, location = self._head_or_get(url, deadline)
            if status not in REDIRECTS or not location:
                return judged(status)
            url = urljoin(url, location)
        raise Untold(f"more than {MOST_REDIRECTS} redirects")

    def _head_or_get(self, url: str, deadline: float) -> tuple[int, str]:
        """Some servers refuse, misjudge or break off a HEAD that they would answer as a GET."""
        try:
            status, location = self._exchange("HEAD", url, deadline)
        except (http.client.HTTPException, ConnectionResetError, BrokenPipeError):
            return self._exchange("GET", url, deadline)
        if status < 400 or status == 429:
            return status, location
        return self._exchange("GET", url, deadline)

    def _exchange(self, method: str, url: str, deadline: float, body: bytes | None = None) -> tuple[int, str]:
        """The status and the Location of an answer whose body nobody reads."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Untold("leads to no http or https address")
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        host = parts.hostname.encode("idna").decode("ascii")
        if not HOST.match(host):
            raise Untold("leads to no host")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with connected(addresses(host, port, private_too=self.private_too), seconds) as plain:
            sock = encrypted(plain, host) if parts.scheme == "https" else plain
            with sock, ended_at(deadline, sock):
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
                return self._request(sock, method, host, parts, body)

    def _request(
        self, sock: socket.socket, method: str, host: str, parts: SplitResult, body: bytes | None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection(host, parts.port)
        connection.response_class = ShortResponse
        connection.sock = sock
        headers = {
            "Host": f"[{host}]" if ":" in host else host,
            "User-Agent": self.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        if parts.port:
            headers["Host"] += f":{parts.port}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, target(parts), body, headers)
        with contextlib.closing(connection.getresponse()) as response:
            location = response.headers.get("Location", "").strip()
            # Header lines are read as Latin-1; addresses outside ASCII are UTF-8 in practice.
            return response.status, location.encode("latin-1", "replace").decode("utf-8", "replace")


def judged(status: int) -> Answer:
    if status in (404, 410):
        return Answer(LinkOutcome.GONE, status)
    if status in WALLS:
        return Answer(LinkOutcome.WALL, status)
    return Answer(LinkOutcome.OK if 200 <= status < 400 else LinkOutcome.ERROR, status)


def described(error: Exception) -> str:
    """What a server sent may stand in an error; only its kind is kept of that."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:DETAIL]
    return type(error).__name__


def target(parts: SplitResult) -> str:
    """What stands in the request line: path and query in ASCII, percent signs as they are."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else path


Address = tuple[socket.AddressFamily, Any]


def addresses(host: str, port: int, *, private_too: bool) -> list[Address]:
    """Where the name leads. One address inside this machine's own network is enough to refuse it altogether."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NoConnection(f"name service: {error.strerror}", is_gone=error.errno in UNKNOWN_NAME) from error
    if not private_too and not all(is_public(str(sockaddr[0])) for *_kind, sockaddr in found):
        raise Untold("leads into a private network")
    return [(family, sockaddr) for family, _type, _protocol, _name, sockaddr in found]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            ip = inner
    return ip.is_global and not ip.is_multicast


def connected(candidates: list[Address], seconds: float) -> socket.socket:
    """A connection to the first of these addresses, the ones that were judged, that accepts one."""
    failure = OSError("no address")
    for family, sockaddr in candidates:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(seconds / len(candidates))
        try:
            sock.connect(sockaddr)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(seconds)
            return sock
    raise NoConnection(described(failure), is_gone=failure.errno not in OWN_FAILURES) from failure


def encrypted(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Before the handshake, which the deadline is to bound as well."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


@contextlib.contextmanager
def ended_at(deadline: float, sock: socket.socket) -> Iterator[None]:
    """Break the connection off at the deadline: a timeout alone begins anew with each byte that trickles in."""

    def break_off() -> None:
        with contextlib.suppress(OSError):
            # Not the method of an SSL socket, which takes its state away from under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0, deadline - time.monotonic()), break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Bounded(io.RawIOBase):
    """The beginning of a stream, as if it ended there."""

    def __init__(self, raw: io.RawIOBase, most: int) -> None:
        self.raw = raw
        self.left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        view = memoryview(buffer)[: self.left]
        count = self.raw.readinto(view)
        self.left -= count or 0
        return count

    def close(self) -> None:
        self.raw.close()
        super().close()


class ShortResponse(http.client.HTTPResponse):
    """Reads no more than the beginning of what a server sends."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        stream: Any = self.fp
        self.fp = io.BufferedReader(Bounded(stream.detach(), MOST_BYTES))
