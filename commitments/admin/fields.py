"""Form fields of the desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from commitments.models.validators import plain_line

LONG = 200
MOST_LINES = 100


def one_line(text: str) -> str:
    return re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", text)


class ParagraphField(forms.CharField):
    """One paragraph, written in a box of several rows; line breaks of pasted text become spaces."""

    widget = AdminTextareaWidget(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class OnePerLineField(SimpleArrayField):
    """A list, one item a line. Empty lines are dropped."""

    widget = AdminTextareaWidget(attrs={"rows": 4})

    def __init__(self, base_field: forms.Field, **options: Any) -> None:
        super().__init__(base_field, delimiter="\n", **options)
        self.help_text = self.help_text or _("One per line.")

    def to_python(self, value: Any) -> list[Any]:  # type: ignore[override]  # a list, whatever the stubs inherit
        if isinstance(value, str):
            value = "\n".join(line for line in value.splitlines() if line.strip())
        items = list(super().to_python(value) or ())
        if len(items) > MOST_LINES:
            raise ValidationError(
                ngettext_lazy("Write at most %(most)d line.", "Write at most %(most)d lines.", "most"),
                params={"most": MOST_LINES},
            )
        return items


class ReasonField(forms.CharField):
    """Why something public changes: one paragraph, kept for good."""

    widget = AdminTextareaWidget(attrs={"rows": 2})
    default_validators = [plain_line]
    default_error_messages = {"required": _("Write it down here: nothing was done without it.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=400, **options)

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


def looks_like_key(value: Any) -> bool:
    return str(value).isdecimal() and len(str(value)) < len(str(models.BigIntegerField.MAX_BIGINT))


# Django's widgets ask the database for whatever was sent, and fail on what is no key.
class OneByAutocomplete(AutocompleteSelect):
    def optgroups(self, name: str, value: Sequence[Any], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, list(filter(looks_like_key, value)), attr)


class SeveralByAutocomplete(AutocompleteSelectMultiple):
    def optgroups(self, name: str, value: Sequence[Any], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, list(filter(looks_like_key, value)), attr)


if TYPE_CHECKING:
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField[models.Model]
else:
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField


class SeveralField(ModelMultipleChoiceField):
    """What is no key is no choice, rather than an error of the database."""

    def clean(self, value: Any) -> Any:
        for each in value or ():
            if not looks_like_key(each):
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": each}
                )
        return super().clean(value)


def options_for(db_field: models.Field[Any, Any]) -> dict[str, Any]:
    """How the desk differs from Django's choice of form field."""
    if isinstance(db_field, ArrayField):
        # Left to the model, the error of an item would lose its sentence on the way to the form.
        validators = [each for each in db_field.base_field.validators if isinstance(each, RegexValidator)]
        return {"form_class": OnePerLineField, "base_field": db_field.base_field.formfield(validators=validators)}
    if isinstance(db_field, models.URLField):
        return {"assume_scheme": "https"}
    if type(db_field) is models.CharField and not db_field.choices and (db_field.max_length or 0) >= LONG:
        return {"form_class": ParagraphField, "widget": ParagraphField.widget}
    return {}
