"""The form of an update without a script: the same help, given at every saving."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.models import Commitment, Source, StatusUpdate
from commitments.publishing import submit
from tests.admin.forms import desk, errors_of, messages_of, new_update, sent_back
from tests.factories import (
    make_commitment,
    make_instrument,
    make_milestone,
    make_source,
    make_update,
    make_user,
)

pytestmark = pytest.mark.django_db

MINUTES = "https://gazette.example.org/minutes/7"
NEW = {
    "title": "Minutes",
    "publisher": "Example Gazette",
    "side": "joint",
    "kind": "official_text",
    "language": "en",
    "published_on": "2026-02-28",
    "accessed_on": "2026-03-01",
}


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(reference="EUJP-07", title="Hold a dialogue")


@pytest.fixture
def draft(commitment: Commitment, editor: User) -> StatusUpdate:
    return make_update(published=False, assessments=[{"commitment": commitment}], written_by=editor)


def citing(commitment: Commitment, address: str, **changes: Any) -> dict[str, Any]:
    """A new update whose source is given by its address alone."""
    return new_update(commitment, Source(), citations__0__source="", citations__0__address=address, **changes)


def with_details(address: str = MINUTES, number: int = 0, **changes: Any) -> dict[str, Any]:
    """The fields of a new source as the page that asked for them sends them."""
    details = NEW | {"given_for": address} | changes
    return {f"citations__{number}__new__{name}": value for name, value in details.items()}


def fragment(client: Client, name: str, **parameters: Any) -> Any:
    return client.get(reverse(f"admin:commitments_statusupdate_{name}"), parameters)


class TestAddress:
    def test_of_a_known_source_cites_it(self, as_editor: Client, commitment: Commitment) -> None:
        source = make_source(url=f"{MINUTES}/")

        as_editor.post(desk(StatusUpdate), citing(commitment, f"{MINUTES}?utm_source=letter"))

        assert [citation.source for citation in StatusUpdate.objects.get().citations.all()] == [source]
        assert Source.objects.filter(url__contains="utm_source").count() == 0

    def test_that_is_not_known_asks_for_what_its_site_does_not_tell_and_loses_nothing(
        self, as_editor: Client, commitment: Commitment
    ) -> None:
        make_source(url="https://www.gazette.example.org/1", publisher="Example Gazette", side="japan", language="ja")

        response = as_editor.post(desk(StatusUpdate), citing(commitment, MINUTES))

        assert "This source is not known yet" in errors_of(response)
        page = response.content.decode()
        assert 'value="Example Gazette"' in page
        assert '<option value="japan" selected>' in page
        assert 'name="citations-0-new-language" value="ja"' in page
        assert f'value="{MINUTES}"' in page
        assert "Something made up happened." in page
        [form] = [
            each.formset.forms[0]
            for each in response.context["inline_admin_formsets"]
            if each.formset.prefix == "citations"
        ]
        assert set(form.recognised.new.errors) == {"title"}
        assert not StatusUpdate.objects.exists()
        assert Source.objects.filter(url=MINUTES).count() == 0

    def test_and_its_details_make_the_source_with_the_update(self, as_editor: Client, commitment: Commitment) -> None:
        data = citing(commitment, f"{MINUTES}?fbclid=x#page=3", **with_details())

        response = as_editor.post(desk(StatusUpdate), data)

        assert response.status_code == 302
        source = Source.objects.get(url=MINUTES)
        assert (source.slug, source.published_precision) == ("example-gazette-minutes", "day")
        assert StatusUpdate.objects.get().citations.get().source == source

    def test_makes_no_source_for_an_update_that_is_not_saved(self, as_editor: Client, commitment: Commitment) -> None:
        as_editor.post(desk(StatusUpdate), citing(commitment, MINUTES, title="", **with_details()))

        assert not Source.objects.filter(url=MINUTES).exists()

    def test_is_not_given_the_details_of_another(self, as_editor: Client, commitment: Commitment) -> None:
        data = citing(commitment, "https://gazette.example.org/minutes/8", **with_details())

        response = as_editor.post(desk(StatusUpdate), data)

        assert "This source is not known yet" in errors_of(response)
        assert 'value="Minutes"' in response.content.decode()
        assert not StatusUpdate.objects.exists()

    @pytest.mark.parametrize(
        "hostile",
        [
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "https://gazette.example.org/\x01",
            "https://gazette.example.org/\u202e",
            "https://gazette.example.org/<script>",
            "https://someone:secret@gazette.example.org/",
            "https://localhost\ud800/".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
            "not an address",
            "https://gazette.example.org/" + "a" * 1_000,
            "a" * 1_000_000,
        ],
        ids=range(10),
    )
    def test_that_is_none_is_a_clear_error_at_the_field(
        self, as_editor: Client, commitment: Commitment, hostile: str
    ) -> None:
        response = as_editor.post(desk(StatusUpdate), citing(commitment, hostile, **with_details(hostile)))

        said = errors_of(response)
        assert "Enter a plain http or https address." in said or "An address has at most 1000 characters." in said
        assert not StatusUpdate.objects.exists()
        assert "<script>alert" not in response.content.decode()

    def test_of_another_source_than_the_one_chosen_is_asked_about(
        self, as_editor: Client, commitment: Commitment
    ) -> None:
        make_source(url=MINUTES)
        data = new_update(commitment, make_source(), citations__0__address=MINUTES)

        assert "another source than the one chosen" in errors_of(as_editor.post(desk(StatusUpdate), data))

    def test_replaces_the_source_of_a_saved_row(self, as_editor: Client, draft: StatusUpdate) -> None:
        source = make_source(url=MINUTES)

        as_editor.post(desk(draft), sent_back(as_editor, desk(draft), citations__0__address=MINUTES))

        assert draft.citations.get().source == source

    def test_or_choice_is_asked_for_in_a_row_that_has_neither(self, as_editor: Client, commitment: Commitment) -> None:
        response = as_editor.post(desk(StatusUpdate), citing(commitment, "", citations__0__locator="p. 3"))

        assert "Paste the address of a source, or choose one." in errors_of(response)

    def test_that_is_new_is_made_once_for_two_rows(self, as_editor: Client, commitment: Commitment) -> None:
        second = {"citations__TOTAL_FORMS": 2, "citations__1__address": f"{MINUTES}/", "citations__1__locator": "p. 4"}
        data = citing(commitment, MINUTES, **with_details(), **second, **with_details(number=1))

        response = as_editor.post(desk(StatusUpdate), data)

        assert "stands in a row above" in errors_of(response)
        assert not Source.objects.filter(url=MINUTES).exists()

    def test_makes_no_source_for_who_may_not_add_any(self, as_editor: Client, editor: User) -> None:
        editor.groups.clear()
        editor.user_permissions.set(
            permission
            for permission in make_permissions()
            if permission.codename not in ("add_source", "change_source", "delete_source")
        )

        data = citing(make_commitment(), MINUTES, **with_details())

        assert "you may not add one" in errors_of(as_editor.post(desk(StatusUpdate), data))
        assert not Source.objects.filter(url=MINUTES).exists()


def make_permissions() -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="commitments")


class TestFragments:
    def test_an_address_brings_the_known_source(self, as_editor: Client) -> None:
        source = make_source(url=MINUTES, title="Minutes")

        page = fragment(as_editor, "recognise", **{"citations-0-address": f"{MINUTES}/"}).content.decode()

        assert f'data-source="{source.pk}"' in page
        assert "Minutes" in page

    def test_an_unknown_address_brings_the_fields_of_its_row(self, as_editor: Client) -> None:
        typed = {"citations-4-address": MINUTES, "citations-4-new-title": "Typed already"}

        page = fragment(as_editor, "recognise", **typed).content.decode()

        assert 'name="citations-4-new-publisher"' in page
        assert 'value="Typed already"' in page

    @pytest.mark.parametrize("address", ["", "javascript:alert(1)", "\x00", "\ud800", '"><script>'])
    def test_an_address_that_is_none_brings_a_sentence_or_nothing(self, as_editor: Client, address: str) -> None:
        response = fragment(as_editor, "recognise", **{"citations-0-address": address.encode("utf-8", "replace")})

        assert response.status_code == 200
        assert "<script>" not in response.content.decode()

    def test_a_commitment_brings_where_it_stands(self, as_editor: Client, commitment: Commitment) -> None:
        make_update(assessments=[{"commitment": commitment, "status": "under_way"}])
        make_milestone(commitment, title="A made-up round", due_on="2099-05-01")

        page = fragment(as_editor, "standing", **{"assessments-0-commitment": commitment.pk}).content.decode()

        for known in ("Under way", "Both sides", "A made-up round", commitment.fulfilled_when, "Unchanged: Under way"):
            assert known in page

    @pytest.mark.parametrize("key", ["", "no key", "0", "9" * 30, "\x00"])
    def test_no_commitment_brings_nothing(self, as_editor: Client, key: str) -> None:
        response = fragment(as_editor, "standing", **{"assessments-0-commitment": key})

        assert response.status_code == 200
        assert not response.content.strip()

    def test_choices_bring_likely_duplicates(self, as_editor: Client, draft: StatusUpdate) -> None:
        source = draft.citations.get().source

        page = fragment(as_editor, "duplicates", **{"citations-0-source": source.pk}).content.decode()

        assert desk(draft) in page
        assert "the same source" in page

    @pytest.mark.parametrize("day", ["2025-06-01", "2025-02-31", "x", ""])
    def test_a_day_that_is_none_is_no_day(
        self, as_editor: Client, draft: StatusUpdate, commitment: Commitment, day: str
    ) -> None:
        chosen = {"assessments-0-commitment": commitment.pk, "happened_on": day}

        page = fragment(as_editor, "duplicates", **chosen).content.decode()

        assert (desk(draft) in page) == (day == "2025-06-01")

    @pytest.mark.parametrize("name", ["recognise", "standing", "duplicates"])
    def test_are_for_those_who_write_updates(self, as_administrator: Client, name: str) -> None:
        reader = Client()
        reader.force_login(make_user())

        assert fragment(as_administrator, name).status_code == 403
        assert fragment(reader, name).status_code == 403


class TestRows:
    def test_show_where_each_commitment_stands_without_a_script(
        self, as_editor: Client, draft: StatusUpdate, commitment: Commitment
    ) -> None:
        make_update(assessments=[{"commitment": commitment, "status": "under_way"}])

        page = as_editor.get(desk(draft)).content.decode()

        assert "EUJP-07 as it stands" in page
        assert '<option value="" selected>Unchanged: Under way</option>' in page

    def test_filled_in_by_the_address_of_the_form_show_it_too(self, as_editor: Client, commitment: Commitment) -> None:
        page = as_editor.get(desk(StatusUpdate), {"commitment": "EUJP-07"}).content.decode()

        assert "EUJP-07 as it stands" in page

    def test_that_come_back_with_an_error_show_it_too(self, as_editor: Client, commitment: Commitment) -> None:
        page = as_editor.post(desk(StatusUpdate), new_update(commitment, make_source(), title="")).content.decode()

        assert "EUJP-07 as it stands" in page

    def test_cost_the_same_however_many_there_are(self, as_editor: Client) -> None:
        def queries(draft: StatusUpdate) -> list[str]:
            with CaptureQueriesContext(connection) as asked:
                as_editor.get(desk(draft))
            return [
                query["sql"]
                for query in asked
                # The choice that a list shows is read for each list, by Django.
                if "commitments_assessment" in query["sql"] or "outstanding" in query["sql"]
            ]

        one = make_update(published=False, assessments=[{"commitment": make_commitment()}])
        five = make_update(published=False, assessments=[{"commitment": make_commitment()} for _ in range(5)])

        assert len(queries(one)) == len(queries(five))

    def test_are_read_only_for_who_reads(self, as_administrator: Client, draft: StatusUpdate) -> None:
        page = as_administrator.get(desk(draft)).content.decode()

        assert 'name="citations-0-address"' not in page
        assert "Before it can be published" not in page


def broken_drafts(commitment: Commitment) -> dict[str, dict[str, Any]]:
    once = make_commitment(kind="one_off")
    later = make_commitment(instrument=make_instrument(adopted_on="2025-07-01"))
    return {
        "Delivered fits one-off and exploratory commitments": {
            "assessments__0__status": "delivered",
            "assessments__0__evidence": "both_sides",
        },
        "Only recurring and standing commitments have occurrences.": {
            "assessments__0__commitment": once.pk,
            "assessments__0__is_occurrence": "on",
        },
        "The milestone met is a recorded one of the same commitment.": {
            "assessments__0__meets": make_milestone(make_commitment()).pk
        },
        "an event is only context": {"assessments__0__commitment": later.pk},
        "A context update bears as context": {"is_context": "on", "assessments__0__bearing": "advance"},
        "What has not happened yet cannot be published.": {"happened_on": "2999-01-01"},
    }


class TestReadiness:
    @pytest.mark.parametrize("number", range(6))
    def test_what_publication_would_refuse_is_saved_not_submitted_and_marked_at_its_field(
        self, as_editor: Client, commitment: Commitment, number: int
    ) -> None:
        sentence, changes = list(broken_drafts(commitment).items())[number]

        response = as_editor.post(
            desk(StatusUpdate), new_update(commitment, make_source(), **changes, _step="submit"), follow=True
        )

        update = StatusUpdate.objects.get()
        assert not update.is_in_review
        assert response.request["PATH_INFO"] == desk(update)
        assert sentence in messages_of(response)
        [pointer] = response.context["pointers"]
        page = response.content.decode()
        assert f'href="#{pointer.anchor}"' in page
        assert f'id="{pointer.anchor}"' in page
        assert page.count(sentence) == 3, "in the message, in the list and at the field"

    def test_what_is_missing_is_said_of_the_rows(self, as_editor: Client) -> None:
        bare = make_update(published=False, sources=[])

        page = as_editor.get(desk(bare)).content.decode()

        assert '<a href="#citations-group">Nothing is published without a source.</a>' in page
        assert '<a href="#assessments-group">An update says what it means' in page
        assert 'id="citations-group"' in page

    def test_a_draft_that_could_be_published_is_told_nothing(self, as_editor: Client, draft: StatusUpdate) -> None:
        assert "Before it can be published" not in as_editor.get(desk(draft)).content.decode()

    def test_a_form_that_comes_back_says_only_what_is_wrong_with_it(
        self, as_editor: Client, commitment: Commitment
    ) -> None:
        bare = make_update(published=False, sources=[])

        page = as_editor.post(desk(bare), sent_back(as_editor, desk(bare), title="")).content.decode()

        assert "Before it can be published" not in page

    def test_an_update_in_review_is_not_pointed_at(self, as_editor: Client, editor: User, draft: StatusUpdate) -> None:
        submit(draft, by=editor)

        assert as_editor.get(desk(draft)).status_code == 200


class TestDuplicates:
    def test_are_shown_on_a_saved_draft_and_refuse_nothing(
        self, as_editor: Client, draft: StatusUpdate, commitment: Commitment
    ) -> None:
        other = make_update(title="The same day", assessments=[{"commitment": commitment}])

        page = as_editor.get(desk(draft)).content.decode()
        response = as_editor.post(desk(draft), sent_back(as_editor, desk(draft), _step="submit"))

        assert f'<a href="{desk(other)}">The same day</a>' in page
        assert "the same day and commitment" in page
        assert response.status_code == 302
        draft.refresh_from_db()
        assert draft.is_in_review


class TestSaveAndLogAnother:
    @pytest.mark.parametrize("is_new", [True, False])
    def test_keeps_sources_date_and_kind(
        self, as_editor: Client, draft: StatusUpdate, commitment: Commitment, is_new: bool
    ) -> None:
        source = make_source()
        changes = {"happened_on": "2025-05-01", "happened_precision": "month", "kind": "exercise", "_addanother": "1"}
        if is_new:
            response = as_editor.post(desk(StatusUpdate), new_update(commitment, source, **changes), follow=True)
        else:
            data = sent_back(as_editor, desk(draft), citations__0__source=source.pk, **changes)
            response = as_editor.post(desk(draft), data, follow=True)

        form = response.context["adminform"].form
        assert response.request["PATH_INFO"] == desk(StatusUpdate)
        assert str(form["happened_on"].value()) == "2025-05-01"
        assert form["happened_precision"].value() == "month"
        assert form["kind"].value() == "exercise"
        assert not form["title"].value()
        rows = {each.formset.prefix: each.formset.forms for each in response.context["inline_admin_formsets"]}
        assert [row["source"].value() for row in rows["citations"]] == [source.pk]
        assert not rows["assessments"][0]["commitment"].value()
        assert "Save and log another" in response.content.decode()


class TestChoice:
    @pytest.mark.parametrize("typed", ["7", "07", "EUJP-07", "eujp-07", " 07 "])
    def test_of_a_commitment_has_the_reference_that_was_typed_first(
        self, as_editor: Client, commitment: Commitment, typed: str
    ) -> None:
        make_commitment(reference="EUJP-01", summary="Mentions 07, 7 and EUJP-07.")
        make_commitment(reference="EUJP-070")
        parameters = {"app_label": "commitments", "model_name": "assessment", "field_name": "commitment", "term": typed}

        answer = as_editor.get(reverse("admin:autocomplete"), parameters).json()

        assert answer["results"][0]["id"] == str(commitment.pk)
