"""Random histories of the register, written down twice: in the database, and as plain Python to reckon with."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from hypothesis import strategies as st

from commitments.models import Check, Commitment, Milestone, StatusUpdate
from tests.factories import (
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    moment,
)

Day = datetime.date
Ago = tuple[int, str]
# Few days, so that events collide, on the edges of months and years.
DAYS = [
    Day(2023, 12, 31),
    Day(2024, 1, 1),
    Day(2024, 1, 2),
    Day(2024, 1, 31),
    Day(2024, 2, 1),
    Day(2024, 2, 29),
    Day(2024, 3, 1),
    Day(2024, 6, 30),
    Day(2024, 12, 31),
    Day(2025, 1, 1),
    Day(2025, 1, 2),
    Day(2025, 12, 31),
    Day(2026, 1, 1),
]
DATES = {
    "recurring": {"cadence_months": 12},
    "one_off": {"due_on": Day(2024, 6, 1), "due_precision": "month"},
}
KINDS = ["one_off", "recurring", "standing", "exploratory"]
RECURS = ("recurring", "standing")


@dataclass(frozen=True)
class Dated:
    """A day, month or year; a period is written as its first day."""

    on: Day
    precision: str

    @property
    def last_day(self) -> Day:
        if self.precision == "day":
            return self.on
        month = 12 if self.precision == "year" else self.on.month
        return Day(self.on.year, month, calendar.monthrange(self.on.year, month)[1])


@dataclass(eq=False)
class Pledge:
    row: Commitment
    kind: str
    adopted: Dated
    published: Day
    withdrawn: Day | None = None


@dataclass(eq=False)
class Verdict:
    pledge: Pledge
    status: str
    evidence: str
    bearing: str
    is_occurrence: bool
    meets: Step | None


@dataclass(eq=False)
class Event:
    row: StatusUpdate
    number: int
    happened: Dated
    published: Day
    verdicts: list[Verdict]
    corrects: Event | None

    @property
    def happened_by(self) -> Day:
        return min(self.happened.last_day, self.published)


@dataclass(eq=False)
class Search:
    row: Check
    pledges: list[Pledge]
    checked: Day
    covers_from: Day | None
    recorded: Day


@dataclass(eq=False)
class Step:
    row: Milestone
    pledge: Pledge
    due: Dated
    announced: Day
    recorded: Day
    replaces: Step | None


@dataclass
class History:
    pledges: list[Pledge] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def choice(of: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from(of)


def period_around(on: Day, precision: str) -> Dated:
    first_days = {"day": on, "month": on.replace(day=1), "year": on.replace(month=1, day=1)}
    return Dated(first_days[precision], precision)


precisions = choice(["day", "day", "month", "year"])
dated = st.builds(period_around, choice(DAYS), precisions)
# How many of DAYS before the day of the act, and how exactly that is known.
lately = st.tuples(st.integers(0, 3), precisions)
# A pick is an index into whatever there is by then.
pick = st.integers(0, 7)
verdicts = st.lists(
    st.fixed_dictionaries(
        {
            "pledge": pick,
            "status": choice(
                ["", "reached", "reached", "reached", "stalled", "stalled", "announced", "ended", "unclear"]
            ),
            "evidence": choice(["one_side", "both_sides", "public_record"]),
            "bearing": choice(["advance", "advance", "setback", "neutral", "context"]),
            "is_occurrence": st.booleans(),
            "meets": st.none() | pick,
        }
    ),
    min_size=1,
    max_size=2,
)
acts = st.one_of(
    st.tuples(st.just("event"), lately, verdicts),
    st.tuples(st.just("event"), lately, verdicts),
    st.tuples(st.just("event"), lately, verdicts),
    st.tuples(st.just("correction"), lately, verdicts, pick),
    st.tuples(st.just("withdrawal of an event"), lately, pick),
    st.tuples(st.just("search"), choice(DAYS), st.none() | choice(DAYS), st.lists(pick, min_size=1, max_size=2)),
    st.tuples(st.just("step"), dated, choice(DAYS), pick, st.none() | pick),
    st.tuples(st.just("withdrawal of a pledge"), pick),
)
pledges = st.lists(
    st.tuples(choice(KINDS), st.builds(period_around, choice(DAYS[:5]), precisions), choice(DAYS[:5])),
    min_size=1,
    max_size=2,
)
# Acts of days that do not decrease: the days are sorted when the history is told.
stories = st.tuples(pledges, st.lists(st.tuples(choice(DAYS[4:]), acts), min_size=9, max_size=14))


def before(today: Day, ago: Ago) -> Dated:
    days, precision = ago
    return period_around(DAYS[DAYS.index(today) - days], precision)


class Teller:
    """Writes a story into the database, as the tracker would have done on those days; leaves out what is illegal.

    `dates` are the cadence or the deadline of pledges of a kind.
    """

    def __init__(self, story: Any, dates: dict[str, dict[str, Any]] | None = None) -> None:
        # Checked act by act, as each was a transaction of its own.
        for uri in ("StatusUpdate", "Commitment"):
            pgtrigger.constraints(pgtrigger.Immediate, f"commitments.{uri}:publishable")
        for uri in ("Check", "Milestone"):
            pgtrigger.constraints(pgtrigger.Immediate, f"commitments.{uri}:recordable")
        self.area, self.source = make_area(), make_source()
        self.hour = 0
        self.dates = dates or {}
        self.history = History()
        pledges, dated_acts = story
        self.to_tell = sorted(dated_acts, key=lambda act: act[0])
        for kind, adopted, published in pledges:
            self.publish_pledge(kind, adopted, published)

    def tell(self, until: Day) -> History:
        """Go on to the end of that day."""
        while self.to_tell and self.to_tell[0][0] <= until:
            today, (name, *details) = self.to_tell.pop(0)
            getattr(self, name.replace(" ", "_"))(today, *details)
        return self.history

    def publish_pledge(self, kind: str, adopted: Dated, published: Day) -> None:
        instrument = make_instrument(adopted_on=adopted.on, adopted_precision=adopted.precision)
        row = make_commitment(
            kind=kind,
            area=self.area,
            instrument=instrument,
            sources=[self.source],
            published_at=moment(published),
            **self.dates.get(kind, {}),
        )
        self.history.pledges.append(Pledge(row, kind, adopted, published))

    def now(self, today: Day) -> datetime.datetime:
        """Later than anything before, and on this day."""
        self.hour += 1
        return moment(today, 1) + datetime.timedelta(minutes=self.hour)

    def pledges_in_force(self, picks: list[int]) -> list[Pledge]:
        everyone = self.history.pledges
        picked = dict.fromkeys(everyone[at % len(everyone)] for at in picks)
        return [pledge for pledge in picked if pledge.withdrawn is None]

    def event(self, today: Day, ago: Ago, chosen: list[dict[str, Any]], corrects: Event | None = None) -> None:
        happened = before(today, ago)
        verdicts: list[Verdict] = []
        for details in chosen:
            for pledge in self.pledges_in_force([details["pledge"]]):
                if pledge not in [verdict.pledge for verdict in verdicts]:
                    verdicts.append(self.verdict(pledge, happened, details))
        if verdicts or corrects:
            self.publish_event(today, happened, verdicts, corrects)

    def verdict(self, pledge: Pledge, happened: Dated, details: dict[str, Any]) -> Verdict:
        bearing = details["bearing"] if happened.last_day >= pledge.adopted.on else "context"
        status, evidence = details["status"], details["evidence"]
        if bearing == "context":
            status = ""
        if status == "reached":
            status = "kept_up" if pledge.kind in RECURS else "delivered"
        if status == "unclear":
            status, evidence = "not_assessable", "none_found"
        if status == "delivered" and evidence == "one_side":
            evidence = "both_sides"
        is_occurrence = details["is_occurrence"] and pledge.kind in RECURS and bearing != "context"
        steps = [step for step in self.history.steps if step.pledge is pledge]
        meets = steps[details["meets"] % len(steps)] if steps and details["meets"] is not None else None
        return Verdict(pledge, status, evidence if status else "", bearing, is_occurrence, meets)

    def publish_event(
        self, today: Day, happened: Dated, verdicts: list[Verdict], corrects: Event | None = None
    ) -> None:
        row = make_update(
            happened_on=happened.on,
            happened_precision=happened.precision,
            corrects=corrects and corrects.row,
            correction_reason="Made up." if corrects else "",
            sources=[self.source],
            published_at=self.now(today),
            assessments=[
                {
                    "commitment": verdict.pledge.row,
                    "status": verdict.status,
                    "evidence": verdict.evidence,
                    "bearing": verdict.bearing,
                    "is_occurrence": verdict.is_occurrence,
                    "meets": verdict.meets and verdict.meets.row,
                }
                for verdict in verdicts
            ],
        )
        self.history.events.append(Event(row, row.number, happened, today, verdicts, corrects))

    def uncorrected(self, at: int) -> Event | None:
        corrected = [event.corrects for event in self.history.events]
        open_events = [event for event in self.history.events if event not in corrected]
        return open_events[at % len(open_events)] if open_events else None

    def correction(self, today: Day, ago: Ago, chosen: list[dict[str, Any]], at: int) -> None:
        corrects = self.uncorrected(at)
        if corrects is not None:
            self.event(today, ago, chosen, corrects)

    def withdrawal_of_an_event(self, today: Day, ago: Ago, at: int) -> None:
        corrects = self.uncorrected(at)
        if corrects is not None:
            self.publish_event(today, before(today, ago), [], corrects)

    def search(self, today: Day, checked: Day, covers_from: Day | None, picks: list[int]) -> None:
        pledges = self.pledges_in_force(picks)
        if not pledges or checked > today:
            return
        covers_from = min(covers_from, checked) if covers_from else None
        row = make_check(
            *[pledge.row for pledge in pledges],
            checked_on=checked,
            covers_from=covers_from,
            recorded_at=self.now(today),
        )
        self.history.searches.append(Search(row, pledges, checked, covers_from, today))

    def step(self, today: Day, due: Dated, source_of: Day, at: int, replaces_at: int | None) -> None:
        for pledge in self.pledges_in_force([at]):
            replaced = [step.replaces for step in self.history.steps]
            steps = [step for step in self.history.steps if step.pledge is pledge and step not in replaced]
            replaces = steps[replaces_at % len(steps)] if steps and replaces_at is not None else None
            row = make_milestone(
                pledge.row,
                due_on=due.on,
                due_precision=due.precision,
                replaces=replaces and replaces.row,
                sources=[make_source(published_on=source_of, published_precision="day", accessed_on=DAYS[-1])],
                recorded_at=self.now(today),
            )
            self.history.steps.append(Step(row, pledge, due, source_of, today, replaces))

    def withdrawal_of_a_pledge(self, today: Day, at: int) -> None:
        for pledge in self.pledges_in_force([at]):
            Commitment.objects.filter(pk=pledge.row.pk).update(
                withdrawn_at=self.now(today), withdrawal_reason="Made up."
            )
            pledge.withdrawn = today
