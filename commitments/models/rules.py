"""What the database refuses, and the sentence that a person reads then.

Every trigger raises class 23 (integrity constraint violation) with the name of its rule, so that a refusal reaches
Django as an IntegrityError whichever path the write took.
"""

from __future__ import annotations

from django.apps import apps
from django.db import IntegrityError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

RULES: dict[str, str] = {
    "no_truncate": _("Tables of the register are never emptied."),
    "insert_as_draft": _("A record is first a draft, and published in a step of its own."),
    "published_update_is_final": _("A published update is final. Correct it by a new update."),
    "recorded_check_is_final": _("A recorded check is final. Record another one."),
    "recorded_milestone_is_final": _("A recorded milestone is final. Record one that replaces it."),
    "revision_is_final": _("The record of earlier wordings is final."),
    "audit_is_final": _("The record of who changed what is final."),
    "review_note_is_final": _("What was said in a review stays said."),
    "dates_are_copied_at_publication": _("The dates of an assessment are copied at publication, never typed."),
    "published_now": _("Publication happens now: its time cannot be set."),
    "numbered_in_order": _("Numbers follow publication: this is not the next one."),
    "happened_before_publication": _("What has not happened yet cannot be published."),
    "update_needs_citation": _("Nothing is published without a source."),
    "update_needs_assessment": _("An update says what it means for at least one commitment."),
    "assessed_commitment_is_public": _("Only a published commitment that is not withdrawn can be assessed."),
    "status_fits_kind": _(
        "Delivered fits one-off and exploratory commitments, being kept up fits recurring and standing ones."
    ),
    "status_needs_more_than_rewrites": _("A rewrite or machine-written page never supports a status alone."),
    "evidence_matches_sources": _(
        "Both sides needs a joint source or one of each side; independently reported needs a party’s source and an "
        "independent one."
    ),
    "context_sets_no_status": _("A context update bears as context or no change, and sets no status."),
    "context_before_adoption": _("Before the commitment was made, an event is only context."),
    "occurrence_fits_kind": _("Only recurring and standing commitments have occurrences."),
    "milestone_of_same_commitment": _("The milestone met is a recorded one of the same commitment."),
    "corrects_published_update": _("A correction names an update that was published earlier."),
    "cited_source_is_frozen": _(
        "A published judgement rests on this source: its address, kind, side, publisher, language and date stay."
    ),
    "published_commitment_is_frozen": _(
        "The commitment is public: its reference, instrument, kind, deadline, cadence and criterion stay. "
        "Withdraw it and add a new reference that restates it."
    ),
    "public_instrument_is_frozen": _(
        "Published commitments are counted from the day their instrument was adopted: that day stays."
    ),
    "public_address_is_permanent": _("The page of this record is public: its address stays."),
    "commitment_goes_forward": _("A commitment goes from draft to published to withdrawn, never back."),
    "commitment_needs_source": _("A commitment is published with at least one source."),
    "follows_published_commitment": _("A published commitment cannot name a draft as the one it follows."),
    "check_needs_commitment": _("A check covers at least one commitment, and all of them are public."),
    "milestone_needs_source": _("A milestone needs a source."),
    "milestone_commitment_is_public": _("A milestone belongs to a published commitment."),
    "milestone_replaces_recorded": _("A milestone replaces a recorded one of the same commitment."),
    "change_needs_reason": _("The wording is public: say why it changes."),
    "public_record_stays": _("This record is, or was, shown in public and cannot be deleted."),
}


def broken_rule(error: IntegrityError) -> str:
    """The name of the rule or constraint that the database refused, "" if it gave none."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def explain(error: IntegrityError) -> str:
    """The sentence for a person, be it a trigger's or a constraint's; where neither has one, the database's words."""
    rule = broken_rule(error)
    if rule in RULES:
        return gettext(RULES[rule])
    for model in apps.get_app_config("commitments").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == rule:
                return str(constraint.get_violation_error_message())
    return str(error)
