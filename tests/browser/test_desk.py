"""The day's work at the desk, by keyboard, under the strict policy that every page is served with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from commitments.models import StatusUpdate
from commitments.publishing import submit
from commitments.roles import set_up_roles
from tests.browser.conftest import listen
from tests.factories import make_commitment, make_source, make_update, make_user

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Axe()


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    listen(context, complaints)
    yield context
    context.close()


def person_in(role: str, name: str) -> User:
    set_up_roles()
    user = make_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def log_in(page: Page, name: str) -> None:
    page.goto("/admin/")
    page.locator("#id_username").press_sequentially(name)
    page.keyboard.press("Tab")
    page.keyboard.type("made-up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The register")).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").press("Enter")
    expect(page.get_by_role("heading", name="Logged out")).to_be_visible()


def open_choices(page: Page, field: str) -> None:
    """The list takes the focus a moment after it opens; no person types the next key within that moment."""
    page.locator(f"{field} + .select2 .select2-selection").press("Enter")
    expect(page.locator(".select2-search__field")).to_be_focused()


def choose_by_keyboard(page: Page, field: str, words: str) -> None:
    """Open an autocomplete, type, and take the first answer."""
    open_choices(page, field)
    page.keyboard.type(words)
    option = page.locator(".select2-results__option--highlighted", has_text=words)
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(f"{field} + .select2 .select2-selection")).to_contain_text(words)


def test_an_update_is_logged_by_keyboard_and_published_by_a_second_person(desk: BrowserContext) -> None:
    person_in("editor", "edith")
    person_in("reviewer", "roland")
    make_commitment(title="Hold a made-up dialogue", kind="recurring", cadence_months=12)
    make_source(title="Joint statement of a made-up summit")
    page = desk.new_page()

    log_in(page, "edith")
    page.goto("/admin/commitments/statusupdate/add/")
    page.locator("#id_title").press_sequentially("The dialogue was held")
    page.keyboard.press("Tab")
    page.keyboard.type("Something made up happened.")
    page.keyboard.press("Tab")
    page.keyboard.type("2025-06-01")
    page.locator("#id_kind").focus()
    page.keyboard.type("Mee")
    choose_by_keyboard(page, "#id_assessments-0-commitment", "Hold a made-up dialogue")
    page.locator("#id_assessments-0-bearing").select_option("advance")
    page.locator("#id_assessments-0-status").select_option("kept_up")
    page.locator("#id_assessments-0-evidence").select_option("both_sides")
    page.locator("#id_assessments-0-reasoning").press_sequentially("It took place, both sides say.")
    page.locator("#id_assessments-0-is_occurrence").press("Space")
    choose_by_keyboard(page, "#id_citations-0-source", "Joint statement")
    page.get_by_role("button", name="Save and submit for review").press("Enter")
    expect(page.get_by_text("Submitted for review.")).to_be_visible()
    expect(page.get_by_text("1 update of yours waits for a second person.")).to_be_visible()

    log_out(page)
    log_in(page, "roland")
    page.get_by_role("link", name="The dialogue was held").press("Enter")
    page.get_by_role("link", name="Draft: The dialogue was held").press("Enter")
    page.get_by_role("link", name="Preview").press("Enter")
    expect(page.get_by_text("Preview of a draft.")).to_be_visible()
    page.get_by_role("link", name="Editors’ desk").press("Enter")
    page.get_by_role("link", name="The dialogue was held").press("Enter")
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.get_by_text("Nothing waits for your review.")).to_be_visible()
    page.get_by_role("link", name="1: The dialogue was held").press("Enter")
    expect(page.get_by_text("A published update is final.")).to_be_visible()
    page.get_by_role("link", name="View on site").press("Enter")
    expect(page.get_by_role("heading", name="The dialogue was held")).to_be_visible()

    assert StatusUpdate.objects.get().number == 1


def test_a_source_is_made_in_place(desk: BrowserContext) -> None:
    person_in("editor", "edith")
    page = desk.new_page()
    log_in(page, "edith")
    page.goto("/admin/commitments/statusupdate/add/")

    with desk.expect_page() as opened:
        page.locator("#add_id_citations-0-source").press("Enter")
    popup = opened.value
    popup.locator("#id_url").fill("https://example.org/new")
    popup.locator("#id_title").fill("A new made-up source")
    popup.locator("#id_publisher").fill("Example Gazette")
    popup.locator("#id_side").select_option("eu")
    popup.locator("#id_kind").select_option("reporting")
    popup.locator("#id_language").fill("en")
    popup.get_by_role("button", name="Save").press("Enter")

    expect(page.locator("#id_citations-0-source + .select2 .select2-selection")).to_contain_text("A new made-up source")


@pytest.mark.parametrize(
    "noun", ["statusupdate", "commitment", "check", "milestone", "source", "area", "actor", "instrument", "discrepancy"]
)
def test_every_form_of_the_desk_keeps_to_the_policy(desk: BrowserContext, noun: str) -> None:
    User.objects.create_superuser("owner", password="made-up")
    page = desk.new_page()
    log_in(page, "owner")

    page.goto(f"/admin/commitments/{noun}/")
    page.goto(f"/admin/commitments/{noun}/add/")

    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


def test_the_day_begins_on_the_front_page_by_keyboard(desk: BrowserContext) -> None:
    person_in("editor", "edith")
    chosen, other = make_commitment(title="Hold a made-up dialogue"), make_commitment(title="Look into it")
    page = desk.new_page()
    log_in(page, "edith")

    page.get_by_role("checkbox", name="Hold a made-up dialogue").press("Space")
    page.get_by_role("button", name="Record a check for the chosen ones").press("Enter")

    covered = page.locator("#id_covers + .select2 .select2-selection")
    expect(covered).to_contain_text(chosen.title)
    expect(covered).not_to_contain_text(other.title)

    page.goto("/admin/")
    page.get_by_role("link", name="Log an update").press("Enter")
    expect(page.get_by_role("heading", name="Add status update")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_front_page_fits_the_screen(desk: BrowserContext, width: int) -> None:
    User.objects.create_superuser("owner", password="made-up")
    make_commitment(title="W" * 90)
    page = desk.new_page()
    page.set_viewport_size({"width": width, "height": 900})

    log_in(page, "owner")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_at_the_desk(
    browser: Browser, live_server: LiveServer, width: int, scheme: Literal["light", "dark"]
) -> None:
    owner = User.objects.create_superuser("owner", password="made-up")
    commitment, source = make_commitment(), make_source()
    draft, published = (
        make_update(
            published=is_published, written_by=owner, sources=[source], assessments=[{"commitment": commitment}]
        )
        for is_published in (False, True)
    )
    submit(draft, by=owner)
    form, final = (f"/admin/commitments/statusupdate/{update.pk}" for update in (draft, published))
    # Axe writes styles of its own into the page.
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    log_in(page, "owner")

    for address in (
        "/admin/",
        "/admin/commitments/statusupdate/",
        "/admin/commitments/statusupdate/add/",
        f"{form}/change/",
        f"{form}/review/",
        f"{form}/history/",
        f"{final}/change/",
        f"{final}/correct/",
        "/admin/commitments/check/add/",
        f"/admin/commitments/source/{source.pk}/change/",
        f"/admin/commitments/source/{source.pk}/delete/",
        "/admin/commitments/commitment/",
        f"/admin/commitments/commitment/{commitment.pk}/change/",
        "/admin/auth/user/",
        "/admin/commitments/auditentry/",
        "/admin/commitments/sheetimport/",
    ):
        page.goto(address, wait_until="networkidle")
        results = AXE.run(page)
        assert results.violations_count == 0, f"{address}: {results.generate_report()}"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_two_texts_meet_nor_where_several_are_decided_on(
    browser: Browser, live_server: LiveServer, scheme: Literal["light", "dark"]
) -> None:
    owner = User.objects.create_superuser("owner", password="made-up")
    draft, waiting = (
        make_update(published=False, title=title, written_by=owner, assessments=[{"commitment": make_commitment()}])
        for title in ("Written by two", "In review")
    )
    submit(waiting, by=owner)
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    log_in(page, "owner")
    page.goto(f"/admin/commitments/statusupdate/{draft.pk}/change/")
    StatusUpdate.objects.filter(pk=draft.pk).update(title="Another title")
    page.locator("#id_title").fill("My title")

    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator(".desk-conflict")).to_be_focused()
    conflict = AXE.run(page)
    page.goto("/admin/commitments/statusupdate/?state=review")
    page.locator(".action-select").check()
    page.locator("select[name=action]").select_option("publish_chosen")
    page.get_by_role("button", name="Go").press("Enter")
    expect(page.get_by_role("button", name="Publish it")).to_be_visible()
    several = AXE.run(page)

    for results in (conflict, several):
        assert results.violations_count == 0, results.generate_report()
    context.close()
