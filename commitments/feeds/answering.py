"""From the items of a feed to an answer: its addresses, its archives, its validators."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..clocks import BadQuery
from ..models import Revision
from ..public import unchanged
from .formats import FORMATS, Document
from .items import Key, Stream

NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z", re.ASCII)
# Nothing of this record is older; an empty feed is dated with it.
BEGINNING = datetime.datetime(2024, 11, 1, tzinfo=datetime.UTC)
NONE = Q(pk__in=[])
ARCHIVE_MAX_AGE = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Channel:
    """One feed in every format. `path` is its address without the ending; `asked` is the part of its query string
    that makes it another feed, and of the page where people read the same: `page`.

    `is_announced`: its new items are announced to the hub. Beside the words of its items `revisions` are those of its
    name, and those by which something may have left it without a trace. `changed_at`: it is no older than this.
    """

    name: str
    path: str
    page: str
    stream: Stream
    asked: str = ""
    is_announced: bool = True
    revisions: Q = NONE
    changed_at: datetime.datetime = BEGINNING


@dataclass(frozen=True)
class Part:
    """What of a feed one document holds: its newest items, or with `archive` the items of that archive.

    `older` is the archive of what came before, `newer` the one after an archive, once it is complete.
    """

    channel: Channel
    archive: int | None
    keys: list[Key]
    older: int | None
    newer: int | None = None

    @classmethod
    def of(cls, channel: Channel, archive: int | None) -> Part:
        """Raises Http404 for an archive that is not complete. Two queries at most, for an archive four."""
        stream = channel.stream
        if archive is None:
            keys = stream.keys(stream.SIZE + 1)
            return cls(channel, None, keys[: stream.SIZE], _archive_of(stream, keys[stream.SIZE :]))
        first, last = (archive - 1) * stream.SIZE + 1, archive * stream.SIZE
        newest = stream.newest()
        if newest < last:
            raise Http404
        keys = stream.keys(stream.SIZE, first=first, last=last)
        before = stream.keys(1, last=first - 1) if first > 1 else []
        newer = archive + 1 if newest >= last + stream.SIZE else None
        return cls(channel, archive, keys, _archive_of(stream, before), newer)

    def validators(self) -> tuple[datetime.datetime, str]:
        """When what it holds was last changed, and what tells it from any other state of it. One query.

        Both come from its own items and their words: an edit elsewhere leaves them as they are.
        """
        stream = self.channel.stream
        words = Revision.objects.known(stream.clocks.known_on).filter(
            stream.revisions(self.keys) | self.channel.revisions
        )
        revised: dict[str, Any] = words.aggregate(at=Max("changed_at"), newest=Max("pk"))
        moments = [self.channel.changed_at, *(key.at for key in self.keys[:1]), revised["at"]]
        changed_at = max(moment for moment in moments if moment is not None)
        held = ",".join(f"{key.ordinal}.{key.row}.{key.event}" for key in self.keys)
        return changed_at, f"{changed_at.isoformat()} {revised['newest']} {self.older} {self.newer} {held}"


def _archive_of(stream: Stream, keys: Sequence[Key]) -> int | None:
    return (keys[0].ordinal - 1) // stream.SIZE + 1 if keys else None


def read_archive(value: str) -> int | None:
    """Raises BadQuery."""
    if not value:
        return None
    if not NUMBER.match(value):
        raise BadQuery(_("“archive” is the number of an archive, from 1."))
    return int(value)


def answer(request: HttpRequest, extension: str, channel: Channel) -> HttpResponse:
    """The feed, or 304 where the reader's copy still says the same."""
    part = Part.of(channel, read_archive(request.GET.get("archive", "")))
    changed_at, state = part.validators()
    document = _document(request, extension, part, changed_at)
    identity = (settings.RELEASE, document.address, document.title, document.hub, document.language, state)
    etag = f'W/"{hashlib.sha256(chr(0).join(identity).encode()).hexdigest()[:32]}"'
    response = unchanged(request, etag=etag, last_modified=changed_at)
    if response is None:
        written = FORMATS[extension]
        document = dataclasses.replace(document, items=channel.stream.items(part.keys, document.root))
        response = HttpResponse(written.write(document), content_type=f"{written.media_type}; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed_at.timestamp())
    if document.hub:
        response.headers["Link"] = f'<{document.hub}>; rel="hub", <{document.address}>; rel="self"'
    if part.archive is not None:
        response.headers["Cache-Control"] = f"public, max-age={int(ARCHIVE_MAX_AGE.total_seconds())}"
    return response


def _document(request: HttpRequest, extension: str, part: Part, changed_at: datetime.datetime) -> Document:
    """Without its items."""
    channel = part.channel
    clocks = {name: request.GET[name] for name in ("as_of", "known_on") if request.GET.get(name)}
    is_announced = bool(settings.WEBSUB_HUB and channel.is_announced and not clocks and part.archive is None)
    # A hub knows a feed by one address, whatever name of the site a reader came by.
    root = settings.SITE_URL if is_announced else request.build_absolute_uri("/").rstrip("/")

    def address(path: str, archive: int | None = None) -> str:
        parts = [channel.asked, urlencode(clocks), f"archive={archive}" if archive else ""]
        query = "&".join(part for part in parts if part)
        return f"{root}{path}{'?' if query else ''}{query}"

    path = f"{channel.path}.{extension}"

    return Document(
        title=_("EU–Japan Commitment Tracker: %(subject)s") % {"subject": channel.name},
        description=_("What happened to the pledges of the EU–Japan Security and Defence Partnership, with sources."),
        author=_("EU–Japan Commitment Tracker"),
        language=get_language() or settings.LANGUAGE_CODE,
        root=root,
        page=address(channel.page),
        address=address(path, part.archive),
        identity=f"feed{channel.path.removeprefix('/feeds')}{'?' if channel.asked else ''}{channel.asked}",
        changed_at=changed_at,
        items=(),
        hub=settings.WEBSUB_HUB if is_announced else "",
        older=address(path, part.older) if part.older else "",
        # From the last archive the way on leads to the feed itself.
        newer=address(path, part.newer) if part.archive else "",
        current=address(path) if part.archive else "",
    )
