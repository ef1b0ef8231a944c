"""Sources and updates as spreadsheets: download, upload, dry run, import."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments.models import LARGEST_FILE, SheetImport
from commitments.public import snapshot
from commitments.register.reading import printable
from commitments.spreadsheets.exporting import empty_tables, example_tables, tables_of
from commitments.spreadsheets.importing import ImportRefused, import_sheets, may_import
from commitments.spreadsheets.known import read_known
from commitments.spreadsheets.planning import Line, Outcome, Plan, plan_import
from commitments.spreadsheets.reading import read_sheets
from commitments.spreadsheets.writing import Progress, csv_archive, csv_of, no_progress, workbook

from .background import PLACE, Work
from .fields import ReasonField

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[SheetImport]
else:
    ModelAdmin = admin.ModelAdmin

MOST_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {
    Outcome.CREATE: _("New"),
    Outcome.CHANGE: _("Changed"),
    Outcome.SAME: _("No change"),
    Outcome.REFUSED: _("Refused"),
}
Context = dict[str, Any]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("A workbook (.xlsx), a ZIP file of CSV files, or one CSV file.")
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(
                _("The file is larger than %(most)d MB."), params={"most": LARGEST_FILE // 1024 // 1024}
            )
        return file


class ConfirmForm(forms.Form):
    shown = forms.CharField(widget=forms.HiddenInput)
    reason = ReasonField(
        label=_("Reason for the change"),
        required=False,
        help_text=_("Public. Needed because the wording of sources changes."),
    )


@admin.register(SheetImport)
class SpreadsheetsAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., Any], str]] = [
            ("", self.front, "changelist"),
            ("download/<slug:form>/", self.download, "download"),
            ("<int:pk>/", self.upload, "change"),
            ("<int:pk>/report/", self.report, "report"),
        ]
        return [
            path(route, self.admin_site.admin_view(view), name=f"commitments_sheetimport_{name}")
            for route, view, name in pages
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and may_import(request.user)

    def front(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = UploadForm()
        if request.method == "POST":
            if not self.has_add_permission(request):
                raise PermissionDenied
            form = UploadForm(request.POST, request.FILES)
            if form.is_valid():
                row = keep(form.cleaned_data["file"], request.user)
                return redirect("admin:commitments_sheetimport_change", row.pk)
        recent = SheetImport.objects.kept(timezone.now()).filter(uploaded_by=request.user.pk).defer("content")
        context = self.context(request, form=form, recent=recent, may_import=self.has_add_permission(request))
        return TemplateResponse(request, "admin/commitments/sheetimport/front.html", context)

    def context(self, request: HttpRequest, **more: Any) -> Context:
        return {**self.admin_site.each_context(request), "title": _("Spreadsheets"), "opts": self.opts, **more}

    def download(self, request: HttpRequest, form: str) -> HttpResponse:
        if not self.has_view_permission(request) or not request.user.has_perm("commitments.view_statusupdate"):
            raise PermissionDenied
        if form not in ("xlsx", "csv", "template"):
            raise Http404
        if form == "template":
            return attachment(workbook(empty_tables(), example_tables()), "template.xlsx", XLSX)
        with snapshot():
            tables = tables_of(read_known(), with_drafts=request.GET.get("drafts") == "yes")
        if form == "csv":
            return attachment(csv_archive(tables), "sources-and-updates.zip", "application/zip")
        return attachment(workbook(tables), "sources-and-updates.xlsx", XLSX)

    def upload(self, request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
        """The dry run of an uploaded file; a POST imports it, if the dry run still comes out as it was shown."""
        row = self.own(request, pk)
        context = self.context(request, title=row.file_name, row=row)
        if row.imported_at is not None:
            return TemplateResponse(request, "admin/commitments/sheetimport/upload.html", context)
        form = ConfirmForm(request.POST if request.method == "POST" else None)
        is_confirmed = form.is_valid()

        def do(progress: Progress) -> Context:
            if is_confirmed:
                return imported(row, request.user, form.cleaned_data, progress)
            return checked(row, progress) | {"form_errors": form.errors}

        return StreamingHttpResponse(
            page_of(request, context, Work(do)), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every row that is not simply as it was, as CSV."""
        plan = plan_of(self.own(request, pk), no_progress)
        lines = [(line.sheet, line.row, line.name, line.outcome, line.note) for line in interesting(plan)]
        why = [(refusal.sheet, refusal.row, refusal.column, "refused", refusal.message) for refusal in plan.refusals]
        header = ("sheet", "row", "record or column", "outcome", "why")
        return attachment(csv_of([header, *why, *lines]), "report.csv", "text/csv; charset=utf-8")

    def own(self, request: HttpRequest, pk: int) -> SheetImport:
        """Nobody sees or confirms a colleague's upload."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        row = SheetImport.objects.kept(timezone.now()).filter(pk=pk, uploaded_by=request.user.pk).first()
        if row is None:
            raise Http404
        return row


def keep(file: Any, user: Any) -> SheetImport:
    """Store an upload, and forget those of yesterday."""
    now = timezone.now()
    content = file.read()
    with transaction.atomic():
        SheetImport.objects.outdated(now).delete()
        return SheetImport.objects.create(
            uploaded_at=now,
            uploaded_by=user,
            file_name=printable(file.name)[:200],
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
        )


def attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def plan_of(row: SheetImport, progress: Progress) -> Plan:
    sheets = read_sheets(bytes(row.content), progress)
    progress(gettext("Reading the register"), 0, 1)
    with snapshot():
        known = read_known()
    return plan_import(sheets, known, today=timezone.now().date(), progress=progress)


def checked(row: SheetImport, progress: Progress) -> Context:
    return described(plan_of(row, progress))


def imported(row: SheetImport, user: Any, confirmed: Context, progress: Progress) -> Context:
    sheets = read_sheets(bytes(row.content), progress)
    now = timezone.now()
    try:
        with transaction.atomic():
            row = SheetImport.objects.select_for_update().defer("content").get(pk=row.pk)
            if row.imported_at is not None:
                return {"row": row}
            plan = import_sheets(
                sheets,
                by=user,
                today=now.date(),
                reason=confirmed["reason"],
                shown=confirmed["shown"],
                progress=progress,
            )
            SheetImport.objects.filter(pk=row.pk).update(imported_at=now)
    except ImportRefused as refusal:
        has_moved = refusal.plan.digest() != confirmed["shown"]
        return described(refusal.plan) | {"has_moved": has_moved, "typed_reason": confirmed["reason"]}
    return described(plan) | {"is_imported": True, "lines": [], "line_count": 0}


def described(plan: Plan) -> Context:
    """What the report shows; long lists are cut, and whole in the file that can be downloaded."""
    lines = interesting(plan)
    counts = plan.counts()
    reason = [refusal.message for refusal in plan.refusals if (refusal.sheet, refusal.column) == ("file", "reason")]
    refusals = [refusal for refusal in plan.refusals if refusal.column != "reason" or refusal.sheet != "file"]
    return {
        "labels": list(LABELS.values()),
        "counts": [(sheet, [counts[sheet][outcome] for outcome in LABELS]) for sheet in counts],
        "refusals": refusals[:MOST_SHOWN],
        "refusal_count": len(refusals),
        "lines": lines[:MOST_SHOWN],
        "line_count": len(lines),
        "is_cut": max(len(refusals), len(lines)) > MOST_SHOWN,
        "reason_error": reason[0] if reason else "",
        "needs_reason": plan.needs_reason,
        "can_import": not refusals and not plan.is_empty,
        "digest": plan.digest(),
    }


def interesting(plan: Plan) -> list[Line]:
    return [line for line in plan.lines if line.outcome in (Outcome.CREATE, Outcome.CHANGE) or line.note]


def page_of(request: HttpRequest, context: Context, work: Work[Context]) -> Iterator[str]:
    page = render_to_string("admin/commitments/sheetimport/upload.html", context, request)
    before, _place, after = page.partition(PLACE)

    def pieces() -> Iterator[str]:
        yield before
        yield '<div class="desk-progress">\n'
        yield from work.bars()
        yield "</div>\n"
        result = {"failed": True} if work.error else work.result
        yield render_to_string("admin/commitments/sheetimport/_report.html", context | result, request)
        yield after
        if work.error:
            raise work.error

    return pieces()
