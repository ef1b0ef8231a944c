from __future__ import annotations

from django.conf import settings
from django.db.models import Min
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ..clocks import BadQuery, Clocks
from ..days import utc_day
from ..dumps import kept_dumps
from ..exports.catalogue import WRITERS, Catalogue
from ..exports.formats import FORMATS
from ..exports.package import write_package
from ..exports.selection import is_selection, refuse_unknown, selected
from ..exports.tables import Table, days
from ..models import Commitment, Edition
from ..public import public
from ..records import DATASETS
from .citations import root_of
from .files import file_answer, table_answer


@public
def dataset(request: HttpRequest, clocks: Clocks, name: str, extension: str) -> FileResponse:
    if name not in DATASETS:
        raise Http404
    wanted = DATASETS[name]
    records = selected(wanted, request.GET, clocks)
    table = Table.of(wanted, records, clocks, is_selection=is_selection(wanted, request.GET))
    return table_answer(request, table, FORMATS[extension])


@public
def package(request: HttpRequest, clocks: Clocks) -> FileResponse:
    refuse_unknown(request.GET, ())
    name = Table("register", "", (), (), days(clocks)).file_name("zip")
    return file_answer(request, lambda output: write_package(clocks, output), name=name, media_type="application/zip")


@public
def catalogue(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """Of today alone: it says where the files are. A file kept since the last change is listed from the next day on."""
    refuse_unknown(request.GET, ())
    if clocks.is_past:
        raise BadQuery(_("The catalogue is that of today; the files it names can be asked for as of any day."))
    first = Commitment.objects.published(clocks.as_of).aggregate(first=Min("published_at"))["first"]
    changed_at = Edition.objects.current().changed_at
    found = Catalogue(
        root=root_of(request),
        issued_on=utc_day(first) if first else None,
        modified_on=utc_day(changed_at) if changed_at else None,
        dumps=kept_dumps(settings.DUMPS_DIR),
    )
    content_type, write = WRITERS[extension]
    return HttpResponse(write(found.graph()), content_type=content_type)
