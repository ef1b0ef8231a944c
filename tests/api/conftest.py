from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from commitments.api.document import document
from commitments.models import Check, Discrepancy, DiscrepancySource, InstrumentSource, Milestone, reason_for_change
from tests.views.conftest import Register as SmallRegister
from tests.views.conftest import get as get

Answer = dict[str, Any]
PATHS = list(document()["paths"])


class Register(SmallRegister):
    """With something behind every address of the API."""

    def __init__(self) -> None:
        super().__init__()
        with reason_for_change("Made up."):
            InstrumentSource.objects.create(instrument=self.instrument, source=self.source)
        differing = Discrepancy.objects.create(topic="Made up", article="One.", official="Another.", assessment="Both.")
        DiscrepancySource.objects.create(discrepancy=differing, source=self.source)

    def address(self, path: str, clocks: str = "") -> str:
        """The path of the document with the names of records, and what it needs behind its question mark."""
        slugs = {
            "areas": self.area.slug,
            "actors": self.actor.slug,
            "instruments": self.instrument.slug,
            "sources": self.source.slug,
            "checks": Check.objects.order_by("slug").values_list("slug", flat=True)[0],
            "milestones": Milestone.objects.order_by("slug").values_list("slug", flat=True)[0],
        }
        noun = path.split("/")[3]
        address = path.format(
            reference=self.commitments[0].reference,
            number=self.updates[-1].number,
            slug=slugs.get(noun, ""),
            name="status-by-area",
        )
        query = "&".join(filter(None, ["q=made+up" if noun == "search" else "", clocks]))
        return f"{address}?{query}" if query else address


@pytest.fixture
def register(db: None) -> Register:
    return Register()


@pytest.fixture
def ask(client: Client) -> Callable[[str], Answer]:
    """What is answered at this address beneath /api/v1."""

    def answer(address: str) -> Answer:
        response = client.get(address if address.startswith("http") else f"/api/v1{address}")
        assert response.status_code == 200, (address, response.content)
        found: Answer = json.loads(response.content)
        return found

    return answer
