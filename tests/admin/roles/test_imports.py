"""An import works on a connection of its own, so that its cell writes for real."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from commitments.admin.spreadsheets import keep, plan_of
from commitments.models import SheetImport, StatusUpdate
from commitments.spreadsheets.progress import no_progress
from commitments.spreadsheets.writing import workbook
from tests.factories import make_user
from tests.spreadsheets.sheets import tables, update_row

from .addresses import IMPORTS
from .persons import Person, everybody_but, owner, persons


def confirm(person: Person, row: SheetImport) -> Any:
    """What the button of the dry run sends, whoever was shown it."""
    shown = plan_of(row, no_progress).digest()
    answer = person.client.post(reverse("admin:commitments_sheetimport_change", args=[row.pk]), {"shown": shown})
    # The work goes on while the page is read.
    return list(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.django_db(transaction=True)
def test_an_import_is_for_those_who_may_write_all_that_it_writes() -> None:
    for person in [*persons(), owner(), *(everybody_but(any_of) for any_of in IMPORTS)]:
        content = workbook(tables(updates=[update_row(title=f"Forged by {person.name}")]))
        row = keep(SimpleUploadedFile("file.xlsx", content), person.user or make_user())

        confirm(person, row)

        written = StatusUpdate.objects.filter(title=f"Forged by {person.name}").exists()
        assert written is person.may(IMPORTS), person.name
