"""A row of each model of the desk that nothing but the role keeps from being changed or deleted, with rows under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from commitments.models import (
    AuditEntry,
    Commitment,
    Discrepancy,
    DiscrepancySource,
    Edition,
    Instrument,
    InstrumentSource,
    Revision,
    StatusUpdate,
    reason_for_change,
)
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
)


def make_instrument_with_source() -> Instrument:
    instrument = make_instrument()
    InstrumentSource.objects.create(instrument=instrument, source=make_source(), position=0)
    return instrument


def make_discrepancy() -> Discrepancy:
    discrepancy = Discrepancy.objects.create(topic="T", article="A", official="O", assessment="B")
    DiscrepancySource.objects.create(discrepancy=discrepancy, source=make_source(), position=0)
    return discrepancy


def make_revision() -> Revision:
    commitment = make_commitment()
    with reason_for_change("Clearer."):
        Commitment.objects.filter(pk=commitment.pk).update(title="New words")
    return Revision.objects.get()


def make_draft(**fields: Any) -> StatusUpdate:
    return make_update(published=False, assessments=[{"commitment": make_commitment()}], **fields)


MAKE: dict[str, Callable[[], models.Model]] = {
    "commitments.instrument": make_instrument_with_source,
    "commitments.area": make_area,
    "commitments.actor": make_actor,
    "commitments.source": make_source,
    "commitments.commitment": lambda: make_commitment(published=False, actors=[make_actor()]),
    "commitments.statusupdate": make_draft,
    "commitments.check": lambda: make_check(make_commitment(), recorded=False),
    "commitments.milestone": lambda: make_milestone(make_commitment(), recorded=False),
    "commitments.discrepancy": make_discrepancy,
    "commitments.revision": make_revision,
    "commitments.auditentry": lambda: AuditEntry.objects.of(make_area()).get(),
    "commitments.edition": lambda: Edition.objects.create(number=1),
    "auth.user": lambda: make_user("somebody-else"),
}
