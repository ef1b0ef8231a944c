from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from commitments.models import StatusUpdate
from commitments.publishing import publish, submit
from tests.admin.forms import desk
from tests.factories import make_commitment, make_source, make_update, make_user

pytestmark = pytest.mark.django_db
MARKER = "Zwischenstand"


@pytest.fixture
def draft(editor: User) -> StatusUpdate:
    return make_update(
        published=False,
        title=f"{MARKER} of a made-up meeting",
        assessments=[{"commitment": make_commitment(), "status": "announced", "reasoning": f"{MARKER}: reasoned."}],
        sources=[make_source(title=f"{MARKER} in print")],
        written_by=editor,
    )


def test_a_preview_shows_the_draft_with_its_assessment_and_source(as_editor: Client, draft: StatusUpdate) -> None:
    response = as_editor.get(desk(draft, "preview"))

    page = response.content.decode()
    assert response.status_code == 200
    assert "commitments/update_detail.html" in [template.name for template in response.templates]
    assert f"{MARKER} of a made-up meeting" in page
    assert f"{MARKER}: reasoned." in page
    assert f"{MARKER} in print" in page
    assert "Preview of a draft." in page


def test_a_preview_is_kept_by_no_cache(as_editor: Client, draft: StatusUpdate) -> None:
    response = as_editor.get(desk(draft, "preview"))

    assert "no-store" in response.headers["Cache-Control"]
    assert "public" not in response.headers["Cache-Control"]
    assert "ETag" not in response.headers


def test_only_the_desk_sees_a_preview(client: Client, draft: StatusUpdate) -> None:
    assert client.get(desk(draft, "preview")).status_code == 302
    client.force_login(make_user("nobody"))
    assert client.get(desk(draft, "preview")).status_code == 403


def test_a_preview_of_nothing_is_not_found(as_editor: Client, draft: StatusUpdate) -> None:
    assert as_editor.get(desk(draft, "preview").replace(str(draft.pk), "999999")).status_code == 404
    assert as_editor.get(desk(draft, "preview").replace(str(draft.pk), "none")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/updates/", "/updates/1/", "/commitments/", "/sources/", "/feeds/updates.rss"])
def test_the_public_never_meets_the_draft(client: Client, draft: StatusUpdate, path: str) -> None:
    assert MARKER not in client.get(path).content.decode()


def test_the_page_that_is_published_is_the_one_that_was_previewed(
    as_editor: Client, client: Client, draft: StatusUpdate, editor: User, reviewer: User
) -> None:
    def meaning(page: str) -> str:
        return page[page.index('id="meaning"') : page.index('id="record"')]

    preview = as_editor.get(desk(draft, "preview")).content.decode()
    submit(draft, by=editor)
    publish(draft, by=reviewer)

    assert meaning(client.get("/updates/1/").content.decode()) == meaning(preview)


def test_view_on_site_leads_to_what_is_public_and_only_there(as_editor: Client, draft: StatusUpdate) -> None:
    published = make_update(assessments=[{"commitment": make_commitment()}])

    assert 'class="viewsitelink"' not in as_editor.get(desk(draft)).content.decode()
    assert (
        f'href="/updates/{published.number}/" class="viewsitelink"' in as_editor.get(desk(published)).content.decode()
    )
