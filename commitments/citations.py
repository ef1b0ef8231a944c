"""References to what the tracker shows, and to its sources: as text, BibTeX, RIS and CSL-JSON.

A page of the tracker goes on changing, so a reference to one always carries both clocks.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .clocks import Clocks
from .days import in_iso, in_words, utc_day
from .models import Commitment, Precision, Source, StatusUpdate
from .models.validators import NO_TEXT

TRACKER: Final = gettext_lazy("EU–Japan Commitment Tracker")
_NO_LINE: Final = re.compile(rf"[\x00-\x1f{NO_TEXT}]")


@dataclass(frozen=True)
class Work:
    """What a reference says of a document; every text is one line that all formats can carry.

    `key` is its permanent id in a bibliography, of ASCII letters, digits, dots and hyphens. `note` says what it is,
    `version` which state of a page that goes on changing. The day it was read is that of this state: a closed page
    reads the same on every later day, and so does the reference to it.
    """

    key: str
    title: str
    publisher: str
    url: str
    language: str
    accessed_on: datetime.date
    author: str = ""
    issued_on: datetime.date | None = None
    issued_precision: str = Precision.DAY
    abstract: str = ""
    note: str = ""
    version: str = ""
    is_picture: bool = False
    # Whether the day of the cited state is over, so that nothing can be added to it.
    is_closed: bool = True

    @property
    def text(self) -> str:
        """In one line, for a footnote."""
        who, issued = self.author or self.publisher, in_words(self.issued_on, self.issued_precision)
        said = [f"{who} ({issued}): “{self.title}”", self.note, self.version]
        where = self.url if self.version else _("%(url)s (read on %(day)s)") % self._read()
        return f"{'. '.join(filter(None, said))}. {where}"

    @property
    def notes(self) -> str:
        return ". ".join(filter(None, [self.note, self.version]))

    @property
    def issued(self) -> str:
        """2025-07-23, 2025-07, 2025, or "" where it is undated."""
        return in_iso(self.issued_on, self.issued_precision) if self.issued_on else ""

    @property
    def files(self) -> list[tuple[str, str, str]]:
        """In each format: its name, the ending of its address, and what stands in the file."""
        return [(form.name, extension, form.write(self)) for extension, form in FORMATS.items()]

    def _read(self) -> dict[str, str]:
        return {"url": self.url, "day": in_words(self.accessed_on)}


def one_line(text: str) -> str:
    """The text without what would break a line or a file, and without blanks that no format keeps apart."""
    return re.sub(" {2,}", " ", _NO_LINE.sub(" ", text)).strip()


# What is cited


def cite_commitment(commitment: Commitment, clocks: Clocks, root: str) -> Work:
    """`root` is what stands before the path of an address: https://tracker.example.org."""
    cited = _Cited.of(clocks, commitment.published_at, commitment.instrument.adopted_by)
    return cited.work(
        key=f"{commitment.reference}.{cited.as_of}",
        title=f"{commitment.reference}: {commitment.title}",
        address=root + commitment.get_absolute_url(),
        issued_on=cited.known_on,
        abstract=one_line(commitment.summary),
    )


def cite_update(update: StatusUpdate, clocks: Clocks, root: str) -> Work:
    cited = _Cited.of(clocks, update.published_at, update.happened_by)
    return cited.work(
        key=f"update-{update.number}",
        title=update.title,
        address=root + update.get_absolute_url(),
        issued_on=utc_day(update.published_at) if update.published_at else None,
        abstract=one_line(update.summary),
        note=_("Update %(number)s") % {"number": update.number},
    )


def cite_picture(key: str, title: str, clocks: Clocks, address: str, fragment: str = "") -> Work:
    """A chart or another picture drawn from the register; `address` is the whole one, without the clocks."""
    cited = _Cited.of(clocks)
    return cited.work(
        key=f"{key}.{cited.as_of}",
        title=title,
        address=address,
        issued_on=cited.known_on,
        is_picture=True,
        fragment=fragment,
    )


def cite_source(source: Source) -> Work:
    """The document itself, so that the original is cited and not this register."""
    notes = [
        "" if source.is_title_seen else _("Title supplied here; the printed one was not seen"),
        _("Archived copy: %(url)s") % {"url": source.archived_url} if source.archived_url else "",
    ]
    return Work(
        key=source.slug,
        title=one_line(source.title),
        publisher=one_line(source.publisher),
        url=source.url,
        language=source.language,
        accessed_on=source.accessed_on,
        issued_on=source.published_on,
        issued_precision=source.published_precision,
        note=". ".join(filter(None, notes)),
    )


@dataclass(frozen=True)
class _Cited:
    """The days that a reference carries."""

    as_of: datetime.date
    known_on: datetime.date
    is_closed: bool

    @classmethod
    def of(
        cls, clocks: Clocks, published_at: datetime.datetime | None = None, since: datetime.date | None = None
    ) -> _Cited:
        """The latest closed days up to those of the page; what is of today has no closed day yet, and is given today.

        Such an address leads to the page at once, and to a closed day from midnight on.
        """
        closed = clocks.closed()
        known_on = max(closed.known_on or closed.as_of, utc_day(published_at) if published_at else datetime.date.min)
        as_of = max(closed.as_of, since or datetime.date.min)
        return cls(as_of, known_on, is_closed=max(as_of, known_on) < clocks.today)

    def work(self, *, title: str, address: str, fragment: str = "", **fields: Any) -> Work:
        days = {"as_of": self.as_of.isoformat(), "known_on": self.known_on.isoformat()}
        words = {"as_of": in_words(self.as_of), "known_on": in_words(self.known_on)}
        return Work(
            title=one_line(title),
            author=str(TRACKER),
            publisher=str(TRACKER),
            url=f"{address}{'&' if '?' in address else '?'}{urlencode(days)}{fragment and f'#{fragment}'}",
            language=get_language() or "en",
            accessed_on=self.known_on,
            version=_("As of %(as_of)s, as known on %(known_on)s") % words,
            is_closed=self.is_closed,
            **fields,
        )


# How it is written


def bibtex(work: Work) -> str:
    """An entry of biblatex; older BibTeX reads it as @misc. Names and titles keep their capitals."""
    fields = {
        "author": f"{{{_latex(work.author)}}}" if work.author else "",
        "title": f"{{{_latex(work.title)}}}",
        "organization": f"{{{_latex(work.publisher)}}}",
        "date": work.issued,
        # For styles that know no dates.
        "year": work.issued[:4],
        # Addresses are read as they stand.
        "url": work.url,
        "urldate": work.accessed_on.isoformat(),
        "language": work.language,
        "note": _latex(work.notes),
        "abstract": _latex(work.abstract),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{work.key},\n{''.join(lines)}}}\n"


_SIGNS: Final = {
    **{sign: f"\\{sign}" for sign in "&%#$_"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_PAIRED: Final = str.maketrans({**_SIGNS, "{": r"\{", "}": r"\}"})
# BibTeX counts braces behind a backslash, too: one without its other half would swallow the rest of the file.
_SINGLE: Final = str.maketrans({**_SIGNS, "{": r"\textbraceleft{}", "}": r"\textbraceright{}"})
# Signs that LaTeX would draw together into a dash, a quotation mark or a turned question mark.
_LIGATURES: Final = re.compile("(?<=-)(?=-)|(?<=')(?=')|(?<=[`?!])(?=`)|(?<=,)(?=,)|(?<=<)(?=<)|(?<=>)(?=>)")


def _latex(text: str) -> str:
    depths = list(accumulate({"{": 1, "}": -1}.get(sign, 0) for sign in text))
    is_paired = not depths or min(depths) == depths[-1] == 0
    return _LIGATURES.sub("{}", text.translate(_PAIRED if is_paired else _SINGLE))


def ris(work: Work) -> str:
    lines = [
        ("TY", "FIGURE" if work.is_picture else "ELEC"),
        ("ID", work.key),
        ("TI", work.title),
        ("AU", work.author),
        ("PB", work.publisher),
        ("PY", work.issued[:4]),
        ("DA", _ris_day(work.issued)),
        # A semicolon would part two addresses.
        ("UR", work.url.replace(";", "%3B")),
        ("Y2", _ris_day(work.accessed_on.isoformat())),
        ("LA", work.language),
        ("AB", work.abstract),
        ("N1", work.notes),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _ris_day(day: str) -> str:
    """Year, month, day and a part for anything else, each followed by a slash but the last."""
    return "/".join([*day.split("-"), "", "", ""][:4]) if day else ""


def csl_json(work: Work) -> str:
    item = {
        "id": work.key,
        "type": "graphic" if work.is_picture else "webpage",
        "title": work.title,
        "author": [{"literal": work.author}] if work.author else None,
        "publisher": work.publisher,
        "issued": _csl_day(work.issued) if work.issued else None,
        "accessed": _csl_day(work.accessed_on.isoformat()),
        "URL": work.url,
        "language": work.language,
        "note": work.notes,
        "abstract": work.abstract,
    }
    # A line for each, as people read it.
    lines = [
        f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in item.items() if value
    ]
    return "[\n  {\n" + ",\n".join(lines) + "\n  }\n]\n"


def _csl_day(day: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in day.split("-")]]}


@dataclass(frozen=True)
class Format:
    name: str
    content_type: str
    write: Callable[[Work], str]


# By the ending of the address.
FORMATS: Final = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}
