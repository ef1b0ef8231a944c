"""Two connections at once. Each race is run as it is, and once more without the locks, where it must be lost."""

from __future__ import annotations

import contextlib
import datetime
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from commitments.models import (
    Area,
    Citation,
    Commitment,
    CommitmentSource,
    Edition,
    Milestone,
    Source,
    StatusUpdate,
    broken_rule,
    reason_for_change,
)
from commitments.public import snapshot
from commitments.publishing import check_now, publish
from tests.factories import (
    make_area,
    make_check,
    make_commitment,
    make_milestone,
    make_source,
    make_update,
    make_user,
)
from tests.raw_sql import changed, copied, deleted, execute, fire_deferred, published

PATIENCE = 10.0

pytestmark = pytest.mark.django_db(transaction=True)


class Rival(threading.Thread):
    """One transaction on a connection of its own; keeps the error that ended it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.error: Exception | None = None
        self.backend = 0
        self.connected = threading.Event()

    def run(self) -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = '10s'")
                    cursor.execute("SELECT pg_backend_pid()")
                    self.backend = cursor.fetchone()[0]
                self.connected.set()
                self.act()
        except DatabaseError as error:
            self.error = error
        finally:
            self.connected.set()
            connection.close()

    def waits(self) -> bool:
        """Return once it waits for a lock (True) or is over (False)."""
        self.connected.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while self.is_alive() and time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.backend])
                if cursor.fetchone()[0]:
                    return True
            time.sleep(0.005)
        return False

    def finish(self) -> Exception | None:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.error


@dataclass(frozen=True)
class Race:
    """`second` begins when `first` is written but not committed; `is_lost` tells afterwards if a rule is broken."""

    first: Callable[[], object]
    second: Callable[[], object]
    is_lost: Callable[[], bool]
    refused: str

    def run(self) -> Exception | None:
        """Returns the error that ended the second, if one did."""
        rival = Rival(self.second)
        with transaction.atomic():
            self.first()
            rival.start()
            rival.waits()
        return rival.finish()


def draft_update(**fields: object) -> StatusUpdate:
    commitment = fields.pop("commitment", None) or make_commitment()
    assessments = [{"commitment": commitment, "status": "announced"}]
    return make_update(published=False, assessments=assessments, **fields)


def publish_and_check(draft: StatusUpdate) -> None:
    """As publishing.py does, which reads the rules before the transaction ends."""
    execute(published(draft))
    check_now("StatusUpdate:publishable")


def citation_removed_under_a_publisher() -> Race:
    draft = draft_update()
    return Race(
        first=lambda: execute(deleted(draft.citations.get())),
        second=lambda: execute(published(draft)),
        is_lost=lambda: (
            not Citation.objects.filter(update__published_at__isnull=False).exists()
            and StatusUpdate.objects.get().is_published
        ),
        refused="update_needs_citation",
    )


def citation_removed_behind_a_publisher() -> Race:
    draft = draft_update()
    return Race(
        first=lambda: publish_and_check(draft),
        second=lambda: execute(deleted(draft.citations.get())),
        is_lost=lambda: not Citation.objects.exists(),
        refused="published_update_is_final",
    )


def assessment_slipped_under_a_published_update() -> Race:
    draft, other = draft_update(), draft_update()
    return Race(
        first=lambda: publish_and_check(draft),
        second=lambda: execute(copied(other.assessments.get(), update_id=str(draft.pk))),
        is_lost=lambda: draft.assessments.filter(published_at__isnull=True).exists(),
        refused="published_update_is_final",
    )


def illegal_assessment_added_under_a_publisher() -> Race:
    draft, other = draft_update(), draft_update(commitment=make_commitment(published=False))
    return Race(
        first=lambda: execute(copied(other.assessments.get(), update_id=str(draft.pk))),
        second=lambda: execute(published(draft)),
        is_lost=lambda: StatusUpdate.objects.get(pk=draft.pk).is_published,
        refused="assessed_commitment_is_public",
    )


def source_reclassified_under_a_publisher() -> Race:
    draft = draft_update()
    return Race(
        first=lambda: execute(changed(draft.sources.get(), kind="'rewrite'")),
        second=lambda: execute(published(draft)),
        is_lost=lambda: StatusUpdate.objects.get().is_published,
        refused="status_needs_more_than_rewrites",
    )


def source_reclassified_behind_a_publisher() -> Race:
    draft = draft_update()
    return Race(
        first=lambda: publish_and_check(draft),
        second=lambda: execute(changed(draft.sources.get(), kind="'rewrite'")),
        is_lost=lambda: draft.sources.get().kind == "rewrite",
        refused="cited_source_is_frozen",
    )


def withdraw(commitment: Commitment) -> None:
    execute(changed(commitment, withdrawn_at="clock_timestamp()", withdrawal_reason="'Made up.'"))


def commitment_withdrawn_under_a_publisher() -> Race:
    draft = draft_update()
    return Race(
        first=lambda: withdraw(draft.assessments.get().commitment),
        second=lambda: execute(published(draft)),
        is_lost=lambda: StatusUpdate.objects.get().is_published,
        refused="assessed_commitment_is_public",
    )


def commitment_withdrawn_under_a_check() -> Race:
    commitment = make_commitment()
    check = make_check(commitment, recorded=False)
    return Race(
        first=lambda: withdraw(commitment),
        second=lambda: execute(changed(check, recorded_at="clock_timestamp()")),
        is_lost=lambda: commitment.checks.recorded().exists(),
        refused="check_needs_commitment",
    )


def commitment_withdrawn_under_a_milestone() -> Race:
    commitment = make_commitment()
    milestone = make_milestone(commitment, recorded=False)
    return Race(
        first=lambda: withdraw(commitment),
        second=lambda: execute(changed(milestone, recorded_at="clock_timestamp()")),
        is_lost=lambda: commitment.milestones.filter(recorded_at__isnull=False).exists(),
        refused="milestone_commitment_is_public",
    )


def last_source_removed_under_a_commitment() -> Race:
    commitment = make_commitment(published=False)

    def remove_and_check() -> None:
        execute(deleted(commitment.source_links.get()))
        fire_deferred()

    return Race(
        first=remove_and_check,
        second=lambda: execute(changed(commitment, published_at="clock_timestamp()")),
        is_lost=lambda: Commitment.objects.get().published_at is not None and not CommitmentSource.objects.exists(),
        refused="commitment_needs_source",
    )


def source_redated_under_a_milestone() -> Race:
    source = make_source(published_on=datetime.date(2025, 1, 1), published_precision="day")
    milestone = make_milestone(make_commitment(), recorded=False, sources=[source])
    return Race(
        first=lambda: execute(changed(source, published_on="'2025-03-01'")),
        second=lambda: execute(changed(milestone, recorded_at="clock_timestamp()")),
        is_lost=lambda: Milestone.objects.get().announced_by != Source.objects.get(pk=source.pk).published_on,
        refused="",
    )


RACES = [
    citation_removed_under_a_publisher,
    citation_removed_behind_a_publisher,
    assessment_slipped_under_a_published_update,
    illegal_assessment_added_under_a_publisher,
    source_reclassified_under_a_publisher,
    source_reclassified_behind_a_publisher,
    commitment_withdrawn_under_a_publisher,
    commitment_withdrawn_under_a_check,
    commitment_withdrawn_under_a_milestone,
    last_source_removed_under_a_commitment,
    source_redated_under_a_milestone,
]


@contextlib.contextmanager
def without_locks() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%' AND prosrc ~ 'FOR SHARE'"
        )
        definitions = [definition for (definition,) in cursor.fetchall()]
        for definition in definitions:
            cursor.execute(re.sub(r"ORDER BY \w+\.id FOR SHARE OF \w+|FOR SHARE", "", definition))
        yield
        for definition in definitions:
            cursor.execute(definition)


@pytest.mark.parametrize("arrange", RACES, ids=lambda arrange: arrange.__name__)
def test_no_rule_is_broken_by_two_connections(arrange: Callable[[], Race]) -> None:
    race = arrange()

    error = race.run()

    assert not race.is_lost()
    assert (broken_rule(error) if isinstance(error, IntegrityError) else "") == race.refused
    assert bool(error) == bool(race.refused)


@pytest.mark.parametrize("arrange", RACES, ids=lambda arrange: arrange.__name__)
def test_without_the_locks_the_rule_would_be_broken(arrange: Callable[[], Race]) -> None:
    race = arrange()

    with without_locks():
        race.run()

    assert race.is_lost()


def test_a_commitment_may_be_withdrawn_right_behind_a_publisher() -> None:
    draft = draft_update()
    commitment = draft.assessments.get().commitment
    race = Race(lambda: publish_and_check(draft), lambda: withdraw(commitment), lambda: False, "")

    assert race.run() is None
    assert StatusUpdate.objects.get().published_at < Commitment.objects.get().withdrawn_at


def test_publishers_at_once_get_numbers_and_times_in_one_order() -> None:
    writer, reviewer, commitment = make_user(), make_user(), make_commitment()
    drafts = [draft_update(commitment=commitment, written_by=writer) for _ in range(6)]
    StatusUpdate.objects.update(submitted_at=datetime.datetime.now(datetime.UTC), submitted_by=writer)
    start = threading.Barrier(len(drafts))

    def publish_at_once(draft: StatusUpdate) -> None:
        start.wait(PATIENCE)
        publish(draft, by=reviewer)

    rivals = [Rival(lambda draft=draft: publish_at_once(draft)) for draft in drafts]
    for rival in rivals:
        rival.start()

    assert [rival.finish() for rival in rivals] == [None] * len(drafts)
    rows = StatusUpdate.objects.order_by("number").values_list("number", "published_at")
    assert [number for number, _ in rows] == [1, 2, 3, 4, 5, 6]
    assert [published_at for _, published_at in rows] == sorted(published_at for _, published_at in rows)
    assert Edition.objects.current().number == 7


def test_a_publisher_who_waits_for_another_takes_the_next_number() -> None:
    commitment = make_commitment()
    first, second = draft_update(commitment=commitment), draft_update(commitment=commitment)

    error = Race(lambda: publish_and_check(first), lambda: execute(published(second)), lambda: False, "").run()

    # The number was computed before the wait, and is refused; publish() takes the lock before it counts.
    assert broken_rule(error) == "numbered_in_order"


def test_editors_and_publishers_never_wait_for_each_other_in_a_ring() -> None:
    """The editor changes a public label and then touches the draft that the publisher holds and is about to number."""
    area, draft, other = make_area(), draft_update(), draft_update()
    make_commitment(area=area)
    touched = threading.Event()

    def edit() -> None:
        with reason_for_change("Made up."):
            Area.objects.filter(pk=area.pk).update(name="Another name")
        touched.wait(PATIENCE)
        execute(copied(other.assessments.get(), update_id=str(draft.pk)))

    editor = Rival(edit)
    editor.start()
    with transaction.atomic():
        publish_and_check(draft)
        touched.set()
        editor.waits()

    assert broken_rule(editor.finish()) == "published_update_is_final"
    assert StatusUpdate.objects.get(pk=draft.pk).is_published


def rename(area: Area, name: str) -> None:
    with reason_for_change("Made up."):
        Area.objects.filter(pk=area.pk).update(name=name)


def test_number_and_content_become_visible_together() -> None:
    area = make_commitment().area
    begin = Edition.objects.current().number
    seen: set[tuple[int, str]] = set()
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            with snapshot():
                seen.add((Edition.objects.current().number, Area.objects.get().name))

    def read_until_over() -> None:
        try:
            read()
        finally:
            connection.close()

    reader = threading.Thread(target=read_until_over, daemon=True)
    reader.start()
    for number in range(begin + 1, begin + 41):
        rename(area, f"Edition {number}")
    is_over.set()
    reader.join(PATIENCE)

    assert {(number, name) for number, name in seen if name != f"Edition {number}"} <= {(begin, area.name)}
    assert Edition.objects.current().number == begin + 40


def test_a_page_reads_one_state_only_inside_a_snapshot() -> None:
    area = make_commitment().area

    def read_twice(name: str) -> list[str]:
        names = [Area.objects.get().name]
        rival = Rival(lambda: rename(area, name))
        rival.start()
        assert rival.finish() is None
        return [*names, Area.objects.get().name]

    with snapshot():
        whole = read_twice("Drills+")
    torn = read_twice("Drills++")

    assert whole == [area.name, area.name]
    assert torn == ["Drills+", "Drills++"]
