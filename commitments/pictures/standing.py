"""Pictures of how the pledges stand: by area, over time, by evidence, by who says so."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..charts import (
    GROUP_ORDER,
    Axis,
    Cell,
    Count,
    Key,
    Line,
    Mark,
    Picture,
    Row,
    Segment,
    Step,
    Table,
    first_days,
    glyph_heads,
    grid_row,
    pledge_rows,
    steps_row,
    totals_bars,
)
from ..clocks import BadQuery, Clocks
from ..coverage import Reports, supports
from ..judgements import GROUP_OF, Judged, StatusGroup
from ..models import DeliveryStatus, Evidence
from ..overview import area_lines, count_groups
from .board import Board, address, month_names, pledge_mark
from .reading import counts_on, days_of_change

MOST_STEPS = 26
GROUPS = [StatusGroup(group) for group in GROUP_ORDER]


def group_key() -> list[Key]:
    return [Key(group, str(group.label)) for group in GROUPS]


def in_day(day: datetime.date) -> str:
    return date_format(day, "j M Y")


def status_by_area(board: Board) -> Picture:
    lines = area_lines(board.rows)
    named = [(line.area.name, address("area", board.clocks, line.area.slug), line.rows) for line in lines]
    return Picture(
        "status-by-area",
        _("Status by area"),
        _("One square is one pledge: achieved first, then moving, not moving, unrated, ended."),
        _pledges(named, board.clocks, lambda number, group: _area_list(board, lines[number].area.slug, group)),
        _group_table(_("Area"), [(name, rows) for name, _url, rows in named]),
        key=group_key(),
    )


def _area_list(board: Board, slug: str, group: str) -> str:
    return address("commitment_list", board.clocks, group=group, area=slug)


def who_reports(board: Board) -> Picture:
    """One query beyond the board's."""
    found = supports(board.rows, board.clocks)
    by_voice = {voice: [row.judged for row in found if row.reports == voice] for voice in Reports}
    named = [
        (str(voice.label), address("source_coverage", board.clocks, reports=voice.value), rows)
        for voice, rows in by_voice.items()
    ]
    return Picture(
        "who-reports",
        _("Who reports"),
        _("Each pledge by the sides that its sources are on, over every update that counts for it; context does not."),
        _pledges(
            named,
            board.clocks,
            lambda number, group: address(
                "source_coverage", board.clocks, reports=list(Reports)[number].value, group=group
            ),
        ),
        _group_table(_("Who reports"), [(name, rows) for name, _url, rows in named]),
        key=group_key(),
    )


def _pledges(
    named: Sequence[tuple[str, str, Sequence[Judged]]], clocks: Clocks, url: Callable[[int, str], str]
) -> list[Row]:
    counts = [[(each.group.value, each.count) for each in count_groups(judged)] for _name, _where, judged in named]
    labels = {group.value: str(group.label) for group in StatusGroup}
    rows: list[tuple[str, str, str, Sequence[Mark]]] = [
        (
            name,
            where,
            ", ".join(f"{count} {labels[group].lower()}" for group, count in counted if count) or _("no pledge"),
            [pledge_mark(row, clocks) for row in judged],
        )
        for (name, where, judged), counted in zip(named, counts, strict=True)
    ]

    def bar_name(number: int, segment: Segment) -> str:
        return f"{named[number][0]}. {labels[segment.group]}: {segment.count}"

    return pledge_rows(rows, url=url, bar_name=bar_name, bars=totals_bars(counts))


def _group_table(corner: str, named: Iterable[tuple[str, Sequence[Judged]]]) -> Table:
    lines = []
    for number, (name, rows) in enumerate(named):
        counts = Counter(row.group for row in rows)
        cells = [Cell(str(counts[group]), f"{number}.{group.value}") for group in GROUPS]
        lines.append(Line(name, [*cells, Cell(str(len(rows)))]))
    return Table(corner, [*(str(group.label) for group in GROUPS), _("Pledges")], lines)


class Steps(models.TextChoices):
    MONTH = "month", gettext_lazy("by month")
    QUARTER = "quarter", gettext_lazy("by quarter")
    YEAR = "year", gettext_lazy("by year")
    CHANGE = "change", gettext_lazy("at each change")


MONTHS_IN = {Steps.MONTH: 1, Steps.QUARTER: 3, Steps.YEAR: 12}


def read_steps(board: Board, finest: Steps = Steps.MONTH) -> Steps:
    """From `?steps=`; else the finest, from this one on, of which the whole record fits. Raises BadQuery."""
    asked = board.query.get("steps", "")
    if asked:
        if asked not in Steps.values:
            raise BadQuery(_("“steps” is one of: %(steps)s.") % {"steps": ", ".join(Steps.values)})
        return Steps(asked)
    months = (board.clocks.as_of - board.adopted_by).days / 30.4 + 1
    fitting = (steps for steps, length in MONTHS_IN.items() if months / length <= MOST_STEPS)
    return max(next(fitting, Steps.YEAR), finest, key=list(Steps).index)


def status_over_time(board: Board, finest: Steps = Steps.MONTH) -> Picture:
    """One query beyond the board's; two where the steps are the days of change."""
    chosen = read_steps(board, finest)
    clocks = board.clocks
    steps, is_cut = _steps(board, chosen)
    axis = Axis(steps[0].since, steps[-1].until)
    labels = {group.value: str(group.label) for group in StatusGroup}

    def url(step: Step, group: str) -> str:
        then = Clocks(today=clocks.today, as_of=step.as_of, known_on=clocks.known_on)
        return address("commitment_list", then, group=group)

    def name(step: Step, group: str) -> str:
        of = {"day": in_day(step.as_of), "group": labels[group], "count": step.counts[group], "total": step.total}
        return _("%(day)s. %(group)s: %(count)s of %(total)s pledges") % of

    latest = steps[-1]
    return Picture(
        "status-over-time",
        _("Status over time"),
        _steps_note(chosen),
        [
            steps_row(
                steps,
                [group.value for group in GROUPS],
                axis,
                words=lambda group, count: f"{count} {labels[group].lower()}",
                name=name,
                url=url,
            )
        ],
        _steps_table(steps),
        axis=axis.row(month_names()),
        key=[Key(group, f"{group.label} {latest.counts.get(group.value, 0)}") for group in GROUPS],
        remark=_("Drawn are the latest %(count)s steps; a longer step shows more.") % {"count": MOST_STEPS}
        if is_cut
        else "",
    )


def _steps_note(chosen: Steps) -> str:
    if chosen == Steps.CHANGE:
        return _(
            "Every step begins on a day on which a status was set, a search began to cover, or a text was adopted."
        )
    return _("How the pledges stood at the end of each step, the achieved at the base; nothing is interpolated.")


def _steps(board: Board, chosen: Steps) -> tuple[list[Step], bool]:
    """The steps up to the day of the page, the last as it stands then; and whether earlier ones were left out."""
    as_of = board.clocks.as_of
    starts = _change_starts(board) if chosen == Steps.CHANGE else _period_starts(board.adopted_by, as_of, chosen)
    is_cut = len(starts) > MOST_STEPS
    starts = starts[-MOST_STEPS:]
    ends = [start - datetime.timedelta(days=1) for start in starts[1:]] + [as_of]
    # Of a change the first day already shows it, of a period only the last says how it ended.
    days = starts if chosen == Steps.CHANGE else ends
    now = Counter({group.group.value: group.count for group in count_groups(board.rows)})
    counts = [*counts_on(days[:-1], board.clocks), now]
    steps = [
        Step(since, until, day, {group: count for group, count in counted.items() if count})
        for since, until, day, counted in zip(starts, ends, days, counts, strict=True)
    ]
    # A day on which a status was merely confirmed is no step.
    kept = [
        step for n, step in enumerate(steps) if chosen != Steps.CHANGE or n == 0 or step.counts != steps[n - 1].counts
    ]
    ends = [step.since - datetime.timedelta(days=1) for step in kept[1:]] + [as_of]
    return [Step(step.since, until, step.as_of, step.counts) for step, until in zip(kept, ends, strict=True)], is_cut


def _change_starts(board: Board) -> list[datetime.date]:
    adopted = {row.commitment.instrument.adopted_by for row in board.rows}
    found = {day for day in days_of_change(board.clocks, MOST_STEPS + 1) if day >= board.adopted_by}
    return sorted({*adopted, *found}) or [board.clocks.as_of]


def _period_starts(first: datetime.date, as_of: datetime.date, chosen: Steps) -> list[datetime.date]:
    """The first days of the periods, beginning with the one that the first day falls into."""
    length = MONTHS_IN[chosen]
    month = (first.month - 1) // length * length + 1
    return list(first_days(datetime.date(first.year, month, 1), as_of, length))


def _steps_table(steps: Sequence[Step]) -> Table:
    lines = [
        Line(
            in_day(step.as_of),
            [
                *(Cell(str(step.counts.get(group.value, 0)), f"{number}.{group.value}") for group in GROUPS),
                Cell(str(step.total)),
            ],
        )
        for number, step in enumerate(steps)
    ]
    return Table(_("As of"), [*(str(group.label) for group in GROUPS), _("Pledges")], lines)


UNGRADED = ""


def evidence_and_delivery(board: Board) -> Picture:
    """No query beyond the board's."""
    statuses = [status for group in GROUPS for status in DeliveryStatus if GROUP_OF[status] == group]
    grades = [*(grade.value for grade in reversed(Evidence)), UNGRADED]
    counts = Counter((row.evidence, row.status) for row in board.rows)
    highest = max(counts.values(), default=1)

    def label(grade: str) -> str:
        return str(Evidence(grade).label) if grade else _("No grade")

    def count(grade: str, status: DeliveryStatus) -> Count | None:
        number = counts[grade, status]
        chosen = {"status": status.value} | ({"evidence": grade} if grade else {})
        url = address("commitment_list", board.clocks, **chosen)
        return Count(number, url, f"{label(grade)}, {status.label}: {number}") if number else None

    return Picture(
        "evidence-and-delivery",
        _("Evidence and delivery"),
        _(
            "How well each status is supported: evidence from the best down, delivery from achieved to ended. "
            "The area of a square follows its count."
        ),
        [
            grid_row(
                label(grade),
                number,
                [count(grade, status) for status in statuses],
                highest=highest,
                tones=[GROUP_OF[status].value for status in statuses],
            )
            for number, grade in enumerate(grades)
        ],
        Table(
            _("Evidence"),
            [str(status.label) for status in statuses],
            [
                Line(
                    label(grade),
                    [Cell(str(counts[grade, status]), f"{number}.{column}") for column, status in enumerate(statuses)],
                )
                for number, grade in enumerate(grades)
            ],
        ),
        axis=glyph_heads(
            [status.value for status in statuses], {status.value: GROUP_OF[status].value for status in statuses}
        ),
        key=[Key(status, str(status.label)) for status in statuses],
    )
