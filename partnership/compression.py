"""Compressed answers. Small, and our own, because what must not be compressed is the point of it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, cast

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

# Measured on prose: level 5 takes brotli as long as level 6 takes gzip, and gives fewer bytes.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6
GZIP_FORMAT = 31
# Below, the headers outweigh the gain.
SMALLEST = 500
COMPRESSIBLE = re.compile(r"text/|application/(json|[\w.]+\+json|xml|[\w.]+\+xml|javascript|manifest)|image/svg")
REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")


class Compressor(Protocol):
    """Takes a body piece by piece."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class Brotli:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=BROTLI_QUALITY)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._compressor.process(data))

    def flush(self) -> bytes:
        return bytes(self._compressor.finish())


def gzip() -> Compressor:
    return zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_FORMAT)


# In the order of preference.
ENCODINGS: dict[str, Callable[[], Compressor]] = {"br": Brotli, "gzip": gzip}


class CompressionMiddleware:
    """Brotli or gzip for what everybody may see.

    Nothing under /admin/ and nothing that sets a cookie: there a secret stands beside text from outside, and the size
    of the compressed page would give it away (BREACH).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(reverse("admin:index")) or response.cookies:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        encoding = accepted_encoding(request.headers.get("Accept-Encoding", ""))
        if encoding and is_worth_it(response):
            compress(response, encoding)
        return response


def accepted_encoding(header: str) -> str | None:
    offers = {offer.partition(";")[0].strip().lower() for offer in header.split(",") if not REFUSED.search(offer)}
    return next((encoding for encoding in ENCODINGS if encoding in offers), None)


def is_worth_it(response: HttpResponseBase) -> bool:
    if response.status_code in (204, 206, 304) or response.has_header("Content-Encoding"):
        return False
    if isinstance(response, StreamingHttpResponse) and response.is_async:
        return False
    if isinstance(response, HttpResponse) and len(response.content) < SMALLEST:
        return False
    return bool(COMPRESSIBLE.match(response.headers.get("Content-Type", "")))


def compress(response: HttpResponseBase, encoding: str) -> None:
    """Validators of ours are weak already; a strong one would promise the same bytes in every encoding."""
    compressor = ENCODINGS[encoding]()
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = compressed_pieces(cast("Iterator[bytes]", response.streaming_content), compressor)
        del response.headers["Content-Length"]
    elif isinstance(response, HttpResponse):
        response.content = compressor.compress(response.content) + compressor.flush()
        response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Encoding"] = encoding
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"


def compressed_pieces(pieces: Iterable[bytes], compressor: Compressor) -> Iterator[bytes]:
    for piece in pieces:
        if compressed := compressor.compress(piece):
            yield compressed
    yield compressor.flush()
