"""What an analyst asks of the register that is shipped, each answered in at most three clicks from the dashboard.

Typing is no click; pressing the button beside it is one. A click names what a person sees or hears: role and name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

# The day on which the register was shipped, so that what is due and what has passed stays as it is.
DASHBOARD = "/?as_of=2026-11-27"
MOST_CLICKS = 3
SUMMIT = "Joint statement of the 30th EU–Japan Summit"


@dataclass(frozen=True)
class Click:
    """Of several with this role and name the first; `typed` goes into fields before, by their labels."""

    role: Literal["link", "button", "disclosure", "glyph"]
    name: str | re.Pattern[str]
    typed: dict[str, str] = field(default_factory=dict)

    def do(self, page: Page) -> None:
        for label, text in self.typed.items():
            page.get_by_label(label, exact=True).fill(text)
        if self.role == "disclosure":
            page.locator("summary", has_text=self.name).click()
        elif self.role == "glyph":
            # Other marks may lie over its stem.
            page.get_by_role("link", name=self.name).first.click(position={"x": 8, "y": 8})
        else:
            page.get_by_role(self.role, name=self.name, exact=True).first.click()


def link(name: str | re.Pattern[str]) -> Click:
    return Click("link", name)


def pledge(reference: str) -> Click:
    """Its square on the dashboard."""
    return link(re.compile(f"^{reference}: "))


@dataclass(frozen=True)
class Question:
    asked: str
    clicks: list[Click]
    answered: Callable[[Page], None]


def mark(name: str) -> Click:
    """On a picture, by what it stands for."""
    return link(re.compile(f"^{name}"))


def band(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading, exact=True)


def cyber_since_the_summit(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Cybersecurity: What changed between two days")
    expect(page.get_by_text("From 23 Jul 2025 to 27 Nov 2026")).to_be_visible()
    moved = band(page, "Status or evidence changed").get_by_role("row", name="Deepen cooperation on cyber issues")
    expect(moved).to_contain_text("Both sides")
    reason = moved.get_by_role("cell").last
    expect(reason.get_by_role("link").first).to_contain_text("Cyber Dialogue")
    expect(reason).to_contain_text("(EU)")
    expect(reason).to_contain_text("(Japan)")


def announced_dates_passed(page: Page) -> None:
    passed = band(page, "Dates and reviews").locator(
        "div", has=page.get_by_role("heading", name="Announced date passed")
    )
    expect(passed.last).to_contain_text("Mar 2026")
    expect(passed.last.get_by_role("link", name="Launch a Defence Industry Dialogue")).to_be_visible()


def yearly_dialogue(page: Page) -> None:
    years = page.get_by_role("table", name="Occurrences by year")
    expect(years.get_by_role("columnheader", name="2025")).to_be_visible()
    expect(years.get_by_role("row", name="Occurrence")).to_contain_text("held Jun")


def what_the_summit_did(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(SUMMIT)
    shipping = band(page, "Paragraph 7")
    expect(shipping).to_contain_text("Narrows EUJP-03")
    expect(shipping.get_by_role("link", name=re.compile("^EUJP-03 "))).to_be_visible()


def two_wordings(page: Page) -> None:
    sides = page.get_by_role("table", name="Two pledges side by side")
    expect(sides.get_by_role("columnheader")).to_have_count(2)
    expect(sides.get_by_role("row", name="Instrument")).to_contain_text(SUMMIT)
    expect(sides.get_by_role("row", name="Quoted wording").get_by_role("cell")).to_have_count(2)


def one_voice(page: Page) -> None:
    thin = band(page, "One side only")
    expect(thin.get_by_text(re.compile(r"^\d+ of \d+ pledges$"))).to_be_visible()
    expect(thin.get_by_role("row", name="Hold the Space Policy Dialogue regularly")).to_contain_text("Japan")


def eve_of_the_summit(page: Page) -> None:
    expect(page.get_by_text("As of 22 Jul 2025").first).to_be_visible()
    expect(page.get_by_role("list", name=re.compile(r"^Of \d+ commitments$"))).to_contain_text("Achieved")
    expect(page.get_by_role("link", name=re.compile("^EUJP-22: "))).to_have_count(0)


def not_moving(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Not moving commitments")
    expect(page.get_by_text(re.compile(r"^\d+ of \d+ commitments$"))).to_be_visible()
    expect(page.get_by_role("row", name="Hold the Space Policy Dialogue regularly")).to_contain_text("No public action")


def own_mistakes(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Corrections")
    expect(page.get_by_text("No published update has been corrected.")).to_be_visible()


def on_paper(page: Page) -> None:
    sources = band(page, "Sources").get_by_role("listitem")
    expect(sources.first.get_by_role("link").first).to_have_attribute("href", re.compile("^https?://"))
    noted = page.get_by_role("link", name=re.compile(r"^source \d+"))
    assert {text.strip("[]").partition(",")[0] for text in noted.all_inner_texts()} == {
        str(number) for number in range(1, sources.count() + 1)
    }


def who_acts(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("European External Action Service")
    expect(page.get_by_text(re.compile(r"^\d+ commitments$"))).to_be_visible()
    expect(page.get_by_role("row", name="Deepen cooperation on space security and defence")).to_be_visible()


def found_in_japanese(page: Page) -> None:
    results = page.locator("#results")
    expect(results.get_by_text(re.compile(r"^\d+ results$"))).to_be_visible()
    expect(results.get_by_role("link", name="Deepen cooperation on space security and defence")).to_be_visible()


def moved_most(page: Page) -> None:
    table = page.get_by_role("table", name="Timeline")
    heads = table.get_by_role("columnheader").all_inner_texts()
    changes = {
        row.get_by_role("rowheader").inner_text(): int(row.get_by_role("cell").all_inner_texts()[-1])
        for row in table.get_by_role("row").all()[1:]
    }
    assert heads[-1] == "Status changes"
    assert {area for area, count in changes.items() if count == max(changes.values())} == {
        "Defence industry",
        "Intelligence and information sharing",
        "Economic security",
    }


def japan_alone(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"^1 of \d+ pledges$"))).to_be_visible()
    expect(page.get_by_role("row", name="Hold the Space Policy Dialogue regularly")).to_contain_text("Japan")


def latest_drill(page: Page) -> None:
    expect(band(page, "Record")).to_contain_text(re.compile(r"Happened\s*22 Jul 2025"))
    drills = band(page, "What it means").get_by_role("row", name="Hold joint naval exercises and port calls")
    expect(drills).to_contain_text("Counts as an occurrence.")
    expect(band(page, "Sources").get_by_role("row").nth(1).get_by_role("link").first).to_have_attribute(
        "href", re.compile("^https?://")
    )


def sentence_behind_a_mark(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Seventh EU–Japan Cyber Dialogue held in Brussels")
    reading = band(page, "What it means").get_by_role("row", name="EUJP-27")
    expect(reading).to_contain_text("Under way")
    expect(reading).to_contain_text("Only the EU’s account mentions it.")


def stood_at_the_end_of_2025(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Achieved commitments, as of 31 December 2025")
    expect(page.get_by_text("5 of 25 commitments")).to_be_visible()


def month_of_the_summit(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("in Defence industry")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 Jul 2025 to 31 Jul 2025")
    expect(page.get_by_text("4 updates that concern")).to_be_visible()
    listed = band(page, "In order").get_by_role("listitem")
    expect(listed).to_have_count(4)
    expect(listed.filter(has_text="EUJP-22: Announced").first).to_be_visible()


def without_evidence(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("No public action found")
    expect(page.get_by_text("12 of 27 commitments")).to_be_visible()


QUESTIONS = [
    Question(
        "Which areas have moved most since the summit of July 2025?",
        [
            link("Timeline"),
            Click("button", "Show", {"From": "2025-07-23"}),
            Click("disclosure", "Show as a table: Timeline"),
        ],
        moved_most,
    ),
    Question("Which pledges rest on Japan’s word alone?", [link("All pictures"), link("Japan only")], japan_alone),
    Question(
        "When did joint drills last take place, and who says so?",
        [link("All pictures"), mark("Hold joint naval exercises and port calls, 2025: held")],
        latest_drill,
    ),
    Question(
        "On which sentence does the latest change in cyber rest?",
        [Click("glyph", "28 Jan 2026: EUJP-27 Under way")],
        sentence_behind_a_mark,
    ),
    Question(
        "What had been achieved by the end of 2025?",
        [link("All pictures"), mark("31 Dec 2025. Achieved")],
        stood_at_the_end_of_2025,
    ),
    Question(
        "What happened in the defence industry in the month of the summit?",
        [link("All pictures"), mark("Defence industry, July 2025")],
        month_of_the_summit,
    ),
    Question(
        "Of which pledges is there no evidence at all?",
        [link("All pictures"), mark("None found, No public action found")],
        without_evidence,
    ),
    Question(
        "What happened in cyber since the July 2025 summit, and who says so?",
        [link("Cybersecurity"), link(f"Since: {SUMMIT}")],
        cyber_since_the_summit,
    ),
    Question("Which dates that a party announced have passed without an act?", [], announced_dates_passed),
    Question("Was the yearly Security and Defence Dialogue held each year?", [pledge("EUJP-12")], yearly_dialogue),
    Question(
        "What did the summit of 2025 make of the earlier pledges?", [link("Method"), link(SUMMIT)], what_the_summit_did
    ),
    Question(
        "How do the words of the summit differ from those of the partnership?",
        [link("Method"), link(SUMMIT), link("side by side")],
        two_wordings,
    ),
    Question(
        "Which pledges rest on the word of one side alone?",
        [link("Sources"), link("What the pledges rest on: one side, news, nothing new")],
        one_voice,
    ),
    Question(
        "Where did everything stand on the eve of the July 2025 summit?",
        [Click("button", "Read as of this day", {"Read as of another day": "2025-07-22"})],
        eve_of_the_summit,
    ),
    Question("Which pledges have not moved at all?", [link("Not moving")], not_moving),
    Question("What has this record itself got wrong?", [link("Corrections")], own_mistakes),
    Question(
        "How do I take what is known of a pledge to a meeting, on paper?",
        [pledge("EUJP-07"), link("This pledge as a brief, to print")],
        on_paper,
    ),
    Question(
        "What else is the service that acts on space to do?",
        [pledge("EUJP-07"), link("European External Action Service")],
        who_acts,
    ),
    Question(
        "What is there on space, asked in Japanese?",
        [Click("button", "Search", {"Search the register": "宇宙"})],
        found_in_japanese,
    ),
]


@pytest.mark.django_db(transaction=True)
def test_an_analyst_has_each_answer_in_three_clicks(
    page: Page, live_server: LiveServer, subtests: pytest.Subtests
) -> None:
    call_command("load_register")
    for question in QUESTIONS:
        with subtests.test(question.asked):
            assert len(question.clicks) <= MOST_CLICKS
            page.goto(live_server.url + DASHBOARD)
            for click in question.clicks:
                click.do(page)
            question.answered(page)
