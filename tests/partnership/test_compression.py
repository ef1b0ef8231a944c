from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from partnership.compression import CompressionMiddleware

PROSE = "A made-up sentence, said again and again. " * 100


def answer(
    make: Callable[[], HttpResponseBase], accept: str = "gzip, deflate, br", path: str = "/updates/"
) -> HttpResponseBase:
    request = RequestFactory().get(path, headers={"Accept-Encoding": accept})
    return CompressionMiddleware(lambda _: make())(request)


def prose() -> HttpResponse:
    return HttpResponse(PROSE, headers={"ETag": 'W/"made-up"'})


def test_brotli_is_preferred() -> None:
    response = answer(prose)
    assert isinstance(response, HttpResponse)
    assert response["Content-Encoding"] == "br"
    assert brotli.decompress(response.content).decode() == PROSE
    assert response["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize("accept", ["gzip", "GZIP;q=0.5, br;q=0", "br;q=0.0, gzip"])
def test_gzip_where_brotli_is_not_accepted(accept: str) -> None:
    response = answer(prose, accept)
    assert isinstance(response, HttpResponse)
    assert response["Content-Encoding"] == "gzip"
    assert zlib.decompress(response.content, 31).decode() == PROSE


@pytest.mark.parametrize("accept", ["", "identity", "gzip;q=0", "*;q=0", "zstd"])
def test_plain_where_nothing_we_know_is_accepted(accept: str) -> None:
    response = answer(prose, accept)
    assert not response.has_header("Content-Encoding")
    assert response["Vary"] == "Accept-Encoding"


def test_same_page_is_compressed_to_the_same_bytes() -> None:
    one, other = answer(prose, "gzip"), answer(prose, "gzip")
    assert isinstance(one, HttpResponse)
    assert isinstance(other, HttpResponse)
    assert one.content == other.content


def test_weak_validator_survives_and_a_strong_one_is_weakened() -> None:
    assert answer(prose)["ETag"] == 'W/"made-up"'
    assert answer(lambda: HttpResponse(PROSE, headers={"ETag": '"made-up"'}))["ETag"] == 'W/"made-up"'


def test_admin_is_never_compressed() -> None:
    response = answer(prose, path="/admin/login/")
    assert not response.has_header("Content-Encoding")


def test_answer_with_a_cookie_is_never_compressed() -> None:
    def with_cookie() -> HttpResponse:
        response = prose()
        response.set_cookie("made", "up")
        return response

    assert not answer(with_cookie).has_header("Content-Encoding")


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse("short"),
        lambda: HttpResponse(PROSE, content_type="image/png"),
        lambda: HttpResponse(PROSE, headers={"Content-Encoding": "zstd"}),
        lambda: HttpResponse(status=304),
    ],
    ids=["short", "image", "compressed already", "not modified"],
)
def test_what_would_not_gain_is_left_alone(make: Callable[[], HttpResponse]) -> None:
    assert answer(make).get("Content-Encoding") in (None, "zstd")


def test_stream_is_compressed_piece_by_piece() -> None:
    response = answer(lambda: StreamingHttpResponse([PROSE.encode(), PROSE.encode()], content_type="text/csv"))
    assert isinstance(response, StreamingHttpResponse)
    assert brotli.decompress(b"".join(response)).decode() == PROSE * 2
