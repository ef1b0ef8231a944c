"""Pictures on their page, as files, and the timeline."""

from __future__ import annotations

import datetime
import re
import struct
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.clocks import Clocks
from commitments.models import Area, Commitment, reason_for_change
from commitments.overview import judged_set
from commitments.pictures import PICTURES
from commitments.pictures.reading import counts_on
from tests.factories import make_area, make_check, make_commitment, make_instrument, make_source, make_update, moment

from .conftest import Register
from .test_pages import MOST_QUERIES

Get = Callable[[str], str]
SVG = "{http://www.w3.org/2000/svg}"
ADOPTED = datetime.date(2024, 1, 10)


def pledge(**fields: object) -> Commitment:
    instrument = make_instrument(adopted_on=ADOPTED)
    return make_commitment(instrument=instrument, published_at=moment(datetime.date(2024, 6, 1)), **fields)


def tell(commitment: Commitment, day: str, status: str = "", **fields: object) -> int:
    assessment: dict[str, object] = {"commitment": commitment, "status": status}
    if "bearing" in fields:
        assessment["bearing"] = fields.pop("bearing")
    update = make_update(happened_on=datetime.date.fromisoformat(day), assessments=[assessment], **fields)
    assert update.number is not None
    return update.number


def marks(page: str, cell: str) -> list[str]:
    """The addresses of the marks that a cell counts."""
    found = re.findall(r'<a[^>]*? href="([^"]*)" aria-label="[^"]*" data-cell="([^"]*)"', page)
    return [address.replace("&amp;", "&") for address, of in found if of == cell]


@pytest.mark.parametrize("name", PICTURES)
def test_a_file_says_what_it_is_of_when_and_whose(register: Register, client: Client, name: str) -> None:
    response = client.get(f"/pictures/{name}.svg?as_of=2026-02-01&known_on=2026-11-01")

    drawing = ET.fromstring(response.content)  # noqa: S314 - our own
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    said = " ".join(" ".join(drawing.itertext()).split())
    assert drawing.findtext(f"{SVG}title")
    assert "As of 1 February 2026, as known on 1 November 2026" in said
    assert "EU–Japan Commitment Tracker, http://testserver/" in said
    assert "CC BY 4.0" in said
    assert not {name for each in drawing.iter() for name in each.attrib} & {"class", "style", "onload"}
    assert not {each.tag.removeprefix(SVG) for each in drawing.iter()} & {"style", "script", "use", "image"}


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("/pictures/status-over-time.svg?steps=quarter", "/pictures/?steps=quarter&"),
        ("/pictures/timeline.svg?period=2025&act=yes", "/timeline/?period=2025&act=yes&"),
    ],
)
def test_a_file_names_the_address_at_which_the_same_picture_stands_tomorrow(
    register: Register, client: Client, file: str, page: str
) -> None:
    today = datetime.datetime.now(datetime.UTC).date()

    drawing = ET.fromstring(client.get(file).content)  # noqa: S314 - our own

    said = "".join("".join(drawing.itertext()).split())
    assert f"http://testserver{page}as_of={today}&known_on={today}," in said


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_comes_as_png_too(register: Register, client: Client, name: str) -> None:
    response = client.get(f"/pictures/{name}.png")

    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">I", response.content[16:20]) == (1920,)


def test_a_file_is_not_sent_again_while_nothing_changes(register: Register, client: Client) -> None:
    first = client.get("/pictures/status-by-area.svg")
    again = client.get("/pictures/status-by-area.svg", headers={"If-None-Match": first["ETag"]})
    other = client.get("/pictures/status-by-area.svg?as_of=2026-02-01", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, other.status_code) == (304, 200)


def test_a_file_draws_what_the_page_draws(register: Register, client: Client, get: Get) -> None:
    page = get("/pictures/?as_of=2026-02-01")
    for name in PICTURES:
        if name == "timeline":
            continue
        band = page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]
        on_page = [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]*)" aria-label', band)]
        drawing = ET.fromstring(client.get(f"/pictures/{name}.svg?as_of=2026-02-01").content)  # noqa: S314 - our own

        assert [each.get("href") for each in drawing.iter(f"{SVG}a")] == [
            f"http://testserver{each}" for each in on_page
        ]


def test_text_of_an_editor_is_never_markup_in_a_picture(db: None, client: Client) -> None:
    hostile = "<script>alert(1)</script>\"'&{{ 7 }}\ufffe"
    area = make_area(name=hostile)
    tell(pledge(title=hostile, area=area, kind="recurring"), "2025-03-01", "under_way", title=hostile)
    for name in PICTURES:
        content = client.get(f"/pictures/{name}.svg").content
        drawing = ET.fromstring(content)  # noqa: S314 - our own
        assert not list(drawing.iter(f"{SVG}script")), name
        assert client.get(f"/pictures/{name}.png").status_code == 200
    for page in ("/pictures/", "/timeline/", "/"):
        body = client.get(page).content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)" in body


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/timeline/?period=soon", "is a year such as"),
        ("/timeline/?period=2025-Q5", "is a year such as"),
        ("/timeline/?period=0000", "is a year such as"),
        ("/timeline/?period=9999", "lies after"),
        ("/timeline/?period=2026&as_of=2025-12-31", "lies after"),
        ("/timeline/?period=" + "2" * 9000, "is a year such as"),
        ("/timeline/?from=2025-02-30", "is not a day"),
        ("/timeline/?from=2999-01-01", "lies in the future"),
        ("/timeline/?from=2025-03-02&to=2025-03-01", "comes after the last"),
        ("/timeline/?area=nowhere", "is no area"),
        ("/timeline/?area=%00%ED%A0%80%EF%BF%BE", "is no area"),
        ("/timeline/?act=maybe", "is yes or no"),
        ("/timeline/?dated=day", "is month"),
        ("/timeline/?before=x", "is a day and the number"),
        ("/pictures/?steps=week", "is one of"),
        ("/pictures/?part=2", "is a number from 1 to 1"),
        ("/pictures/occurrences.svg?part=%EF%BC%91", "is a number from 1 to 1"),
        ("/pictures/status-over-time.png?steps=%ED%A0%80", "is one of"),
        ("/pictures/timeline.svg?period=x", "is a year such as"),
        ("/coverage/?reports=everybody", "Who reports"),
        ("/coverage/?reports=eu&group=broken", "Who reports"),
    ],
)
def test_a_picture_that_cannot_be_drawn_says_why(
    register: Register, client: Client, address: str, sentence: str
) -> None:
    response = client.get(address)

    assert response.status_code == 400
    assert sentence in response.content.decode()


@pytest.mark.parametrize("address", ["/pictures/nothing.svg", "/pictures/timeline.gif", "/pictures/%00.png"])
def test_there_is_no_other_picture(register: Register, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_an_empty_register_has_its_pages_and_files(db: None, client: Client) -> None:
    for address in ("/", "/pictures/", "/pictures/?steps=change", "/timeline/", "/timeline/?as_of=2024-01-01"):
        assert client.get(address).status_code == 200, address
    for name in PICTURES:
        assert client.get(f"/pictures/{name}.svg").status_code == 200, name
    assert "There is nothing to draw at this day." in client.get("/pictures/").content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/pictures/", "/pictures/?steps=change", "/timeline/", "/coverage/?reports=eu"]
)
def test_a_past_known_on_day_keeps_to_the_budget_too(
    register: Register, client: Client, yesterday: datetime.date, address: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{address}{'&' if '?' in address else '?'}as_of={yesterday}&known_on={yesterday}")

    assert len(queries) <= MOST_QUERIES


def test_the_counts_of_a_past_day_are_those_of_its_page(db: None) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    first, second = pledge(), pledge(kind="one_off")
    tell(first, "2024-03-05", "announced")
    tell(first, "2025-01-20", "stalled", bearing="setback")
    tell(second, "2025-04-01", "delivered")
    make_check(second, covers_from=datetime.date(2024, 8, 1))
    make_commitment(instrument=make_instrument(adopted_on=datetime.date(2025, 1, 1)))
    days = [ADOPTED + datetime.timedelta(weeks=4 * week) for week in range(-1, 22)]

    found = counts_on(days, Clocks.at(today))

    expected = [Counter(row.group.value for row in judged_set(Clocks(today, as_of=day))) for day in days]
    assert [dict(counts) for counts in found] == [dict(counts) for counts in expected]
    assert len({tuple(sorted(counts.items())) for counts in found}) > 4


def test_steps_at_each_change_begin_on_the_days_of_change(db: None, get: Get) -> None:
    commitment = pledge()
    tell(commitment, "2024-03-05", "announced")
    tell(commitment, "2024-05-05", "announced")
    tell(commitment, "2025-01-20", "under_way")
    tell(commitment, "2025-02-20", "stalled", bearing="setback")

    page = get("/pictures/?steps=change")

    table = page.partition('aria-labelledby="status-over-time"')[2].partition("</table>")[0]
    # Confirmed in May and moved within its group in January: no step.
    assert re.findall(r'<th scope="row">([^<]+)</th>', table) == ["10 Jan 2024", "5 Mar 2024", "20 Feb 2025"]


def test_a_step_leads_to_the_pledges_of_its_day(db: None, get: Get) -> None:
    commitment = pledge()
    tell(commitment, "2024-03-05", "announced")

    page = get("/pictures/?steps=quarter")

    [address] = marks(page.partition('aria-labelledby="status-over-time"')[2].partition("</section>")[0], "0.moving")
    assert address == "/commitments/?group=moving&as_of=2024-03-31"
    assert commitment.title in get(address)


def test_what_is_known_only_to_its_year_or_month_is_a_line(db: None, get: Get) -> None:
    commitment = pledge()
    tell(commitment, "2025-01-01", happened_precision="year")
    tell(commitment, "2025-03-01", happened_precision="month")
    tell(commitment, "2025-05-05")

    lanes = get("/timeline/?period=2025").partition('class="lanes"')[2].partition("axis-row")[0]

    assert lanes.count("<circle") == 1
    lines = re.findall(r'<line class="span[^"]*" x1="([\d.]+)%" x2="([\d.]+)%"', lanes)
    assert [(round(float(left)), round(float(right))) for left, right in lines] == [(16, 25), (0, 100)]


def test_a_lane_tells_acts_context_setbacks_and_turns_apart(db: None, get: Get) -> None:
    commitment = pledge()
    act = tell(commitment, "2025-02-01")
    context = tell(commitment, "2025-03-01", is_context=True, bearing="context")
    setback = tell(commitment, "2025-04-01", "stalled", bearing="setback")

    page = get("/timeline/?period=2025")

    assert [marks(page, f"0.{kind}") for kind in ("act", "context", "setback", "turn")] == [
        [f"/updates/{act}/"],
        [f"/updates/{context}/"],
        [f"/updates/{setback}/"],
        [f"/updates/{setback}/"],
    ]
    assert "Acts of the two parties: 2; context, such as national law, third parties and commentary: 1." in page
    assert "Changes of status: 1." in page


def test_several_turns_of_a_day_are_one_mark_with_their_number(db: None, get: Get) -> None:
    area = make_area(slug="made-up")
    for _number in range(3):
        tell(pledge(area=area), "2025-02-01", "announced")

    [address] = marks(get("/timeline/?period=2025"), "0.turn")

    assert address == "/timeline/?from=2025-02-01&to=2025-02-01&area=made-up"
    assert "Changes of status: 3." in get(address)


def test_a_status_that_a_search_turned_stands_on_its_lane_and_in_the_list(db: None, get: Get) -> None:
    area = make_area(slug="made-up")
    alone, *together = pledge(area=area), pledge(area=area), pledge(area=area)
    tell(alone, "2024-02-01")
    make_check(alone, covers_from=datetime.date(2025, 4, 1))
    make_check(alone, *together, covers_from=datetime.date(2025, 6, 1))

    page = get("/timeline/?period=2025")

    of_one, of_two = marks(page, "0.turn")
    assert of_one == f"/commitments/{alone.reference}/"
    assert of_two == "/timeline/?from=2025-06-01&to=2025-06-01&area=made-up"
    assert "Changes of status: 3." in page
    assert 'data-cell="0.turn">3</td>' in page
    assert "Changes of status: 2." in get(of_two)
    listed = re.findall(r"<h3>A search begins to cover (.*?)</h3>", page)
    assert [re.findall(r'href="/commitments/([^"]*)/"', line) for line in listed] == [
        [commitment.reference for commitment in together],
        [alone.reference],
    ]


def test_no_search_turns_what_was_covered_or_assessed_before(db: None, get: Get, yesterday: datetime.date) -> None:
    covered, assessed, late = pledge(), pledge(), pledge()
    tell(covered, "2024-02-01", published_at=moment(datetime.date(2024, 6, 2)))
    make_check(covered)
    make_check(covered, assessed, late, covers_from=datetime.date(2025, 4, 1))
    tell(assessed, "2025-04-01", "announced")

    assert "Changes of status: 0." in get("/timeline/?period=2024")
    assert "Changes of status: 2." in get("/timeline/?period=2025")
    assert marks(get("/timeline/?period=2025"), "2.turn") == [f"/commitments/{late.reference}/"]
    # What no party did is neither an act nor context; and it was recorded today.
    for query in ("act=yes", f"as_of={yesterday}&known_on={yesterday}"):
        assert f"/commitments/{late.reference}/" not in get(f"/timeline/?period=2025&{query}")


def test_a_search_stands_on_one_page_of_the_list(db: None, get: Get) -> None:
    commitment, other = pledge(), pledge()
    for month in range(1, 13):
        tell(commitment, f"2024-{month:02}-20")
        tell(commitment, f"2025-{month:02}-20")
    days = [datetime.date(2025, 12, 31), datetime.date(2024, 11, 20), datetime.date(2024, 11, 19), ADOPTED]
    for day in days:
        make_check(pledge(), covers_from=day + datetime.timedelta(days=1))
    make_check(other, covers_from=datetime.date(2024, 11, 20))

    first = get("/timeline/?from=2024-01-01&to=2026-01-01")
    [older] = re.findall(r'rel="next" href="([^"]*)"', first)
    second = get(f"/timeline/{older.replace('&amp;', '&')}")

    listed = [page.count("A search begins to cover") for page in (first, second)]
    assert sum(listed) == 4
    assert all(listed)


def test_what_is_too_much_to_draw_is_counted_in_words_and_links(
    db: None, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commitments.pictures.reading.MOST_DRAWN", 4)
    commitment = pledge(area=make_area(slug="made-up"))
    for day in ("2025-02-01", "2025-02-03", "2025-02-20", "2025-05-01", "2025-07-01"):
        tell(commitment, day)
    tell(commitment, "2025-02-08", is_context=True, bearing="context")

    page = get("/timeline/?period=2025")

    assert "More happened in this period than can be drawn one by one, so it is counted in months" in page
    assert marks(page, "0.act")[0] == "/timeline/?from=2025-02-01&to=2025-02-28&area=made-up&act=yes"
    said = re.findall(
        r'data-cell="0.act"(?: data-says="(\d+)")?>', page.partition('class="lanes"')[2].partition("<table")[0]
    )
    assert said == ["3", "", ""]
    assert ': 3 acts"' in page
    assert ': 1 act"' in page
    assert ': 1 context"' in page
    assert ">3 updates that concern" in get(marks(page, "0.act")[0])
    # The list goes on where it was cut off.
    [older] = re.findall(r'rel="next" href="([^"]*)"', page)
    assert older.replace("&amp;", "&") == f"?period=2025&before=2025-02-08.{commitment.assessments.count()}"


def test_many_lanes_are_counted_by_longer_periods_than_one(db: None, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("reading", "timeline"):
        monkeypatch.setattr(import_module(f"commitments.pictures.{module}"), "MOST_DRAWN", 8)
    for _lane in range(3):
        commitment = pledge(area=make_area())
        for month in (2, 3, 5):
            tell(commitment, f"2025-{month:02}-01")

    assert "so it is counted in years" in get("/timeline/?period=2025")


def test_the_list_holds_fourteen_months_a_page(db: None, get: Get) -> None:
    commitment = pledge()
    days = [f"{year}-{month:02}-15" for year in (2024, 2025) for month in range(2, 13)]
    numbers = [tell(commitment, day) for day in days]

    first = get("/timeline/?from=2024-01-01&to=2025-12-31")
    [older] = re.findall(r'rel="next" href="([^"]*)"', first)
    second = get(f"/timeline/{older.replace('&amp;', '&')}")

    listed = [re.findall(r"<h3><a href=\"/updates/(\d+)/", page) for page in (first, second)]
    assert [int(number) for page in listed for number in page] == numbers[::-1]
    assert len(listed[0]) == 13


def test_hatching_begins_after_the_last_source_that_was_found(db: None, get: Get) -> None:
    commitment = pledge()
    tell(commitment, "2025-06-30")
    tell(commitment, "2025-01-01", happened_precision="year")

    page = get("/timeline/?period=2025")

    [(left, width)] = re.findall(r'<rect class="void" x="([\d.]+)%" y="0" width="([\d.]+)%"', page)
    assert round(float(left)) == 50
    assert float(left) + float(width) == pytest.approx(100, abs=0.01)
    assert "no source after 30 Jun 2025 was found" in page


def test_activity_is_counted_by_month_and_leads_to_just_that(db: None, get: Get) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    month = (today.replace(day=1) - datetime.timedelta(days=40)).replace(day=1)
    area = make_area(slug="made-up")
    commitment = pledge(area=area)
    for day in (1, 9, 28):
        tell(commitment, month.replace(day=day).isoformat())
    tell(commitment, month.replace(month=1, day=1).isoformat(), happened_precision="year")

    band = get("/pictures/").partition('aria-labelledby="activity"')[2].partition("</section>")[0]

    [address] = re.findall(r'href="([^"]*)" aria-label="[^"]*" data-cell', band)
    assert f"from={month.isoformat()}" in address
    assert ">3 updates that concern" in get(address.replace("&amp;", "&"))


def test_what_recurs_is_drawn_part_by_part_and_nothing_is_left_out(
    db: None, get: Get, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commitments.pictures.strips.MOST_STRIPS", 2)
    area = make_area()
    titles = [pledge(kind="recurring", area=area).title for _number in range(5)]
    shown = []
    for part, said in ((1, "1–2"), (2, "3–4"), (3, "5–5")):
        page = get(f"/pictures/?steps=year&part={part}")
        band = page.partition('aria-labelledby="occurrences"')[2].partition("</section>")[0]
        assert f"Pledges {said} of the 5 that recur" in band
        assert f'<b aria-current="true">{said}</b>' in band
        assert len(re.findall(r'href="/pictures/\?steps=year&amp;part=\d#occurrences"', band)) == 2
        [file] = re.findall(r'href="(/pictures/occurrences\.svg[^"]*)"', band)
        rows = re.findall(r'<th scope="row">([^<]*)</th>', band)
        assert all(title in client.get(file).content.decode() for title in rows)
        shown += rows
    assert shown == titles


def test_of_a_past_day_only_the_searches_known_by_then_tell_of_years_without_a_record(
    db: None, get: Get, yesterday: datetime.date
) -> None:
    make_check(pledge(kind="recurring", cadence_months=12), checked_on=datetime.date(2025, 12, 31))

    assert 'data-says="no record"' in get(f"/pictures/?as_of={yesterday}")
    assert 'data-says="no record"' not in get(f"/pictures/?as_of={yesterday}&known_on={yesterday}")


def test_few_that_recur_are_drawn_together(db: None, get: Get) -> None:
    pledge(kind="recurring")

    assert "that recur, in the order" not in get("/pictures/")


def test_rows_of_pledges_say_their_counts_in_words(db: None, get: Get) -> None:
    area = make_area()
    for status in ("announced", "under_way", "delivered"):
        tell(pledge(kind="one_off", area=area), "2025-02-01", status)

    page = get("/pictures/")

    assert "<small>1 achieved, 2 moving</small>" in page
    # Who reports has rows for nobody, too.
    assert "<small>no pledge</small>" in page


def test_the_day_of_the_page_is_named_under_its_line(db: None, get: Get) -> None:
    tell(pledge(), "2025-02-01")

    named = re.compile(r'<text class="mark" x="100.00%" y="16" text-anchor="end">([^<]*)</text>')
    assert named.findall(get("/timeline/")) == ["today"]
    assert named.findall(get("/timeline/?as_of=2025-12-31")) == ["as of"]
    assert named.findall(get("/timeline/?from=2025-01-01&to=2025-03-01")) == []


@pytest.mark.parametrize(
    ("sides", "reports"),
    [
        (["eu"], "eu"),
        (["member_state"], "eu"),
        (["japan"], "japan"),
        (["joint"], "both"),
        (["eu", "japan"], "both"),
        (["joint", "independent"], "independent"),
        (["third"], "independent"),
        ([], "nobody"),
    ],
)
def test_who_reports_is_said_of_every_pledge(db: None, get: Get, sides: list[str], reports: str) -> None:
    commitment = pledge()
    for side in sides:
        tell(commitment, "2025-02-01", sources=[make_source(side=side)])
    tell(commitment, "2025-02-01", sources=[make_source(side="eu")], is_context=True, bearing="context")

    page = get(f"/coverage/?reports={reports}")

    assert "1 of 1 pledge" in page
    assert commitment.title in page


def test_a_closed_day_keeps_the_areas_of_its_pledges(db: None, get: Get) -> None:
    commitment = pledge(area=make_area(name="Earlier area"))
    tell(commitment, "2025-02-01", published_at=moment(datetime.date(2025, 3, 1)))
    with reason_for_change("Made up."):
        Commitment.objects.filter(pk=commitment.pk).update(area=make_area(slug="later", name="Later area"))

    for address in ("/pictures/?", "/timeline/?period=2025&"):
        now, then = get(f"{address}as_of=2025-12-31"), get(f"{address}as_of=2025-12-31&known_on=2025-12-31")
        assert "Later area" in now
        assert "Earlier area" in then
        assert "Later area" not in then
    assert Area.objects.count() == 2
    assert ">1 update that concerns" in get("/timeline/?area=later&as_of=2025-12-31")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("period=2025", "Timeline, 2025"),
        ("period=2025-Q2&act=yes", "Timeline of acts, quarter 2 of 2025"),
        ("period=2025&area=made-up", "Timeline of acts and context in Made-up area, 2025"),
        (
            "from=2025-02-01&to=2025-02-28&area=made-up&act=no&dated=month",
            "Timeline of context in Made-up area known to the month or day, 1 Feb 2025 to 28 Feb 2025",
        ),
    ],
)
def test_a_filtered_timeline_is_said_in_words_on_the_page_and_in_its_file(
    db: None, get: Get, client: Client, query: str, title: str
) -> None:
    tell(pledge(area=make_area(slug="made-up", name="Made-up area")), "2025-02-01")

    page = get(f"/timeline/?{query}")

    assert f"<h1>{title}</h1>" in page
    assert f"<title>{title} – " in page
    assert f'<title id="title">{title}</title>' in client.get(f"/pictures/timeline.svg?{query}").content.decode()


def test_a_period_under_way_ends_on_the_day_of_the_page(db: None, get: Get) -> None:
    tell(pledge(), "2025-02-01")

    page = get("/timeline/?period=2025&as_of=2025-05-03")

    assert 'name="to" value="2025-05-03"' in page
    assert [float(x) for x in re.findall(r'<line class="today" x1="([\d.]+)%"', page)] == [100.0]


def test_the_timeline_of_an_area_holds_what_touches_its_own_pledges_alone(db: None, get: Get) -> None:
    ours, other = pledge(area=make_area(slug="ours")), pledge()
    own, foreign = tell(ours, "2025-02-01", "announced"), tell(other, "2025-03-01", "announced")

    page = get("/timeline/?period=2025&area=ours")

    assert ">1 update that concerns" in page
    assert "Changes of status: 1." in page
    assert marks(page, "0.act") == [f"/updates/{own}/"]
    assert f'href="/updates/{foreign}/"' not in page


def test_a_list_of_who_reports_is_said_in_words(register: Register, get: Get, yesterday: datetime.date) -> None:
    page = get("/coverage/?reports=both&group=done")
    assert "<h1>Who reports: Both sides: achieved</h1>" in page
    assert '<link rel="canonical" href="http://testserver/coverage/?reports=both&amp;group=done">' in page
    assert "<h1>Who reports: Japan only, as of 1 February 2026</h1>" in get("/coverage/?reports=japan&as_of=2026-02-01")


def test_the_timeline_is_reached_from_every_page_and_the_pictures_from_two(register: Register, get: Get) -> None:
    assert 'href="/timeline/"' in get("/methodology/")
    assert 'href="/pictures/"' in get("/")
    assert 'href="/pictures/"' in get("/data/")
