"""Tags that say to machines what stands beside them; base.html then writes all of it into one data block.

{% crumb _("Updates") "commitments:update_list" %}{% crumb update.title %}     an item of the crumbs, visible
{% described_organisation actor %}  {% described_event entry %}
{% described_dataset heading %}     {% described_dataset name description=text files=dumps %}
{% linked_data %}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments import linked_data as words
from commitments.chronicle import Entry
from commitments.dumps import Dump
from commitments.models import Actor

from .tracker import clocked_url

register = template.Library()


def _said(context: Context, kind: str) -> list[Any]:
    """What has been said so far in this render; see tracker._used_drawings for the place."""
    bottom: Any = context.render_context.dicts[0]
    said: list[Any] = bottom.setdefault(f"linked_data_{kind}", [])
    return said


def _absolute(context: Context, address: str) -> str:
    absolute: str = context["request"].build_absolute_uri(address)
    return absolute


def _describe(context: Context, node: words.Node | None) -> str:
    if node is not None:
        _said(context, "nodes").append(node)
    return ""


@register.simple_tag(takes_context=True)
def crumb(context: Context, name: str, view_name: str = "", *args: object) -> SafeString:
    """One item of the crumbs; the last, for the page itself, leads nowhere."""
    address = clocked_url(context, view_name, *args) if view_name else ""
    _said(context, "crumbs").append((str(name), _absolute(context, address) if address else ""))
    return format_html('<li><a href="{}">{}</a></li>', address, name) if address else format_html("<li>{}</li>", name)


@register.simple_tag(takes_context=True)
def described_organisation(context: Context, actor: Actor) -> str:
    address = clocked_url(context, "commitments:actor", actor.slug)
    return _describe(context, words.organisation(actor, _absolute(context, address)))


@register.simple_tag(takes_context=True)
def described_event(context: Context, entry: Entry) -> str:
    """Nothing for what is no event, for a draft, and for what was published in error or withdraws another."""
    if entry.update.number is None or entry.corrected_by or entry.is_withdrawal:
        return ""
    address = clocked_url(context, "commitments:update", entry.update.number)
    is_occurrence = any(reading.assessment.is_occurrence for reading in entry.readings)
    return _describe(context, words.event(entry.update, _absolute(context, address), is_occurrence=is_occurrence))


@register.simple_tag(takes_context=True)
def described_dataset(context: Context, name: str, description: str = "", files: Iterable[Dump] = ()) -> str:
    downloads = [
        words.download(
            file.path.name, _absolute(context, reverse("commitments:register_file", args=[file.day])), file.sha256
        )
        for file in files
    ]
    node = words.dataset(
        str(name), context["canonical"], context["clocks"].as_of, description=str(description), distribution=downloads
    )
    return _describe(context, node)


@register.simple_tag(takes_context=True)
def linked_data(context: Context) -> SafeString:
    """Stands at the end of the page's main part, where everything has been said."""
    crumbs = _said(context, "crumbs")
    return words.data_block([*([words.breadcrumbs(crumbs)] if crumbs else []), *_said(context, "nodes")])
