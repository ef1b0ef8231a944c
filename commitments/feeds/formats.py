"""One feed, written down as RSS 2.0, as Atom and as JSON Feed 1.1."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

from ..xml_text import xml_safe
from .items import Item, plain_line, tag_uri

LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
MINUTES_BETWEEN_POLLS = 60
HISTORY = "http://purl.org/syndication/history/1.0"


@dataclass(frozen=True)
class Document:
    """One document of a feed. Addresses are absolute; `hub`, `older`, `newer` and `current` are "" where there is none.

    `older` is the archive of what came before, `newer` what came after an archive, `current` the feed it is of.
    """

    title: str
    description: str
    author: str
    language: str
    root: str
    page: str
    address: str
    identity: str
    changed_at: datetime.datetime
    items: Sequence[Item]
    hub: str = ""
    older: str = ""
    newer: str = ""
    current: str = ""

    @property
    def links(self) -> list[dict[str, str]]:
        """Those that an XML format has beside its own."""
        found = {"hub": self.hub, "prev-archive": self.older, "next-archive": self.newer, "current": self.current}
        return [{"rel": rel, "href": address} for rel, address in found.items() if address]


class Xml:
    """What RSS and Atom share. Django dates an empty feed with the present moment; ours has a date of its own."""

    LINK: str
    feed: dict[str, Any]

    def latest_post_date(self) -> datetime.datetime:
        changed_at: datetime.datetime = self.feed["document"].changed_at
        return changed_at

    def add_history(self, handler: SimplerXMLGenerator) -> None:
        """Hub and archives (RFC 5005)."""
        document: Document = self.feed["document"]
        for link in document.links:
            handler.addQuickElement(self.LINK, "", link)
        if document.current:
            handler.addQuickElement("fh:archive", "", {"xmlns:fh": HISTORY})


class Rss(Xml, Rss201rev2Feed):
    LINK = "atom:link"

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        self.add_history(handler)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        told: Item = item["item"]
        for category in told.categories:
            handler.addQuickElement("category", category.value, {"domain": tag_uri("category")})
        for area in told.areas:
            handler.addQuickElement("category", plain_line(area.name), {"domain": tag_uri("area")})


class Atom(Xml, Atom1Feed):
    LINK = "link"

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        self.add_history(handler)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        told: Item = item["item"]
        handler.addQuickElement("content", item["description"], {"type": "html"})
        for category in told.categories:
            terms = {"term": category.value, "scheme": tag_uri("category"), "label": str(category.label)}
            handler.addQuickElement("category", "", terms)
        for area in told.areas:
            terms = {"term": area.slug, "scheme": tag_uri("area"), "label": plain_line(area.name)}
            handler.addQuickElement("category", "", terms)


def _xml(generator: type[SyndicationFeed]) -> Callable[[Document], str]:
    def write(document: Document) -> str:
        feed = generator(
            title=plain_line(document.title),
            link=document.page,
            description=document.description,
            subtitle=document.description,
            language=document.language,
            author_name=document.author,
            feed_url=document.address,
            feed_guid=tag_uri(document.identity),
            feed_copyright=LICENCE,
            ttl=MINUTES_BETWEEN_POLLS,
            document=document,
        )
        for item in document.items:
            feed.add_item(
                title=plain_line(item.title),
                link=document.root + item.path,
                description=xml_safe(item.content),
                unique_id=tag_uri(item.identity),
                unique_id_is_permalink=False,
                pubdate=item.at,
                updateddate=item.at,
                item=item,
            )
        return feed.writeString("utf-8")

    return write


def _json(document: Document) -> str:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain_line(document.title),
        "home_page_url": document.page,
        "feed_url": document.address,
        "description": document.description,
        "language": document.language,
        "authors": [{"name": document.author}],
        "items": [_json_item(item, document.root) for item in document.items],
    }
    if document.older:
        told["next_url"] = document.older
    if document.hub:
        told["hubs"] = [{"type": "WebSub", "url": document.hub}]
    return json.dumps(told, ensure_ascii=False)


def _json_item(item: Item, root: str) -> dict[str, Any]:
    return {
        "id": tag_uri(item.identity),
        "url": root + item.path,
        "title": plain_line(item.title),
        "content_html": xml_safe(item.content),
        "date_published": rfc3339_date(item.at),
        "tags": [*(category.value for category in item.categories), *(plain_line(area.name) for area in item.areas)],
    }


@dataclass(frozen=True)
class Format:
    """`name` is what people call it."""

    name: str
    media_type: str
    write: Callable[[Document], str]


FORMATS = {
    "rss": Format("RSS", "application/rss+xml", _xml(Rss)),
    "atom": Format("Atom", "application/atom+xml", _xml(Atom)),
    "json": Format("JSON Feed", "application/feed+json", _json),
}
