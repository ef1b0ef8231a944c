"""A file as an answer: written whole inside the snapshot of the database, sent after it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from typing import IO

from django.http import FileResponse, HttpRequest

from ..exports.formats import Format
from ..exports.tables import LICENCE, Table

# Smaller ones stay in memory.
ON_DISK_FROM = 1024 * 1024


def file_answer(
    request: HttpRequest, write: Callable[[IO[bytes]], None], *, name: str, media_type: str
) -> FileResponse:
    """To HEAD, the same without the work."""
    is_head = request.method == "HEAD"
    body: IO[bytes] = io.BytesIO() if is_head else tempfile.SpooledTemporaryFile(ON_DISK_FROM)  # noqa: SIM115 - sent later
    if not is_head:
        write(body)
        body.seek(0)
    response = FileResponse(body, as_attachment=True, filename=name, content_type=media_type)
    response.headers["Link"] = f'<{LICENCE}>; rel="license"'
    if is_head:
        del response.headers["Content-Length"]
    return response


def table_answer(request: HttpRequest, table: Table, form: Format) -> FileResponse:
    return file_answer(
        request,
        lambda output: form.write(table, output),
        name=table.file_name(form.extension),
        media_type=form.media_type,
    )
