"""The filter of the list of sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..models import Source, SourceKind, SourceSide, restore_labels
from .core import Facet, ListFilter, one


def _year(source: Source) -> str:
    return str(source.published_on.year) if source.published_on else ""


def _language(tag: str) -> str:
    try:
        return str(get_language_info(tag)["name_translated"])
    except KeyError:
        return tag


class SourceFilter(ListFilter[Source]):
    NOUN = _("sources")
    FACETS: ClassVar[tuple[Facet[Source], ...]] = (
        Facet("side", _("Side"), lambda row: one(row.side), SourceSide.choices, after=_("of the side “%(values)s”")),
        Facet("kind", _("Type"), lambda row: one(row.kind), SourceKind.choices, after=_("of the type “%(values)s”")),
        Facet(
            "language",
            _("Language"),
            lambda row: one(row.language, _language(row.language)),
            after=_("in %(values)s"),
            is_sorted=True,
        ),
        Facet(
            "year",
            _("Year of publication"),
            lambda row: one(_year(row) or "undated", _year(row) or str(_("undated"))),
            after=_("of %(values)s"),
            is_sorted=True,
        ),
        Facet(
            "publisher",
            _("Publisher"),
            lambda row: one(row.publisher, row.publisher),
            after=_("by %(values)s"),
            is_sorted=True,
        ),
    )
    SORTS: ClassVar[dict[str, tuple[Any, Callable[[Source], Any]]]] = {
        "newest": (_("Newest"), lambda row: (-(row.published_on.toordinal() if row.published_on else 0), row.slug)),
        "title": (_("Title"), lambda row: (row.title.casefold(), row.slug)),
        "publisher": (_("Publisher"), lambda row: (row.publisher.casefold(), row.slug)),
    }


def listed_sources(clocks: Clocks) -> list[Source]:
    """What something public rests on. One query; two on a past known-on day."""
    rows = list(Source.objects.published(clocks.as_of, clocks.known_on).order_by("slug"))
    restore_labels(rows, clocks.known_on)
    return rows
