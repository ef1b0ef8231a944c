"""The addresses of the desk that are not the pages of a model, each with what it asks of a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from commitments.admin.spreadsheets import keep
from commitments.models import OpenForm, SheetImport, StatusUpdate
from commitments.spreadsheets.importing import PERMISSIONS
from commitments.spreadsheets.writing import workbook
from tests.admin.forms import desk
from tests.factories import make_commitment
from tests.spreadsheets.sheets import tables, update_row

from .forging import IGNORED, OPEN_FORMS, REFUSED, SHOWN, Cell, Forge, Request
from .pages import NEVER, as_new, fields_of
from .persons import ANYBODY, Needs, Person, permission, permissions_of_app, reading
from .rows import MAKE, make_draft
from .states import CLOSED, make_update_in_review, publishing_several

UPDATE, COMMITMENT, SHEETS = "commitments.statusupdate", "commitments.commitment", "commitments.sheetimport"
ANY_ACCOUNT: Needs = ()
SHEET: dict[str, Any] = {"updates": [update_row()]}
WRITES_UPDATES: Needs = ((permission("add", UPDATE), permission("change", UPDATE)),)
IMPORTS: Needs = tuple((each,) for each in (permission("add", SHEETS), *PERMISSIONS))
PASSWORDS = {"password1": "q8-made-up", "password2": "q8-made-up"}

# Those of one update or commitment that change it, by the name of their address: what is asked, and of which row.
STEPS: dict[str, tuple[str, str, str]] = {
    "commitments_statusupdate_step_publish": (UPDATE, "publish", "in review"),
    "commitments_statusupdate_step_send_back": (UPDATE, "publish", "in review"),
    "commitments_statusupdate_step_remark": (UPDATE, "change", "draft"),
    "commitments_statusupdate_step_correct": (UPDATE, "add", "published"),
    "commitments_statusupdate_step_retract": (UPDATE, "add", "published"),
    "commitments_commitment_step_withdraw": (COMMITMENT, "publish", "published"),
}
# Those that only show something.
READS: dict[str, tuple[Needs | None, list[Any], dict[str, str]]] = {
    "index": (ANY_ACCOUNT, [], {}),
    "login": (ANYBODY, [], {}),
    "password_change_done": (ANY_ACCOUNT, [], {}),
    "jsi18n": (ANY_ACCOUNT, [], {}),
    "invitation": (ANYBODY, ["MQ", "forged"], {}),
    "commitments_statusupdate_recognise": (WRITES_UPDATES, [], {"citations-0-address": "https://example.org/"}),
    "commitments_statusupdate_standing": (WRITES_UPDATES, [], {"assessments-0-commitment": "1"}),
    "commitments_statusupdate_duplicates": (WRITES_UPDATES, [], {"happened_on": "2025-06-01"}),
    "commitments_sheetimport_changelist": ((reading(SHEETS),), [], {}),
}

# The lists of the front page, each for those who may settle what stands there.
SECTIONS = {
    "waiting": (permission("publish", UPDATE),),
    "drafts": (permission("change", UPDATE),),
    "late": (permission("add", UPDATE),),
    "review": (permission("add", "commitments.check"),),
    "passed": (permission("add", UPDATE),),
    "ahead": (permission("add", UPDATE),),
    "unrecorded": (permission("change", "commitments.check"), permission("change", "commitments.milestone")),
    "commitments": (permission("publish", COMMITMENT),),
    "sources": (permission("change", "commitments.source"),),
}


def address(name: str, *values: Any) -> str:
    return reverse(f"admin:{name}", args=values)


def walked(patterns: list[Any] | None = None, before: str = "") -> Iterator[str]:
    """The name of every address of the desk; of one without a name, its route."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or route


def cells_of_addresses() -> Iterator[Cell]:
    """Named as their addresses are; of some there are several, told apart behind a comma."""
    for name, (needs, values, query) in READS.items():
        yield Cell(name, needs, reads(name, values, query), SHOWN)
    for name, (label, action, state) in STEPS.items():
        yield Cell(name, ((permission(action, label),),), steps(name, state))
    for section, any_of in SECTIONS.items():
        yield Cell(f"index, {section}", (any_of,), reads("index", [], {"all": section}), SHOWN)
    yield from cells_of_site()
    yield from cells_of_updates()
    yield from cells_of_spreadsheets()
    for model, model_admin in admin.site._registry.items():
        if hasattr(model_admin, "keep_view"):
            yield from cells_of_kept_words(model._meta.label_lower)
    for label in MAKE:
        yield Cell(f"{label.replace('.', '/')}/<path:object_id>/", ANY_ACCOUNT, old_address(label), SHOWN)


def reads(name: str, values: list[Any], query: dict[str, str]) -> Callable[[Person], Forge]:
    return lambda owner: lambda person: Request(address(name, *values), query, "get")


def old_address(label: str) -> Callable[[Person], Forge]:
    def prepare(owner: Person) -> Forge:
        row = MAKE[label]()
        return lambda person: Request(desk(row).removesuffix("change/"), method="get")

    return prepare


def cells_of_site() -> Iterator[Cell]:
    def on_site(owner: Person) -> Forge:
        commitment = make_commitment()
        values = ContentType.objects.get_for_model(commitment).pk, commitment.pk
        return lambda person: Request(reverse("admin:view_on_site", args=values), method="get")

    def new_password(owner: Person) -> Forge:
        row = MAKE["auth.user"]()
        return lambda person: Request(address("auth_user_password_change", row.pk), PASSWORDS)

    old = {"old_password": "made-up", "new_password1": "q8-made-up", "new_password2": "q8-made-up"}
    forged = {"new_password1": "q8-made-up", "new_password2": "q8-made-up"}
    for app in ("commitments", "auth"):
        yield Cell(f"app_list, {app}", (permissions_of_app(app),), reads("app_list", [app], {}), SHOWN)
    yield Cell("logout", ANYBODY, lambda owner: lambda person: Request(address("logout")), SHOWN)
    yield Cell("password_change", ANY_ACCOUNT, lambda owner: lambda person: Request(address("password_change"), old))
    yield Cell("view_on_site", ANY_ACCOUNT, on_site, SHOWN)
    yield Cell("auth_user_password_change", ((permission("change", "auth.user"),),), new_password)
    yield Cell(
        "invitation, choose a password",
        ANYBODY,
        lambda owner: lambda person: Request(address("invitation", "MQ", "set-password"), forged),
        SHOWN,
    )
    yield Cell("(?P<url>.*)$", NEVER, lambda owner: lambda person: Request("/admin/no-such-page/"), REFUSED)


def in_state(state: str, label: str) -> models.Model:
    if label == COMMITMENT:
        return make_commitment()
    return {"draft": make_draft, **CLOSED}[state]()


def steps(name: str, state: str) -> Callable[[Person], Forge]:
    label = STEPS[name][0]

    def prepare(owner: Person) -> Forge:
        row = in_state(state, label)
        return lambda person: Request(address(name, row.pk), {"reason": "Forged."})

    return prepare


def cells_of_updates() -> Iterator[Cell]:
    for view, state in (("preview", "draft"), ("review", "draft"), ("review", "in review")):
        yield Cell(f"commitments_statusupdate_{view}, {state}", (reading(UPDATE),), page_of_update(view, state), SHOWN)
    for column in ("written_by", "last_edited_by", "submitted_by"):
        for by_action in (False, True):
            way = "of several" if by_action else "alone"
            needs: Needs = ((permission("publish", UPDATE),),)
            yield Cell(
                f"commitments_statusupdate_step_publish, what is one's own, {column}, {way}",
                needs,
                publishing_own(column, by_action=by_action),
                IGNORED,
                page=(reading(UPDATE),) if by_action else None,
            )


def page_of_update(view: str, state: str) -> Callable[[Person], Forge]:
    def prepare(owner: Person) -> Forge:
        row = in_state(state, UPDATE)
        return lambda person: Request(address(f"commitments_statusupdate_{view}", row.pk), method="get")

    return prepare


def publishing_own(column: str, *, by_action: bool) -> Callable[[Person], Forge]:
    def prepare(owner: Person) -> Forge:
        row = make_update_in_review()

        def forge(person: Person) -> Request:
            StatusUpdate.objects.filter(pk=row.pk).update(**{column: person.user or owner.user})
            return (
                publishing_several(row) if by_action else Request(desk(row, "step_publish"), within=row._meta.db_table)
            )

        return forge

    return prepare


def cells_of_spreadsheets() -> Iterator[Cell]:
    reads_both: Needs = (reading(SHEETS), (permission("view", UPDATE),))
    for form in ("xlsx", "csv", "template"):
        name = "commitments_sheetimport_download"
        yield Cell(f"{name}, {form}", reads_both, reads(name, [form], {}), SHOWN)
    uploads: Needs = (reading(SHEETS), *IMPORTS)
    yield Cell("commitments_sheetimport_changelist, upload", uploads, lambda owner: lambda person: uploading())
    for view in ("change", "report"):
        name = f"commitments_sheetimport_{view}"
        yield Cell(f"{name}, one's own", IMPORTS, page_of_upload(name, is_own=True), SHOWN)
        yield Cell(f"{name}, somebody else's", NEVER, page_of_upload(name, is_own=False), REFUSED)


def uploading() -> Request:
    return Request(
        address("commitments_sheetimport_changelist"),
        {"file": SimpleUploadedFile("file.xlsx", workbook(tables(**SHEET)))},
    )


def page_of_upload(name: str, *, is_own: bool) -> Callable[[Person], Forge]:
    """Of one that was imported before: what is still to be imported is worked on outside of this transaction."""

    def prepare(owner: Person) -> Forge:
        writer = MAKE["auth.user"]()

        def forge(person: Person) -> Request:
            row = keep(
                SimpleUploadedFile("file.xlsx", workbook(tables(**SHEET))), person.user or writer if is_own else writer
            )
            SheetImport.objects.filter(pk=row.pk).update(imported_at=timezone.now())
            return Request(address(name, row.pk), method="get")

        return forge

    return prepare


def cells_of_kept_words(label: str) -> Iterator[Cell]:
    either: Needs = ((permission("add", label), permission("change", label)),)
    name = label.replace(".", "_")
    yield Cell(f"{name}_keep", either, kept_words(label, "keep"))
    yield Cell(f"{name}_keep, somebody else's", either, kept_words(label, "keep", is_own=False), IGNORED)
    yield Cell(f"{name}_restore, of a record", ((permission("change", label),),), kept_words(label, "restore"), SHOWN)
    adds: Needs = ((permission("add", label),),)
    yield Cell(f"{name}_restore, of a new one", adds, kept_words(label, "restore", is_new=True), SHOWN)
    yield Cell(f"{name}_restore, somebody else's", ANY_ACCOUNT, kept_words(label, "restore", is_own=False), SHOWN)
    yield Cell(f"{name}_discard", ANY_ACCOUNT, kept_words(label, "discard"))
    yield Cell(f"{name}_discard, somebody else's", ANY_ACCOUNT, kept_words(label, "discard", is_own=False), IGNORED)


def kept_words(label: str, view: str, *, is_own: bool = True, is_new: bool = False) -> Callable[[Person], Forge]:
    name = f"{label.replace('.', '_')}_{view}"

    def prepare(owner: Person) -> Forge:
        writer, row = MAKE["auth.user"](), MAKE[label]()
        fields = fields_of(owner, row)
        typed = as_new(fields, type(row)) if is_new else fields

        def forge(person: Person) -> Request:
            user = (person.user or writer) if is_own else writer
            token = open_form(user, label, None if is_new else row.pk, typed)
            if view == "keep":
                return Request(address(name), {"_form": token, "title": "Forged"}, within=OPEN_FORMS)
            return Request(address(name, token), within=OPEN_FORMS if view == "discard" else "")

        return forge

    return prepare


def open_form(user: Any, label: str, record_id: int | None, fields: dict[str, Any]) -> uuid.UUID:
    now = timezone.now()
    form = OpenForm.objects.create(
        user=user,
        model=label,
        record_id=record_id,
        opened_at=now,
        seen_at=now,
        fields={name: [str(value)] for name, value in fields.items() if name[:1] != "_"},
    )
    return form.token
