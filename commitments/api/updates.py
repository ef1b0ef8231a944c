"""Updates, their assessments, and corrections."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from ..chronicle import BY_NUMBER, first_updates, neighbours, status_before_each
from ..clocks import BadQuery, Clocks
from ..filters.updates import UpdateFilter, update_scope
from ..models import Assessment, Commitment, Source, StatusUpdate, restore_labels
from ..records import Record, reading
from .operations import Asked, Number, dated, facets, operation, page_of, public_commitment
from .parameters import LIMIT, OF_COMMITMENT, after, of_filter, text
from .shapes import AssessmentList, CorrectionList, UpdateAnswer, UpdateList

if TYPE_CHECKING:
    from ..models.assessment import AssessmentQuerySet
    from ..models.status_update import StatusUpdateQuerySet

router = Router(tags=["Updates"])

AFTER_NUMBER = after(gettext_lazy("number"), {"type": "integer", "minimum": 1, "maximum": 999_999_999}, 31)
AFTER_ASSESSMENT = after(
    gettext_lazy("update and commitment"), text(24, pattern=r"^[0-9]{1,9}\.EUJP-[0-9]{2,9}$"), "31.EUJP-07"
)
ASSESSMENT_KEY = re.compile(r"([0-9]{1,9})\.(EUJP-[0-9]{2,9})\Z", re.ASCII)


def entries(updates: Sequence[Record], clocks: Clocks, of: Commitment | None = None) -> list[Record]:
    """These records with assessments and citations; with `of`, only the assessments of that one. Two queries."""
    rows = StatusUpdate.objects.filter(number__in=[update["number"] for update in updates])
    rated = reading.published_assessments(clocks).filter(update__in=rows.values("pk"))
    if of is not None:
        rated = rated.filter(commitment=of)
    assessed = _by_update(assessment_entries(rated.order_by("position", "pk"), clocks))
    cited = _by_update(reading.citations(clocks, rows))
    return [
        update | {"assessments": assessed[update["number"]], "citations": cited[update["number"]]} for update in updates
    ]


def assessment_entries(rows: AssessmentQuerySet, clocks: Clocks) -> Iterator[Record]:
    """One query."""
    return reading.assessments(clocks, rows=rows, status_before=status_before_each(clocks))


def _by_update(records: Iterable[Record]) -> defaultdict[int, list[Record]]:
    found: defaultdict[int, list[Record]] = defaultdict(list)
    for record in records:
        found[record["update"]].append(record)
    return found


def _published(clocks: Clocks) -> StatusUpdateQuerySet:
    return StatusUpdate.objects.published(clocks.as_of, clocks.known_on)


def _page_by_number(
    request: Asked, updates: StatusUpdateQuerySet, touching: QuerySet[Assessment] | None = None
) -> list[Record]:
    """Latest publication first. Four queries."""
    if cursor := request.GET.get("after"):
        if not re.fullmatch(r"[1-9][0-9]{0,8}", cursor):
            raise BadQuery(_("“after” is the number of an update, such as 31."))
        updates = updates.filter(number__lt=int(cursor))
    shown = page_of(
        request,
        lambda count: list(reading.updates(request.clocks, first_updates(updates, touching, BY_NUMBER, count))),
        lambda record: record["number"],
    )
    return entries(shown, request.clocks)


@operation(router, "/updates", UpdateList, *of_filter(UpdateFilter), AFTER_NUMBER, LIMIT)
def list_updates(request: Asked) -> dict[str, Any]:
    """Updates.

    What happened, latest publication first, each with what it means for the commitments and with who says so. Also
    those that were corrected since: `corrected_by` names the update that counts instead.
    """
    scope = update_scope(request.clocks)
    chosen = UpdateFilter.read(request.GET, [scope])
    items = _page_by_number(request, chosen.narrow(_published(request.clocks)), chosen.touching())
    return dated(request, next=request.next, facets=facets(chosen, [scope]), items=items)


@operation(router, "/updates/{int:number}", UpdateAnswer)
def get_update(request: Asked, number: Number) -> dict[str, Any]:
    """One update.

    With its assessments, its citations and their sources, and what it corrects or is corrected by.
    """
    clocks = request.clocks
    published = _published(clocks)
    [*found] = entries(list(reading.updates(clocks, published.filter(number=number))), clocks)
    if not found:
        raise Http404
    sources = list(Source.objects.filter(updates__number=number).order_by("citations__position", "citations__pk"))
    restore_labels(sources, clocks.known_on)
    numbers = [row and row.number for row in neighbours(number, clocks)]
    beside = dict(zip(("previous", "following"), numbers, strict=True))
    return dated(request, update=found[0] | beside | {"sources": list(reading.sources(clocks, sources))})


@operation(router, "/assessments", AssessmentList, OF_COMMITMENT, AFTER_ASSESSMENT, LIMIT)
def list_assessments(request: Asked) -> dict[str, Any]:
    """Assessments.

    What each update means for each commitment, latest publication first: the only thing that moves a status. An
    assessment of an update that was corrected since does not count any more.
    """
    clocks = request.clocks
    rows = reading.published_assessments(clocks)
    if reference := request.GET.get("commitment"):
        rows = rows.filter(commitment=public_commitment(request, reference))
    if cursor := request.GET.get("after"):
        rows = _following(rows, cursor)
    rows = rows.order_by("-update__number", "position", "pk")
    shown = page_of(
        request,
        lambda count: list(rows.values_list("pk", "update__number", "commitment__reference")[:count]),
        lambda row: f"{row[1]}.{row[2]}",
    )
    items = assessment_entries(rows.filter(pk__in=[key for key, _number, _reference in shown]), clocks)
    return dated(request, next=request.next, items=list(items))


def _following(rows: AssessmentQuerySet, cursor: str) -> AssessmentQuerySet:
    """Those after the one that the cursor names. One query."""
    match = ASSESSMENT_KEY.fullmatch(cursor)
    last: Assessment | None = None
    if match:
        last = rows.filter(update__number=int(match[1]), commitment__reference=match[2]).first()
    if match is None or last is None:
        raise BadQuery(_("“after” is the number of an update and a commitment that it assesses, such as 31.EUJP-07."))
    number = int(match[1])
    beside = Q(position__gt=last.position) | Q(position=last.position, pk__gt=last.pk)
    return rows.filter(Q(update__number__lt=number) | Q(beside, update__number=number), update__number__lte=number)


@operation(router, "/corrections", CorrectionList, AFTER_NUMBER, LIMIT)
def list_corrections(request: Asked) -> dict[str, Any]:
    """Corrections.

    What this record put right or withdrew, and why, latest first; and the commitments that were withdrawn.
    """
    clocks = request.clocks
    items = _page_by_number(request, _published(clocks).filter(corrects__isnull=False))
    gone = [row for row in reading.pledges(clocks) if row.judged.commitment.is_withdrawn(clocks.known_on)]
    return dated(request, next=request.next, items=items, withdrawn=list(reading.commitments(clocks, gone)))
