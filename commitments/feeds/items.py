"""What every feed is made of, whatever it holds and however it is written down."""

from __future__ import annotations

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html.entities import name2codepoint
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ..clocks import Clocks
from ..models import Area
from ..xml_text import xml_safe

REFERENCE = re.compile(r"&(#?\w+)")


def plain_line(text: str) -> str:
    """The text as a title or name in a feed, where what could be markup has a look-alike.

    RSS does not say whether such a line is text or HTML, and readers disagree; it is the same in every format.
    """
    text = REFERENCE.sub(lambda found: f"＆{found[1]}" if _is_character(found[1]) else found[0], xml_safe(text))
    return text.replace("<", "‹").replace(">", "›")


def _is_character(name: str) -> bool:
    return name in name2codepoint or name == "apos" or not name.isalpha()


def tag_uri(path: str) -> str:
    """A permanent identifier (RFC 4151) that survives a retitling and a move to another host."""
    return f"tag:{settings.TRACKER_TAG_AUTHORITY}:{path}"


class ItemCategory(models.TextChoices):
    """What an item is about, under a name that a reader's own rules may rely on in every language."""

    PROGRESS = "progress", _("Progress")
    SETBACK = "setback", _("Setback")
    STATUS_CHANGE = "status change", _("Status change")
    CORRECTION = "correction", _("Correction")
    RE_CHECK = "re-check", _("Re-check")
    NEW_COMMITMENT = "new commitment", _("New commitment")
    WITHDRAWN_COMMITMENT = "withdrawn commitment", _("Withdrawn commitment")
    DIGEST = "digest", _("Digest")


@dataclass(frozen=True)
class Item:
    """`identity` and `path` never change; `content` is HTML with absolute addresses."""

    identity: str
    path: str
    title: str
    content: str
    at: datetime.datetime
    categories: Sequence[ItemCategory] = ()
    areas: Sequence[Area] = ()


@dataclass(frozen=True)
class Key:
    """Which row an item is made of, and its place among all that the feed may ever hold, which never changes."""

    ordinal: int
    row: int
    at: datetime.datetime
    event: str = ""


@dataclass(frozen=True)
class Stream(ABC):
    """The items of one feed, from the first that was ever public to the latest.

    The newest SIZE of them stand in the feed; of the older ones each SIZE places make one archive, complete once its
    last place is taken. As places are final, so is an archive.
    """

    SIZE: ClassVar[int] = 50

    clocks: Clocks

    @abstractmethod
    def keys(self, count: int, *, first: int = 1, last: int | None = None) -> list[Key]:
        """Latest first, of the places from `first` to `last` at most `count`. At most two queries."""

    @abstractmethod
    def newest(self) -> int:
        """The last place that is taken, or passed over; 0 before the first. At most one query."""

    @abstractmethod
    def revisions(self, keys: Sequence[Key]) -> Q:
        """The revisions of the words that these items show."""

    @abstractmethod
    def items(self, keys: Sequence[Key], root: str) -> list[Item]:
        """What these keys stand for, in their order; `root` stands before the addresses in their content."""


@dataclass(frozen=True)
class RankedStream(Stream):
    """Rows without a number of their own: their place is their rank by the moment at which they became public."""

    @abstractmethod
    def events(self) -> QuerySet[Any, Any]:
        """(row, moment, event) of each, the earliest first."""

    def keys(self, count: int, *, first: int = 1, last: int | None = None) -> list[Key]:
        events = self.events()
        end = min(total for total in (last, events.count()) if total is not None)
        start = max(first - 1, end - count)
        ranked = enumerate(events[start:end], start + 1) if start < end else ()
        return [Key(rank, row, in_order(at, rank), event) for rank, (row, at, event) in ranked][::-1]

    def newest(self) -> int:
        return int(self.events().count())


def in_order(at: datetime.datetime, ordinal: int) -> datetime.datetime:
    """The moment, told apart from the others of its day.

    A register's file knows only the day; readers sort by moments, and would shuffle what has the same.
    """
    return at if at.microsecond else at + datetime.timedelta(microseconds=ordinal % 1_000_000)
