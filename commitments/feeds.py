"""RSS and Atom of published updates, from one definition."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.formats import date_format
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .changes import Period, updates_within
from .chronicle import Entry, latest_publications
from .clocks import BadQuery, Clocks
from .models import Area, Assessment, Commitment, Edition, StatusUpdate, restore_labels
from .public import public
from .xml_text import xml_safe

if TYPE_CHECKING:
    from .models.status_update import StatusUpdateQuerySet

ITEMS = 50
LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
MINUTES_BETWEEN_POLLS = 60


def tag_uri(path: str) -> str:
    """A permanent identifier (RFC 4151) that survives a retitling and a move to another host."""
    return f"tag:{settings.TRACKER_TAG_AUTHORITY}:{path}"


class _DatedByEdition:
    """Django dates an empty feed with the present moment; ours has the moment of the last public change."""

    feed: dict[str, Any]

    def latest_post_date(self) -> datetime.datetime:
        changed_at: datetime.datetime = self.feed["changed_at"]
        return changed_at


class Rss(_DatedByEdition, Rss201rev2Feed):
    pass


class Atom(_DatedByEdition, Atom1Feed):
    pass


GENERATORS: dict[str, type[SyndicationFeed]] = {"rss": Rss, "atom": Atom}
CONTENT_TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


@public
def update_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    subject = Subject(_("all updates"), reverse("commitments:update_list"))
    return _answer(request, clocks, extension, subject, _published(clocks))


@public
def correction_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """Updates that put an earlier one right or withdraw it: the same items, under the same ids, as in the others."""
    subject = Subject(_("corrections"), reverse("commitments:corrections"))
    return _answer(request, clocks, extension, subject, _published(clocks).filter(corrects__isnull=False))


@public
def change_feed(request: HttpRequest, clocks: Clocks, extension: str) -> HttpResponse:
    """Updates of a period that the address names; without its last day, also those to come."""
    if not request.GET.get("since"):
        # A feed reads no "today", and the days before today move with it.
        raise BadQuery(_("Say in “since” from the end of which day on."))
    period = Period.read(request.GET, clocks)
    asked = {name: value for name, value in period.parameters.items() if name in request.GET}
    address = f"{reverse('commitments:changes')}?{urlencode({**clocks.parameters, **asked})}"
    days = {"since": date_format(period.since, "j M Y"), "until": date_format(period.until, "j M Y")}
    named = _("updates since %(since)s") if "until" not in asked else _("updates from %(since)s to %(until)s")
    subject = Subject(named % days, address, f"?{urlencode(asked)}" if asked else "")
    return _answer(request, period.after, extension, subject, updates_within(period))


@public
def area_feed(request: HttpRequest, clocks: Clocks, slug: str, extension: str) -> HttpResponse:
    area = get_object_or_404(Area.objects.published(clocks.as_of, clocks.known_on), slug=slug)
    restore_labels([area], clocks.known_on)
    subject = Subject(area.name, reverse("commitments:area", args=[slug]))
    touching = Assessment.objects.filter(commitment__area=area)
    return _answer(request, clocks, extension, subject, _published(clocks), touching)


@public
def commitment_feed(request: HttpRequest, clocks: Clocks, reference: str, extension: str) -> HttpResponse:
    published = Commitment.objects.published(clocks.as_of, clocks.known_on)
    commitment = get_object_or_404(published, reference=reference)
    restore_labels([commitment], clocks.known_on)
    subject = Subject(str(commitment), reverse("commitments:commitment", args=[reference]))
    touching = Assessment.objects.filter(commitment=commitment)
    return _answer(request, clocks, extension, subject, _published(clocks), touching)


def _published(clocks: Clocks) -> StatusUpdateQuerySet:
    return StatusUpdate.objects.published(clocks.as_of, clocks.known_on)


@dataclass(frozen=True)
class Subject:
    """What a feed is about, the page of it, and the part of its address that makes it another feed."""

    name: str
    address: str
    asked: str = ""


def _answer(
    request: HttpRequest,
    clocks: Clocks,
    extension: str,
    subject: Subject,
    updates: StatusUpdateQuerySet,
    touching: QuerySet[Assessment] | None = None,
) -> HttpResponse:
    """The feed, or 304 where no public change was made since the reader's copy. Unlike a page it has no "today"."""
    edition = Edition.objects.current()
    changed_at = edition.changed_at or datetime.datetime(2024, 11, 1, tzinfo=datetime.UTC)
    identity = f"{settings.RELEASE} {edition.number} {request.build_absolute_uri()} {get_language()}"
    etag = f'W/"{hashlib.sha256(identity.encode()).hexdigest()[:32]}"'
    unchanged = get_conditional_response(request, etag=etag, last_modified=int(changed_at.timestamp()))
    if unchanged is not None:
        return unchanged
    feed = GENERATORS[extension](
        title=xml_safe(_("EU–Japan Commitment Tracker: %(subject)s") % {"subject": subject.name}),
        link=request.build_absolute_uri(subject.address),
        description=_("What happened to the pledges of the EU–Japan Security and Defence Partnership, with sources."),
        language=get_language(),
        author_name=_("EU–Japan Commitment Tracker"),
        feed_url=request.build_absolute_uri(),
        feed_guid=tag_uri(f"feed{request.path.removeprefix('/feeds')}".rpartition(".")[0] + subject.asked),
        feed_copyright=LICENCE,
        ttl=MINUTES_BETWEEN_POLLS,
        changed_at=changed_at,
    )
    for entry in latest_publications(updates, clocks, ITEMS, touching):
        _add(feed, entry, request)
    return HttpResponse(
        feed.writeString("utf-8"),
        content_type=CONTENT_TYPES[extension],
        headers={"ETag": etag, "Last-Modified": http_date(changed_at.timestamp())},
    )


def _add(feed: SyndicationFeed, entry: Entry, request: HttpRequest) -> None:
    update = entry.update
    context = {"entry": entry, "root": request.build_absolute_uri("/").rstrip("/")}
    feed.add_item(
        title=xml_safe(_title(entry)),
        link=request.build_absolute_uri(reverse("commitments:update", args=[update.number])),
        description=xml_safe(render_to_string("commitments/_feed_item.html", context)),
        unique_id=tag_uri(f"update/{update.number}"),
        unique_id_is_permalink=False,
        pubdate=update.published_at,
        updateddate=update.published_at,
        categories=[xml_safe(area.name) for area in entry.areas],
    )


def _title(entry: Entry) -> str:
    title = entry.update.title
    if entry.is_withdrawal:
        return _("Withdrawal: %(title)s") % {"title": title}
    return _("Correction: %(title)s") % {"title": title} if entry.update.corrects_id else title
