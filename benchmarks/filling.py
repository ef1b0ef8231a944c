"""A large made-up register, the same at every run.

Events fall on commitments, areas and sources as they do in life: a few have very many. The weights follow Zipf's law,
so the busiest commitment and source fill a whole page at 1,000 updates as at 100,000 and the pages compare like with
like. Ten quiet commitments have all of their events among the first hundred updates. One update in a hundred withdraws
an earlier one, and the first five hundred hold enough such corrections to fill their page.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from itertools import accumulate

from django.db import connection, transaction
from tqdm import tqdm

from commitments.models import (
    Actor,
    Area,
    Assessment,
    Check,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Instrument,
    Milestone,
    MilestoneSource,
    Source,
    StatusUpdate,
)

COMMITMENTS = 1_000
QUIET = 10
AREAS, ACTORS, SOURCES, INSTRUMENTS = 12, 30, 500, 5
BATCH = 500
CORRECTIONS_AT_FIRST = 60
ADOPTED = datetime.date(2010, 1, 1)
DAYS = 5_000
KINDS = ("standing", "recurring", "one_off", "exploratory")
STATUSES = ("announced", "under_way", "partly_delivered", "stalled", "ended")


@dataclass
class Filler:
    dice: random.Random = field(default_factory=lambda: random.Random(20241101))  # noqa: S311 - no secret
    commitments: list[Commitment] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    updates: int = 0

    def __post_init__(self) -> None:
        self.weights = list(accumulate(1 / rank**0.9 for rank in range(1, COMMITMENTS - QUIET + 1)))
        self.source_weights = list(accumulate(1 / rank**0.9 for rank in range(1, SOURCES + 1)))

    @transaction.atomic
    def fill_subjects(self) -> None:
        areas = Area.objects.bulk_create(
            Area(
                slug=f"area-{n}",
                name=f"Area {n}",
                name_ja=f"分野{n}",
                description="Made up.",
                position=n,
                is_headline=n < 7,
            )
            for n in range(AREAS)
        )
        actors = Actor.objects.bulk_create(
            Actor(slug=f"actor-{n}", name=f"Actor {n}", side=("eu", "japan", "joint")[n % 3]) for n in range(ACTORS)
        )
        self.sources = Source.objects.bulk_create(
            Source(
                slug=f"source-{n:04}",
                url=f"https://example.org/{n}",
                title=f"Source {n}",
                publisher="Example",
                side=("joint", "eu", "japan", "independent")[n % 4],
                kind="official_text",
                language="en",
                accessed_on=ADOPTED,
            )
            for n in range(SOURCES)
        )
        instruments = Instrument.objects.bulk_create(
            Instrument(
                slug=f"instrument-{n}",
                title=f"Instrument {n}",
                kind="joint_statement",
                adopted_on=ADOPTED,
                description="Made up.",
                position=n,
            )
            for n in range(INSTRUMENTS)
        )
        self.commitments = Commitment.objects.bulk_create(
            Commitment(
                reference=f"EUJP-{n:04}",
                title=f"Pledge {n}",
                summary="A made-up pledge. " * 8,
                instrument=instruments[n % INSTRUMENTS],
                area=areas[n % AREAS],
                basis="text_seen",
                kind=KINDS[n % 4],
                cadence_months=12 if n % 8 == 1 else None,
                strength="firm",
                due_on=datetime.date(2030, 1, 1) if n % 8 == 2 else None,
                due_precision="day" if n % 8 == 2 else "",
                fulfilled_when="A made-up test is met.",
            )
            for n in range(1, COMMITMENTS + 1)
        )
        CommitmentActor.objects.bulk_create(
            CommitmentActor(commitment=commitment, actor=actors[(n + step) % ACTORS], position=step)
            for n, commitment in enumerate(self.commitments)
            for step in range(3)
        )
        CommitmentSource.objects.bulk_create(
            CommitmentSource(commitment=commitment, source=self.sources[(7 * n + step) % SOURCES], position=step)
            for n, commitment in enumerate(self.commitments)
            for step in range(3)
        )
        Commitment.objects.update(published_at=datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC))
        self.fill_searches()

    def fill_searches(self) -> None:
        for n in range(0, COMMITMENTS, 10):
            check = Check.objects.create(
                slug=f"check-{n}",
                checked_on=datetime.date(2024, 1, 1),
                places=["example.org"],
                terms=["made up"],
                languages=["en"],
                found="nothing",
            )
            CheckCommitment.objects.bulk_create(
                CheckCommitment(performed_check=check, commitment=commitment)
                for commitment in self.commitments[n : n + 5]
            )
            milestone = Milestone.objects.create(
                slug=f"milestone-{n}", commitment=self.commitments[n], title="A step", due_on=datetime.date(2024, 6, 1)
            )
            MilestoneSource.objects.create(milestone=milestone, source=self.sources[n % SOURCES])
        moment = datetime.datetime(2024, 2, 1, tzinfo=datetime.UTC)
        Check.objects.update(recorded_at=moment)
        Milestone.objects.update(recorded_at=moment)

    def fill_updates(self, until: int) -> None:
        """Draft, children, publication, as everywhere; a transaction for every few hundred."""
        with tqdm(total=until - self.updates, unit=" updates", desc=f"filling to {until:,}") as bar:
            while self.updates < until:
                count = min(BATCH, until - self.updates)
                self.fill_batch(count)
                bar.update(count)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    @transaction.atomic
    def fill_batch(self, count: int) -> None:
        corrections = count // 100 if self.updates else CORRECTIONS_AT_FIRST
        first = self.updates + 1
        numbers = range(first, first + count - corrections)
        updates = StatusUpdate.objects.bulk_create(
            StatusUpdate(
                title=f"Event {number}",
                summary="Something made up happened. " * 6,
                kind="meeting",
                happened_on=ADOPTED + datetime.timedelta(days=self.dice.randrange(DAYS)),
                is_context=number % 5 == 0,
            )
            for number in numbers
        )
        Citation.objects.bulk_create(
            Citation(update=update, source=source, position=position)
            for update in updates
            for position, source in enumerate(self.pick_sources())
        )
        Assessment.objects.bulk_create(
            assessment
            for number, update in zip(numbers, updates, strict=True)
            for assessment in self.assess(number, update)
        )
        self.publish()
        self.withdraw(self.dice.sample(updates, corrections))
        self.updates += count

    def pick_sources(self) -> list[Source]:
        joint = self.sources[4 * self.dice.randrange(SOURCES // 4)]
        other = self.dice.choices(self.sources, cum_weights=self.source_weights)[0]
        return [joint] if joint == other else [joint, other]

    def assess(self, number: int, update: StatusUpdate) -> list[Assessment]:
        busy = self.commitments[: COMMITMENTS - QUIET]
        chosen = {*self.dice.choices(busy, cum_weights=self.weights, k=1 + number % 2)}
        if number <= 100 and number % 10 == 0:
            chosen.add(self.commitments[-1 - (number // 10) % QUIET])
        return [self.assessment(update, commitment, position) for position, commitment in enumerate(chosen)]

    def assessment(self, update: StatusUpdate, commitment: Commitment, position: int) -> Assessment:
        sets_status = not update.is_context and self.dice.random() < 0.5
        return Assessment(
            update=update,
            commitment=commitment,
            bearing="context" if update.is_context else "advance" if sets_status else "neutral",
            status=self.dice.choice(STATUSES) if sets_status else "",
            evidence="both_sides" if sets_status else "",
            reasoning="A made-up reasoning that says why. " * 4,
            is_occurrence=not update.is_context and commitment.kind == "recurring",
            position=position,
        )

    def publish(self) -> None:
        """All drafts, one UPDATE a row, in order, so that every trigger runs as it does for an editor."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                DO $$
                DECLARE draft bigint; newest integer;
                BEGIN
                    SELECT coalesce(max(number), 0) INTO newest FROM commitments_statusupdate;
                    FOR draft IN SELECT id FROM commitments_statusupdate WHERE published_at IS NULL ORDER BY id LOOP
                        newest := newest + 1;
                        UPDATE commitments_statusupdate SET number = newest, published_at = clock_timestamp()
                        WHERE id = draft;
                    END LOOP;
                END $$
                """
            )

    def withdraw(self, updates: list[StatusUpdate]) -> None:
        corrections = StatusUpdate.objects.bulk_create(
            StatusUpdate(
                title="A correction",
                summary="Made up.",
                kind="report",
                happened_on=update.happened_on,
                corrects=update,
                correction_reason="Made up.",
            )
            for update in updates
        )
        Citation.objects.bulk_create(Citation(update=update, source=self.sources[0]) for update in corrections)
        self.publish()
