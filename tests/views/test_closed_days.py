"""An answer for closed days says the same for ever, whatever is edited later.

Eight random histories in every run of the tests. A thousand, fifty a test, on every core:
`HISTORIES=1000 make test TESTS="--numprocesses logical tests/views/test_closed_days.py"`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.exports.formats import FORMATS
from commitments.models import (
    Actor,
    Area,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Instrument,
    InstrumentSource,
    Milestone,
    Source,
    StatusUpdate,
    reason_for_change,
)
from commitments.pictures import PICTURES
from commitments.publishing import withdraw_commitment
from tests.answers import words
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
)
from tests.models.histories import DATES, DAYS, Day, Teller, stories

Said = list[str]
HISTORIES = int(os.environ.get("HISTORIES", "8"))
PARTS = -(-HISTORIES // 50)


class Main(HTMLParser):
    """What a page says in its main part: its words, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.is_inside = False
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_inside = self.is_inside or tag == "main"
        if self.is_inside:
            self.said += [value for name, value in attrs if value and name in ("href", "class", "aria-label")]

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = self.is_inside and tag != "main"

    def handle_data(self, data: str) -> None:
        if self.is_inside and data.strip():
            self.said.append(" ".join(data.split()))


def addresses(as_of: Day, known_on: Day, *, by_class: bool) -> Iterator[str]:
    """Of every page, feed and export that reads the register; what is added later has no past.

    `by_class`: also those that select by area or actor, which is by today's, as the methodology page says; it
    says the same of what a source supports, so that pages of sources are left out.
    """
    clocks = f"as_of={as_of}&known_on={known_on}"
    period = f"until={as_of}&known_on={known_on}"
    yield from (
        f"{path}?{clocks}"
        for path in (
            "/",
            "/commitments/",
            *(["/updates/"] if by_class else []),
            "/corrections/",
            "/coverage/",
            "/compare/",
            "/pictures/",
            "/pictures/occurrences.svg",
            "/pictures/occurrences/cite.ris",
            "/timeline/",
            "/pictures/timeline.svg",
            "/feeds/updates.atom",
            "/calendar.ics",
            "/feeds/corrections.rss",
            "/feeds/checks.json",
            "/feeds/commitments.rss",
            "/feeds/weeks.atom",
            "/card.png",
            *(
                address.format(reference)
                for reference in Commitment.objects.values_list("reference", flat=True)
                for address in ("/commitments/{}/", "/commitments/{}/card.png", "/embed/commitments/{}/")
            ),
            *of_programs(by_class=by_class),
            *(f"/commitments/{ref}/cite.bib" for ref in Commitment.objects.values_list("reference", flat=True)),
            *(f"/calendars/commitments/{ref}.ics" for ref in Commitment.objects.values_list("reference", flat=True)),
            *(f"/updates/{number}/cite.json" for number in StatusUpdate.objects.values_list("number", flat=True)),
            *(f"/calendars/areas/{slug}.ics" for slug in Area.objects.values_list("slug", flat=True) if by_class),
            *(f"/briefs/commitments/{ref}/" for ref in Commitment.objects.values_list("reference", flat=True)),
            *(f"/areas/{slug}/" for slug in Area.objects.values_list("slug", flat=True) if by_class),
            *(f"/briefs/areas/{slug}/" for slug in Area.objects.values_list("slug", flat=True) if by_class),
            *(f"/feeds/areas/{slug}.rss" for slug in Area.objects.values_list("slug", flat=True) if by_class),
            *(f"/feeds/actors/{slug}.json" for slug in Actor.objects.values_list("slug", flat=True) if by_class),
            *(f"/actors/{slug}/" for slug in Actor.objects.values_list("slug", flat=True) if by_class),
            *(f"/instruments/{slug}/" for slug in Instrument.objects.values_list("slug", flat=True)),
            *(f"/updates/{number}/" for number in StatusUpdate.objects.values_list("number", flat=True)),
        )
    )
    yield f"/commitments/?sort=latest&{clocks}"
    yield f"/pictures/?steps=change&{clocks}"
    for by in ("event", "publication"):
        yield f"/changes/?since=2023-12-01&by={by}&{period}"
        yield f"/api/v1/changes?since=2023-12-01&by={by}&{period}"
        yield f"/briefs/changes/?since=2023-12-01&by={by}&{period}"
        yield f"/feeds/changes.rss?since=2023-12-01&by={by}&{period}"
        yield f"/exports/changes.csv?since=2023-12-01&by={by}&{period}"
    yield from (f"/exports/commitments.{extension}?{clocks}" for extension in FORMATS)
    # With a checksum of every dataset.
    yield f"/exports/register.zip?{clocks}"


def of_programs(*, by_class: bool) -> Iterator[str]:
    """The same of the API, without what is today's by name: the search, the state of the register, the differences."""
    lists = ["commitments", "assessments", "corrections", "checks", "milestones", "areas", "actors", "instruments"]
    wholes = ["overview", "coverage", "agenda", "weeks", *(f"pictures/{name}" for name in PICTURES)]
    yield from (f"/api/v1/{noun}" for noun in (*lists, *wholes, *(["updates"] if by_class else [])))
    for reference in Commitment.objects.values_list("reference", flat=True):
        yield f"/api/v1/commitments/{reference}"
        yield f"/api/v1/commitments/{reference}/events"
    yield from (f"/api/v1/areas/{slug}" for slug in Area.objects.values_list("slug", flat=True))
    yield from (f"/api/v1/actors/{slug}" for slug in Actor.objects.values_list("slug", flat=True))
    yield from (f"/api/v1/instruments/{slug}" for slug in Instrument.objects.values_list("slug", flat=True))
    yield from (f"/api/v1/updates/{number}" for number in StatusUpdate.objects.values_list("number", flat=True))


def answers(client: Client, asked: list[str]) -> dict[str, Said]:
    said: dict[str, Said] = {}
    for address in asked:
        response = client.get(address)
        text = words(response)
        assert response.status_code in (200, 404), text[text.find("<main") :]
        main = Main(text).said if "html" in response["Content-Type"] else text.splitlines()
        said[address] = [str(response.status_code), *main]
    return said


def difference(before: Said, after: Said) -> list[str]:
    return list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]


def edit_everything(*, reclassify: bool) -> None:
    """Every kind of later edit, each at least once where the history gives it something to edit."""
    reword()
    if reclassify:
        move_to_other_areas_and_actors()
    commitments = list(Commitment.objects.filter(withdrawn_at=None).select_related("instrument"))
    correct_and_find_late(commitments)
    add_of_each(commitments)
    for commitment in commitments[:1]:
        withdraw_commitment(commitment, reason="Made up.")


def reword() -> None:
    with reason_for_change("Made up."):
        for model, labels in (
            (Area, ("name", "name_ja", "description")),
            (Actor, ("name",)),
            (Instrument, ("title", "description")),
            (Source, ("title", "note")),
            (Commitment, ("title", "summary")),
        ):
            model._default_manager.update(**dict.fromkeys(labels, "Reworded"))
        Source.objects.update(archived_url="https://archive.example.org/later")
        Commitment.objects.update(strength="hortatory")
        CommitmentSource.objects.update(position=F("position") + 1, source=make_source())
        for instrument in Instrument.objects.all():
            InstrumentSource.objects.create(instrument=instrument, source=make_source(), position=0)


def move_to_other_areas_and_actors() -> None:
    with reason_for_change("Made up."):
        Commitment.objects.update(area=Area.objects.get(slug="later"))
        CommitmentActor.objects.all().delete()
        for commitment in Commitment.objects.all():
            CommitmentActor.objects.create(commitment=commitment, actor=make_actor(), position=0)


def correct_and_find_late(commitments: list[Commitment]) -> None:
    """Each update is corrected or withdrawn; each commitment is given a late find, a check and a rescheduled step."""
    for number, update in enumerate(StatusUpdate.objects.filter(number__isnull=False, corrections=None)):
        adopted = [row for row in commitments if row.instrument.adopted_by <= update.happened_on]
        kept = [{"commitment": row, "status": "stalled", "bearing": "setback"} for row in adopted[:1]]
        make_update(
            corrects=update,
            correction_reason="Made up.",
            happened_on=update.happened_on,
            assessments=kept if number % 2 else [],
        )
    for commitment in commitments:
        steps = Milestone.objects.filter(commitment=commitment, replaced_by=None)
        late = make_milestone(commitment, replaces=steps.first())
        make_update(
            happened_on=max(DAYS[4], commitment.instrument.adopted_by),
            assessments=[{"commitment": commitment, "status": "announced", "meets": late}],
        )
        make_check(commitment, covers_from=DAYS[0])


def add_of_each(commitments: list[Commitment]) -> None:
    """More of everything that may be added to the past of an instrument, an area, an actor or a source."""
    for instrument, area in zip(Instrument.objects.all(), Area.objects.all(), strict=False):
        make_commitment(instrument=instrument, area=area, actors=list(Actor.objects.all()))
    make_commitment(
        instrument=make_instrument(adopted_on=DAYS[0]),
        follows=commitments[0] if commitments else None,
        follows_relation="restates" if commitments else "",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=-(-HISTORIES // PARTS),
    derandomize=not os.environ.get("HISTORIES"),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    story=stories,
    as_of=st.sampled_from(DAYS),
    known_on=st.sampled_from(DAYS[4:]),
    reclassify=st.sampled_from([False, True]),
)
def test_pages_feeds_and_exports_of_closed_days_say_the_same_after_every_later_edit(
    story: Any, as_of: Day, known_on: Day, reclassify: bool, part: int
) -> None:
    client = Client()
    with transaction.atomic():
        teller = Teller(story, DATES)
        make_area(slug="later")
        for pledge in teller.history.pledges:
            with reason_for_change("Made up."):
                CommitmentActor.objects.create(commitment=pledge.row, actor=make_actor(), position=0)
        teller.tell(known_on)
        asked = list(addresses(as_of, known_on, by_class=not reclassify))
        before = answers(client, asked)

        teller.tell(DAYS[-1])
        edit_everything(reclassify=reclassify)

        after = answers(client, asked)
        for address in asked:
            assert not difference(before[address], after[address]), address
        transaction.set_rollback(True)
