"""Logging an update at the desk in Chromium, every input counted."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commitments.models import Source, StatusUpdate
from tests.browser.test_desk import desk, log_in, open_choices, person_in  # noqa: F401 - fixtures
from tests.factories import make_commitment, make_milestone, make_source, make_update

pytestmark = pytest.mark.django_db(transaction=True)


class Hands:
    """A person at the page: every field that is filled in and every key chord or click is one input."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.inputs: list[str] = []
        self.began = time.monotonic()

    def access_key(self, letter: str, what: str) -> None:
        """Alt and the letter. Playwright leaves out the character, which is what Chromium looks for."""
        self.inputs.append(what)
        keyboard = self.page.context.new_cdp_session(self.page)
        key = {
            "modifiers": 1,
            "key": letter,
            "code": f"Key{letter.upper()}",
            "windowsVirtualKeyCode": ord(letter.upper()),
        }
        keyboard.send("Input.dispatchKeyEvent", {**key, "type": "keyDown", "text": letter, "unmodifiedText": letter})
        keyboard.send("Input.dispatchKeyEvent", {**key, "type": "keyUp"})

    def type_here(self, text: str, what: str) -> None:
        """Into the field that has the focus."""
        self.inputs.append(what)
        self.page.keyboard.type(text)

    def fill(self, field: str, text: str) -> None:
        self.inputs.append(field)
        self.page.locator(field).fill(text)

    def pick(self, field: str, value: str) -> None:
        self.inputs.append(field)
        self.page.locator(field).select_option(value)

    def choose(self, field: str, words: str) -> None:
        """In a list of choices: opened, typed into and taken without a look at the answers."""
        self.inputs.append(field)
        open_choices(self.page, field)
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def report(self, name: str) -> int:
        seconds = time.monotonic() - self.began
        # The figure is what the test is for: shown with `pytest -s`.
        print(f"\n{name}: {len(self.inputs)} inputs in {seconds:.1f} s: {', '.join(self.inputs)}")  # noqa: T201
        return len(self.inputs)


@pytest.fixture
def page(desk: BrowserContext) -> Page:  # noqa: F811 - the fixture
    person_in("editor", "edith")
    page = desk.new_page()
    log_in(page, "edith")
    return page


def say_what_happened(hands: Hands) -> None:
    hands.fill("#id_title", "The dialogue was held")
    hands.fill("#id_summary", "Both sides met in a made-up town.")
    hands.fill("#id_happened_on", "2026-03-01")
    hands.pick("#id_kind", "meeting")


def say_what_it_means(hands: Hands, words: str) -> None:
    hands.choose("#id_assessments-0-commitment", words)
    expect(hands.page.locator("#assessments-0 .filing-standing")).to_contain_text("as it stands")
    hands.pick("#id_assessments-0-bearing", "advance")
    hands.pick("#id_assessments-0-status", "kept_up")
    hands.pick("#id_assessments-0-evidence", "both_sides")
    hands.fill("#id_assessments-0-reasoning", "It took place, both sides say.")


def begin(page: Page) -> Hands:
    hands = Hands(page)
    hands.access_key("u", "Log an update")
    expect(page.locator("#id_citations-0-address")).to_be_focused()
    return hands


def submit(hands: Hands) -> None:
    hands.access_key("r", "Save and submit for review")
    expect(hands.page.get_by_text("Submitted for review.")).to_be_visible()


def test_an_update_with_a_known_source_takes_at_most_twelve_inputs(page: Page) -> None:
    source = make_source(url="https://gazette.example.org/minutes/7", title="Minutes of the dialogue")
    make_commitment(reference="EUJP-17", summary="Mentions 07.", kind="recurring")
    held = make_commitment(reference="EUJP-07", kind="recurring", cadence_months=12)

    hands = begin(page)
    hands.type_here("http://www.gazette.example.org/minutes/7/?utm_source=letter#top", "address")
    expect(page.locator("#citations-0 .filing-known")).to_contain_text("Minutes of the dialogue")
    say_what_happened(hands)
    say_what_it_means(hands, "07")
    submit(hands)

    assert hands.report("known source") <= 12
    update = StatusUpdate.objects.get()
    assert update.is_in_review
    assert [citation.source for citation in update.citations.all()] == [source]
    assert [assessment.commitment for assessment in update.assessments.all()] == [held]


@pytest.mark.parametrize("host", ["gazette.example.org", "unheard.example.net"])
def test_an_update_with_a_new_source_takes_at_most_sixteen_inputs(page: Page, host: str) -> None:
    make_source(url="https://gazette.example.org/1", publisher="Example Gazette", side="joint", kind="official_text")
    make_commitment(reference="EUJP-07", kind="recurring", cadence_months=12)

    hands = begin(page)
    hands.type_here(f"https://{host}/minutes/8?utm_source=letter", "address")
    expect(page.get_by_text("A new source.")).to_be_visible()
    hands.fill("#id_citations-0-new-title", "Minutes of the dialogue")
    if host.startswith("unheard"):
        hands.fill("#id_citations-0-new-publisher", "Unheard Courier")
        hands.pick("#id_citations-0-new-side", "joint")
        hands.pick("#id_citations-0-new-kind", "reporting")
    say_what_happened(hands)
    say_what_it_means(hands, "7")
    submit(hands)

    assert hands.report(f"new source, {host}") <= 16
    source = Source.objects.get(url=f"https://{host}/minutes/8")
    assert source.publisher == ("Example Gazette" if host.startswith("gazette") else "Unheard Courier")
    assert StatusUpdate.objects.get().is_in_review


def test_what_is_chosen_brings_what_is_known_of_it(page: Page) -> None:
    commitment = make_commitment(reference="EUJP-07", kind="one_off", fulfilled_when="A made-up text is signed.")
    make_update(title="It began", assessments=[{"commitment": commitment, "status": "under_way"}])
    make_milestone(commitment, title="A made-up round", due_on="2099-05-01")

    hands = begin(page)
    hands.choose("#id_assessments-0-commitment", "07")

    beside = page.locator("#assessments-0 .filing-standing")
    for known in ("Under way", "Both sides", "A made-up text is signed.", "A made-up round", "update 1"):
        expect(beside).to_contain_text(known)
    expect(page.locator("#id_assessments-0-status option").first).to_have_text("Unchanged: Under way")


def test_likely_duplicates_are_shown_while_the_form_is_filled_in(page: Page) -> None:
    source = make_source(url="https://gazette.example.org/minutes/7")
    commitment = make_commitment(reference="EUJP-07")
    make_update(title="Cites the same", sources=[source], assessments=[{"commitment": commitment}])
    make_update(title="Same day", happened_on="2026-03-01", published=False, assessments=[{"commitment": commitment}])

    hands = begin(page)
    hands.type_here("gazette.example.org/minutes/7", "address")
    expect(page.locator("#filing-duplicates")).to_contain_text("Cites the same")
    expect(page.locator("#filing-duplicates")).not_to_contain_text("Same day")
    hands.fill("#id_happened_on", "2026-03-01")
    hands.choose("#id_assessments-0-commitment", "07")

    expect(page.locator("#filing-duplicates")).to_contain_text("Same day")


def test_a_mended_address_lets_the_recognised_source_go_and_keeps_the_typed_title(page: Page) -> None:
    make_source(url="https://gazette.example.org/minutes/7", title="Minutes")
    chosen = page.locator("#id_citations-0-source")

    begin(page).fill("#id_citations-0-address", "https://gazette.example.org/minutes/7")
    expect(chosen.locator("option:checked")).to_have_text("Minutes")
    page.locator("#id_citations-0-address").fill("https://gazette.example.org/minutes/8")
    page.locator("#id_citations-0-new-title").fill("Later minutes")
    expect(chosen).to_have_value("")
    page.locator("#id_citations-0-address").fill("https://gazette.example.org/minutes/80")

    expect(page.locator("#id_citations-0-new-given_for")).to_have_value("https://gazette.example.org/minutes/80")
    expect(page.locator("#id_citations-0-new-title")).to_have_value("Later minutes")


def test_another_row_recognises_addresses_too_and_takes_the_focus(page: Page) -> None:
    make_source(url="https://gazette.example.org/minutes/7", title="Minutes")
    begin(page)

    page.locator("#citations-group").get_by_role("button", name="Add another").press("Enter")
    expect(page.locator("#id_citations-1-address")).to_be_focused()
    page.keyboard.type("https://gazette.example.org/minutes/7")

    expect(page.locator("#citations-1 .filing-known")).to_contain_text("Minutes")
    expect(page.locator("#id_citations-1-source option:checked")).to_have_text("Minutes")


def test_save_and_log_another_by_key_keeps_what_repeats(page: Page) -> None:
    make_source(url="https://gazette.example.org/minutes/7", title="Minutes")
    make_commitment(reference="EUJP-07", kind="recurring")

    hands = begin(page)
    hands.type_here("https://gazette.example.org/minutes/7", "address")
    expect(page.locator("#citations-0 .filing-known")).to_be_visible()
    say_what_happened(hands)
    say_what_it_means(hands, "07")
    hands.access_key("l", "Save and log another")

    expect(page.locator("#id_title")).to_be_focused()
    expect(page.locator("#id_title")).to_have_value("")
    expect(page.locator("#id_happened_on")).to_have_value("2026-03-01")
    expect(page.locator("#id_kind")).to_have_value("meeting")
    expect(page.locator("#id_citations-0-source option:checked")).to_have_text("Minutes")
