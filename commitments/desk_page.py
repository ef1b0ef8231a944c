"""The front page of the desk: what waits, each line with the address of the form that settles it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from .desk import Ahead, Desk, Draft, Listed
from .judgements import FreshnessState, Judged, ScheduleState
from .models import Check, Commitment, LinkCheck, Milestone, Precision, Source, StatusUpdate

MOST = 8
MOST_OF_ONE = 500

FORMS_OF_DAYS = {Precision.DAY: "j M Y", Precision.MONTH: "M Y", Precision.YEAR: "Y"}


@dataclass(frozen=True)
class Line:
    """`choice` is what a checkbox before the line stands for."""

    address: str
    label: str
    detail: str
    mark: str = ""
    is_urgent: bool = False
    choice: str = ""


@dataclass(frozen=True)
class Content:
    lines: list[Line]
    total: int
    note: str = ""
    note_address: str = ""


@dataclass(frozen=True)
class Kind:
    """A section of the page, and the permissions that let somebody settle its lines: any of them will do.

    `count` says what is counted; `chosen` is the button for the lines that were ticked.
    """

    key: str
    title: Promise
    count: Any
    empty: Promise
    permissions: tuple[str, ...]
    fill: Callable[[Desk, int], Content]
    chosen: Promise | None = None


@dataclass(frozen=True)
class Section:
    kind: Kind
    content: Content

    @property
    def more(self) -> int:
        return self.content.total - len(self.content.lines)

    @property
    def counted(self) -> str:
        return str(self.kind.count % {"count": self.content.total})


def sections(person: User, desk: Desk, only: str = "") -> list[Section]:
    """What this person can act on. With `only`, that one section at length; none where there is no such."""
    most = MOST_OF_ONE if only else MOST
    return [
        Section(kind, kind.fill(desk, most))
        for kind in KINDS
        if only in ("", kind.key) and any(map(person.has_perm, kind.permissions))
    ]


# Addresses


def add_form(model: type[models.Model], **asked: str | int) -> str:
    address = reverse(f"admin:commitments_{model._meta.model_name}_add")
    return f"{address}?{urlencode(asked)}" if asked else address


def change_form(row: models.Model) -> str:
    return reverse(f"admin:commitments_{row._meta.model_name}_change", args=[row.pk])


def list_of(model: type[models.Model], **asked: str) -> str:
    return f"{reverse(f'admin:commitments_{model._meta.model_name}_changelist')}?{urlencode(asked)}"


# Words


def day(on: datetime.date, precision: str = Precision.DAY) -> str:
    return date_format(on, FORMS_OF_DAYS[Precision(precision)])


def ago(days: int) -> str:
    if days <= 0:
        return _("today")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def ahead(days: int) -> str:
    if days <= 0:
        return _("today")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


def names(people: Iterable[User | None]) -> str:
    return ", ".join(dict.fromkeys(person.get_username() for person in people if person))


# Sections


def drafts(desk: Desk, most: int) -> Content:
    rows = desk.drafts(most)
    in_review = desk.own_in_review()
    note = ngettext(
        "%(count)d update of yours waits for a second person.",
        "%(count)d updates of yours wait for a second person.",
        in_review,
    )
    return Content(
        [draft_line(row, desk.today) for row in rows.rows],
        rows.total,
        note % {"count": in_review} if in_review else "",
        list_of(StatusUpdate, state="review"),
    )


def draft_line(draft: Draft, today: datetime.date) -> Line:
    address, title = change_form(draft.update), draft.update.title
    if draft.sent_back:
        detail = _("%(ago)s by %(name)s: “%(note)s”") % {
            "ago": ago((today - draft.sent_back.at.date()).days),
            "name": names([draft.sent_back.by]),
            "note": draft.sent_back.note,
        }
        return Line(address, title, detail, mark=_("Sent back"), is_urgent=True)
    detail = _("begun %(ago)s") % {"ago": ago((today - draft.begun_at.date()).days)} if draft.begun_at else ""
    return Line(address, title, detail, mark=_("Correction") if draft.update.corrects_id else "")


def waiting(desk: Desk, most: int) -> Content:
    rows = desk.waiting(most)
    return Content([waiting_line(row, desk.today) for row in rows.rows], rows.total)


def waiting_line(update: StatusUpdate, today: datetime.date) -> Line:
    days = (today - update.submitted_at.date()).days if update.submitted_at else 0
    detail = _("by %(names)s, submitted %(ago)s") % {
        "names": names([update.written_by, update.submitted_by]),
        "ago": ago(days),
    }
    address = reverse("admin:commitments_statusupdate_review", args=[update.pk])
    return Line(address, update.title, detail, mark=_("Correction") if update.corrects_id else "")


def review_due(desk: Desk, most: int) -> Content:
    rows = desk.review_due(most)
    return Content([review_line(row, desk.today) for row in rows.rows], rows.total)


def review_line(row: Judged, today: datetime.date) -> Line:
    due = row.freshness.review_on
    is_plain = row.freshness.state == FreshnessState.REVIEW_DUE
    return Line(
        add_form(Check, covers=row.commitment.reference),
        str(row.commitment),
        _("due %(day)s, %(ago)s") % {"day": day(due), "ago": ago((today - due).days)} if due else "",
        mark="" if is_plain else str(row.freshness.state.label),
        is_urgent=row.freshness.state == FreshnessState.STALE,
        choice=row.commitment.reference,
    )


def late(desk: Desk, most: int) -> Content:
    rows = desk.late(most)
    return Content([late_line(row, desk.today) for row in rows.rows], rows.total)


def late_line(row: Judged, today: datetime.date) -> Line:
    on = row.schedule.on or today
    return Line(
        add_form(StatusUpdate, commitment=row.commitment.reference),
        str(row.commitment),
        _("%(day)s, %(ago)s") % {"day": day(on, row.schedule.precision), "ago": ago((today - on).days)},
        mark=str(row.schedule.state.label),
        is_urgent=True,
    )


def meeting(milestone: Milestone) -> str:
    return add_form(StatusUpdate, commitment=milestone.commitment.reference, meets=milestone.pk)


def announced_passed(desk: Desk, most: int) -> Content:
    rows = desk.announced_passed(most)
    return Content([passed_line(row, desk.today) for row in rows.rows], rows.total)


def passed_line(milestone: Milestone, today: datetime.date) -> Line:
    return Line(
        meeting(milestone),
        f"{milestone.commitment.reference} {milestone.title}",
        _("%(day)s, %(ago)s")
        % {"day": day(milestone.due_on, milestone.due_precision), "ago": ago((today - milestone.due_by).days)},
    )


def coming(desk: Desk, most: int) -> Content:
    rows = desk.ahead(most)
    return Content([coming_line(row, desk.today) for row in rows.rows], rows.total)


def coming_line(row: Ahead, today: datetime.date) -> Line:
    words = {ScheduleState.NEXT_EXPECTED: _("Window ends"), ScheduleState.ANNOUNCED_AHEAD: _("Announced")}
    milestone = row.milestone
    return Line(
        meeting(milestone) if milestone else add_form(StatusUpdate, commitment=row.commitment.reference),
        f"{row.commitment.reference} {milestone.title if milestone else row.commitment.title}",
        _("%(day)s, %(ahead)s") % {"day": day(row.on, row.precision), "ahead": ahead((row.on - today).days)},
        mark=words.get(row.state, _("Deadline")),
    )


def unrecorded(desk: Desk, most: int) -> Content:
    checks = desk.unrecorded_checks(most)
    milestones = desk.unrecorded_milestones(most)
    lines = [
        *(
            Line(change_form(check), check.found, _("searched on %s") % day(check.checked_on), mark=_("Check"))
            for check in checks.rows
        ),
        *(
            Line(
                change_form(milestone),
                f"{milestone.commitment.reference} {milestone.title}",
                _("due %s") % day(milestone.due_on, milestone.due_precision),
                mark=_("Milestone"),
            )
            for milestone in milestones.rows
        ),
    ]
    return Content(lines[:most], checks.total + milestones.total)


def sources(desk: Desk, most: int) -> Content:
    rows = desk.sources(most)
    archived = desk.dead_but_archived()
    note = ngettext(
        "%(count)d more link is dead, but an archived copy is known.",
        "%(count)d more links are dead, but archived copies are known.",
        archived,
    )
    return Content(
        [source_line(row) for row in rows.rows],
        rows.total,
        note % {"count": archived} if archived else "",
        list_of(Source, link="dead", archive="held"),
    )


def source_line(source: Source) -> Line:
    link: LinkCheck | None = getattr(source, "link_check", None)
    is_dead = bool(getattr(source, "is_dead", False))
    detail = _("%(publisher)s, read %(day)s") % {"publisher": source.publisher, "day": day(source.accessed_on)}
    if is_dead and link is not None and link.last_ok_at is not None:
        detail = _("%(publisher)s, last answered %(day)s") % {
            "publisher": source.publisher,
            "day": day(link.last_ok_at.date()),
        }
    return Line(
        f"{change_form(source)}#id_archived_url",
        source.title,
        detail,
        mark=_("Link dead") if is_dead else "",
        is_urgent=is_dead,
    )


def commitment_drafts(desk: Desk, most: int) -> Content:
    rows: Listed[Commitment] = desk.commitment_drafts(most)
    return Content([Line(change_form(row), str(row), "") for row in rows.rows], rows.total)


KINDS = (
    Kind(
        "waiting",
        gettext_lazy("Waiting for your review"),
        ngettext_lazy("%(count)d update", "%(count)d updates", "count"),
        gettext_lazy("Nothing waits for your review."),
        ("commitments.publish_statusupdate",),
        waiting,
    ),
    Kind(
        "drafts",
        gettext_lazy("Your drafts"),
        ngettext_lazy("%(count)d update", "%(count)d updates", "count"),
        gettext_lazy("No draft of yours is open."),
        ("commitments.change_statusupdate",),
        drafts,
    ),
    Kind(
        "late",
        gettext_lazy("Windows missed and deadlines passed"),
        ngettext_lazy("%(count)d commitment", "%(count)d commitments", "count"),
        gettext_lazy("No date of an instrument has passed unmet."),
        ("commitments.add_statusupdate",),
        late,
    ),
    Kind(
        "review",
        gettext_lazy("Review due"),
        ngettext_lazy("%(count)d commitment", "%(count)d commitments", "count"),
        gettext_lazy("Every commitment has been looked at within its interval."),
        ("commitments.add_check",),
        review_due,
        chosen=gettext_lazy("Record a check for the chosen ones"),
    ),
    Kind(
        "passed",
        gettext_lazy("Announced dates passed"),
        ngettext_lazy("%(count)d milestone", "%(count)d milestones", "count"),
        gettext_lazy("No announced date has passed unmet."),
        ("commitments.add_statusupdate",),
        announced_passed,
    ),
    Kind(
        "ahead",
        gettext_lazy("Due in the next 90 days"),
        ngettext_lazy("%(count)d date", "%(count)d dates", "count"),
        gettext_lazy("Nothing is due in the next 90 days."),
        ("commitments.add_statusupdate",),
        coming,
    ),
    Kind(
        "unrecorded",
        gettext_lazy("Written, not yet recorded"),
        ngettext_lazy("%(count)d check or milestone", "%(count)d checks and milestones", "count"),
        gettext_lazy("Every check and milestone has been recorded."),
        ("commitments.change_check", "commitments.change_milestone"),
        unrecorded,
    ),
    Kind(
        "commitments",
        gettext_lazy("Commitments not yet published"),
        ngettext_lazy("%(count)d commitment", "%(count)d commitments", "count"),
        gettext_lazy("Every commitment is published."),
        ("commitments.publish_commitment",),
        commitment_drafts,
    ),
    Kind(
        "sources",
        gettext_lazy("Sources without an archived copy"),
        ngettext_lazy("%(count)d source", "%(count)d sources", "count"),
        gettext_lazy("Every source has an archived copy."),
        ("commitments.change_source",),
        sources,
    ),
)
