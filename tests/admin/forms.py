"""What a browser sends back from a page of the desk."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.test import Client
from django.urls import reverse

from commitments.models import Commitment, Source


def desk(model: type[models.Model] | models.Model, view: str = "") -> str:
    """The address of a model's add form or list, or of a page of one row."""
    opts = model._meta
    if isinstance(model, models.Model):
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{view or 'change'}", args=[model.pk])
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{view or 'add'}")


def shown_in(response: Any) -> dict[str, Any]:
    """Every field of the form on that page as it stands."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    data = {name: "" if value is None else value for name, value in values.items() if value is not False}
    if context["original"] is not None:
        data["_version"] = context["version"]
    return data | ({"_form": context["open_form"].token} if context.get("open_form") else {})


def sent_back(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """Every field of the form at that address as it stands, with these changes; "__" reads as "-"."""
    return shown_in(client.get(address)) | {name.replace("__", "-"): value for name, value in changes.items()}


def errors_of(response: Any) -> str:
    """All that the page of a refused form complains about."""
    assert response.status_code == 200, response.status_code
    return " ".join(str(error) for error in response.context["errors"])


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def refusal_of(response: Any) -> str:
    """Why a decision was not taken, as the page on which it was asked for says it."""
    assert response.status_code == 200, response.status_code
    return " ".join(str(error) for errors in response.context["form"].errors.values() for error in errors)


def new_update(commitment: Commitment, source: Source, **changes: Any) -> dict[str, Any]:
    data = {
        "title": "A meeting was held",
        "summary": "Something made up happened.",
        "happened_on": "2025-06-01",
        "happened_precision": "day",
        "kind": "meeting",
        "note": "",
        "assessments__TOTAL_FORMS": 1,
        "assessments__INITIAL_FORMS": 0,
        "assessments__0__commitment": commitment.pk,
        "assessments__0__bearing": "neutral",
        "assessments__0__status": "",
        "assessments__0__evidence": "",
        "assessments__0__reasoning": "Made-up reasoning.",
        "citations__TOTAL_FORMS": 1,
        "citations__INITIAL_FORMS": 0,
        "citations__0__source": source.pk,
        "citations__0__locator": "",
    }
    return {name.replace("__", "-"): value for name, value in (data | changes).items()}
