"""The number of the published state, and the earlier wordings that a reader of a past day gets back."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection, models
from pytest_django import DjangoAssertNumQueries

from commitments.models import (
    Actor,
    Area,
    Assessment,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    DiscrepancySource,
    Edition,
    EditionPending,
    InstrumentSource,
    Revision,
    Source,
    StatusUpdate,
    linked_ids,
    reason_for_change,
    restore_labels,
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
)
from tests.models.breaches import make_discrepancy
from tests.raw_sql import changed, copied, deleted, execute, fire_deferred, published, with_reason

pytestmark = pytest.mark.django_db


def edition() -> int:
    fire_deferred()
    return Edition.objects.current().number


def legal_draft() -> StatusUpdate:
    return make_update(published=False, assessments=[{"commitment": make_commitment()}])


def public_instrument() -> InstrumentSource:
    link = InstrumentSource.objects.create(instrument=make_instrument(), source=make_source())
    make_commitment(instrument=link.instrument)
    return link


def public_actor() -> Actor:
    return make_commitment(actors=[make_actor()]).actor_links.get().actor


PUBLIC_CHANGES: dict[str, Callable[[], str]] = {
    "update published": lambda: published(legal_draft()),
    "commitment published": lambda: changed(make_commitment(published=False), published_at="clock_timestamp()"),
    "commitment withdrawn": lambda: changed(
        make_commitment(), withdrawn_at="clock_timestamp()", withdrawal_reason="'Made up.'"
    ),
    "commitment retitled": lambda: with_reason(changed(make_commitment(), title="'Another'")),
    "commitment moved to another area": lambda: with_reason(changed(make_commitment(), area_id=str(make_area().pk))),
    "check recorded": lambda: changed(make_check(make_commitment(), recorded=False), recorded_at="clock_timestamp()"),
    "milestone recorded": lambda: changed(
        make_milestone(make_commitment(), recorded=False), recorded_at="clock_timestamp()"
    ),
    "area renamed": lambda: with_reason(changed(make_commitment().area, name="'Another'")),
    "actor renamed": lambda: with_reason(changed(public_actor(), name="'Another'")),
    "instrument retitled": lambda: with_reason(changed(make_commitment().instrument, title="'Another'")),
    "source retitled": lambda: with_reason(changed(make_commitment().sources.get(), title="'Another'")),
    "actor added": lambda: with_reason(
        copied(make_commitment(actors=[make_actor()]).actor_links.get(), actor_id=str(make_actor().pk))
    ),
    "actor removed": lambda: with_reason(deleted(make_commitment(actors=[make_actor()]).actor_links.get())),
    "source of a commitment exchanged": lambda: with_reason(
        changed(make_commitment().source_links.get(), source_id=str(make_source().pk))
    ),
    "source of an instrument removed": lambda: with_reason(deleted(public_instrument())),
    "discrepancy added": lambda: copied(make_discrepancy(), topic="'Another topic'"),
    "discrepancy reworded": lambda: with_reason(changed(make_discrepancy(), official="'Another'")),
    "source of a discrepancy removed": lambda: deleted(
        DiscrepancySource.objects.create(discrepancy=make_discrepancy(), source=make_source())
    ),
}

HIDDEN_CHANGES: dict[str, Callable[[], str]] = {
    "draft written": lambda: copied(legal_draft()),
    "draft edited": lambda: changed(legal_draft(), title="'Another'"),
    "draft deleted": lambda: deleted(make_update(published=False, sources=[])),
    "assessment of a draft edited": lambda: changed(legal_draft().assessments.get(), reasoning="'Another.'"),
    "citation of a draft removed": lambda: deleted(legal_draft().citations.get()),
    "draft commitment edited": lambda: changed(make_commitment(published=False), title="'Another'"),
    "source of a draft commitment removed": lambda: deleted(make_commitment(published=False).source_links.get()),
    "draft of a check edited": lambda: changed(make_check(make_commitment(), recorded=False), found="'Another'"),
    "draft of a milestone edited": lambda: changed(make_milestone(make_commitment(), recorded=False), title="'A'"),
    "unused source added": lambda: copied(make_source(), slug="'another'", url="'https://example.org/another'"),
    "unused source retitled": lambda: changed(make_source(), title="'Another'"),
    "unused area renamed": lambda: changed(make_area(), name="'Another'"),
    "source of a draft retitled": lambda: changed(legal_draft().sources.get(), title="'Another'"),
    "update that matches no row": lambda: "UPDATE commitments_area SET name = 'Another' WHERE id = 0",
    "update that changes nothing": lambda: changed(make_commitment(), title="title"),
    "link that stays as it is": lambda: changed(make_commitment().source_links.get(), position="position"),
}


@pytest.mark.parametrize("change", PUBLIC_CHANGES)
def test_the_edition_grows_by_one_with_every_public_change(change: str) -> None:
    sql = PUBLIC_CHANGES[change]()
    before = edition()

    execute(sql)

    assert edition() == before + 1
    assert not EditionPending.objects.exists()


@pytest.mark.parametrize("change", HIDDEN_CHANGES)
def test_the_edition_stays_where_a_reader_sees_no_change(change: str) -> None:
    sql = HIDDEN_CHANGES[change]()
    before = edition()

    execute(sql)

    assert edition() == before


def test_before_anything_is_published_the_edition_is_zero() -> None:
    make_source()
    legal_draft().assessments.all().delete()
    make_commitment(published=False)

    assert Edition.objects.current().number == 0


def test_one_transaction_raises_the_edition_once() -> None:
    before = edition()

    for _ in range(3):
        make_update(assessments=[{"commitment": make_commitment()}])

    assert edition() == before + 1


def test_what_is_rolled_back_raises_nothing() -> None:
    execute("SAVEPOINT attempt")
    make_commitment()
    execute("ROLLBACK TO SAVEPOINT attempt")

    assert edition() == 0


# --- revisions -----------------------------------------------------------------------------------------------------

YESTERDAY = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)


def last_revision(table: type[models.Model]) -> Revision:
    return Revision.objects.filter(table=table._meta.db_table).latest("id")


def test_a_change_of_wording_keeps_the_earlier_one_and_the_reason() -> None:
    commitment = make_commitment(title="Earlier title")

    with reason_for_change("The text was read."):
        Commitment.objects.filter(pk=commitment.pk).update(title="Later title")

    revision = last_revision(Commitment)
    assert (revision.row_id, revision.reason) == (commitment.pk, "The text was read.")
    assert revision.was["title"] == "Earlier title"


def test_the_reason_ends_with_its_block() -> None:
    with reason_for_change("Made up."):
        pass

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('commitments.reason')")
        assert cursor.fetchone() == ("",)


def test_a_withdrawal_is_no_change_of_wording() -> None:
    execute(changed(make_commitment(), withdrawn_at="clock_timestamp()", withdrawal_reason="'Made up.'"))

    assert not Revision.objects.exists()


def test_an_unused_record_changes_without_a_reason_and_without_a_trace() -> None:
    area = make_area()

    Area.objects.filter(pk=area.pk).update(name="Another name")
    area.delete()

    assert not Revision.objects.exists()


def relabel(row: models.Model, **fields: object) -> None:
    with reason_for_change("Made up."):
        type(row)._default_manager.filter(pk=row.pk).update(**fields)


def test_labels_of_a_past_day_are_laid_over_the_rows_of_today() -> None:
    earlier_area, later_area = make_area(), make_area()
    commitment = make_commitment(title="First", area=earlier_area, progress_looks_like=["One", "Two"])
    relabel(commitment, title="Second", area=later_area, progress_looks_like=[])
    relabel(commitment, title="Third")
    row = Commitment.objects.select_related("area").get()

    restore_labels([row], YESTERDAY)

    assert (row.title, row.area, row.progress_looks_like) == ("First", earlier_area, ["One", "Two"])


def test_labels_of_now_cost_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row = make_commitment()

    with django_assert_num_queries(0):
        restore_labels([row], None)


def test_labels_of_many_rows_of_several_tables_cost_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    commitments = [make_commitment() for _ in range(3)]
    for commitment in commitments:
        relabel(commitment, title="Later")
        relabel(commitment.area, name="Later")
    rows: list[models.Model] = [*Commitment.objects.all(), *Area.objects.all(), *Source.objects.all()]

    with django_assert_num_queries(1):
        restore_labels(rows, YESTERDAY)

    assert "Later" not in {getattr(row, "title", None) or getattr(row, "name", None) for row in rows}


def test_every_kind_of_column_comes_back_as_it_was() -> None:
    source = make_source(published_on=datetime.date(2025, 3, 1), published_precision="month", is_title_seen=False)
    commitment = make_commitment(
        sources=[source], wording_text="will", wording_language="en", wording_source=source, due_on=None
    )
    before = {name: dict(vars(row)) for name, row in (("source", source), ("commitment", commitment))}
    relabel(source, title="Later", published_on=None, published_precision="", is_title_seen=True)
    relabel(commitment, summary="Later", wording_text="", wording_language="", wording_source=None)
    rows = {"source": Source.objects.get(pk=source.pk), "commitment": Commitment.objects.get(pk=commitment.pk)}

    restore_labels(rows.values(), YESTERDAY)

    for name, row in rows.items():
        assert {key: vars(row)[key] for key in before[name] if key != "_state"} == {
            key: value for key, value in before[name].items() if key != "_state"
        }


def test_links_of_a_past_day_come_back_whole_and_in_order() -> None:
    first, second, third = make_actor(), make_actor(), make_actor()
    commitment = make_commitment(actors=[second, first])
    with reason_for_change("Made up."):
        commitment.actor_links.all().delete()
        CommitmentActor.objects.create(commitment=commitment, actor=third)
    with reason_for_change("Made up again."):
        CommitmentActor.objects.create(commitment=commitment, actor=first, position=1)

    def actors(known_on: datetime.date | None) -> dict[int, list[int]]:
        return linked_ids(CommitmentActor, "commitment", "actor", [commitment.pk], known_on)

    assert actors(YESTERDAY) == {commitment.pk: [second.pk, first.pk]}
    assert actors(None) == {commitment.pk: [third.pk, first.pk]}


@pytest.mark.parametrize("order", ["position", "-position"])
def test_one_statement_that_changes_several_links_keeps_the_whole_list(order: str) -> None:
    commitment = make_commitment(sources=[make_source() for _ in range(3)])
    before = linked_ids(CommitmentSource, "commitment", "source", [commitment.pk], None)
    flip = "2 - position" if order == "position" else "position + 5"

    execute(with_reason(f"UPDATE commitments_commitmentsource SET position = {flip}"))

    assert linked_ids(CommitmentSource, "commitment", "source", [commitment.pk], YESTERDAY) == before


def test_links_made_before_publication_leave_no_trace() -> None:
    make_commitment(actors=[make_actor(), make_actor()])

    assert not Revision.objects.exists()


def test_assessments_of_an_update_carry_its_dates_from_publication_on() -> None:
    update = make_update(
        happened_on=datetime.date(2025, 6, 1),
        happened_precision="month",
        assessments=[{"commitment": make_commitment()}],
    )

    assessment = Assessment.objects.get()

    assert assessment.happened_by == update.happened_by == datetime.date(2025, 6, 30)
    assert assessment.published_at == update.published_at
