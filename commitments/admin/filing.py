"""What makes logging an update quick and honest: what is known beside what is typed, and what is missing named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from commitments.models import Assessment, Citation, StatusUpdate
from commitments.readiness import Problem, problems
from commitments.recognition import Likenesses, possible_duplicates
from commitments.standing import standings

from .assessing import keys_of, lay_beside
from .citing import recognise
from .fields import looks_like_key
from .prefill import PrefilledAdmin


@dataclass(frozen=True)
class Pointer:
    """A problem of a draft, and the part of the page that mends it."""

    sentence: str
    anchor: str


def day_in(text: Any) -> Any:
    """A day that was typed or is saved; None where it is none."""
    try:
        return parse_date(str(text)) if text else None
    except ValueError:
        return None


def chosen_in(request: HttpRequest, suffix: str) -> list[int]:
    """The keys that the rows of the form have in this field."""
    values = (value for name, values in request.GET.lists() if name.endswith(suffix) for value in values)
    return [int(value) for value in values if looks_like_key(value)]


class FilingAdmin(PrefilledAdmin):
    """The form of an update. Its fragments are for whoever may write one, and change nothing."""

    class Media:
        js = ["admin/js/jquery.init.js", "django_htmx/htmx-2.min.js", "js/desk-filing.js"]

    def get_urls(self) -> list[URLPattern]:
        name = "commitments_statusupdate"
        fragments = {
            "recognise": self.recognise_view,
            "standing": self.standing_view,
            "duplicates": self.duplicates_view,
        }
        own = [
            path(f"{each}/", self.admin_site.admin_view(view), name=f"{name}_{each}")
            for each, view in fragments.items()
        ]
        return own + super().get_urls()

    def _require_writer(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied

    def recognise_view(self, request: HttpRequest) -> HttpResponse:
        """What the address in a row is: a known source, a new one with its fields, or none."""
        self._require_writer(request)
        name = next((name for name in request.GET if name.endswith("-address")), "")
        may_add = request.user.has_perm("commitments.add_source")
        prefix = f"{name.removesuffix('-address')}-new"
        found = recognise(request.GET.get(name, ""), request.GET, prefix, may_add=may_add)
        return render(request, "admin/commitments/filing_source.html", {"recognised": found})

    def standing_view(self, request: HttpRequest) -> HttpResponse:
        """Where the commitment that a row names stands today."""
        self._require_writer(request)
        found = standings(chosen_in(request, "-commitment")[:1], timezone.now().date())
        standing = next(iter(found.values()), None)
        return render(request, "admin/commitments/filing_standing.html", {"standing": standing})

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """Updates that may be the one on the screen."""
        self._require_writer(request)
        besides = request.GET.get("update", "")
        likenesses = possible_duplicates(
            sources=chosen_in(request, "-source"),
            commitments=chosen_in(request, "-commitment"),
            happened_on=day_in(request.GET.get("happened_on")),
            besides=int(besides) if looks_like_key(besides) else None,
        )
        return render(request, "admin/commitments/filing_duplicates.html", {"likenesses": likenesses})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        rows = {each.formset.model: each.formset.forms for each in context["inline_admin_formsets"]}
        lay_beside(rows.get(Assessment, ()), timezone.now().date())
        is_open = self.has_change_permission(request, obj) if change else True
        if add and not form.is_bound:
            first_useful(form, rows).widget.attrs["autofocus"] = True
        context |= {
            "pointers": point_out(obj, form, rows) if change and is_open and not form.is_bound else [],
            "likenesses": duplicates_of(obj, form, rows) if is_open else None,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        return self._log_another(obj) if "_addanother" in request.POST else response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        return self._log_another(obj) if "_addanother" in request.POST else response

    def _log_another(self, update: StatusUpdate) -> HttpResponse:
        """An empty form that keeps what repeats: the sources, the date and the kind."""
        sources = Citation.objects.filter(update=update).values_list("source__slug", flat=True)
        repeated = [
            *(("source", slug) for slug in dict.fromkeys(sources)),
            ("happened_on", update.happened_on.isoformat()),
            ("happened_precision", update.happened_precision),
            ("kind", update.kind),
        ]
        return redirect(f"{reverse('admin:commitments_statusupdate_add')}?{urlencode(repeated)}")


def first_useful(form: Any, rows: dict[Any, Sequence[Any]]) -> Any:
    """The field to begin with: the first address, or what follows it where the source is given."""
    citations = rows.get(Citation, ())
    return form.fields["title"] if keys_of(citations, "source") or not citations else citations[0].fields["address"]


def duplicates_of(update: StatusUpdate | None, form: Any, rows: dict[Any, Sequence[Any]]) -> Likenesses:
    return possible_duplicates(
        sources=keys_of(rows.get(Citation, ()), "source"),
        commitments=keys_of(rows.get(Assessment, ()), "commitment"),
        happened_on=day_in(form["happened_on"].value()),
        besides=update.pk if update else None,
    )


def point_out(update: StatusUpdate, form: Any, rows: dict[Any, Sequence[Any]]) -> list[Pointer]:
    """Mark every problem of a saved draft at its field; the list of them for the top of the page."""
    forms = {(each.instance.pk): each for each in rows.get(Assessment, ())}
    return [
        point_at(problem, form if problem.row is None else forms.get(problem.row.pk)) for problem in problems(update)
    ]


def point_at(problem: Problem, form: Any) -> Pointer:
    if form is None or problem.field not in form.fields:
        return Pointer(problem.sentence, f"{problem.field}-group")
    form.errors.setdefault(problem.field, form.error_class()).append(problem.sentence)
    return Pointer(problem.sentence, form[problem.field].id_for_label)
