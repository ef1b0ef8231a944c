"""Links to the feeds of a page: for feed readers in its head, and for people."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments.clocks import Clocks
from commitments.feeds.formats import FORMATS

register = template.Library()


def _addresses(
    context: Context, view: str, names: tuple[object, ...], asked: str, is_clocked: bool
) -> list[tuple[str, str, str]]:
    """Of one feed in every format the address, on the clocks of this page if so asked, the media type and the name."""
    clocks: Clocks | None = context.get("clocks") if is_clocked else None
    query = "&".join(part for part in (asked, clocks.query_string() if clocks else "") if part)
    return [
        (
            reverse(f"commitments:{view}", args=[*names, extension]) + (f"?{query}" if query else ""),
            written.media_type,
            written.name,
        )
        for extension, written in FORMATS.items()
    ]


@register.simple_tag(takes_context=True)
def feed_alternates(
    context: Context, title: str, view: str, *names: object, asked: str = "", clocked: bool = True
) -> SafeString:
    """Where feed readers look: one link for each format. `asked` is the query string of a filter."""
    found = _addresses(context, view, names, asked, clocked)
    return format_html_join(
        "\n    ",
        '<link rel="alternate" type="{}" title="{} ({})" href="{}">',
        ((media_type, title, name, address) for address, media_type, name in found),
    )


@register.simple_tag(takes_context=True)
def feed_links(
    context: Context, view: str, *names: object, asked: str = "", about: str = "", clocked: bool = True
) -> SafeString:
    """Items of a list; `about` says to those who hear a link alone which feed it is of."""
    found = _addresses(context, view, names, asked, clocked)
    return format_html_join(
        "",
        '<li><a href="{}"{}>{}</a></li>',
        (
            (address, format_html(' aria-label="{}, {}"', about, name) if about else "", name)
            for address, _type, name in found
        ),
    )
