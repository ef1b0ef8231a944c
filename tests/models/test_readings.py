"""What the querysets derive for any day, against the same derived from plain Python lists.

The reckoning below restates the rules in loops, and shares no line with the code it checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.models import (
    Area,
    Commitment,
    CommitmentSource,
    Instrument,
    Milestone,
    Source,
    StatusUpdate,
    linked_ids,
    reason_for_change,
    restore_labels,
)
from tests.factories import make_area, make_commitment, make_source, make_update

from .histories import DAYS, Day, Event, History, Pledge, Step, Teller, Verdict, stories


@dataclass(frozen=True)
class Reader:
    """Somebody who asks on these two clocks; plain Python."""

    history: History
    as_of: Day
    known_on: Day | None

    def knows(self, day: Day | None) -> bool:
        return day is not None and (self.known_on is None or day <= self.known_on)

    def shown(self) -> list[Event]:
        return [
            event for event in self.history.events if self.knows(event.published) and event.happened_by <= self.as_of
        ]

    def correction_of(self, event: Event) -> Event | None:
        for other in self.history.events:
            if other.corrects is event and self.knows(other.published):
                return other
        return None

    def counted(self) -> list[Event]:
        return [event for event in self.shown() if self.correction_of(event) is None]

    def verdicts_on(self, pledge: Pledge) -> list[tuple[Event, Verdict]]:
        """From the earliest to the latest event; of one day, in the order of publication."""
        told = sorted(self.counted(), key=lambda event: (event.happened_by, event.number))
        return [(event, verdict) for event in told for verdict in event.verdicts if verdict.pledge is pledge]

    def exists(self, pledge: Pledge) -> bool:
        return self.knows(pledge.published) and pledge.adopted.last_day <= self.as_of

    def is_in_force(self, pledge: Pledge) -> bool:
        return self.exists(pledge) and not self.knows(pledge.withdrawn)

    def status_and_evidence(self, pledge: Pledge) -> tuple[str, str]:
        answer = None
        for _event, verdict in self.verdicts_on(pledge):
            if verdict.status:
                answer = verdict.status, verdict.evidence
        if answer is not None:
            return answer
        for search in self.history.searches:
            covers = search.covers_from is None or search.covers_from <= self.as_of
            if pledge in search.pledges and self.knows(search.recorded) and covers:
                return "no_public_action", ""
        return "not_assessed", ""

    def delivered_by(self, pledge: Pledge) -> Day | None:
        since = None
        for event, verdict in self.verdicts_on(pledge):
            if verdict.status == "delivered":
                since = since or event.happened_by
            elif verdict.status:
                since = None
        return since

    def outstanding(self, pledge: Pledge) -> list[Step]:
        met = [verdict.meets for _event, verdict in self.verdicts_on(pledge)]
        steps = [
            step
            for step in self.history.steps
            if step.pledge is pledge and self.knows(step.recorded) and step.announced <= self.as_of
        ]
        replaced = [step.replaces for step in steps]
        return [step for step in steps if step not in met and step not in replaced]

    def reading(self, pledge: Pledge) -> dict[str, Any]:
        status, evidence = self.status_and_evidence(pledge)
        verdicts = self.verdicts_on(pledge)
        return {
            "status": status,
            "evidence": evidence,
            "last_evidence_by": latest(
                event.happened_by for event, verdict in verdicts if verdict.bearing != "context"
            ),
            "last_checked_on": latest(
                search.checked
                for search in self.history.searches
                if pledge in search.pledges and self.knows(search.recorded)
            ),
            "last_occurrence_by": latest(event.happened_by for event, verdict in verdicts if verdict.is_occurrence),
            "delivered_by": self.delivered_by(pledge),
            "milestone_due_by": min((step.due.last_day for step in self.outstanding(pledge)), default=None),
        }


def latest(days: Any) -> Day | None:
    return max(days, default=None)


def assert_same_reading(reader: Reader) -> None:
    history, clocks = reader.history, (reader.as_of, reader.known_on)
    rows = Commitment.objects.published(*clocks).with_status(*clocks).with_dates(*clocks)
    expected = {pledge.row.pk: reader.reading(pledge) for pledge in history.pledges if reader.exists(pledge)}
    assert {row.pk: {name: getattr(row, name) for name in expected.get(row.pk, {})} for row in rows} == expected
    for row in rows:
        assert (row.current_assessment_id is None) == (row.status in ("not_assessed", "no_public_action"))
    assert ids(Commitment.objects.in_force(*clocks)) == {
        pledge.row.pk for pledge in history.pledges if reader.is_in_force(pledge)
    }
    assert {
        row.number: row.corrected_by for row in StatusUpdate.objects.published(*clocks).with_correction(reader.known_on)
    } == {
        event.number: correction and correction.number
        for event in reader.shown()
        for correction in [reader.correction_of(event)]
    }
    assert ids(StatusUpdate.objects.counted(*clocks)) == {event.row.pk for event in reader.counted()}
    assert ids(Milestone.objects.outstanding(*clocks)) == {
        step.row.pk for pledge in history.pledges for step in reader.outstanding(pledge)
    }


def ids(rows: Any) -> set[int]:
    return set(rows.values_list("pk", flat=True))


@pytest.mark.django_db
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    story=stories,
    clocks=st.lists(
        st.tuples(st.sampled_from(DAYS + 2 * DAYS[7:]), st.none() | st.sampled_from(DAYS)),
        min_size=4,
        max_size=4,
        unique=True,
    ),
)
def test_every_derived_value_is_that_of_a_reader_with_pencil_and_paper(
    story: Any, clocks: list[tuple[Day, Day | None]]
) -> None:
    with transaction.atomic():
        history = Teller(story).tell(DAYS[-1])
        for as_of, known_on in clocks:
            assert_same_reading(Reader(history, as_of, known_on))
        transaction.set_rollback(True)


def words_and_facts(as_of: Day, known_on: Day) -> list[Any]:
    """What pages of these days are made of."""
    commitments = list(
        Commitment.objects.in_force(as_of, known_on)
        .with_status(as_of, known_on)
        .with_dates(as_of, known_on)
        .select_related("area", "instrument")
        .order_by("reference")
    )
    updates = StatusUpdate.objects.published(as_of, known_on).with_correction(known_on).order_by("number")
    ids = [row.pk for row in commitments]
    links = linked_ids(CommitmentSource, "commitment", "source", ids, known_on)
    # Those that the rows name: a source linked since is public at once, and the list of sources shows it on any day.
    sources = list(Source.objects.filter(pk__in=chain(*links.values())).order_by("slug"))
    restore_labels(commitments, known_on)  # First: an area of another day is another row.
    labelled = [*sources, *(row.area for row in commitments), *(row.instrument for row in commitments)]
    restore_labels(labelled, known_on)
    ignored = {"_state", "withdrawn_at", "withdrawal_reason"}
    return [
        *(
            {key: value for key, value in vars(row).items() if key not in ignored}
            for row in [*commitments, *labelled, *updates]
        ),
        links,
        list(Milestone.objects.outstanding(as_of, known_on).order_by("pk").values()),
    ]


def reword_everything() -> None:
    with reason_for_change("Made up."):
        for model, label in ((Area, "name"), (Instrument, "title"), (Source, "title"), (Commitment, "title")):
            model._default_manager.update(**{label: "Reworded"})
        Commitment.objects.update(area=make_area(), strength="hortatory")
        CommitmentSource.objects.update(position=F("position") + 1, source=make_source())


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories, as_of=st.sampled_from(DAYS), known_on=st.sampled_from(DAYS[4:9]))
def test_a_page_of_closed_days_shows_the_same_facts_and_words_for_ever(story: Any, as_of: Day, known_on: Day) -> None:
    with transaction.atomic():
        teller = Teller(story)
        teller.tell(known_on)
        before = words_and_facts(as_of, known_on)

        reword_everything()
        teller.tell(DAYS[-1])

        assert words_and_facts(as_of, known_on) == before
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_delivered_since_leaves_out_what_was_overruled_on_its_own_day() -> None:
    pledge = make_commitment(kind="one_off")
    for happened_on, status in ((DAYS[4], "delivered"), (DAYS[4], "stalled"), (DAYS[6], "delivered")):
        make_update(happened_on=happened_on, assessments=[{"commitment": pledge, "status": status}])

    row = Commitment.objects.with_status(DAYS[-1]).with_dates(DAYS[-1]).get()

    assert row.delivered_by == DAYS[6]
