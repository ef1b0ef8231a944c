from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest

from ..clocks import Clocks
from ..exports.formats import FORMATS
from ..exports.package import write_package
from ..exports.selection import is_selection, refuse_unknown, selected
from ..exports.tables import Table, days
from ..public import public
from ..records import DATASETS
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
