"""Tags of the public pages: judgements with their glyphs, days, and addresses that keep both clocks.

{% status commitment.status %}  {% evidence … %}  {% schedule … %}  {% freshness … %}  {% bearing … %}
{% schedule state _("Due in 38 days") big=True %}     another word; the size of the four judgements
{% glyph "under_way" %}  {% glyph_reference "under_way" %}  {% glyph_definitions "status" "evidence" %}
{% whole_glyphs %}     from here on no glyph needs a definition
{% day update.happened_on update.happened_precision %}
{% clocked_url "commitments:commitment" commitment.reference %}
{{ source.language|lang_attr }}  {{ source.url|web_address }}  {{ size|in_thousands }}  {{ description|in_code }}
{% kept as title %}{% block title %}{% endblock %}{% endkept %}
{% note source "p. 4" %}  {% noted_sources as sources %}     a footnote; at the end, the sources noted so far
"""

from __future__ import annotations

import datetime
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from django import template
from django.db.models import TextChoices
from django.template import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commitments.charts.paint import PAPER, paint
from commitments.days import in_iso, in_words
from commitments.glyphs import FAMILIES, GLYPHS, drawn
from commitments.judgements import FreshnessState, ScheduleState
from commitments.models import Bearing, DeliveryStatus, Evidence

register = template.Library()

Text = str | Promise

FLAGGED: Final = frozenset({ScheduleState.OVERDUE, ScheduleState.WINDOW_MISSED})


class _Clocks(Protocol):
    def query_string(self) -> str: ...


# Glyphs


def _used_drawings(context: Context) -> dict[str, None]:
    """The drawings used so far in this render, in order of first use.

    The bottom of the render context is the one place that a template, its parents and everything it includes share.
    """
    bottom: Any = context.render_context.dicts[0]
    used: dict[str, None] = bottom.setdefault("tracker_drawings", {})
    return used


@register.simple_tag(takes_context=True)
def glyph_reference(context: Context, name: str) -> str:
    """The address of a glyph inside the page, for a <use> of one's own: #g-under_way."""
    drawing = GLYPHS[name].drawing
    _used_drawings(context)[drawing] = None
    return f"#g-{drawing}"


@register.simple_tag(takes_context=True)
def glyph(context: Context, name: str) -> SafeString:
    """A glyph in the colour of its group. It is hidden from screen readers, so its word must stand beside it."""
    if "tracker_whole_glyphs" in context.render_context.dicts[0]:
        drawn = '<svg class="g {}" viewBox="0 0 16 16" color="{}" aria-hidden="true">{}</svg>'
        return format_html(drawn, GLYPHS[name].tone, glyph_colour(name), glyph_drawing(name))
    return format_html(
        '<svg class="g {}" aria-hidden="true"><use href="{}"/></svg>',
        GLYPHS[name].tone,
        glyph_reference(context, name),
    )


@register.simple_tag(takes_context=True)
def whole_glyphs(context: Context) -> str:
    """From here on each glyph of this render is drawn where it stands, and none needs a definition.

    Not every program that makes PDFs follows a reference from one drawing into another.
    """
    bottom: Any = context.render_context.dicts[0]
    bottom["tracker_whole_glyphs"] = True
    return ""


@register.filter
def glyph_drawing(name: str) -> SafeString:
    """The drawing itself, for a picture that leaves the page: in the colour of its text, on paper."""
    return drawn(GLYPHS[name].drawing, PAPER)


@register.simple_tag
def glyph_colour(name: str) -> str:
    """The fixed colour of a glyph, for the same."""
    return paint(GLYPHS[name].tone)["color"]


@register.simple_tag
def painted(tone: str, within: str = "") -> SafeString:
    """The fixed colours of a shape as attributes, for a picture that leaves the page."""
    return format_html_join("", ' {}="{}"', paint(tone, within).items())


@register.simple_tag(takes_context=True)
def glyph_definitions(context: Context, *families: str) -> SafeString:
    """The symbols this page uses, and all of the families named: those that later fragments may bring.

    It stands at the end of base.html, where every glyph of the page has been met. Families: status, group, evidence,
    schedule, freshness, bearing, occurrence.
    """
    drawings = _used_drawings(context)
    for family in families:
        drawings.update(dict.fromkeys(glyph.drawing for glyph in FAMILIES[family].values()))
    if not drawings:
        return SafeString("")
    symbols = format_html_join(
        "",
        '<symbol id="g-{}" viewBox="0 0 16 16">{}</symbol>',
        ((drawing, drawn(drawing)) for drawing in drawings),
    )
    return format_html('<svg width="0" height="0" aria-hidden="true" focusable="false"><defs>{}</defs></svg>', symbols)


# Footnotes


def _noted(context: Context) -> dict[int, tuple[int, Any]]:
    """By key the sources noted so far in this render, with their numbers, in order of first mention.

    Kept where the drawings are kept.
    """
    bottom: Any = context.render_context.dicts[0]
    noted: dict[int, tuple[int, Any]] = bottom.setdefault("tracker_notes", {})
    return noted


@register.simple_tag(takes_context=True)
def note(context: Context, source: Any, locator: str = "") -> SafeString:
    """The number of a source, given at its first mention and kept, as a link to its line in the list of sources."""
    noted = _noted(context)
    number, _source = noted.setdefault(source.pk, (len(noted) + 1, source))
    place = f", {locator}" if locator else ""
    label = _("source %(number)s") % {"number": number}
    return format_html('<sup><a href="#source-{0}" aria-label="{1}{2}">[{0}{2}]</a></sup>', number, label, place)


@register.simple_tag(takes_context=True)
def noted_sources(context: Context) -> list[tuple[int, Any]]:
    return list(_noted(context).values())


# Judgements: the word always beside the glyph


def _judgement(context: Context, choice: TextChoices, word: Text, *, is_big: bool, is_flag: bool = False) -> SafeString:
    classes = ("flag" if is_flag else "st") + (" st big" if is_flag and is_big else " big" if is_big else "")
    return format_html('<span class="{}">{}{}</span>', classes, glyph(context, choice.value), word or choice.label)


@register.simple_tag(takes_context=True)
def status(context: Context, value: str, label: Text = "", *, big: bool = False) -> SafeString:
    """A delivery status. `label` replaces the usual word, `big` is the size of the four judgements."""
    return _judgement(context, DeliveryStatus(value), label, is_big=big)


@register.simple_tag(takes_context=True)
def evidence(context: Context, value: str, label: Text = "", *, big: bool = False) -> SafeString:
    """An evidence grade, always in ink: evidence is neither good nor bad news."""
    return _judgement(context, Evidence(value), label, is_big=big)


@register.simple_tag(takes_context=True)
def schedule(context: Context, value: str, label: Text = "", *, big: bool = False) -> SafeString:
    """A schedule state; overdue and window missed are flagged in vermilion."""
    state = ScheduleState(value)
    return _judgement(context, state, label, is_big=big, is_flag=state in FLAGGED)


@register.simple_tag(takes_context=True)
def freshness(context: Context, value: str, label: Text = "", *, big: bool = False) -> SafeString:
    """A freshness state: one clock face, the word carries the state."""
    return _judgement(context, FreshnessState(value), label, is_big=big)


@register.simple_tag(takes_context=True)
def bearing(context: Context, value: str, label: Text = "", *, big: bool = False) -> SafeString:
    """What an update means for a commitment."""
    return _judgement(context, Bearing(value), label, is_big=big)


# Days


@register.simple_tag
def day(moment: datetime.date | None, precision: str = "day", *, in_year: bool = False) -> str:
    """A date as exact as it is known, in words and marked up as a time; "undated" for none. See `days.in_words`."""
    text = in_words(moment, precision, in_year=in_year)
    if moment is None or not text:
        return text
    return format_html('<time datetime="{}">{}</time>', in_iso(moment, precision), text)


# Parts of a page


@register.simple_block_tag
def kept(content: str) -> str:
    """{% kept as name %}…{% endkept %}: what the inside reads, to be used more than once."""
    return content


# Addresses and languages


@register.simple_tag(takes_context=True)
def clocked_url(context: Context, view_name: str, *args: object, **kwargs: object) -> str:
    """The address of a view, on the clocks of this page: `clocks` of the context, where there is one.

    A `root` of the context stands before it, in what is read outside of the site.
    """
    root: str = context.get("root", "") or ""
    address = root + reverse(view_name, args=args, kwargs=kwargs)
    clocks: _Clocks | None = context.get("clocks")
    query = clocks.query_string() if clocks else ""
    return f"{address}?{query}" if query else address


@register.simple_tag(takes_context=True)
def hidden_parameters(context: Context, *without: str) -> SafeString:
    """The parameters of this address as hidden inputs, so that a form beside them keeps them; some are left out."""
    query = context["request"].GET
    kept = ((name, value) for name in query if name not in without for value in query.getlist(name))
    return format_html_join("\n", '<input type="hidden" name="{}" value="{}">', kept)


@register.filter
def in_code(text: str) -> SafeString:
    """What stands between two backticks as code, for words that are Markdown elsewhere."""
    pieces = text.split("`")
    whole, rest = (pieces, "") if len(pieces) % 2 else (pieces[:-1], f"`{pieces[-1]}")
    marked = ((format_html("<code>{}</code>", piece) if at % 2 else piece,) for at, piece in enumerate(whole))
    return format_html("{}{}", format_html_join("", "{}", marked), rest)


@register.filter
def in_thousands(number: int) -> str:
    """1,234,567."""
    return f"{number:,}"


@register.filter
def web_address(value: str) -> str:
    """The address where it is a web address, else nothing: no other scheme may become a link."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.netloc else ""


@register.filter
def lang_attr(language: str) -> str:
    """` lang="ja"` where a run of text is in another language than the page, else nothing."""
    if not language or language == get_language():
        return ""
    return format_html(' lang="{}"', language)
