"""The register: one noun a file, its queryset above it."""

from .actor import Actor, Side
from .area import Area
from .assessment import ASSIGNABLE_STATUSES, DERIVED_STATUSES, Assessment, Bearing, DeliveryStatus, Evidence
from .audit import AuditAction, AuditEntry, acting, latest_entry_id
from .check import Check, CheckCommitment
from .citation import Citation
from .commitment import (
    Basis,
    Commitment,
    CommitmentActor,
    CommitmentKind,
    CommitmentSource,
    Relation,
    Strength,
)
from .dates import Precision, end_of_day, known_by, last_day
from .discrepancy import Discrepancy, DiscrepancySource
from .edition import Edition, EditionPending
from .instrument import Instrument, InstrumentKind, InstrumentSource
from .link_check import LinkCheck, LinkOutcome
from .milestone import Milestone, MilestoneSource
from .open_form import OpenForm
from .ping import MOST_ATTEMPTS, Ping
from .review_note import ReviewAct, ReviewNote
from .revision import (
    Revision,
    lay_over,
    linked_ids,
    linked_rows,
    reason_for_change,
    restore_labels,
    rows_in_order,
)
from .rules import RULES, broken_rule, explain
from .sheet_import import LARGEST_FILE, SheetImport
from .source import Source, SourceKind, SourceSide
from .status_update import PUBLICATION_LOCK, StatusUpdate, UpdateKind
from .support import CommitmentVoice, SourceBacking, SourceUse
from .words import CommitmentWords, InstrumentWords, SourceWords, UpdateWords, english_stems

__all__ = [
    "ASSIGNABLE_STATUSES",
    "DERIVED_STATUSES",
    "LARGEST_FILE",
    "MOST_ATTEMPTS",
    "PUBLICATION_LOCK",
    "RULES",
    "Actor",
    "Area",
    "Assessment",
    "AuditAction",
    "AuditEntry",
    "Basis",
    "Bearing",
    "Check",
    "CheckCommitment",
    "Citation",
    "Commitment",
    "CommitmentActor",
    "CommitmentKind",
    "CommitmentSource",
    "CommitmentVoice",
    "CommitmentWords",
    "DeliveryStatus",
    "Discrepancy",
    "DiscrepancySource",
    "Edition",
    "EditionPending",
    "Evidence",
    "Instrument",
    "InstrumentKind",
    "InstrumentSource",
    "InstrumentWords",
    "LinkCheck",
    "LinkOutcome",
    "Milestone",
    "MilestoneSource",
    "OpenForm",
    "Ping",
    "Precision",
    "Relation",
    "ReviewAct",
    "ReviewNote",
    "Revision",
    "SheetImport",
    "Side",
    "Source",
    "SourceBacking",
    "SourceKind",
    "SourceSide",
    "SourceUse",
    "SourceWords",
    "StatusUpdate",
    "Strength",
    "UpdateKind",
    "UpdateWords",
    "acting",
    "broken_rule",
    "end_of_day",
    "english_stems",
    "explain",
    "known_by",
    "last_day",
    "latest_entry_id",
    "lay_over",
    "linked_ids",
    "linked_rows",
    "reason_for_change",
    "restore_labels",
    "rows_in_order",
]
