"""What the operations answer: the records of the datasets, and how they stand together."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from ..agenda import DateKind
from ..changes import PeriodClock
from ..coverage import Reports
from ..judgements import FreshnessState, ScheduleState, StatusGroup
from ..models import DeliveryStatus, Evidence, Precision, Relation, SourceKind, SourceSide
from ..records import (
    ActorRecord,
    AreaRecord,
    AssessmentRecord,
    CheckRecord,
    CitationRecord,
    CommitmentRecord,
    InstrumentRecord,
    MilestoneRecord,
    SourceRecord,
    UpdateRecord,
)
from ..search.finding import RecordKind


def means(description: Any) -> Any:
    return Field(..., description=str(description))


REFERENCE = _("Reference of the commitment.")
REFERENCES = _("References of commitments.")
LABEL, MEANING = _("The word that people read."), _("What it means.")


class Answer(Schema):
    as_of: datetime.date = means(_("The day as of which it holds."))
    known_on: datetime.date | None = means(_("The day by whose end it was known; null is by now."))


class ListAnswer(Answer):
    next: str | None = means(_("The address of the next page; null on the last. The header Link has it, too."))


# Filters


class FacetOption(Schema):
    """One value that a filter takes."""

    value: str = means(_("As the parameter takes it."))
    label: str = means(LABEL)
    count: int | None = means(_("How many choosing it shows beside the other filters; null: uncounted."))
    is_chosen: bool = means(_("Whether this answer is narrowed to it."))


class FacetCounts(Schema):
    """A filter of the list, and the values that it takes at these days."""

    name: str = means(_("The parameter."))
    label: str = means(LABEL)
    options: list[FacetOption] = means(_("In the order of the pages."))


class FilteredAnswer(ListAnswer):
    facets: list[FacetCounts] = means(_("The filters of this list."))


class CountedAnswer(FilteredAnswer):
    total: int = means(_("How many there are: the denominator of every count."))
    matching: int = means(_("How many of them match the filters, on all pages."))


# Updates and what they say


class AssessmentEntry(AssessmentRecord):
    """An assessment, and the status before it: where the two differ, the status turned."""

    status_before: DeliveryStatus = means(_("The delivery status just before the event."))


class UpdateEntry(UpdateRecord):
    """An update with what it means for each commitment, and who says so."""

    assessments: list[AssessmentEntry] = means(_("In the order of its page; none: it withdraws the one it corrects."))
    citations: list[CitationRecord] = means(_("In the order of its page."))


class UpdateDetail(UpdateEntry):
    """An update with all that its page shows."""

    sources: list[SourceRecord] = means(_("The sources that it cites."))
    previous: int | None = means(_("Number of the update published before it."))
    following: int | None = means(_("Number of the update published after it."))


class UpdateAnswer(Answer):
    update: UpdateDetail


class UpdateList(FilteredAnswer):
    items: list[UpdateEntry] = means(_("Latest publication first."))


class AssessmentList(ListAnswer):
    items: list[AssessmentEntry] = means(_("Latest publication first."))


class CorrectionList(ListAnswer):
    items: list[UpdateEntry] = means(_("The updates that correct or withdraw others, latest first."))
    withdrawn: list[CommitmentRecord] = means(_("The commitments that were withdrawn from the register."))


# Commitments


class DeliveryJudgement(Schema):
    """An editor’s judgement, or one derived where no assessment has made one."""

    group: StatusGroup = means(_("The group that charts show."))
    status: DeliveryStatus
    label: str = means(LABEL)
    meaning: str = means(MEANING)
    is_derived: bool = means(_("Whether no assessment sets it."))
    reasoning: str | None = means(_("The reasoning of the assessment that sets it."))
    update: int | None = means(_("Number of the update of that assessment."))


class EvidenceJudgement(Schema):
    """How well the status is shown: an editor’s grade, or one derived."""

    grade: Evidence | None
    label: str | None = means(LABEL)
    meaning: str | None = means(MEANING)
    sources: list[str] = means(_("Slugs of the sources that the update cites, in its order."))


class ScheduleJudgement(Schema):
    """Where it stands against its dates. Computed."""

    state: ScheduleState
    label: str = means(LABEL)
    meaning: str = means(MEANING)
    on: datetime.date | None = means(_("The last day of what it is about."))


class FreshnessJudgement(Schema):
    """How long ago anybody looked. Computed."""

    state: FreshnessState
    label: str = means(LABEL)
    meaning: str = means(MEANING)
    since: datetime.date | None = means(_("The last day on which evidence or a search is recorded."))
    review_on: datetime.date | None = means(_("When the next look is due."))


class Judgements(Schema):
    """Four judgements, side by side, never merged."""

    delivery: DeliveryJudgement
    evidence: EvidenceJudgement
    schedule: ScheduleJudgement
    freshness: FreshnessJudgement


class Related(Schema):
    """A commitment that this one follows, or that follows it."""

    reference: str = means(REFERENCE)
    title: str = means(_("Its title."))
    relation: Relation = means(_("What the later one does to the earlier."))


class Occurrence(Schema):
    """An event that counts as one occurrence of the commitment."""

    update: int = means(_("Number of the update."))
    happened_on: datetime.date = means(_("When it happened."))
    happened_by: datetime.date = means(_("The last day of the period that the date means."))


class Change(Schema):
    """One column that was reworded."""

    label: str = means(_("What it is."))
    before: str = means(_("How it read; – where there was nothing."))
    after: str = means(_("How it read then; – where there was nothing."))


class RewordingEntry(Schema):
    """One change of the public words of the commitment, and its reason."""

    on: datetime.date = means(_("The day (UTC)."))
    reason: str = means(_("Why."))
    changes: list[Change] = means(_("What was reworded."))


class CommitmentDetail(CommitmentRecord):
    """A commitment with all that its page shows. Of lists that grow it has the latest; their own addresses have all."""

    judgements: Judgements | None = means(_("The four judgements with their reasons; null once it was withdrawn."))
    area_record: AreaRecord = means(_("Its area."))
    instrument_record: InstrumentRecord = means(_("The instrument that carries it."))
    actor_records: list[ActorRecord] = means(_("Who is to act."))
    source_records: list[SourceRecord] = means(_("The sources of the pledge."))
    earlier: Related | None = means(_("The commitment that it follows."))
    later: list[Related] = means(_("The commitments that follow it."))
    occurrences: list[Occurrence] = means(_("Of a recurring or standing commitment, latest first."))
    milestones: list[MilestoneRecord] = means(_("Dates that a party announced, earliest first."))
    checks: list[CheckRecord] = means(_("Recorded searches that found nothing new, latest first."))
    events: list[UpdateEntry] = means(
        _("The latest events that touch it, with their assessments of this commitment: the first page of its events.")
    )
    rewordings: list[RewordingEntry] = means(_("How its words have changed, latest first."))


class CommitmentAnswer(Answer):
    commitment: CommitmentDetail


class CommitmentList(CountedAnswer):
    items: list[CommitmentRecord]


class EventList(ListAnswer):
    items: list[UpdateEntry] = means(_("Latest event first, with their assessments of this commitment."))


# Sources


class SourceEntry(SourceRecord):
    """A source, and how much rests on it."""

    updates: int = means(_("How many published updates cite it."))
    commitments: int = means(_("How many commitments those updates assess."))


class Supports(Schema):
    """What rests on a source: the latest fifty of each."""

    updates: list[int] = means(_("Numbers of the updates that cite it, latest first."))
    commitments: list[str] = means(REFERENCES)
    instruments: list[str] = means(_("Slugs of the instruments whose text it gives."))
    milestones: list[str] = means(_("Slugs of the milestones that it announces."))


class SourceDetail(SourceRecord):
    """A source, and what rests on it."""

    supports: Supports


class SourceAnswer(Answer):
    source: SourceDetail


class SourceList(CountedAnswer):
    items: list[SourceEntry]


# What commitments have in common


class GroupCount(Schema):
    """How many commitments are in a group of delivery statuses."""

    group: StatusGroup
    count: int = means(_("How many."))


class Totals(Schema):
    """How many commitments in force there are, and how they stand."""

    total: int = means(_("How many are in force: the denominator."))
    groups: list[GroupCount] = means(_("By group of the delivery status; they add up to the total."))


class AreaEntry(AreaRecord, Totals):
    """An area with its counts."""


class ActorEntry(ActorRecord, Totals):
    """An actor with the counts of what it is to do."""


class InstrumentEntry(InstrumentRecord, Totals):
    """An instrument with the counts of what it carries."""


class AreaDetail(AreaEntry):
    """An area and its commitments."""

    commitments: list[CommitmentRecord] = means(_("Those in force, by reference."))


class ActorDetail(ActorEntry):
    """An actor and what it is to do."""

    commitments: list[CommitmentRecord] = means(_("Those in force, by reference."))


class ClauseEntry(Schema):
    """A paragraph of an instrument and the commitments that it carries."""

    paragraph: str | None = means(_("Null where it is not confirmed."))
    commitments: list[str] = means(REFERENCES)


class InstrumentDetail(InstrumentEntry):
    """An instrument, read paragraph by paragraph."""

    clauses: list[ClauseEntry] = means(_("In the order of the text; what is not confirmed comes last."))
    commitments: list[CommitmentRecord] = means(_("Those in force, by reference."))
    source_records: list[SourceRecord] = means(_("The sources of the text."))


class AreaAnswer(Answer):
    area: AreaDetail


class ActorAnswer(Answer):
    actor: ActorDetail


class InstrumentAnswer(Answer):
    instrument: InstrumentDetail


class AreaList(Answer):
    items: list[AreaEntry] = means(_("In the order of the pages."))


class ActorList(Answer):
    items: list[ActorEntry] = means(_("In the order of the pages."))


class InstrumentList(Answer):
    items: list[InstrumentEntry] = means(_("Oldest first."))


# Searches and announced dates


class CheckList(ListAnswer):
    items: list[CheckRecord] = means(_("By slug."))


class CheckAnswer(Answer):
    check: CheckRecord


class MilestoneList(ListAnswer):
    items: list[MilestoneRecord] = means(_("By slug."))


class MilestoneAnswer(Answer):
    milestone: MilestoneRecord


# The search


class SearchResult(Schema):
    """A record that was found."""

    kind: RecordKind
    name: str = means(_("What names it: reference, number or slug."))
    title: str = means(_("Its title, in the words of the day."))
    passages: list[str] = means(_("Where it says what was searched for."))
    withdrawn: bool = means(_("Whether it is a commitment that was withdrawn from the register."))


class SearchAnswer(FilteredAnswer):
    matching: int = means(_("How many were found, on all pages."))
    cut_off: list[RecordKind] = means(_("The kinds of which there are more than are looked through."))
    meant: str | None = means(_("Where nothing was found: a spelling of the question that finds something."))
    items: list[SearchResult] = means(_("Best first."))


# The whole


class StatusCount(Schema):
    """How many commitments have a delivery status."""

    status: DeliveryStatus
    count: int = means(_("How many."))


class AreaLineEntry(Totals):
    """One area of the dashboard."""

    area: str = means(_("Slug of the area."))
    name: str = means(_("Its name."))
    headline: bool = means(_("Whether it is one of the seven headline pledges."))
    last_evidence_by: datetime.date | None = means(_("Last day of the latest event that is more than context."))
    next_date: datetime.date | None = means(_("The next day on which something is due or expected."))
    late: str | None = means(_("Reference of one that is overdue, or whose window was missed."))


class AttentionLists(Schema):
    """What a reader should look at, each list in the order of its urgency."""

    late: list[str] = means(_("Overdue, or window missed."))
    announced_passed: list[str] = means(_("A date that a party announced has passed unmet."))
    expected: list[str] = means(_("A date lies ahead."))
    review_due: list[str] = means(_("Due for review here."))


class OverviewAnswer(Answer, Totals):
    """The numbers of the dashboard."""

    statuses: list[StatusCount] = means(_("By delivery status; they add up to the total."))
    areas: list[AreaLineEntry] = means(_("In the order of the pages."))
    attention: AttentionLists
    latest: list[int] = means(_("Numbers of the updates that count, latest event first."))


class SupportEntry(Schema):
    """A commitment, and whose voices its updates rest on."""

    commitment: str = means(REFERENCE)
    sides: list[SourceSide] = means(_("Sides of the sources of every update that counts."))
    kinds: list[SourceKind] = means(_("Their kinds."))
    reports: Reports = means(_("Who says that anything happened, by these sides."))
    last_evidence_by: datetime.date | None = means(_("Last day of the latest event that is more than context."))


class CoverageAnswer(Answer):
    """What the record rests on. A commitment may stand in several lists."""

    total: int = means(_("How many commitments are in force: the denominator."))
    one_side: list[SupportEntry] = means(_("Every source is the EU’s, or every one is Japan’s."))
    news_only: list[SupportEntry] = means(_("Every source is reporting, or a rewrite."))
    old: list[SupportEntry] = means(_("Nothing newer than a year."))
    nothing: list[SupportEntry] = means(_("No update counts for it but context, or none."))
    every: list[SupportEntry] = means(_("All that are in force."))


class JudgementValues(Schema):
    """The four judgements as values."""

    status: DeliveryStatus
    evidence: Evidence | None
    schedule: ScheduleState
    freshness: FreshnessState


class GroupMoveEntry(Schema):
    """How many commitments a group had at either end."""

    group: StatusGroup
    before: int = means(_("At the first day."))
    after: int = means(_("At the second day."))


class MovedEntry(Schema):
    """A commitment at both ends; null where it was not in the set."""

    commitment: str = means(REFERENCE)
    title: str = means(_("Its title."))
    before: JudgementValues | None
    after: JudgementValues | None
    updates: list[int] = means(_("Numbers of the latest three updates of the period that set its status."))


class ChangesAnswer(Answer):
    """What differs between the ends of two days."""

    since: datetime.date = means(_("The first day; what differs from its end."))
    until: datetime.date = means(_("The second day; to its end."))
    by: PeriodClock = means(_("By which clock."))
    total_before: int = means(_("How many commitments were in force at the first day."))
    total_after: int = means(_("How many were at the second."))
    groups: list[GroupMoveEntry]
    turned: list[MovedEntry] = means(_("Those whose status or evidence changed."))
    shifted: list[MovedEntry] = means(_("Those that only moved with the days."))
    added: list[MovedEntry] = means(_("Those that came into the set."))
    ended: list[MovedEntry] = means(_("Those that left it."))
    acts: int = means(_("How many updates of acts of the parties fall into the period."))
    context: int = means(_("How many updates of context do."))
    latest: list[int] = means(_("Numbers of the latest of these updates."))
    corrections: list[int] = means(_("Numbers of the corrections published in the period."))
    milestones: list[str] = means(_("Slugs of the milestones that are new in it."))


# Pictures


class PictureRow(Schema):
    """One line of the table of a picture."""

    label: str = means(_("What the line is about: an area, a day, a pledge."))
    values: list[int | str] = means(_("By column: a count, or what the mark says. A dash stands for nothing there."))


class PictureTable(Schema):
    """A picture as the table of its numbers."""

    name: str = means(_("Permanent."))
    title: str = means(_("Its title."))
    note: str = means(_("How to read it."))
    remark: str | None = means(_("What it leaves out or draws together."))
    rows_are: str = means(_("What the lines are."))
    columns: list[str] = means(_("The heads of the columns, in order."))
    rows: list[PictureRow]


class PictureAnswer(Answer):
    picture: PictureTable


# Dates


class DateEntry(Schema):
    """Something that has a day, or a period of which more is not known."""

    id: str = means(_("Permanent: no retitling changes it."))
    kind: DateKind = means(_("What it is."))
    title: str = means(_("Of the milestone, the commitment or the update."))
    commitments: list[str] = means(REFERENCES)
    first: datetime.date = means(_("Its first day."))
    last: datetime.date = means(_("Its last day."))
    precision: Precision = means(_("Whether it is known to the day, the month or the year."))
    outcome: str = means(_("What became of it, for people."))
    note: str | None = means(_("What else is said of it."))
    update: int | None = means(_("Number of the update that tells of it."))
    certain: bool = means(_("Whether it is fixed or has happened, and is not merely expected."))
    cancelled: bool = means(_("Whether it is not expected any more, or was published in error."))
    sources: list[str] = means(_("Slugs of the sources."))


class AgendaList(ListAnswer):
    items: list[DateEntry] = means(_("By first day."))


class WeekEntry(Schema):
    """What was published in one week."""

    week: str = means(_("By ISO 8601."))
    monday: datetime.date = means(_("Its first day (UTC)."))
    sunday: datetime.date = means(_("Its last."))
    updates: int = means(_("How many updates were published."))
    latest: list[int] = means(_("Numbers of the latest twenty of them, latest first."))
    checks: list[str] = means(_("Slugs of the searches that were recorded."))
    added: list[str] = means(_("References of the commitments that were published."))
    withdrawn: list[str] = means(_("References of those that were withdrawn."))


class WeekList(ListAnswer):
    items: list[WeekEntry] = means(_("Latest first; weeks without anything are left out."))


# Files


class DumpEntry(Schema):
    """The whole register at the end of one day, as a file that is never changed."""

    day: datetime.date = means(_("The day (UTC)."))
    address: str = means(_("Where it is."))
    bytes: int = means(_("Its size."))
    sha256: str = means(_("Its digest, in hexadecimal."))


class DumpList(ListAnswer):
    items: list[DumpEntry] = means(_("Latest first. A day without one is a day on which nothing changed."))


# About the register


class Choice(Schema):
    """One value of a vocabulary."""

    value: str = means(_("As records have it."))
    label: str = means(LABEL)
    meaning: str | None = means(MEANING)


class Vocabulary(Schema):
    """The values that a column takes, in their order."""

    name: str = means(_("The schema of this document that lists the values."))
    choices: list[Choice]


class GroupOfStatuses(Schema):
    """Which statuses a group holds, and how long they go without a review."""

    group: StatusGroup
    statuses: list[DeliveryStatus]
    review_after_days: int = means(_("After so many days without evidence or search the review is due."))
    stale_after_days: int = means(_("After so many it is stale."))


class DefinitionsAnswer(Answer):
    """Every word that a record may hold instead of free text."""

    vocabularies: list[Vocabulary]
    groups: list[GroupOfStatuses]
    due_soon_days: int = means(_("“Due soon” begins so many days before a date."))


class DiscrepancyEntry(Schema):
    """Where the article that founded the tracker and the record differ."""

    topic: str = means(_("What about."))
    article: str = means(_("What the article says."))
    official: str = means(_("What the record says."))
    assessment: str = means(_("What this register does."))
    sources: list[str] = means(_("Slugs of the sources."))


class DiscrepancyList(Answer):
    items: list[DiscrepancyEntry] = means(_("This list is today’s at every day."))


class MetaAnswer(Answer):
    """Which state of the register this is."""

    release: str = means(_("The version of the software."))
    edition: int = means(_("The number of the published state; it grows with every change that a reader could see."))
    changed_at: datetime.datetime | None = means(_("When it last grew."))
    today: datetime.date = means(_("Today (UTC), the latest day that can be asked for."))
    first_published_on: datetime.date | None = means(_("The first day on which something was published here."))
    last_published_on: datetime.date | None = means(_("The last day on which an update was, at these days."))
    latest_event_by: datetime.date | None = means(_("The day of the latest event that was an act of the parties."))
    licence: str = means(_("The licence of the data."))
