"""One write for every rule of every table that breaks this rule, and this one only.

Each function makes legal rows and returns the SQL that the database must refuse.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db import models

from commitments.models import (
    Actor,
    Area,
    Assessment,
    AuditEntry,
    Check,
    CheckCommitment,
    Citation,
    Commitment,
    CommitmentActor,
    CommitmentSource,
    Discrepancy,
    DiscrepancySource,
    Edition,
    Instrument,
    InstrumentSource,
    LinkCheck,
    Milestone,
    MilestoneSource,
    OpenForm,
    ReviewNote,
    Revision,
    SheetImport,
    Source,
    StatusUpdate,
    reason_for_change,
)
from commitments.models.open_form import LARGEST
from commitments.models.sheet_import import LARGEST_FILE
from tests.factories import (
    make_actor,
    make_area,
    make_check,
    make_commitment,
    make_instrument,
    make_link_check,
    make_milestone,
    make_source,
    make_update,
    make_user,
)
from tests.raw_sql import changed, copied, deleted, fire_deferred, published, with_reason

Breach = Callable[[], str]
BREACHES: dict[tuple[type[models.Model], str], Breach] = {}

YESTERDAY = "clock_timestamp() - interval '1 day'"
TOMORROW = "clock_timestamp() + interval '1 day'"


def breaks(model: type[models.Model], rule: str) -> Callable[[Breach], Breach]:
    def register(breach: Breach) -> Breach:
        assert (model, rule) not in BREACHES
        BREACHES[model, rule] = breach
        return breach

    return register


def make_discrepancy(**fields: str) -> Discrepancy:
    topic = f"Topic {Discrepancy.objects.count()}"
    texts = {"topic": topic, "article": "It says so.", "official": "It says else.", "assessment": "We wait."}
    return Discrepancy.objects.create(**texts | fields)


def draft_with(*assessments: dict[str, object], sources: list[Source] | None = None, **fields: object) -> StatusUpdate:
    """A draft that could be published as it stands, unless the caller broke it."""
    return make_update(
        published=False,
        assessments=assessments or [{"commitment": make_commitment()}],
        sources=sources,
        **fields,
    )


def draft_assessment(**fields: object) -> Assessment:
    return draft_with({"commitment": make_commitment()} | fields).assessments.get()


def public_update(**fields: object) -> StatusUpdate:
    return make_update(assessments=[{"commitment": make_commitment()}], **fields)


# --- status updates ------------------------------------------------------------------------------------------------


@breaks(StatusUpdate, "insert_as_draft")
def an_update_inserted_as_published() -> str:
    return copied(draft_with(), number="1", published_at="clock_timestamp()", happened_by="happened_on")


@breaks(StatusUpdate, "published_update_is_final")
def a_published_update_reworded() -> str:
    return changed(public_update(), title="'Another title'")


@breaks(StatusUpdate, "numbered_in_order")
def a_number_skipped() -> str:
    return published(draft_with(), number="7")


@breaks(StatusUpdate, "published_now")
def an_update_published_yesterday() -> str:
    public_update()
    fire_deferred()
    return published(draft_with(), published_at=YESTERDAY)


@breaks(StatusUpdate, "happened_before_publication")
def an_event_of_tomorrow_published() -> str:
    return published(draft_with(), happened_on="(clock_timestamp() AT TIME ZONE 'UTC')::date + 1")


@breaks(StatusUpdate, "update_needs_citation")
def an_update_published_without_a_source() -> str:
    return published(draft_with(sources=[]))


@breaks(StatusUpdate, "update_needs_assessment")
def an_update_published_without_an_assessment() -> str:
    return published(make_update(published=False))


@breaks(StatusUpdate, "assessed_commitment_is_public")
def an_assessment_of_a_draft_commitment_published() -> str:
    return published(draft_with({"commitment": make_commitment(published=False)}))


@breaks(StatusUpdate, "status_fits_kind")
def a_standing_commitment_delivered() -> str:
    return published(draft_with({"commitment": make_commitment(kind="standing"), "status": "delivered"}))


@breaks(StatusUpdate, "status_needs_more_than_rewrites")
def a_status_on_a_rewrite() -> str:
    rewrite = make_source(kind="rewrite")
    announced = {"commitment": make_commitment(), "status": "announced", "evidence": "one_side"}
    return published(draft_with(announced, sources=[rewrite]))


@breaks(StatusUpdate, "evidence_matches_sources")
def both_sides_on_the_word_of_one() -> str:
    announced = {"commitment": make_commitment(), "status": "announced", "evidence": "both_sides"}
    return published(draft_with(announced, sources=[make_source(side="eu"), make_source(side="japan", kind="rewrite")]))


@breaks(StatusUpdate, "context_sets_no_status")
def a_status_set_by_context() -> str:
    return published(draft_with({"commitment": make_commitment(), "status": "announced"}, is_context=True))


@breaks(StatusUpdate, "context_before_adoption")
def an_act_before_the_promise() -> str:
    return published(draft_with(happened_on="2019-12-31"))


@breaks(StatusUpdate, "occurrence_fits_kind")
def an_occurrence_of_a_one_off() -> str:
    return published(draft_with({"commitment": make_commitment(kind="one_off"), "is_occurrence": True}))


@breaks(StatusUpdate, "milestone_of_same_commitment")
def a_milestone_of_another_commitment_met() -> str:
    return published(draft_with({"commitment": make_commitment(), "meets": make_milestone(make_commitment())}))


@breaks(StatusUpdate, "corrects_published_update")
def a_draft_corrected() -> str:
    return published(draft_with(corrects=draft_with(), correction_reason="Made up."))


@breaks(StatusUpdate, "update_kind")
def an_update_of_no_kind() -> str:
    return changed(draft_with(), kind="'gossip'")


@breaks(StatusUpdate, "update_happened_precision")
def a_month_that_begins_on_its_second() -> str:
    return changed(draft_with(), happened_precision="'month'", happened_on="'2025-06-02'")


@breaks(StatusUpdate, "update_numbered_when_published")
def a_draft_with_a_number() -> str:
    return changed(draft_with(), number="1")


@breaks(StatusUpdate, "update_submitted_by_somebody")
def an_update_submitted_by_nobody() -> str:
    return changed(draft_with(), submitted_at="clock_timestamp()")


@breaks(StatusUpdate, "update_corrects_with_reason")
def a_correction_without_a_reason() -> str:
    return changed(draft_with(), corrects_id=str(public_update().pk))


@breaks(StatusUpdate, "update_corrected_once")
def an_update_corrected_twice() -> str:
    first = public_update()
    public_update(corrects=first, correction_reason="Made up.")
    return published(draft_with(corrects=first, correction_reason="Made up again."))


# --- assessments and citations -------------------------------------------------------------------------------------


@breaks(Assessment, "published_update_is_final")
def an_assessment_added_to_a_published_update() -> str:
    update = public_update()
    return copied(draft_assessment(), update_id=str(update.pk))


@breaks(Assessment, "dates_are_copied_at_publication")
def the_dates_of_an_assessment_typed() -> str:
    return changed(draft_assessment(), happened_by="'2025-01-01'", published_at="clock_timestamp()")


@breaks(Assessment, "assessment_once_per_update")
def a_commitment_assessed_twice_by_one_update() -> str:
    return copied(draft_assessment())


@breaks(Assessment, "assessment_bearing")
def an_unknown_bearing() -> str:
    return changed(draft_assessment(), bearing="'sideways'")


@breaks(Assessment, "assessment_status")
def a_derived_status_typed() -> str:
    return changed(draft_assessment(status="announced"), status="'not_assessed'")


@breaks(Assessment, "assessment_status_with_evidence")
def a_status_without_evidence() -> str:
    return changed(draft_assessment(), status="'announced'")


@breaks(Assessment, "assessment_has_reasoning")
def a_reasoning_of_spaces() -> str:
    return changed(draft_assessment(), reasoning="'  '")


@breaks(Assessment, "assessment_delivered_by_both_sides")
def delivered_on_one_sides_word() -> str:
    return changed(draft_assessment(status="delivered"), evidence="'one_side'")


@breaks(Assessment, "assessment_none_found_not_assessable")
def announced_without_evidence() -> str:
    return changed(draft_assessment(status="announced"), evidence="'none_found'")


@breaks(Assessment, "assessment_context_sets_nothing")
def a_context_that_is_an_occurrence() -> str:
    return changed(draft_assessment(), bearing="'context'", is_occurrence="true")


@breaks(Assessment, "assessment_dates_together")
def an_assessment_with_half_its_dates() -> str:
    return changed(draft_assessment(), happened_by="'2025-01-01'")


@breaks(Citation, "published_update_is_final")
def a_citation_taken_from_a_published_update() -> str:
    return deleted(public_update(sources=[make_source(), make_source()]).citations.first())


@breaks(Citation, "citation_once")
def one_place_cited_twice() -> str:
    return copied(draft_with().citations.get())


# --- commitments ---------------------------------------------------------------------------------------------------


@breaks(Commitment, "insert_as_draft")
def a_commitment_inserted_as_published() -> str:
    return copied(make_commitment(published=False), reference="'EUJP-99'", published_at="clock_timestamp()")


@breaks(Commitment, "published_commitment_is_frozen")
def the_criterion_of_a_published_commitment_changed() -> str:
    return with_reason(changed(make_commitment(), fulfilled_when="'Less is done.'"))


@breaks(Commitment, "commitment_goes_forward")
def a_published_commitment_made_a_draft() -> str:
    return with_reason(changed(make_commitment(), published_at="NULL"))


@breaks(Commitment, "published_now")
def a_commitment_published_tomorrow() -> str:
    return changed(make_commitment(published=False), published_at=TOMORROW)


@breaks(Commitment, "commitment_needs_source")
def a_commitment_published_without_a_source() -> str:
    return changed(make_commitment(published=False, sources=[]), published_at="clock_timestamp()")


@breaks(Commitment, "follows_published_commitment")
def a_published_commitment_that_follows_a_draft() -> str:
    draft = make_commitment(published=False)
    follower = make_commitment(published=False, follows=draft, follows_relation="restates")
    return changed(follower, published_at="clock_timestamp()")


@breaks(Commitment, "change_needs_reason")
def a_commitment_retitled_without_a_reason() -> str:
    return changed(make_commitment(), title="'Another title'")


@breaks(Commitment, "public_record_stays")
def a_published_commitment_deleted() -> str:
    commitment = make_commitment()
    # Its children first, as Django's own cascade would do.
    return with_reason(
        f"DELETE FROM commitments_commitmentsource WHERE commitment_id = {commitment.pk}; {deleted(commitment)}"
    )


@breaks(Commitment, "commitment_reference")
def a_reference_of_another_form() -> str:
    return changed(make_commitment(published=False), reference="'PLEDGE-1'")


@breaks(Commitment, "commitment_kind")
def a_commitment_of_no_kind() -> str:
    return changed(make_commitment(published=False), kind="'vague'")


@breaks(Commitment, "commitment_basis")
def a_commitment_without_basis() -> str:
    return changed(make_commitment(published=False), basis="''")


@breaks(Commitment, "commitment_strength")
def a_commitment_of_unknown_strength() -> str:
    return changed(make_commitment(published=False), strength="'iron'")


@breaks(Commitment, "commitment_due_precision")
def a_due_year_that_begins_in_february() -> str:
    return changed(make_commitment(published=False), due_on="'2026-02-01'", due_precision="'year'")


@breaks(Commitment, "commitment_cadence")
def a_cadence_of_what_does_not_recur() -> str:
    return changed(make_commitment(published=False, kind="standing"), cadence_months="12")


@breaks(Commitment, "commitment_due_or_recurring")
def a_recurring_commitment_with_a_due_date() -> str:
    return changed(make_commitment(published=False, kind="recurring"), due_on="'2026-01-01'", due_precision="'day'")


@breaks(Commitment, "commitment_wording_is_whole")
def a_wording_without_a_source() -> str:
    return changed(make_commitment(published=False), wording_text="'will consider'", wording_language="'en'")


@breaks(Commitment, "commitment_follows_with_relation")
def a_commitment_that_follows_without_saying_how() -> str:
    return changed(make_commitment(published=False), follows_id=str(make_commitment().pk))


@breaks(Commitment, "commitment_follows_another")
def a_commitment_that_follows_itself() -> str:
    return changed(make_commitment(published=False), follows_id="id", follows_relation="'restates'")


@breaks(Commitment, "commitment_withdrawn_with_reason")
def a_commitment_withdrawn_without_a_reason() -> str:
    return changed(make_commitment(), withdrawn_at="clock_timestamp()")


@breaks(CommitmentActor, "change_needs_reason")
def an_actor_added_without_a_reason() -> str:
    commitment = make_commitment(actors=[make_actor()])
    return copied(commitment.actor_links.get(), actor_id=str(make_actor().pk))


@breaks(CommitmentActor, "commitment_actor_once")
def an_actor_named_twice() -> str:
    return copied(make_commitment(published=False, actors=[make_actor()]).actor_links.get())


@breaks(CommitmentSource, "change_needs_reason")
def a_source_of_a_commitment_exchanged_without_a_reason() -> str:
    return changed(make_commitment().source_links.get(), source_id=str(make_source().pk))


@breaks(CommitmentSource, "commitment_needs_source")
def the_last_source_of_a_published_commitment_removed() -> str:
    return with_reason(deleted(make_commitment().source_links.get()))


@breaks(CommitmentSource, "commitment_source_once")
def a_source_of_a_commitment_named_twice() -> str:
    return copied(make_commitment(published=False).source_links.get())


# --- checks and milestones -----------------------------------------------------------------------------------------


@breaks(Check, "insert_as_draft")
def a_check_inserted_as_recorded() -> str:
    return copied(make_check(recorded=False), slug="'copy'", recorded_at="clock_timestamp()")


@breaks(Check, "recorded_check_is_final")
def a_recorded_check_changed() -> str:
    return changed(make_check(make_commitment()), found="'Something after all.'")


@breaks(Check, "published_now")
def a_check_recorded_tomorrow() -> str:
    return changed(make_check(make_commitment(), recorded=False), recorded_at=TOMORROW)


@breaks(Check, "happened_before_publication")
def a_search_of_tomorrow_recorded() -> str:
    check = make_check(make_commitment(), recorded=False)
    tomorrow = "(clock_timestamp() AT TIME ZONE 'UTC')::date + 1"
    return changed(check, checked_on=tomorrow, recorded_at="clock_timestamp()")


@breaks(Check, "check_needs_commitment")
def a_check_of_nothing_recorded() -> str:
    return changed(make_check(recorded=False), recorded_at="clock_timestamp()")


@breaks(Check, "check_covers_the_past")
def a_check_that_covers_the_future() -> str:
    return changed(make_check(recorded=False), covers_from="checked_on + 1")


@breaks(Check, "check_says_what_was_searched")
def a_check_of_no_place() -> str:
    return changed(make_check(recorded=False), places="'{}'")


@breaks(CheckCommitment, "recorded_check_is_final")
def a_commitment_added_to_a_recorded_check() -> str:
    return copied(make_check(make_commitment()).commitment_links.get(), commitment_id=str(make_commitment().pk))


@breaks(CheckCommitment, "check_commitment_once")
def a_commitment_named_twice_by_one_check() -> str:
    return copied(make_check(make_commitment(), recorded=False).commitment_links.get())


@breaks(Milestone, "insert_as_draft")
def a_milestone_inserted_as_recorded() -> str:
    draft = make_milestone(make_commitment(), recorded=False)
    return copied(draft, slug="'copy'", recorded_at="clock_timestamp()", announced_by="'2025-01-01'")


@breaks(Milestone, "recorded_milestone_is_final")
def a_recorded_milestone_postponed() -> str:
    return changed(make_milestone(make_commitment()), due_on="'2030-01-01'")


@breaks(Milestone, "published_now")
def a_milestone_recorded_tomorrow() -> str:
    return changed(make_milestone(make_commitment(), recorded=False), recorded_at=TOMORROW)


@breaks(Milestone, "milestone_needs_source")
def a_milestone_recorded_without_a_source() -> str:
    return changed(make_milestone(make_commitment(), recorded=False, sources=[]), recorded_at="clock_timestamp()")


@breaks(Milestone, "milestone_commitment_is_public")
def a_milestone_of_a_draft_recorded() -> str:
    return changed(make_milestone(make_commitment(published=False), recorded=False), recorded_at="clock_timestamp()")


@breaks(Milestone, "milestone_replaces_recorded")
def a_milestone_of_another_commitment_replaced() -> str:
    other = make_milestone(make_commitment())
    return changed(make_milestone(make_commitment(), recorded=False, replaces=other), recorded_at="clock_timestamp()")


@breaks(Milestone, "milestone_due_precision")
def a_milestone_of_a_month_that_begins_late() -> str:
    return changed(make_milestone(make_commitment(), recorded=False), due_precision="'month'")


@breaks(Milestone, "milestone_recorded_with_announcement")
def a_draft_milestone_with_a_day_of_announcement() -> str:
    return changed(make_milestone(make_commitment(), recorded=False), announced_by="'2025-01-01'")


@breaks(Milestone, "milestone_replaced_once")
def a_milestone_replaced_twice() -> str:
    commitment = make_commitment()
    first = make_milestone(commitment)
    make_milestone(commitment, replaces=first)
    return changed(make_milestone(commitment, recorded=False, replaces=first), recorded_at="clock_timestamp()")


@breaks(MilestoneSource, "recorded_milestone_is_final")
def a_source_taken_from_a_recorded_milestone() -> str:
    return deleted(make_milestone(make_commitment()).source_links.get())


@breaks(MilestoneSource, "milestone_source_once")
def a_source_of_a_milestone_named_twice() -> str:
    return copied(make_milestone(make_commitment(), recorded=False).source_links.get())


# --- labels --------------------------------------------------------------------------------------------------------


@breaks(Source, "cited_source_is_frozen")
def a_cited_source_reclassified() -> str:
    return with_reason(changed(public_update().sources.get(), kind="'rewrite'"))


@breaks(Source, "public_address_is_permanent")
def a_public_source_moved_to_another_address() -> str:
    return with_reason(changed(public_update().sources.get(), slug="'moved'"))


@breaks(Source, "change_needs_reason")
def a_public_source_retitled_without_a_reason() -> str:
    return changed(public_update().sources.get(), title="'Another title'")


@breaks(Source, "public_record_stays")
def a_source_deleted_that_was_once_quoted() -> str:
    source = make_source()
    commitment = make_commitment(wording_text="will consider", wording_language="en", wording_source=source)
    with reason_for_change("Quoted wrongly."):
        Commitment.objects.filter(pk=commitment.pk).update(wording_text="", wording_language="", wording_source=None)
    return deleted(source)


@breaks(Source, "source_url_is_web_address")
def a_source_with_a_script_as_its_address() -> str:
    return changed(make_source(), url="'javascript:alert(1)'")


@breaks(Source, "source_archived_url_is_web_address")
def an_archived_copy_with_a_space_in_its_address() -> str:
    return changed(make_source(), archived_url="'https://example.org/a b'")


@breaks(Source, "source_language_is_tag")
def a_language_by_its_name() -> str:
    return changed(make_source(), language="'English'")


@breaks(Source, "source_side")
def a_source_of_no_side() -> str:
    return changed(make_source(), side="'martian'")


@breaks(Source, "source_kind")
def a_source_of_no_kind() -> str:
    return changed(make_source(), kind="'rumour'")


@breaks(Source, "source_published_precision")
def a_date_of_publication_without_precision() -> str:
    return changed(make_source(), published_on="'2025-01-01'")


@breaks(Source, "source_published_before_read")
def a_source_read_before_it_was_published() -> str:
    return changed(make_source(), published_on="accessed_on + 1", published_precision="'day'")


@breaks(Area, "change_needs_reason")
def a_public_area_renamed_without_a_reason() -> str:
    return changed(make_commitment().area, name="'Another name'")


@breaks(Area, "public_address_is_permanent")
def a_public_area_moved_to_another_address() -> str:
    return with_reason(changed(make_commitment().area, slug="'moved'"))


@breaks(Area, "public_record_stays")
def an_area_deleted_that_once_held_a_commitment() -> str:
    commitment = make_commitment()
    earlier = commitment.area
    with reason_for_change("Filed wrongly."):
        Commitment.objects.filter(pk=commitment.pk).update(area=make_area())
    return deleted(earlier)


@breaks(LinkCheck, "link_check_outcome")
def a_link_of_no_outcome() -> str:
    return changed(make_link_check(), outcome="'maybe'")


@breaks(Actor, "actor_side")
def an_actor_of_no_side() -> str:
    return changed(make_actor(), side="'martian'")


@breaks(Actor, "change_needs_reason")
def a_public_actor_renamed_without_a_reason() -> str:
    actor = make_actor()
    make_commitment(actors=[actor])
    return changed(actor, name="'Another name'")


@breaks(Actor, "public_address_is_permanent")
def a_public_actor_moved_to_another_address() -> str:
    actor = make_actor()
    make_commitment(actors=[actor])
    return with_reason(changed(actor, slug="'moved'"))


@breaks(Actor, "public_record_stays")
def an_actor_deleted_that_was_once_named() -> str:
    actor = make_actor()
    commitment = make_commitment(actors=[actor])
    with reason_for_change("Named wrongly."):
        commitment.actor_links.all().delete()
    return deleted(actor)


@breaks(Instrument, "instrument_adopted_precision")
def an_instrument_of_a_month_that_begins_late() -> str:
    return changed(make_instrument(), adopted_on="'2025-06-02'", adopted_precision="'month'")


@breaks(Instrument, "instrument_kind")
def an_instrument_of_no_kind() -> str:
    return changed(make_instrument(), kind="'handshake'")


@breaks(Instrument, "change_needs_reason")
def a_public_instrument_retitled_without_a_reason() -> str:
    return changed(make_commitment().instrument, title="'Another title'")


@breaks(Instrument, "public_address_is_permanent")
def a_public_instrument_moved_to_another_address() -> str:
    return with_reason(changed(make_commitment().instrument, slug="'moved'"))


@breaks(Instrument, "public_instrument_is_frozen")
def a_public_instrument_adopted_on_another_day() -> str:
    return with_reason(changed(make_commitment().instrument, adopted_on="'2021-01-01'"))


@breaks(Instrument, "public_record_stays")
def a_public_instrument_deleted() -> str:
    return deleted(make_commitment().instrument)


@breaks(InstrumentSource, "change_needs_reason")
def a_source_added_to_a_public_instrument_without_a_reason() -> str:
    instrument = make_instrument()
    link = InstrumentSource.objects.create(instrument=instrument, source=make_source())
    make_commitment(instrument=instrument)
    return copied(link, source_id=str(make_source().pk))


@breaks(InstrumentSource, "instrument_source_once")
def a_source_of_an_instrument_named_twice() -> str:
    return copied(InstrumentSource.objects.create(instrument=make_instrument(), source=make_source()))


@breaks(Discrepancy, "change_needs_reason")
def a_discrepancy_reworded_without_a_reason() -> str:
    return changed(make_discrepancy(), official="'It says nothing.'")


@breaks(Discrepancy, "public_record_stays")
def a_discrepancy_deleted() -> str:
    return deleted(make_discrepancy())


@breaks(DiscrepancySource, "discrepancy_source_once")
def a_source_of_a_discrepancy_named_twice() -> str:
    return copied(DiscrepancySource.objects.create(discrepancy=make_discrepancy(), source=make_source()))


@breaks(Revision, "revision_is_final")
def an_earlier_wording_rewritten() -> str:
    with reason_for_change("Made up."):
        Area.objects.filter(pk=make_commitment().area_id).update(name="Another name")
    return changed(Revision.objects.get(), reason="'A better one.'")


def inserted_note(act: str, note: str) -> str:
    return (
        "INSERT INTO commitments_reviewnote (update_id, by_id, act, note) "
        f"VALUES ({draft_with().pk}, {make_user().pk}, '{act}', '{note}')"
    )


@breaks(ReviewNote, "review_note_is_final")
def a_note_of_a_review_rewritten() -> str:
    note = ReviewNote.objects.create(update=draft_with(), by=make_user(), act="remarked", note="Made up.")
    return changed(note, note="'Another.'")


@breaks(ReviewNote, "review_note_act")
def a_note_of_no_known_act() -> str:
    return inserted_note("shouted", "Made up.")


@breaks(ReviewNote, "review_note_says_something")
def a_remark_without_words() -> str:
    return inserted_note("remarked", " ")


@breaks(SheetImport, "sheet_import_bounded")
def a_spreadsheet_beyond_the_bound() -> str:
    kept = SheetImport.objects.create(
        uploaded_at=datetime.datetime.now(datetime.UTC), uploaded_by=make_user(), file_name="made-up.csv", content=b"x"
    )
    return changed(kept, content=f"decode(repeat('00', {LARGEST_FILE + 1}), 'hex')")


@breaks(AuditEntry, "audit_is_final")
def an_entry_of_the_audit_rewritten() -> str:
    return changed(AuditEntry.objects.of(make_area()).get(), by_name="'somebody else'")


@breaks(Edition, "edition_single_row")
def a_second_edition() -> str:
    return "INSERT INTO commitments_edition (id, number) VALUES (2, 1)"


@breaks(OpenForm, "open_form_is_bounded")
def an_unsaved_text_without_bound() -> str:
    now = datetime.datetime.now(datetime.UTC)
    OpenForm.objects.create(user=make_user(), model="commitments.source", opened_at=now, seen_at=now)
    return f"UPDATE commitments_openform SET fields = to_jsonb(repeat('x', {LARGEST + 1}))"
