"""Builders of the triggers that stand in the models' Meta. Rules and their sentences: `rules.py`."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger

from .rules import RULES

# A back-dated publication would rewrite closed days. Only a register that nobody has seen yet (no edition) is filled
# with the days of its file.
CLOCK_TOLERANCE = "interval '1 minute'"


def refuse(rule: str) -> str:
    """The PL/pgSQL statement that refuses a write by this rule.

    It carries the rule's name and not its sentence, so that mending a word needs no migration.
    """
    assert rule in RULES, rule
    return (
        f"RAISE EXCEPTION '{rule.replace('_', ' ')}' "
        f"USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{rule}';"
    )


def refuse_if(condition: str, rule: str) -> str:
    return f"IF {condition} THEN {refuse(rule)} END IF;"


def update_of(*columns: str) -> pgtrigger.Operation:
    operation: pgtrigger.Operation = pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]  # pgtrigger annotates none of it
    return operation


def must_be_now(column: str) -> str:
    return refuse_if(
        f"NEW.{column} > clock_timestamp() OR (NEW.{column} < clock_timestamp() - {CLOCK_TOLERANCE} "
        "AND EXISTS (SELECT FROM commitments_edition))",
        "published_now",
    )


def no_truncate() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=refuse("no_truncate"),
    )


def insert_as_draft(column: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="insert_as_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition(f"NEW.{column} IS NOT NULL"),
        func=refuse("insert_as_draft"),
    )


def final(rule: str, condition: str | None = None) -> pgtrigger.Trigger:
    """Never changed or deleted again once the condition on OLD holds (None: from the first moment)."""
    return pgtrigger.Trigger(
        name="final",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=refuse(rule),
    )


def child_of_draft(table: str, parent: str, moment: str, rule: str, extra: str = "") -> pgtrigger.Trigger:
    """Rows under a parent are added, changed and removed only while the parent is a draft.

    The parent is locked FOR SHARE: without it a publisher in another transaction would not wait for this write, and
    the row would slip under a published parent (or a citation from under it).
    """
    return pgtrigger.Trigger(
        name="child_of_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("moment", "timestamptz")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                SELECT {moment} INTO moment FROM {table} WHERE id = OLD.{parent} FOR SHARE;
                {refuse_if("moment IS NOT NULL", rule)}
            END IF;
            IF TG_OP <> 'DELETE' THEN
                SELECT {moment} INTO moment FROM {table} WHERE id = NEW.{parent} FOR SHARE;
                {refuse_if("moment IS NOT NULL", rule)}
                {extra}
                RETURN NEW;
            END IF;
            RETURN OLD;
        """,
    )


NOTE_CHANGE = (
    "INSERT INTO commitments_editionpending (transaction) VALUES (pg_current_xact_id()::text::bigint) "
    "ON CONFLICT DO NOTHING;"
)


def raise_edition(operation: pgtrigger.Operation, condition: str | None = None) -> pgtrigger.Trigger:
    """Note that this transaction changes what the public sees; the number grows once, at commit."""
    return pgtrigger.Trigger(
        name="raise_edition",
        when=pgtrigger.After,
        operation=operation,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=f"{NOTE_CHANGE} RETURN NULL;",
    )


KEEP_REVISION = f"""
    {refuse_if("coalesce(current_setting('commitments.reason', true), '') = ''", "change_needs_reason")}
    INSERT INTO commitments_revision ("table", row_id, changed_at, reason, was)
    VALUES (
        TG_TABLE_NAME, {{row_id}}, clock_timestamp(), coalesce(current_setting('commitments.reason', true), ''), {{was}}
    );
    {NOTE_CHANGE}
"""


ADDRESS_STAYS = refuse_if("NEW.slug <> OLD.slug", "public_address_is_permanent")


def versioned(public_use: str, ignoring: Sequence[str] = (), refusals: str = "") -> list[pgtrigger.Trigger]:
    """A label that the public saw may change, with a reason; its earlier wording is kept and it is never deleted.

    `public_use` is SQL over OLD that tells whether the row is, or once was, part of a public page; `ignoring` names
    columns whose change is no change of wording; `refusals` guard what of a public row may not change at all.
    """
    ignored = f" - {_text_array(ignoring)}" if ignoring else ""
    return [
        pgtrigger.Trigger(
            name="keep_revision",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"to_jsonb(OLD){ignored} IS DISTINCT FROM to_jsonb(NEW){ignored}"),
            func=f"""
                IF {public_use} THEN
                    {refusals}
                    {KEEP_REVISION.format(row_id="OLD.id", was="to_jsonb(OLD)")}
                END IF;
                RETURN NULL;
            """,
        ),
        pgtrigger.Trigger(
            name="public_record_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=f"{refuse_if(public_use, 'public_record_stays')} RETURN OLD;",
        ),
    ]


def versioned_links(table: str, parent: str, child: str, public_use: str) -> pgtrigger.Trigger:
    """The list of links of a public parent, kept whole as it was before each change, under the parent's id.

    A BEFORE ROW trigger sees the rows that its own statement has already changed, so the first revision that a
    statement writes holds the whole earlier list; readers of the past take the earliest after their day.
    `public_use` is SQL over `owner`, the parent's id.
    """
    return pgtrigger.Trigger(
        name="keep_revision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("owner", "bigint")],
        func=f"""
            FOREACH owner IN ARRAY CASE TG_OP
                WHEN 'INSERT' THEN ARRAY[NEW.{parent}]
                WHEN 'DELETE' THEN ARRAY[OLD.{parent}]
                WHEN 'UPDATE' THEN CASE WHEN OLD.* IS NOT DISTINCT FROM NEW.* THEN ARRAY[]::bigint[]
                    WHEN OLD.{parent} = NEW.{parent} THEN ARRAY[OLD.{parent}]
                    ELSE ARRAY[OLD.{parent}, NEW.{parent}] END
            END LOOP
                IF {public_use} THEN
                    {KEEP_REVISION.format(
                        row_id="owner",
                        was=f"jsonb_build_object('links', (SELECT coalesce(jsonb_agg({child} ORDER BY position, id), "
                        f"'[]') FROM {table} WHERE {parent} = owner))",
                    )}
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def index_words(
    nouns: str,
    operation: pgtrigger.Operation = pgtrigger.Update,
    condition: str | None = None,
    *,
    ids: str = "ARRAY[NEW.id]",
) -> pgtrigger.Trigger:
    """Keep what the search reads of the records `nouns` with these ids, which is SQL over OLD and NEW."""
    return pgtrigger.Trigger(
        name="index_words",
        when=pgtrigger.After,
        operation=operation,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=f"PERFORM commitments_index_{nouns}({ids}); RETURN NULL;",
    )


def keep_support(condition: str) -> pgtrigger.Trigger:
    """Keep what rests on the sources of an update, and whose voices speak on its commitments. See `support.py`."""
    first = "NOT EXISTS (SELECT FROM {table} k WHERE {same} AND k.happened_by <= NEW.happened_by)"
    backings = first.format(
        table="commitments_sourcebacking", same="k.source_id = c.source_id AND k.commitment_id = a.commitment_id"
    )
    voices = first.format(
        table="commitments_commitmentvoice",
        same="k.commitment_id = a.commitment_id AND k.side = s.side AND k.kind = s.kind",
    )
    return pgtrigger.Trigger(
        name="keep_support",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(condition),
        func=f"""
            -- Whoever reclassifies one of these sources waits for us.
            PERFORM FROM commitments_source s JOIN commitments_citation c ON c.source_id = s.id
            WHERE c.update_id = NEW.id ORDER BY s.id FOR SHARE OF s;
            INSERT INTO commitments_sourceuse (source_id, update_id, happened_by, published_at)
            SELECT DISTINCT c.source_id, NEW.id, NEW.happened_by, NEW.published_at
            FROM commitments_citation c WHERE c.update_id = NEW.id;
            INSERT INTO commitments_sourcebacking (source_id, commitment_id, happened_by, published_at)
            SELECT DISTINCT c.source_id, a.commitment_id, NEW.happened_by, NEW.published_at
            FROM commitments_citation c JOIN commitments_assessment a ON a.update_id = c.update_id
            WHERE c.update_id = NEW.id AND {backings};
            INSERT INTO commitments_commitmentvoice (commitment_id, side, kind, update_id, happened_by, published_at)
            SELECT DISTINCT a.commitment_id, s.side, s.kind, NEW.id, NEW.happened_by, NEW.published_at
            FROM commitments_assessment a
            JOIN commitments_citation c ON c.update_id = a.update_id JOIN commitments_source s ON s.id = c.source_id
            WHERE a.update_id = NEW.id AND a.bearing <> 'context' AND {voices};
            RETURN NULL;
        """,
    )


def forget_words(nouns: str) -> pgtrigger.Trigger:
    """With a draft that is deleted goes what the search would read of it."""
    return pgtrigger.Trigger(
        name="forget_words",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        func=f"DELETE FROM commitments_{nouns}words WHERE {nouns}_id = OLD.id; RETURN NULL;",
    )


def was_linked(table: str) -> str:
    """SQL over OLD: an earlier list of links kept in Revision holds the row."""
    return (
        f"EXISTS (SELECT FROM commitments_revision r WHERE r.\"table\" = '{table}' "
        "AND r.was -> 'links' @> to_jsonb(OLD.id))"
    )


def was_named(table: str, column: str) -> str:
    """SQL over OLD: an earlier version of a record kept in Revision names the row in this column."""
    return (
        f"EXISTS (SELECT FROM commitments_revision r WHERE r.\"table\" = '{table}' "
        f"AND r.was -> '{column}' = to_jsonb(OLD.id))"
    )


def audited(
    record_table: str, record: str = "id", *, ignoring: Sequence[str] = (), unsaid: Sequence[str] = ()
) -> pgtrigger.Trigger:
    """Keep an entry of every change under the record whose page shows the row: `record` is the column of its id.

    A change of nothing but `ignoring` is no entry; of `unsaid` columns only the fact of a change is kept.
    """
    left_out = f" - {_text_array(ignoring)}" if ignoring else ""
    hidden = "".join(
        f"""
            IF {row} ? '{name}' THEN {row} := {row} || '{{"{name}": "…"}}'; END IF;"""
        for name in unsaid
        for row in ("was", "became")
    )
    return pgtrigger.Trigger(
        name="audited",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("was", "jsonb"), ("became", "jsonb"), ("row_id", "bigint"), ("record_id", "bigint")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                was := to_jsonb(OLD){left_out}; row_id := OLD.id; record_id := OLD.{record};
            END IF;
            IF TG_OP <> 'DELETE' THEN
                became := to_jsonb(NEW){left_out}; row_id := NEW.id; record_id := NEW.{record};
            END IF;
            IF TG_OP = 'UPDATE' THEN
                SELECT coalesce(jsonb_object_agg(key, value), '{{}}') INTO became
                FROM jsonb_each(became) WHERE value IS DISTINCT FROM was -> key;
                IF became = '{{}}' THEN RETURN NULL; END IF;
                SELECT jsonb_object_agg(key, value) INTO was FROM jsonb_each(was) WHERE became ? key;
            END IF;{hidden}
            INSERT INTO commitments_auditentry (
                at, action, "table", row_id, record_table, record_id, by_id, by_name, via, database_user, transaction,
                was, became
            ) VALUES (
                clock_timestamp(), lower(TG_OP), TG_TABLE_NAME, row_id, '{record_table}', record_id,
                nullif(current_setting('commitments.actor', true), '')::bigint,
                coalesce(current_setting('commitments.actor_name', true), ''),
                coalesce(current_setting('commitments.via', true), ''),
                session_user, pg_current_xact_id()::text::bigint, was, became
            );
            RETURN NULL;
        """,
    )


def _text_array(names: Sequence[str]) -> str:
    return f"'{{{','.join(names)}}}'::text[]"
