"""A closed tab loses nothing, and colleagues hear of each other, in a real browser under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from commitments.models import OpenForm, StatusUpdate
from commitments.roles import set_up_roles
from tests.browser.conftest import listen
from tests.factories import make_commitment, make_update, make_user

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH = 390


@pytest.fixture
def draft() -> StatusUpdate:
    return make_update(
        published=False,
        title="A meeting",
        assessments=[{"commitment": make_commitment(), "reasoning": "First reasoning."}],
    )


@pytest.fixture
def desks(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[dict[str, BrowserContext]]:
    """The browsers of two reviewers, who are logged in."""
    set_up_roles()
    contexts = {}
    for name in ("edith", "roland"):
        make_user(name, first_name=name.capitalize()).groups.add(Group.objects.get(name="reviewer"))
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": WIDTH, "height": 800}, locale="en-GB"
        )
        listen(context, complaints)
        log_in(context.new_page(), name)
        contexts[name] = context
    yield contexts
    # Chromium reports the answer to whoever saves second, which is what is looked at here.
    complaints[:] = [complaint for complaint in complaints if "409" not in complaint]
    for context in contexts.values():
        context.close()


def log_in(page: Page, name: str) -> None:
    page.goto("/admin/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill("made-up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def address(update: StatusUpdate) -> str:
    return f"/admin/commitments/statusupdate/{update.pk}/change/"


def opened(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    return page


def right_edge(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"]


def test_what_was_typed_in_a_closed_tab_is_restored_and_saved(
    desks: dict[str, BrowserContext], draft: StatusUpdate
) -> None:
    page = opened(desks["edith"], address(draft))
    page.locator("#id_title").fill("Typed and not saved")
    page.locator("#id_assessments-0-reasoning").fill("Typed too.")
    expect(page.locator("#desk-kept")).to_contain_text("not saved yet")
    page.locator("#id_summary").fill("Typed in the last second.")
    page.close(run_before_unload=False)

    again = opened(desks["edith"], address(draft))
    expect(again.get_by_text("“Typed and not saved”")).to_be_visible()
    again.get_by_role("button", name="Restore what you typed").press("Enter")
    expect(again.get_by_text("This is what you typed until")).to_be_visible()
    expect(again.locator("#id_title")).to_have_value("Typed and not saved")
    expect(again.locator("#id_assessments-0-reasoning")).to_have_value("Typed too.")
    again.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(again.get_by_text("was changed successfully")).to_be_visible()

    draft.refresh_from_db()
    assert draft.title == "Typed and not saved"
    expect(opened(desks["edith"], address(draft)).get_by_role("button", name="Restore what you typed")).to_have_count(0)


def test_leaving_the_page_keeps_what_was_typed_in_the_last_second(
    desks: dict[str, BrowserContext], draft: StatusUpdate
) -> None:
    page = opened(desks["edith"], address(draft))
    page.locator("#id_title").fill("Typed in the last second")
    page.goto("/admin/")

    page.goto("/admin/commitments/statusupdate/add/")
    page.goto(address(draft))

    expect(page.get_by_text("“Typed in the last second”")).to_be_visible()


def test_a_session_that_ends_while_somebody_types_loses_nothing(
    desks: dict[str, BrowserContext], draft: StatusUpdate, complaints: list[str]
) -> None:
    page = opened(desks["edith"], address(draft))
    desks["edith"].clear_cookies(name="sessionid")
    page.locator("#id_title").fill("Typed after the end")
    expect(page.locator("#desk-kept")).to_contain_text("You are logged out. What you typed is kept")

    log_in(desks["edith"].new_page(), "edith")
    page.locator("#id_summary").fill("Typed after logging in in another tab.")
    expect(page.locator("#desk-kept")).to_contain_text("not saved yet")
    page.get_by_role("button", name="Save", exact=True).press("Enter")

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.title, draft.summary) == ("Typed after the end", "Typed after logging in in another tab.")
    # The token of the first login, which the page had until it was told another.
    complaints[:] = [complaint for complaint in complaints if "403" not in complaint]


def test_two_colleagues_hear_of_each_other(desks: dict[str, BrowserContext], draft: StatusUpdate) -> None:
    first = opened(desks["edith"], address(draft))
    expect(first.locator("#desk-colleagues")).to_be_empty()

    second = opened(desks["roland"], address(draft))

    expect(second.locator("#desk-colleagues")).to_contain_text("Edith has this record open too")
    expect(first.locator("#desk-colleagues")).to_contain_text("Roland has this record open too")
    second.goto("/admin/")
    expect(first.locator("#desk-colleagues")).to_be_empty()


def test_the_second_of_two_chooses_by_keyboard(desks: dict[str, BrowserContext], draft: StatusUpdate) -> None:
    page = opened(desks["edith"], address(draft))
    colleague = opened(desks["roland"], address(draft))
    colleague.locator("#id_title").fill("What Roland wrote")
    colleague.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(colleague.get_by_text("was changed successfully")).to_be_visible()
    page.locator("#id_title").fill("What Edith wrote")

    page.get_by_role("button", name="Save", exact=True).press("Enter")

    expect(page.get_by_role("heading", name="Not saved: the record changed since you opened it")).to_be_visible()
    expect(page.get_by_role("cell", name="What Roland wrote")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("What Edith wrote")
    assert right_edge(page, ".desk-conflict table") <= WIDTH
    page.get_by_role("button", name="Save mine over it").press("Enter")
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    draft.refresh_from_db()
    assert draft.title == "What Edith wrote"


def test_a_double_click_is_one_save(desks: dict[str, BrowserContext], draft: StatusUpdate) -> None:
    page = opened(desks["edith"], address(draft))
    page.locator("#id_title").fill("Pressed twice")

    page.get_by_role("button", name="Save", exact=True).dblclick()

    expect(page.get_by_text("was changed successfully")).to_be_visible()


def test_without_javascript_the_form_works_and_names_the_colleague(
    browser: Browser, live_server: LiveServer, desks: dict[str, BrowserContext], draft: StatusUpdate
) -> None:
    User.objects.create_superuser("owner", password="made-up")
    opened(desks["roland"], address(draft))
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()
    log_in(page, "owner")

    page.goto(address(draft))

    expect(page.locator("#desk-colleagues")).to_contain_text("Roland has this record open too")
    page.locator("#id_title").fill("Saved without a script")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    draft.refresh_from_db()
    assert draft.title == "Saved without a script"
    assert not OpenForm.objects.unsaved().exists()
    plain.close()
