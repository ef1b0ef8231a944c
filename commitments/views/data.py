"""The register as files, to take away and to cite."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ..clocks import Clocks
from ..dumps import Dump, kept_dump, kept_dumps
from ..exports.dictionary import explained, notes
from ..exports.formats import FORMATS
from ..models import Edition
from ..public import entity_tag, page, public, unchanged
from ..records import DATASETS, record_counts

A_YEAR = int(datetime.timedelta(days=365).total_seconds())


@functools.partial(public, validates_itself=True)
def data(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    kept = [dump for dump in kept_dumps(settings.DUMPS_DIR) if dump.day <= (clocks.known_on or clocks.today)]
    # A new file is no new edition.
    newest = kept[0].sha256 if kept else ""
    etag = entity_tag(request, Edition.objects.current(), clocks.today, newest)
    response = unchanged(request, etag=etag)
    if response is None:
        counts = record_counts(clocks)
        rows = [(dataset, counts.get(dataset.name)) for dataset in DATASETS.values()]
        context = {"dumps": kept, "datasets": rows, "formats": FORMATS.values()}
        response = page(request, clocks, "commitments/data.html", context)
    response.headers["ETag"] = etag
    return response


@public
def dictionary(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    datasets = [(dataset, explained(dataset)) for dataset in DATASETS.values()]
    return page(request, clocks, "commitments/dictionary.html", {"datasets": datasets, "notes": notes()})


@require_safe
def register_file(request: HttpRequest, day: datetime.date) -> HttpResponseBase:
    dump = _kept(day)
    etag = f'"{dump.sha256}"'
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={A_YEAR}, immutable"}
    unchanged = get_conditional_response(request, etag=etag)
    return unchanged or FileResponse(dump.path.open("rb"), content_type="application/yaml", headers=headers)


@require_safe
def register_digest(request: HttpRequest, day: datetime.date) -> HttpResponse:
    dump = _kept(day)
    return HttpResponse(f"{dump.sha256}  {dump.path.name}\n", content_type="text/plain; charset=us-ascii")


def _kept(day: datetime.date) -> Dump:
    dump = kept_dump(settings.DUMPS_DIR, day)
    if dump is None:
        raise Http404
    return dump
