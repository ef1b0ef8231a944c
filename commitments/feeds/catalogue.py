"""Which feeds there are, for people who choose one and as OPML for readers that take them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clocks import Clocks
from ..filters.commitments import listed_rows
from ..models import Actor
from ..overview import AreaLine, area_lines
from ..public import public
from .items import plain_line


@dataclass(frozen=True)
class WholeFeed:
    """A feed of everything of one kind; `view` names it, `page` shows the same to people."""

    view: str
    page: str
    name: Promise
    meant_for: Promise


WHOLE_FEEDS = (
    WholeFeed("update_feed", "update_list", gettext_lazy("All updates"), gettext_lazy("want to miss nothing")),
    WholeFeed(
        "week_feed", "changes", gettext_lazy("Week by week"), gettext_lazy("read once a week what was new in it")
    ),
    WholeFeed(
        "correction_feed",
        "corrections",
        gettext_lazy("Corrections"),
        gettext_lazy("have cited this record, and want to know what it put right or withdrew"),
    ),
    WholeFeed(
        "pledge_feed",
        "commitment_list",
        gettext_lazy("Pledges added and withdrawn"),
        gettext_lazy("want to know what is counted"),
    ),
    WholeFeed(
        "check_feed",
        "commitment_list",
        gettext_lazy("Searches that found nothing new"),
        gettext_lazy("want to know where silence was looked into"),
    ),
)


@dataclass(frozen=True)
class Catalogue:
    """What can be followed at these clocks: everything, areas with their pledges, actors."""

    feeds: tuple[WholeFeed, ...]
    lines: list[AreaLine]
    actors: list[Actor]

    @classmethod
    def at(cls, clocks: Clocks) -> Catalogue:
        """Three queries; seven on a past known-on day."""
        rows = listed_rows(clocks)
        actors = {actor.slug: actor for row in rows for actor in row.actors}
        in_order = sorted(actors.values(), key=lambda actor: (actor.position, actor.slug))
        return cls(WHOLE_FEEDS, area_lines(row.judged for row in rows), in_order)


@public
def feed_list(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    catalogue = Catalogue.at(clocks)
    root = request.build_absolute_uri("/").rstrip("/")
    opml = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(opml, "head")
    ElementTree.SubElement(head, "title").text = _("EU–Japan Commitment Tracker: all feeds")
    body = ElementTree.SubElement(opml, "body")
    _add_group(body, _("Everything"), root, ((str(feed.name), feed.view, feed.page, ()) for feed in catalogue.feeds))
    for line in catalogue.lines:
        pledges = [(str(row.commitment), "commitment", [row.commitment.reference]) for row in line.rows]
        subjects = [(line.area.name, "area", [line.area.slug]), *pledges]
        _add_group(body, line.area.name, root, ((name, f"{kind}_feed", kind, key) for name, kind, key in subjects))
    actors = ((actor.name, "actor_feed", "actor", [actor.slug]) for actor in catalogue.actors)
    _add_group(body, _("Actors"), root, actors)
    ElementTree.indent(opml)
    written = ElementTree.tostring(opml, encoding="utf-8", xml_declaration=True)
    return HttpResponse(written, content_type="text/x-opml; charset=utf-8")


def _add_group(
    body: ElementTree.Element, name: str, root: str, feeds: Iterable[tuple[str, str, str, Iterable[str]]]
) -> None:
    group = ElementTree.SubElement(body, "outline", text=plain_line(name))
    for title, view, page, key in feeds:
        address = reverse(f"commitments:{view}", args=[*key, "rss"])
        about = reverse(f"commitments:{page}", args=[*key])
        words = {"text": plain_line(title), "title": plain_line(title)}
        ElementTree.SubElement(group, "outline", words, type="rss", xmlUrl=root + address, htmlUrl=root + about)
