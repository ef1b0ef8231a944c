"""Briefs on paper, by the Chromium of the machine and by WeasyPrint."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from ctypes.util import find_library
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from commitments.pdf import Renderer
from commitments.views.briefs import SHEETS
from tests.factories import make_commitment
from tests.views.conftest import Register

from .conftest import CHROMIUM

WITHOUT_PANGO = pytest.mark.skipif(
    find_library("pango-1.0") is None, reason="no Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
)


@pytest.fixture(params=["chromium", pytest.param("weasyprint", marks=WITHOUT_PANGO)])
def renderer(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Renderer:
    """Each program in turn; briefs are made by it, too."""
    settings.STATE_DIR = tmp_path
    settings.CHROMIUM = CHROMIUM if request.param == "chromium" else ""
    settings.HAS_WEASYPRINT = request.param == "weasyprint"
    return Renderer(tmp_path / "pdfs", settings.CHROMIUM, has_weasyprint=settings.HAS_WEASYPRINT)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and what was asked there."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
def test_a_brief_is_a_tagged_document_with_title_language_and_a_foot_on_every_sheet(
    renderer: Renderer, client: Client
) -> None:
    register = Register()
    # More than one sheet.
    register.grow(12)
    commitment = register.commitments[0]

    response = client.get(f"/briefs/commitments/{commitment.reference}.pdf")

    document = PdfReader(io.BytesIO(response.content))
    catalog: Any = document.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"] == "en"
    assert document.metadata is not None
    assert str(document.metadata.title).startswith(f"{commitment.reference}: {commitment.title}")
    sheets = [page.extract_text() for page in document.pages]
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        assert f"{number} / {len(sheets)}" in sheet
        assert "as known on" in sheet
        assert "edition" in sheet
    assert any(register.source.url in sheet for sheet in sheets)
    # The browser's own head and foot would name the file.
    assert not any("page.html" in sheet for sheet in sheets)


def test_no_head_stands_alone_at_the_foot_of_a_sheet(renderer: Renderer, settings: Any) -> None:
    styles = "".join((settings.BASE_DIR / "static" / sheet).read_text("utf-8") for sheet in SHEETS)
    tables, lists = (
        "".join(
            f'<section class="band"><header><h2>Heading</h2><p>Note.</p></header><div>{content}</div></section>'
            for content in contents
        )
        for contents in (map(table_of, range(1, 40)), map(list_of, range(1, 40)))
    )
    head = f"<title>Made up</title><style>{styles}</style>"
    page = f'<html lang="en" class="brief" data-footer="Foot">{head}<main class="wrap">{tables}{lists}</main>'

    document = PdfReader(io.BytesIO(renderer.pdf(f"<!doctype html>{page}".encode())))

    assert len(document.pages) > 20
    for sheet in document.pages:
        said = [line.strip() for line in sheet.extract_text().splitlines() if line.strip()]
        lines = [line for line in said if line not in ("Foot", "2025") and " / " not in line]
        assert lines[-1].startswith("Row"), lines[-3:]
        # Dates stand in the margin, each beside its title.
        assert said.count("2025") == said.count("Title")


def table_of(count: int) -> str:
    rows = "".join(f"<tr><td>Row {number}</td></tr>" for number in range(count % 7 + 1))
    return f'<table class="tbl"><thead><tr><th>Column</th></tr></thead><tbody>{rows}</tbody></table>'


def list_of(count: int) -> str:
    reading = '<div class="reading"><p>Of what</p><p>Row</p></div>'
    entry = f'<li><div class="when">2025</div><div><h3>Title</h3><p>Row</p>{reading}</div></li>'
    return f'<ol class="log">{entry * (count % 5 + 1)}</ol>'


def test_nothing_but_the_page_itself_is_read(
    renderer: Renderer, listener: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, asked = listener
    hosts = ("127.0.0.1", "localhost", "[::1]")
    pictures = "".join(
        f'<img src="http://{host}:{port}/picture"><iframe src="http://{host}:{port}/"></iframe>' for host in hosts
    )
    sheet = f'<link rel="stylesheet" href="http://127.0.0.1:{port}/sheet">'
    script = f'<script>fetch("http://127.0.0.1:{port}/script")</script>'

    content = renderer.pdf(f"<!doctype html><title>Made up</title>{sheet}<p>Words.</p>{pictures}{script}".encode())

    assert asked == []
    assert "Words." in PdfReader(io.BytesIO(content)).pages[0].extract_text()


@pytest.mark.django_db
def test_text_that_looks_like_markup_reads_no_file(renderer: Renderer, client: Client, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A made-up secret.", "utf-8")
    commitment = make_commitment(summary=f'<iframe src="{secret.as_uri()}"></iframe>')

    content = client.get(f"/briefs/commitments/{commitment.reference}.pdf").content

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "made-up secret" not in text
    assert "<iframe" in text
