"""What every public answer shares: clocks, one snapshot of the database, and validators for caches.

A public answer is a pure function of release, edition, UTC day, address and language. Nothing here, and nothing in a
view behind it, touches the session, a cookie or the visitor.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .clocks import BadQuery, Clocks
from .models import Edition, StatusUpdate

MAX_AGE = datetime.timedelta(minutes=1)
MARK_OF_A_PROXY = re.compile(r"(?:--?|;)(?:gzip|br|deflate|zstd)(?=\")")


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside from one state of the database, and write nothing.

    Inside a transaction already under way (a test's, an admin's preview) the isolation is that transaction's.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, Clocks, P], Answer]


def refusal(request: HttpRequest, error: BadQuery) -> HttpResponse:
    """For people: a page with status 400 that says what is wrong."""
    return render(request, "400.html", {"message": str(error)}, status=400)


def public(
    view: View[P, Answer],
    *,
    validates_itself: bool = False,
    refuse: Callable[[HttpRequest, BadQuery], HttpResponse] = refusal,
) -> Callable[..., Answer | HttpResponse]:
    """Make a view public: it receives the clocks, reads one snapshot, and answers 304 where nothing has changed.

    `refuse` answers a bad clock, filter or cursor. A view that `validates_itself` knows better what it shows, and sets
    an ETag of its own.
    """

    @require_safe
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> Answer | HttpResponse:
        now = timezone.now()
        try:
            clocks = Clocks.read(request.GET, now.date())
            with snapshot():
                etag = "" if validates_itself else entity_tag(request, Edition.objects.current(), now.date())
                kept = unchanged(request, etag=etag) if etag else None
                response = kept or view(request, clocks, *args, **kwargs)
        except BadQuery as error:
            return refuse(request, error)
        if response.status_code in (200, 304):
            response.headers.setdefault("ETag", etag)
            response.headers.setdefault("Cache-Control", f"public, max-age={max_age(now)}")
        patch_vary_headers(response, ["HX-Request"])
        return response

    return answer


def unchanged(
    request: HttpRequest, *, etag: str, last_modified: datetime.datetime | None = None
) -> HttpResponse | None:
    """The answer to a reader who has the page already, by its tag or, where the reader sent none, by its date.

    Proxies that compress mark the tags of what they hand on ("…-gzip"), and not all of them take the mark off again.
    """
    if given := request.META.get("HTTP_IF_NONE_MATCH"):
        request.META["HTTP_IF_NONE_MATCH"] = MARK_OF_A_PROXY.sub("", given)
    moment = int(last_modified.timestamp()) if last_modified else None
    return get_conditional_response(request, etag=etag, last_modified=moment)


def entity_tag(request: HttpRequest, edition: Edition, day: datetime.date, *beside: str) -> str:
    """Weak, because the same page travels in several encodings. `beside` is what a page shows that is no edition."""
    parts = (
        settings.RELEASE,
        str(edition.number),
        day.isoformat(),
        request.get_full_path(),
        get_language() or "",
        request.headers.get("HX-Request", ""),
        *beside,
    )
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def max_age(now: datetime.datetime) -> int:
    """Seconds that an answer may be kept unasked: a minute, and never past midnight UTC."""
    midnight = datetime.datetime.combine(now.date() + datetime.timedelta(days=1), datetime.time.min, datetime.UTC)
    return int(min(MAX_AGE, midnight - now).total_seconds())


def page(
    request: HttpRequest, clocks: Clocks, template: str, context: dict[str, Any], *, asked: str | None = None
) -> HttpResponse:
    """Render a public page; adds what the frame of every page shows. One query.

    `asked` is the query string of its canonical address where that has more than the clocks: one order, and nothing
    that the page does not read.
    """
    acts = StatusUpdate.objects.counted(clocks.as_of, clocks.known_on).filter(is_context=False)
    latest = acts.order_by("-happened_by", "-number").only("happened_on", "happened_precision").first()
    query = clocks.query_string() if asked is None else asked
    frame = {
        "clocks": clocks,
        "latest_evidence": latest,
        "canonical": request.build_absolute_uri(f"{request.path}?{query}" if query else request.path),
        "is_variant": bool(query),
    }
    return render(request, template, {**frame, **context})
