"""Pictures of what happened: swimlanes by area, and how much each month brought."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..charts import (
    Cell,
    Count,
    Heap,
    Key,
    Lane,
    Line,
    Picture,
    Point,
    Stretch,
    Table,
    Turn,
    column_lines,
    first_days,
    grid_row,
    lane_row,
    last_of_month,
    word_heads,
)
from ..clocks import BadQuery, Clocks
from ..judgements import GROUP_OF, add_months
from ..models import Area, Precision, last_day
from .board import Board, address, month_names
from .reading import (
    MOST_DRAWN,
    Ends,
    Happening,
    Places,
    Scope,
    TurnOf,
    activity,
    ends,
    happenings,
    turns_by_search,
)
from .span import Span

MOST_HEAPS = 30
CALENDAR_MONTHS = 24
ACTS = {"": (False, True), "yes": (True,), "no": (False,)}
KINDS = ("act", "context", "setback", "turn")


@dataclass(frozen=True)
class Asked:
    """What a timeline is asked for: a period, one area or all (""), acts or context or both ("").

    `dated` is "month" where what is known only to its year is left out.
    """

    span: Span
    area: str
    act: str
    dated: str

    @classmethod
    def read(cls, board: Board, known: Ends) -> Asked:
        """Raises BadQuery for a period that is none; an unknown area is refused by `Places.within`."""
        act = board.query.get("act", "")
        if act not in ACTS:
            raise BadQuery(_("“act” is yes or no."))
        dated = board.query.get("dated", "")
        if dated not in ("", "month"):
            raise BadQuery(_("“dated” is month, or nothing."))
        first = min(known.first or board.clocks.as_of, board.clocks.as_of)
        return cls(Span.read(board.query, board.clocks, first), board.query.get("area", ""), act, dated)

    @property
    def scope(self) -> Scope:
        return Scope(ACTS[self.act], is_dated=bool(self.dated))

    @property
    def parameters(self) -> dict[str, str]:
        chosen = {"area": self.area, "act": self.act, "dated": self.dated}
        return self.span.parameters | {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True)
class Events:
    """Everything that lanes are drawn from. `found` is all that happened, or the latest of too much to be drawn.

    `derived` are the turns of status that no update set.
    """

    clocks: Clocks
    asked: Asked
    places: Places
    known: Ends
    found: list[Happening]
    is_all: bool
    heaps: dict[tuple[int, datetime.date, bool], int]
    unit: str
    derived: list[TurnOf]

    @property
    def areas(self) -> list[Area]:
        return [area for area in self.places.areas if self.asked.area in ("", area.slug)]

    @property
    def title(self) -> str:
        """The lanes in words, with every choice that is in force."""
        nouns = {"": _("Timeline of acts and context"), "yes": _("Timeline of acts"), "no": _("Timeline of context")}
        is_narrowed = self.asked.act or self.asked.area or self.asked.dated
        words = [nouns[self.asked.act] if is_narrowed else _("Timeline")]
        if self.asked.area:
            words.append(_("in %(area)s") % {"area": self.areas[0].name})
        if self.asked.dated:
            words.append(_("known to the month or day"))
        return _("%(list)s, %(period)s") % {"list": " ".join(words), "period": self.asked.span}

    @property
    def turns(self) -> list[TurnOf]:
        set_by_updates = (turn for each in reversed(self.found) for turn in each.turns)
        return sorted([*self.derived, *set_by_updates], key=lambda turn: turn.by)


def read_events(board: Board, places: Places, known: Ends) -> Events:
    """Two queries. Without `known.last` it is the span's.

    What is derived is neither an act nor context, so that who asks for one of them does not see it.
    """
    asked = Asked.read(board, known)
    commitments = places.within(asked.area)
    found, is_all = happenings(board.clocks, asked.span, places, commitments, asked.scope)
    unit = _unit(asked.span, len(places.areas) if not asked.area else 1)
    if known.last is None:
        known = Ends(known.first, next((each.by for each in found if each.precision != Precision.YEAR), None))
    heaps = {} if is_all else activity(board.clocks, asked.span, places, commitments, unit, asked.scope)
    derived = turns_by_search(board.clocks, asked.span, places, commitments) if is_all and not asked.act else []
    return Events(board.clocks, asked, places, known, found, is_all, heaps, unit, derived)


def _unit(span: Span, lanes: int) -> str:
    """The shortest period of which the span holds few enough: its two heaps a lane are no more than single marks."""
    most = min(MOST_HEAPS, MOST_DRAWN / 2 / max(lanes, 1))
    for unit, length in (("week", 7), ("month", 30.4), ("quarter", 91.3)):
        if span.axis.days / length <= most:
            return unit
    return "year"


def timeline(board: Board) -> Picture:
    known = ends(board.clocks)
    return lanes(read_events(board, board.places, known))


def lanes(events: Events, *, link: str = "") -> Picture:
    """One lane for each area with its key and table."""
    span, today = events.asked.span, events.clocks.as_of
    axis = span.axis
    drawn = _each(events) if events.is_all else _heaped(events)
    highest = max(events.heaps.values(), default=1)
    rows = [lane_row(lane, axis, void_from=events.known.last, today=today, highest=highest) for lane, _counts in drawn]
    kinds = KINDS if events.is_all else KINDS[:2]
    heads = {"act": _("Acts"), "context": _("Context"), "setback": _("Setbacks"), "turn": _("Status changes")}
    return Picture(
        "timeline",
        events.title,
        _(
            "A lane for each area. Acts of the two parties are discs, context is rings; "
            "a glyph on a stem is a status that changed."
        ),
        rows,
        Table(
            _("Area"),
            [heads[kind] for kind in kinds],
            [
                Line(lane.label, [Cell(str(counts[kind]), f"{number}.{kind}") for kind in kinds])
                for number, (lane, counts) in enumerate(drawn)
            ],
        ),
        axis=axis.row(month_names(), today=today, word=_("as of") if events.clocks.is_past else _("today")),
        key=_key(events),
        remark=_remark(events),
    )


def _remark(events: Events) -> str:
    if events.is_all:
        return ""
    units = {
        "week": _("weeks"),
        "month": _("months"),
        "quarter": _("quarters"),
        "year": _("years"),
    }
    return _(
        "More happened in this period than can be drawn one by one, so it is counted in %(units)s: acts on the left, "
        "context on the right. Setbacks and changes of status are not told apart; a shorter period shows them."
    ) % {"units": units[events.unit]}


def _key(events: Events) -> list[Key]:
    if not events.is_all:
        key = [Key("", _("acts of the parties"), "bar dot"), Key("", _("context, not delivery"), "bar ring")]
    else:
        key = [
            Key("neutral", _("act of the parties")),
            Key("context", _("context, not delivery")),
            Key("setback", _("setback")),
            Key("under_way", _("glyph on a stem: a status changed")),
            Key("", _("only the month or year is known"), "span"),
        ]
    if events.known.last and events.known.last < events.clocks.as_of:
        last = date_format(events.known.last, "j M Y")
        key.append(Key("", _("no source after %(day)s was found") % {"day": last}, "void"))
    return key


def _each(events: Events) -> list[tuple[Lane, Counter[str]]]:
    found = []
    for number, area in enumerate(events.areas):
        here = [each for each in reversed(events.found) if area.pk in each.bearings]
        turns = [turn for turn in events.turns if turn.area == area.pk]
        counts = Counter(_kind(each, area) for each in here)
        counts["turn"] = len(turns)
        points = [_point(events.clocks, each, area, number) for each in here if each.precision == Precision.DAY]
        stretches = [_stretch(events, each, area, number) for each in here if each.precision != Precision.DAY]
        lane = Lane(
            area.name,
            address("area", events.clocks, area.slug),
            _note(sum(not each.is_context for each in here), sum(each.is_context for each in here)),
            points,
            stretches,
            _turns(events.clocks, area, number, turns),
        )
        found.append((lane, counts))
    return found


def _kind(each: Happening, area: Area) -> str:
    if "setback" in each.bearings[area.pk]:
        return "setback"
    return "context" if each.is_context else "act"


def _note(acts: int, context: int) -> str:
    return f"{_counted(acts, is_act=True)}, {_counted(context, is_act=False)}"


def _counted(count: int, *, is_act: bool) -> str:
    if is_act:
        return ngettext("%(count)s act", "%(count)s acts", count) % {"count": count}
    return _("%(count)s context") % {"count": count}


def day_of(each: Happening) -> str:
    """As exact as it is known."""
    return date_format(each.on, {"day": "j M Y", "month": "M Y", "year": "Y"}[each.precision])


def _name(each: Happening) -> str:
    return f"{day_of(each)}: {each.title}"


def _point(clocks: Clocks, each: Happening, area: Area, number: int) -> Point:
    kind = _kind(each, area)
    tone = "ring" if each.is_context else "dot"
    url = address("update", clocks, each.number)
    return Point(each.by, tone, kind == "setback", url, _name(each), f"{number}.{kind}")


def _stretch(events: Events, each: Happening, area: Area, number: int) -> Stretch:
    kind = _kind(each, area)
    tone = "mark" if kind == "setback" else ""
    url = address("update", events.clocks, each.number)
    since, until = max(each.on, events.asked.span.since), last_day(each.on, each.precision)
    return Stretch(since, max(until, since), tone, url, _name(each), f"{number}.{kind}")


def _turns(clocks: Clocks, area: Area, number: int, turns: Iterable[TurnOf]) -> list[Turn]:
    """Those of one day are one mark with their number."""
    by_day: defaultdict[datetime.date, list[TurnOf]] = defaultdict(list)
    for turn in turns:
        by_day[turn.by].append(turn)
    found = []
    for day, of_day in by_day.items():
        status = of_day[-1].after
        url = _address_of_turns(clocks, area, day, of_day)
        said = ", ".join(f"{turn.reference} {turn.after.label}" for turn in of_day)
        name = f"{date_format(day, 'j M Y')}: {said}"
        found.append(Turn(day, status.value, GROUP_OF[status].value, len(of_day), url, name, f"{number}.turn"))
    return found


def _address_of_turns(clocks: Clocks, area: Area, day: datetime.date, turns: Sequence[TurnOf]) -> str:
    """That of their update, of the one commitment whose status was derived, or of the list of that day."""
    numbers = {turn.number for turn in turns}
    if len(numbers) == 1 and None not in numbers:
        return address("update", clocks, *numbers)
    if len(turns) == 1:
        return address("commitment", clocks, turns[0].reference)
    iso = day.isoformat()
    return address("timeline", clocks, **{"from": iso, "to": iso, "area": area.slug})


def _heaped(events: Events) -> list[tuple[Lane, Counter[str]]]:
    span = events.asked.span
    found = []
    for number, area in enumerate(events.areas):
        counts: Counter[str] = Counter()
        heaps = []
        for (area_id, start, is_act), count in sorted(events.heaps.items()):
            if area_id != area.pk:
                continue
            kind = "act" if is_act else "context"
            counts[kind] += count
            since, until = max(start, span.since), min(_last_of(start, events.unit), span.until)
            chosen = {"from": since.isoformat(), "to": until.isoformat(), "area": area.slug}
            heaps.append(
                Heap(
                    since,
                    until,
                    "dot" if is_act else "ring",
                    count,
                    address("timeline", events.clocks, **chosen, act="yes" if is_act else "no"),
                    f"{_days(since, until)}: {_counted(count, is_act=is_act)}",
                    f"{number}.{kind}",
                )
            )
        note = _note(counts["act"], counts["context"])
        found.append((Lane(area.name, address("area", events.clocks, area.slug), note, heaps=heaps), counts))
    return found


def _last_of(start: datetime.date, unit: str) -> datetime.date:
    if unit == "week":
        return start + datetime.timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return add_months(start, months) - datetime.timedelta(days=1)


def _days(since: datetime.date, until: datetime.date) -> str:
    return _("%(since)s to %(until)s") % {
        "since": date_format(since, "j M Y"),
        "until": date_format(until, "j M Y"),
    }


def activity_by_month(board: Board) -> Picture:
    """One query beyond the board's."""
    clocks, where = board.clocks, board.places
    last = last_of_month(clocks.as_of)
    since = add_months(clocks.as_of.replace(day=1), 1 - CALENDAR_MONTHS)
    span = Span(since, clocks.as_of)
    months = list(first_days(since, last, 1))
    counts: Counter[tuple[int, datetime.date]] = Counter()
    for (area_id, month, _is_act), count in activity(
        clocks, span, where, where.within(""), "month", Scope(is_dated=True)
    ).items():
        counts[area_id, month] += count
    highest = max(counts.values(), default=1)

    def cell(area: Area, month: datetime.date) -> Count | None:
        count = counts[area.pk, month]
        until = min(last_of_month(month), clocks.as_of)
        chosen = {"from": month.isoformat(), "to": until.isoformat(), "area": area.slug, "dated": "month"}
        said = ngettext("%(count)s update", "%(count)s updates", count) % {"count": count}
        name = f"{area.name}, {date_format(month, 'F Y')}: {said}"
        return Count(count, address("timeline", clocks, **chosen), name) if count else None

    names = month_names()
    years = [column for column, month in enumerate(months) if month.month == 1]
    ground = column_lines(years, len(months))
    return Picture(
        "activity",
        _("Activity by month"),
        _(
            "Updates, acts and context, by area and month; the area of a square follows its count. "
            "What is known only to its year is in no month."
        ),
        [
            grid_row(
                area.name,
                number,
                [cell(area, month) for month in months],
                highest=highest,
                ground=ground,
                url=address("area", clocks, area.slug),
            )
            for number, area in enumerate(where.areas)
        ],
        Table(
            _("Area"),
            [date_format(month, "M Y") for month in months],
            [
                Line(
                    area.name,
                    [Cell(str(counts[area.pk, month]), f"{number}.{column}") for column, month in enumerate(months)],
                )
                for number, area in enumerate(where.areas)
            ],
        ),
        axis=word_heads([_month_word(month, names) for month in months]),
    )


def _month_word(month: datetime.date, names: Sequence[str]) -> str:
    if month.month == 1:
        return str(month.year)
    return names[month.month - 1] if month.month == 7 else ""
