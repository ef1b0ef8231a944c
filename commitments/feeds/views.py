from __future__ import annotations

import functools
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..changes import Period, corrected_at, updates_within
from ..clocks import BadQuery, Clocks
from ..filters.updates import UpdateFilter, update_scope
from ..models import (
    Actor,
    Area,
    Assessment,
    Commitment,
    CommitmentActor,
    Revision,
    StatusUpdate,
    restore_labels,
)
from ..public import public
from .answering import BEGINNING, NONE, Channel, answer
from .records import CheckStream, CommitmentStream
from .updates import UpdateStream
from .weeks import WeekStream

public_feed = functools.partial(public, validates_itself=True)


def _path(view: str, *names: str) -> str:
    """Without the ending, which is that of the format."""
    return reverse(f"commitments:{view}", args=[*names, "rss"]).removesuffix(".rss")


@public_feed
def update_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """All updates, or those of any filter of their list."""
    scope, now = update_scope(clocks), Clocks.at(clocks.today)
    chosen = UpdateFilter.read(request.GET, [scope])
    asked = chosen.query_string(now, page=1)
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    areas = [area for area in scope.areas if area.slug in chosen.chosen.get("area", ())]
    channel = Channel(
        name=chosen.title([scope], now) if asked else _("all updates"),
        path=_path("update_feed"),
        page=reverse("commitments:update_list"),
        stream=UpdateStream(clocks, chosen.narrow(published), chosen.touching()),
        asked=asked,
        is_announced=not asked,
        revisions=_of_areas(*areas),
    )
    return answer(request, extension, channel)


@public_feed
def correction_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """Updates that put an earlier one right or withdraw it: the same items, under the same ids, as in the others."""
    corrections = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).filter(corrects__isnull=False)
    page = reverse("commitments:corrections")
    channel = Channel(_("corrections"), _path("correction_feed"), page, UpdateStream(clocks, corrections))
    return answer(request, extension, channel)


@public_feed
def check_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    page = reverse("commitments:commitment_list")
    channel = Channel(_("searches that found nothing new"), _path("check_feed"), page, CheckStream(clocks))
    return answer(request, extension, channel)


@public_feed
def pledge_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """Pledges as they come into the count and leave it."""
    page = reverse("commitments:commitment_list")
    channel = Channel(_("pledges added and withdrawn"), _path("pledge_feed"), page, CommitmentStream(clocks))
    return answer(request, extension, channel)


@public_feed
def week_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    page, path = reverse("commitments:changes"), _path("week_feed")
    return answer(request, extension, Channel(_("week by week"), path, page, WeekStream(clocks), is_announced=False))


@public_feed
def change_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """Updates of a period that the address names; without its last day, also those to come."""
    if not request.GET.get("since"):
        # A feed reads no "today", and the days before today move with it.
        raise BadQuery(_("Say in “since” from the end of which day on."))
    period = Period.read(request.GET, clocks)
    days = {"since": date_format(period.since, "j M Y"), "until": date_format(period.until, "j M Y")}
    named = _("updates from %(since)s to %(until)s") if request.GET.get("until") else _("updates since %(since)s")
    area = _area_of(period)
    channel = Channel(
        name=f"{area.name}: {named % days}" if area else named % days,
        path=_path("change_feed"),
        page=reverse("commitments:changes"),
        stream=UpdateStream(
            period.after,
            updates_within(period),
            Assessment.objects.filter(commitment__area=area) if area else None,
        ),
        asked=urlencode({name: value for name, value in period.parameters.items() if request.GET.get(name)}),
        is_announced=False,
        revisions=_of_areas(area) if area else NONE,
        # What is corrected leaves a period, and its correction may lie outside of it.
        changed_at=corrected_at(period) or BEGINNING,
    )
    return answer(request, extension, channel)


def _area_of(period: Period) -> Area | None:
    """The area that is asked for, by today's classification. Raises BadQuery."""
    if not period.area:
        return None
    areas = Area.objects.published(period.clocks.as_of, period.clocks.known_on)
    # Compared here: the database refuses some text.
    area = next((area for area in areas if area.slug == period.area), None)
    if area is None:
        raise BadQuery(_("“%(area)s” is no area of this period.") % {"area": period.area[:80]})
    restore_labels([area], period.clocks.known_on)
    return area


@public_feed
def area_feed(request: HttpRequest, clocks: Clocks, slug: str, extension: str) -> HttpResponse:
    area = get_object_or_404(Area.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    touching = Assessment.objects.filter(commitment__area=area)
    return _subject_feed(request, clocks, extension, area, _path("area_feed", slug), touching, _of_areas(area))


@public_feed
def actor_feed(request: HttpRequest, clocks: Clocks, slug: str, extension: str) -> HttpResponse:
    actor = get_object_or_404(Actor.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    touching = Assessment.objects.filter(commitment__in=actor.commitment_links.values("commitment"))
    linked = Q(table=CommitmentActor._meta.db_table)
    revisions = (
        Q(table=Actor._meta.db_table, row_id=actor.pk)
        | linked & Q(was__links__contains=[actor.pk])
        | linked & Q(row_id__in=actor.commitment_links.values("commitment"))
    )
    return _subject_feed(request, clocks, extension, actor, _path("actor_feed", slug), touching, revisions)


@public_feed
def commitment_feed(request: HttpRequest, clocks: Clocks, reference: str, extension: str) -> HttpResponse:
    published = Commitment.objects.published(clocks.as_of, clocks.known_on)
    commitment = get_object_or_404(published, reference=reference)
    touching = Assessment.objects.filter(commitment=commitment)
    revisions = Q(table=Commitment._meta.db_table, row_id=commitment.pk)
    path = _path("commitment_feed", reference)
    return _subject_feed(request, clocks, extension, commitment, path, touching, revisions)


def _subject_feed(
    request: HttpRequest,
    clocks: Clocks,
    extension: str,
    subject: Area | Actor | Commitment,
    path: str,
    touching: QuerySet[Assessment],
    revisions: Q,
) -> HttpResponse:
    restore_labels([subject], clocks.known_on)
    published = StatusUpdate.objects.published(clocks.as_of, clocks.known_on)
    stream = UpdateStream(clocks, published, touching)
    return answer(
        request, extension, Channel(str(subject), path, subject.get_absolute_url(), stream, revisions=revisions)
    )


def _of_areas(*areas: Area) -> Q:
    """The revisions of their names, and those by which a pledge left one of them."""
    keys, table = [area.pk for area in areas], Commitment._meta.db_table
    later = Revision.objects.filter(table=table, row_id=OuterRef("row_id"), pk__gt=OuterRef("pk")).order_by("pk")
    today = Commitment.objects.filter(pk=OuterRef("row_id")).annotate(area_then=Cast("area_id", TextField()))
    left = (
        Revision.objects.filter(table=table, was__area_id__in=keys)
        .alias(
            area_then=KT("was__area_id"),
            area_after=Coalesce(
                Subquery(later.values(area_then=KT("was__area_id"))[:1]), Subquery(today.values("area_then"))
            ),
        )
        .exclude(area_after=F("area_then"))
    )
    return Q(table=Area._meta.db_table, row_id__in=keys) | Q(pk__in=left.values("pk"))
