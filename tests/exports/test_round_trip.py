"""What is dumped and loaded into an empty database, or taken to the desk and brought back, is exported as before."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pgtrigger
import pytest
from django.db import transaction
from django.test import Client

from commitments.exports.formats import FORMATS
from commitments.management.commands.load_register import SHIPPED
from commitments.models import Commitment, Discrepancy, DiscrepancySource, Edition, InstrumentSource, reason_for_change
from commitments.records import DATASETS
from commitments.register.dumping import dump
from commitments.register.loading import load_register
from commitments.register.writing import write_register
from commitments.spreadsheets.exporting import tables_of
from commitments.spreadsheets.importing import import_sheets
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.reading import read_sheets
from commitments.spreadsheets.writing import csv_archive, workbook
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    make_user,
    moment,
)
from tests.raw_sql import fire_deferred

from .files import download

pytestmark = pytest.mark.django_db

# Whatever the desk lets an editor type, and careless files lose.
HOSTILE = "=1+1 \"quoted\", 'single' | \\ {}%&<b> 防衛協力 \u3000_x000D_ 😀 é \ufeff#N/A"
LONG = f"{HOSTILE}\n\n-2\r\n\t@SUM(A1)\n  indented: - not a list # not a comment\n---\n..."
FIRST, SECOND, THIRD = datetime.date(2025, 3, 1), datetime.date(2025, 3, 2), datetime.date(2025, 6, 30)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


@contextlib.contextmanager
def scratch() -> Iterator[None]:
    """A database of its own, empty at first; what happened in it is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def shipped() -> None:
    load_register(SHIPPED, today=today())
    fire_deferred()


def made_up() -> None:
    """Every kind of record, in every state that it may be in, published on several days."""
    # As if each act were a transaction of its own.
    for model in ("Commitment", "StatusUpdate"):
        pgtrigger.constraints(pgtrigger.Immediate, f"commitments.{model}:publishable")
    text = make_source(title=HOSTILE, note=HOSTILE, published_on=FIRST, published_precision="month")
    make_source(title="That only a draft cites")
    instrument = make_instrument(title=HOSTILE, description=LONG)
    InstrumentSource.objects.create(instrument=instrument, source=text)
    common = {
        "area": make_area(name=HOSTILE, description=HOSTILE),
        "instrument": instrument,
        "actors": [make_actor(name=HOSTILE, abbreviation="=A"), make_actor()],
        "sources": [text, make_source()],
        "progress_looks_like": [HOSTILE, "two"],
    }
    kept = make_commitment(
        title=HOSTILE,
        summary=HOSTILE,
        note=HOSTILE,
        wording_text=HOSTILE,
        wording_language="ja",
        wording_source=text,
        paragraph="＝2",
        published_at=moment(FIRST),
        **common,
    )
    yearly = make_commitment(
        kind="recurring",
        cadence_months=12,
        follows=kept,
        follows_relation="implements",
        published_at=moment(SECOND),
        **common,
    )
    withdrawn = make_commitment(
        kind="one_off", due_on=datetime.date(2025, 1, 1), due_precision="year", published_at=moment(FIRST), **common
    )
    draft = make_commitment(published=False, title="A draft", instrument=instrument)
    step = make_milestone(kept, title=HOSTILE, sources=[text], recorded_at=moment(SECOND))
    later = make_milestone(kept, sources=[text], replaces=step, recorded_at=moment(THIRD))
    make_milestone(kept, recorded=False)
    make_check(yearly, kept, found=HOSTILE, places=[HOSTILE, "two"], recorded_at=moment(THIRD), checked_on=SECOND)
    make_check(kept, recorded=False)
    wrong = make_update(
        title=HOSTILE,
        summary=HOSTILE,
        note=HOSTILE,
        happened_on=datetime.date(2025, 3, 1),
        happened_precision="month",
        assessments=[{"commitment": withdrawn, "status": "announced", "reasoning": HOSTILE}, {"commitment": kept}],
        published_at=moment(SECOND),
    )
    make_update(
        corrects=wrong, correction_reason=HOSTILE, assessments=[{"commitment": kept}], published_at=moment(THIRD)
    )
    held = make_update(
        assessments=[
            {"commitment": yearly, "status": "kept_up", "is_occurrence": True},
            {"commitment": kept, "meets": later},
        ],
        published_at=moment(THIRD, 13),
    )
    make_update(corrects=held, correction_reason="It was not held.", published_at=moment(THIRD, 14))
    make_update(published=False, title="A draft", assessments=[{"commitment": draft}])
    DiscrepancySource.objects.create(
        discrepancy=Discrepancy.objects.create(topic=HOSTILE, article=HOSTILE, official=HOSTILE, assessment=HOSTILE),
        source=text,
    )
    Commitment.objects.filter(pk=withdrawn.pk).update(withdrawn_at=moment(THIRD), withdrawal_reason=HOSTILE)
    fire_deferred()


EVERY_REGISTER = pytest.mark.parametrize("fill", [shipped, made_up])


CLOSED_DAYS = [*(f"?as_of={day}&known_on={day}" for day in (SECOND, THIRD, "2026-03-01")), f"?known_on={THIRD}"]


def packages(client: Client) -> dict[str, bytes]:
    """The whole of today and of some closed days."""
    return {query: download(client, f"/exports/register.zip{query}") for query in ("", *CLOSED_DAYS)}


def files(client: Client) -> dict[str, bytes]:
    names = [f"{name}.{extension}" for name in [*DATASETS, "changes"] for extension in FORMATS]
    addresses = [*names, "changes.json?since=2024-01-01"]
    return packages(client) | {address: download(client, f"/exports/{address}") for address in addresses}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return [address for address, content in one.items() if content != other[address]]


@EVERY_REGISTER
def test_what_is_dumped_and_loaded_is_exported_to_the_byte(
    fill: Callable[[], None], client: Client, tmp_path: Path
) -> None:
    with scratch():
        fill()
        before = files(client)
        write_register(dump(), tmp_path)

    with scratch():
        load_register(tmp_path, today=today())
        fire_deferred()
        after = files(client)

    assert differing(before, after) == []


def test_of_days_before_a_rewording_a_load_knows_the_words_of_the_dump_alone(client: Client, tmp_path: Path) -> None:
    with scratch():
        made_up()
        with reason_for_change("Plainer words."):
            Commitment.objects.filter(kind="standing", published_at__isnull=False).update(title="Plain words")
        fire_deferred()
        before = packages(client)
        write_register(dump(), tmp_path)

    with scratch():
        load_register(tmp_path, today=today())
        fire_deferred()
        after = packages(client)

    assert differing(before, after) == CLOSED_DAYS


@EVERY_REGISTER
@pytest.mark.parametrize("write", [workbook, csv_archive])
def test_what_is_taken_to_the_desk_and_imported_changes_no_file(
    fill: Callable[[], None], write: Callable[..., bytes], client: Client
) -> None:
    fill()
    before, edition = download(client, "/exports/register.zip"), Edition.objects.current().number
    taken = write(tables_of(read_known(), with_drafts=True))

    plan = import_sheets(read_sheets(taken), by=make_user(), today=today())
    fire_deferred()

    assert plan.is_empty
    assert write(tables_of(read_known(), with_drafts=True)) == taken
    assert Edition.objects.current().number == edition
    assert download(client, "/exports/register.zip") == before
