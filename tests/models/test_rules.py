"""Every rule of the register, broken by raw SQL; and every one lifted, to see that the test would notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, models, transaction

from commitments.models import (
    RULES,
    Commitment,
    DiscrepancySource,
    Instrument,
    InstrumentSource,
    ReviewNote,
    Source,
    StatusUpdate,
    broken_rule,
    explain,
    reason_for_change,
)
from commitments.models.triggers import refuse
from commitments.publishing import ClockTimestamp
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_link_check,
    make_milestone,
    make_ping,
    make_source,
    make_update,
    make_user,
)
from tests.raw_sql import changed, deleted, execute, fire_deferred, published, with_reason

from .breaches import BREACHES, TOMORROW, YESTERDAY, make_discrepancy

MODELS = [model for model in apps.get_app_config("commitments").get_models() if not model._meta.proxy]
REFUSAL = re.compile(r"CONSTRAINT = '(\w+)'")
# Triggers that let nothing pass, and so can be seen at work only by a write that breaks their rule.
ONLY_REFUSES = re.compile("pgtrigger_(insert_as_draft|final)_|discrepancypgtrigger_public_record_stays_")

pytestmark = pytest.mark.django_db


def stated_rules() -> Iterator[tuple[type[models.Model], str]]:
    """Every rule where it is stated: by a trigger of a table, or as a named constraint."""
    for model, trigger in pgtrigger.registered():
        for rule in REFUSAL.findall(trigger.func):
            if rule != "no_truncate":
                yield model, rule
    for model in MODELS:
        for constraint in model._meta.constraints:
            yield model, constraint.name


def name_of(case: tuple[type[models.Model], str]) -> str:
    return f"{case[0].__name__}-{case[1]}"


STATED = sorted(set(stated_rules()), key=name_of)
# An instrument never loses a commitment again, so that a foreign key stands behind this rule.
DOUBLY_KEPT = {(Instrument, "public_record_stays")}


def write(sql: str) -> None:
    with transaction.atomic():
        execute(sql)
        fire_deferred()


def lift(model: type[models.Model], rule: str) -> None:
    """Take one rule from one table, until the end of the test."""
    if rule in RULES:
        lift_from_triggers(model, rule)
        return
    constraint = next(constraint for constraint in model._meta.constraints if constraint.name == rule)
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)


def lift_from_triggers(model: type[models.Model], rule: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [model._meta.db_table],
        )
        for (definition,) in cursor.fetchall():
            before, refusal, after = definition.partition(refuse(rule))
            if refusal:
                passed = "NULL;" if "RETURN" in after else "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
                cursor.execute(before + passed + after.replace(refuse(rule), "NULL;"))


def test_every_rule_has_a_write_that_breaks_it() -> None:
    assert set(STATED) == set(BREACHES)
    assert {rule for _, rule in STATED} | {"no_truncate"} >= set(RULES)


@pytest.mark.parametrize("case", STATED, ids=name_of)
def test_the_database_refuses(case: tuple[type[models.Model], str]) -> None:
    sql = BREACHES[case]()
    fire_deferred()

    with pytest.raises(IntegrityError) as refused:
        write(sql)

    assert broken_rule(refused.value) == case[1]


@pytest.mark.parametrize("case", [case for case in STATED if case not in DOUBLY_KEPT], ids=name_of)
def test_nothing_else_refuses_once_the_rule_is_lifted(case: tuple[type[models.Model], str]) -> None:
    sql = BREACHES[case]()
    fire_deferred()
    lift(*case)

    write(sql)


@pytest.mark.parametrize("model", [model for model, trigger in pgtrigger.registered() if trigger.name == "no_truncate"])
def test_no_table_of_the_register_is_emptied(model: type[models.Model]) -> None:
    # Disabled in the test database, which is emptied between tests.
    pgtrigger.enable(f"{model._meta.label}:no_truncate")

    with pytest.raises(IntegrityError) as refused:
        write(f"TRUNCATE {model._meta.db_table} CASCADE")

    assert broken_rule(refused.value) == "no_truncate"


def test_every_table_with_public_content_resists_truncation() -> None:
    guarded = {model for model, trigger in pgtrigger.registered() if trigger.name == "no_truncate"}

    unguarded = {model.__name__ for model in set(MODELS) - guarded}
    derived = {"CommitmentWords", "InstrumentWords", "SourceWords", "UpdateWords"} | {
        "CommitmentVoice",
        "SourceBacking",
        "SourceUse",
    }
    assert unguarded == {"Edition", "EditionPending", "OpenForm", "Ping", "SheetImport"} | derived


MAKERS: dict[str, Callable[[], models.Model]] = {
    "Actor": make_actor,
    "Area": make_area,
    "Check": partial(make_check, recorded=False),
    "Commitment": partial(make_commitment, published=False),
    "Discrepancy": make_discrepancy,
    "Instrument": make_instrument,
    "LinkCheck": make_link_check,
    "Milestone": lambda: make_milestone(make_commitment(), recorded=False),
    "Ping": make_ping,
    "Source": make_source,
}


def unique_fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in MODELS:
        for field in model._meta.concrete_fields:
            # A number is unique too, behind the rule that it is the next one: tested by itself below.
            if field.unique and not field.primary_key and field.name != "number":
                yield model, field.column


@pytest.mark.parametrize("case", sorted(unique_fields(), key=name_of), ids=name_of)
def test_no_two_records_share_a_key(case: tuple[type[models.Model], str]) -> None:
    model, field = case
    first, second = MAKERS[model.__name__](), MAKERS[model.__name__]()

    with pytest.raises(IntegrityError) as refused:
        write(changed(second, **{field: f"(SELECT {field} FROM {model._meta.db_table} WHERE id = {first.pk})"}))

    assert broken_rule(refused.value) == f"{model._meta.db_table}_{field}_key"


def test_no_constraint_stands_in_the_database_alone() -> None:
    """Those that Django makes by itself (no negative numbers, keys of links) and those tested above: no others."""
    by_django = {f"{model._meta.db_table}_{name}_key" for model, name in unique_fields()}
    by_django.add("commitments_statusupdate_number_key")
    for model in MODELS:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.PositiveIntegerField | models.PositiveSmallIntegerField):
                by_django.add(f"{model._meta.db_table}_{field.column}_check")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text ~ '^commitments_' "
            "UNION SELECT indexrelid::regclass::text FROM pg_index "
            "WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text ~ '^commitments_'"
        )
        installed = {name for (name,) in cursor.fetchall()}

    assert installed == by_django | {rule for _, rule in STATED if rule not in RULES}


def test_no_two_updates_share_a_number() -> None:
    make_update(assessments=[{"commitment": make_commitment()}])
    draft = make_update(published=False, assessments=[{"commitment": make_commitment()}])
    fire_deferred()
    lift(StatusUpdate, "numbered_in_order")

    with pytest.raises(IntegrityError) as refused:
        write(published(draft, number="1"))

    assert broken_rule(refused.value) == "commitments_statusupdate_number_key"


def test_an_update_is_not_published_before_the_newest_one() -> None:
    make_update(assessments=[{"commitment": make_commitment()}])
    draft = make_update(published=False, assessments=[{"commitment": make_commitment()}])

    with pytest.raises(IntegrityError) as refused:
        write(published(draft, published_at=YESTERDAY))

    assert broken_rule(refused.value) == "published_now"


def test_a_commitment_is_not_withdrawn_tomorrow() -> None:
    commitment = make_commitment()

    with pytest.raises(IntegrityError) as refused:
        write(changed(commitment, withdrawn_at=TOMORROW, withdrawal_reason="'Made up.'"))

    assert broken_rule(refused.value) == "published_now"


def test_a_withdrawn_commitment_does_not_return() -> None:
    commitment = make_commitment()
    write(changed(commitment, withdrawn_at="clock_timestamp()", withdrawal_reason="'Made up.'"))

    with pytest.raises(IntegrityError) as refused:
        write(changed(commitment, withdrawn_at="NULL", withdrawal_reason="''"))

    assert broken_rule(refused.value) == "commitment_goes_forward"


@pytest.mark.parametrize("children", ["assessments", "citations"])
def test_children_of_a_published_update_are_neither_changed_nor_moved_nor_removed(children: str) -> None:
    update = make_update(assessments=[{"commitment": make_commitment()}])
    draft = make_update(published=False, assessments=[{"commitment": make_commitment()}])
    child, foundling = getattr(update, children).get(), getattr(draft, children).get()

    for sql in (
        changed(child, position="7"),
        changed(child, update_id=str(draft.pk)),
        changed(foundling, update_id=str(update.pk)),
        deleted(child),
        deleted(update),
    ):
        with pytest.raises(IntegrityError) as refused:
            write(sql)
        assert broken_rule(refused.value) == "published_update_is_final"


def test_a_draft_is_deleted_with_its_children() -> None:
    draft = make_update(published=False, assessments=[{"commitment": make_commitment()}])

    draft.delete()
    fire_deferred()

    assert not StatusUpdate.objects.exists()


def test_the_wording_of_a_published_commitment_may_be_completed() -> None:
    source, commitment = make_source(), make_commitment(basis="press_account")
    quoted = {"wording_text": "'will consider'", "wording_language": "'en'", "wording_source_id": str(source.pk)}

    write(with_reason(changed(commitment, basis="'text_seen'", paragraph="'12'", **quoted)))

    assert Commitment.objects.get().wording_text == "will consider"


def test_every_refusal_has_a_sentence() -> None:
    for model, rule in STATED:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            execute(
                f"DO $$ BEGIN RAISE EXCEPTION 'xyzzy' USING ERRCODE = 'integrity_constraint_violation', "
                f"CONSTRAINT = '{rule}'; END $$"
            )
        assert "xyzzy" not in explain(refused.value), (model, rule)


def fired_triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('tests.fired', true)")
        return set(cursor.fetchone()[0].split())


def note_firing() -> None:
    """Make every trigger say that its body was entered."""
    note = "PERFORM set_config('tests.fired', current_setting('tests.fired') || ' ' || TG_TABLE_NAME || TG_NAME, true);"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tests.fired', '', true)")
        cursor.execute("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%'")
        for (definition,) in cursor.fetchall():
            head, begin, body = definition.partition("BEGIN")
            cursor.execute(f"{head}{begin} {note} {body}")


def test_every_trigger_fires() -> None:
    """Names inside the body of a trigger are read when it runs: a renamed column would rot there unseen."""
    note_firing()

    tell_a_whole_story()
    fire_deferred()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgname LIKE 'pgtrigger\\_%' AND tgname NOT LIKE 'pgtrigger\\_no\\_truncate%'"
        )
        installed = {name for (name,) in cursor.fetchall()}
    refusing = {name for name in installed if ONLY_REFUSES.search(name)}
    assert installed - refusing <= fired_triggers()


def tell_a_whole_story() -> None:
    """Everything that the public sees change once; drafts are deleted again."""
    actor, source = make_actor(), make_source()
    instrument = make_instrument()
    InstrumentSource.objects.create(instrument=instrument, source=source)
    commitment = make_commitment(actors=[actor], instrument=instrument, kind="recurring")
    milestone = make_milestone(commitment)
    make_check(commitment)
    update = make_update(assessments=[{"commitment": commitment, "status": "kept_up", "meets": milestone}])
    make_update(corrects=update, correction_reason="Made up.")
    discrepancy = make_discrepancy()
    DiscrepancySource.objects.create(discrepancy=discrepancy, source=source)
    make_user().groups.add(Group.objects.create(name="made-up"))
    discussed = make_update(published=False)
    ReviewNote.objects.create(update=discussed, by=make_user(), act="remarked", note="Made up.")
    discussed.delete()
    with reason_for_change("Made up."):
        for label in (commitment.area, actor, commitment.instrument, source, discrepancy):
            execute(changed(label, position="position + 1") if label is not source else changed(label, note="'New.'"))
        for links in (commitment.actor_links, commitment.source_links, commitment.instrument.source_links):
            links.update(position=7)
        Commitment.objects.update(title="Another title", strength="hortatory")
    drafts = (make_commitment(published=False), make_area(), make_actor(), make_instrument(), make_source())
    Commitment.objects.filter(published_at__isnull=True).update(kind="one_off")
    Source.objects.filter(pk=drafts[-1].pk).update(kind="rewrite")
    for draft in drafts:
        draft.delete()
    fire_deferred()
    Commitment.objects.update(withdrawn_at=ClockTimestamp(), withdrawal_reason="Made up.")
