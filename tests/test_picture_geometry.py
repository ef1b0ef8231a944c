"""Geometry of the pictures: nothing overlaps, nothing leaves its frame, and what is drawn adds up."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.charts import (
    GRID_HEIGHT,
    GROUP_GAP,
    GROUP_ORDER,
    IN_A_LINE,
    LARGEST,
    SQUARE,
    STEPS_HEIGHT,
    Axis,
    Count,
    Heap,
    Key,
    Lane,
    Mark,
    Picture,
    Point,
    Row,
    Shape,
    Step,
    Stretch,
    Table,
    Turn,
    bands,
    first_days,
    grid_row,
    lane_row,
    last_of_month,
    levels,
    overlap_levels,
    paint,
    pledge_rows,
    sheet,
    side,
    steps_row,
    totals_bars,
    wrapped,
)
from commitments.charts.axis import BESIDE_TODAY, LAST_NAMED
from commitments.charts.lanes import NEAREST_DOT, NEAREST_GLYPH
from commitments.charts.sheet import MARGIN, WIDTH, columns

FIRST, LAST = datetime.date(2015, 1, 1), datetime.date(2035, 12, 31)
days = st.dates(FIRST, LAST)
spans = st.tuples(days, days).map(sorted)
fractions = st.floats(0, 1)


def axis_of(span: list[datetime.date]) -> Axis:
    return Axis(span[0], span[1])


@given(spans, st.lists(days, min_size=2))
def test_days_stand_in_their_order_within_the_axis(span: list[datetime.date], some: list[datetime.date]) -> None:
    axis = axis_of(span)

    for day in some:
        assert 0 <= axis.start(day) <= axis.middle(day) <= axis.end(day) <= 1
    starts = [axis.start(day) for day in sorted(some)]
    assert starts == sorted(starts)
    assert (axis.start(span[0]), axis.end(span[1])) == (0, 1)


@given(spans)
def test_an_axis_has_few_ticks_each_the_first_of_a_month(span: list[datetime.date]) -> None:
    ticks = axis_of(span).ticks()

    assert len(ticks) <= 16
    assert all(tick.day.day == 1 and span[0] < tick.day <= span[1] for tick in ticks)
    assert all(tick.is_year == (tick.day.month == 1) for tick in ticks)


@given(spans, st.none() | days)
def test_names_of_ticks_keep_clear_of_the_word_at_the_day_of_the_page_and_of_the_edge(
    span: list[datetime.date], today: datetime.date | None
) -> None:
    axis = axis_of(span)

    shapes = [shape for shape in axis.row(["month"] * 12, today=today, word="today").ground if shape.tag == "text"]

    words = [shape for shape in shapes if shape.tone == "mark"]
    assert [shape.text for shape in words] == ["today"] * (today is not None and span[0] <= today <= span[1])
    most = x_of(words[0])[0] - 100 * BESIDE_TODAY if words else 100 * LAST_NAMED
    assert all(x_of(shape)[0] < most + 0.01 for shape in shapes if shape.tone != "mark")


@given(spans, st.sampled_from([1, 3, 12]))
def test_first_days_are_all_those_of_the_span(span: list[datetime.date], step: int) -> None:
    found = list(first_days(span[0], span[1], step))

    everything = (
        datetime.date(year, month, 1) for year in range(FIRST.year, LAST.year + 1) for month in range(1, 13, step)
    )
    assert found == [day for day in everything if span[0] <= day <= span[1]]
    assert all(last_of_month(day) >= day and (last_of_month(day) + datetime.timedelta(1)).day == 1 for day in found)


@given(st.lists(fractions, max_size=60), st.sampled_from([NEAREST_DOT, NEAREST_GLYPH]))
def test_marks_on_one_level_never_touch_and_no_level_is_skipped(at: list[float], nearest: float) -> None:
    found = levels(at, nearest)

    for (x, level), (other, at_level) in itertools.combinations(zip(at, found, strict=True), 2):
        assert level != at_level or abs(x - other) >= nearest
    assert set(found) == set(range(max(found, default=-1) + 1))


@given(st.lists(st.tuples(fractions, fractions).map(lambda pair: (min(pair), max(pair) + 0.001)), max_size=40))
def test_stretches_on_one_level_never_overlap(some: list[tuple[float, float]]) -> None:
    found = overlap_levels(some)

    for ((left, right), level), ((a, b), at_level) in itertools.combinations(zip(some, found, strict=True), 2):
        assert level != at_level or right <= a or b <= left


def y_of(shape: Shape) -> list[float]:
    return [float(shape.attributes[name]) for name in ("y", "y1", "y2", "cy") if name in shape.attributes]


def x_of(shape: Shape) -> list[float]:
    names = ("x", "x1", "x2", "cx")
    return [float(value.rstrip("%")) for name in names if (value := shape.attributes.get(name))]


def assert_inside(row: Row) -> None:
    shapes = [*row.ground, *row.over, *(shape for mark in row.marks for shape in mark.shapes)]
    for shape in shapes:
        assert all(-0.01 <= y <= row.height for y in y_of(shape)), (row.height, shape)
        if all(value.endswith("%") for name, value in shape.attributes.items() if name in ("x", "x1", "x2", "cx")):
            assert all(0 <= x <= 100.01 for x in x_of(shape)), shape


points = st.builds(
    Point, days, st.sampled_from(["dot", "ring"]), st.booleans(), st.just("/"), st.just("made up"), st.just("0.act")
)
stretches = st.builds(
    lambda day, length: Stretch(day, day + datetime.timedelta(length), "", "/", "made up", "0.act"),
    days,
    st.sampled_from([28, 364]),
)
turns = st.builds(
    Turn,
    days,
    st.just("announced"),
    st.just("moving"),
    st.integers(1, 9),
    st.just("/"),
    st.just("made up"),
    st.just("0.turn"),
)


@given(spans, st.lists(points, max_size=30), st.lists(stretches, max_size=6), st.lists(turns, max_size=8))
def test_a_lane_is_as_high_as_what_it_holds(
    span: list[datetime.date], some: list[Point], longer: list[Stretch], turned: list[Turn]
) -> None:
    lane = Lane("Made up", "/", "", some, longer, turned)

    row = lane_row(lane, axis_of(span), void_from=span[0], today=span[1])

    assert len(row.marks) == len(some) + len(longer) + len(turned)
    assert_inside(row)


@given(spans, st.lists(st.integers(1, 10_000), max_size=30))
def test_heaps_share_one_scale_and_stand_on_the_base(span: list[datetime.date], counts: list[int]) -> None:
    heaps = [Heap(span[0], span[1], "dot", count, "/", "made up", "0.act") for count in counts]

    row = lane_row(
        Lane("Made up", "/", "", heaps=heaps),
        axis_of(span),
        void_from=None,
        today=span[1],
        highest=max(counts, default=1),
    )

    assert_inside(row)
    bars = [mark.shapes[0].attributes for mark in row.marks]
    assert len({round(float(bar["y"]) + float(bar["height"]), 1) for bar in bars}) <= 1
    for count, bar in zip(counts, bars, strict=True):
        assert float(bar["height"]) == pytest.approx(max(40 * count / max(counts), 1), rel=0.01)


steps = st.lists(
    st.dictionaries(st.sampled_from(GROUP_ORDER), st.integers(1, 500), max_size=5), min_size=1, max_size=26
).map(
    lambda counts: [
        Step(
            FIRST + datetime.timedelta(30 * number),
            FIRST + datetime.timedelta(30 * number + 29),
            FIRST + datetime.timedelta(30 * number + 29),
            count,
        )
        for number, count in enumerate(counts)
    ]
)


@given(steps)
def test_bands_of_a_step_are_stacked_without_a_gap_on_one_scale(some: list[Step]) -> None:
    found = bands(some, GROUP_ORDER)

    highest = max(step.total for step in some) or 1
    for number, step in enumerate(some):
        stacked = [band for band in found if band.step == number]
        assert {band.group: band.count for band in stacked} == step.counts
        ends = [STEPS_HEIGHT, *(band.top for band in stacked)]
        assert [band.bottom for band in stacked] == pytest.approx(ends[: len(stacked)])
        assert ends[-1] == pytest.approx(STEPS_HEIGHT * (1 - step.total / highest))


@given(steps)
def test_steps_are_drawn_within_the_frame_with_few_labels(some: list[Step]) -> None:
    row = steps_row(
        some,
        GROUP_ORDER,
        Axis(some[0].since, some[-1].until),
        words=lambda group, count: f"{count} {group}",
        name=lambda step, group: group,
        url=lambda step, group: "/",
    )

    assert_inside(row)
    assert sum(int(mark.says) for mark in row.marks) == sum(step.total for step in some)
    assert len(row.over) <= len(GROUP_ORDER)


@given(st.lists(st.integers(1, 10_000) | st.none(), min_size=1, max_size=30))
def test_squares_of_a_grid_follow_their_counts_and_keep_to_their_columns(counts: list[int | None]) -> None:
    highest = max((count for count in counts if count), default=1)

    row = grid_row("Made up", 0, [count and Count(count, "/", "made up") for count in counts], highest=highest)

    assert [int(mark.says) for mark in row.marks] == [count for count in counts if count]
    assert_inside(row)
    for mark in row.marks:
        square = mark.shapes[0].attributes
        assert float(square["y"]) + float(square["height"]) <= GRID_HEIGHT
        assert 0 < float(square["height"]) <= LARGEST
    sides = [side(count, highest) for count in sorted(count for count in counts if count)]
    assert sides == sorted(sides)


@pytest.mark.parametrize(
    ("columns", "sides"), [(4, ["4", "5", "10", "20"]), (16, ["4", "4", "7", "14"])], ids=["few", "many"]
)
def test_a_square_has_twice_the_side_for_four_times_the_count_and_one_is_still_seen(
    columns: int, sides: list[str]
) -> None:
    counts = [1, 25, 100, 400, *[None] * (columns - 4)]

    row = grid_row("Made up", 0, [count and Count(count, "/", "made up") for count in counts], highest=400)

    squares = [mark.shapes[0].attributes for mark in row.marks]
    assert [square["height"] for square in squares] == sides
    assert [square["width"] for square in squares] == sides


def pledge(number: int, group: str) -> Mark:
    return Mark(f"EUJP-{number}", "Made up", "announced", "Announced", group, group, f"/{number}/")


@given(st.lists(st.lists(st.sampled_from(GROUP_ORDER), max_size=30), min_size=1, max_size=4))
def test_every_pledge_has_a_square_of_its_own_or_is_in_a_bar(rows: list[list[str]]) -> None:
    counts = [[(group, row.count(group)) for group in GROUP_ORDER] for row in rows]

    drawn = pledge_rows(
        [("Made up", "/", "", [pledge(number, group) for number, group in enumerate(row)]) for row in rows],
        url=lambda number, group: "/",
        bar_name=lambda number, segment: segment.group,
        bars=totals_bars(counts),
    )

    for row, groups in zip(drawn, rows, strict=True):
        assert_inside(row)
        assert sum(int(mark.says) for mark in row.marks) == len(groups)
        places = [(mark.shapes[0].attributes["x"], mark.shapes[0].attributes["y"]) for mark in row.marks]
        assert len(set(places)) == len(places)
        if len(groups) <= 20:
            assert max((float(x) for x, _y in places), default=0) < 26 * IN_A_LINE


def test_squares_of_a_row_stand_in_groups_with_a_gap_between() -> None:
    groups = ["done", "done", "moving", "ended"]

    [row] = pledge_rows(
        [("Made up", "/", "", [pledge(number, group) for number, group in enumerate(groups)])],
        url=lambda number, group: "/",
        bar_name=lambda number, segment: segment.group,
        bars=[],
    )

    places = [float(mark.shapes[0].attributes["x"]) for mark in row.marks]
    assert [after - before for before, after in itertools.pairwise(places)] == [
        SQUARE,
        SQUARE + GROUP_GAP,
        SQUARE + GROUP_GAP,
    ]


@given(st.text(max_size=80), st.integers(4, 60))
def test_lines_are_no_longer_than_told_and_lose_no_letter(words: str, most: int) -> None:
    lines = wrapped(words, most)

    assert all(0 < columns(line) <= most for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())


def test_letters_of_japanese_take_two_columns() -> None:
    assert wrapped("防衛装備移転", 6) == ["防衛装", "備移転"]


@given(st.lists(st.builds(Row, st.text(max_size=60), st.integers(20, 80)), max_size=6), st.integers(0, 14))
def test_rows_keys_and_words_of_a_sheet_follow_each_other_within_it(rows: list[Row], keys: int) -> None:
    picture = Picture(
        "made-up",
        "Made up",
        "A note. " * 30,
        rows,
        Table("", [], []),
        key=[Key("held", "made-up words " * 3)] * keys,
    )

    placed = sheet(picture, dated="As of a day", source="A source")

    ends = [row.y + row.row.height for row in placed.rows]
    assert all(end <= following.y for end, following in zip(ends, placed.rows[1:], strict=False))
    assert all(placed.head[-1].y < row.y for row in placed.rows)
    assert all(max([*ends, placed.head[-1].y]) <= each.y for each in placed.key)
    assert max([*ends, *(each.y for each in placed.key)], default=0) < placed.foot[0].y < placed.height
    assert placed.plot_x + placed.plot_width == WIDTH - MARGIN


@pytest.mark.parametrize("group", GROUP_ORDER)
def test_a_file_has_colours_of_its_own_for_every_group(group: str) -> None:
    tones = [("", f"cell {group}"), (f"step {group}", ""), (f"lip {group}", ""), ("stem", f"chg {group}")]

    found = {paint(tone, mark).get(name, "") for tone, mark in tones for name in ("fill", "stroke")} - {""}

    assert all(colour.startswith("#") for colour in found)
    assert len(found) > 1 or group in ("done", "moving", "ended")
