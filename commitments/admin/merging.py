"""Three texts of one form: as it was opened, as a colleague left the record, and as it was typed."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.models import AuditAction, AuditEntry
from commitments.typed import VERSION

from .fields import looks_like_key
from .versions import who_made

NOTHING = "–"
Row = tuple[str, int]


@dataclass(frozen=True)
class Difference:
    """`was` is None where it is not known what was on the screen; `is_taken`: theirs stands in the form now."""

    label: str
    was: str | None
    theirs: str
    mine: str
    is_taken: bool
    who: str = ""
    at: datetime.datetime | None = None


@dataclass
class Earlier:
    """The rows of a record as they were before these entries, in order, were written."""

    entries: Sequence[AuditEntry]
    _columns: dict[Row, dict[str, Any] | None] = field(init=False)

    def __post_init__(self) -> None:
        self._columns = {}
        for entry in reversed(self.entries):
            key = (entry.table, entry.row_id)
            if entry.action == AuditAction.INSERT:
                self._columns[key] = None
            else:
                self._columns[key] = (self._columns.get(key) or {}) | (entry.was or {})

    def of(self, row: models.Model) -> Any:
        """The row as it was, None if there was no such row."""
        columns = self._columns.get((row._meta.db_table, row.pk), {})
        return None if columns is None else laid_over(copy.copy(row), columns)

    def removed(self, model: type[models.Model], kept: Iterable[models.Model]) -> dict[int, Any]:
        """Rows that were there and are not among the kept ones, by key."""
        still = {row.pk for row in kept}
        return {
            row_id: laid_over(model(pk=row_id), columns)
            for (table, row_id), columns in self._columns.items()
            if table == model._meta.db_table and row_id not in still and columns is not None
        }

    def rows(self, queryset: models.QuerySet[Any]) -> list[Any]:
        """What the rows of the queryset were; it selects by the record alone."""
        now = list(queryset)
        before = [earlier for row in now if (earlier := self.of(row)) is not None]
        return before + list(self.removed(queryset.model, now).values())

    def last_entry(self, row: models.Model, column: str = "") -> AuditEntry | None:
        """The newest one that touched the row, and the column if one is named; else the newest of all."""
        own = [entry for entry in self.entries if (entry.table, entry.row_id) == (row._meta.db_table, row.pk)]
        touching = [entry for entry in own if column and column in (entry.became or {})]
        return next(iter([*touching[-1:], *own[-1:], *self.entries[-1:]]), None)


def laid_over(row: Any, columns: dict[str, Any]) -> Any:
    for each in row._meta.concrete_fields:
        if each.column in columns and not each.generated:
            setattr(row, each.attname, each.to_python(columns[each.column]))
    return row


@dataclass
class Merged:
    """What is shown again: the typed form, with what only a colleague changed taken into it."""

    data: QueryDict
    differences: list[Difference] = field(default_factory=list)


def merge(
    form_class: type[Any], initial: dict[str, Any], formsets: Iterable[Any], row: Any, sent: QueryDict, known: Any
) -> Merged:
    """`known` is the Earlier of the opened version, None where nobody knows it; `initial` are its values of fields
    that are no columns."""
    merged = Merged(sent.copy())
    merged.data.pop(VERSION, None)
    base = row if known is None else known.of(row) or row
    forms_of_row = Texts(
        mine=form_class(sent, instance=base, initial=initial),
        was=None if known is None else form_class(instance=base, initial=initial),
        theirs=form_class(instance=row),
    )
    taken = forms_of_row.compare("", row, known, merged.differences)
    for name in taken:
        put(merged.data, name, as_sent(forms_of_row.theirs[name]))
    for formset in formsets:
        FormSetMerge(formset, sent, known, merged).run()
    return merged


def put(data: QueryDict, name: str, values: list[str]) -> None:
    data.pop(name, None)
    if values:
        data.setlist(name, values)


def as_sent(bound: forms.BoundField) -> list[str]:
    """What a browser sends for a field that nobody touched."""
    value = bound.value()
    if isinstance(value, bool):
        return ["on"] if value else []
    shown = bound.field.widget.format_value(value)
    if isinstance(shown, list | tuple):
        return [str(each) for each in shown]
    return ["" if shown is None else str(shown)]


def in_words(form_field: forms.Field, value: Any) -> str:
    if isinstance(form_field, forms.BooleanField):
        return _("Yes") if value else _("No")
    values = value if isinstance(value, list | tuple) else [value]
    values = [getattr(each, "pk", each) for each in values if each not in (None, "")]
    if isinstance(form_field, forms.ModelChoiceField):
        choices: Any = form_field.queryset
        rows = choices.model._default_manager.in_bulk([int(each) for each in values if looks_like_key(each)])
        values = [rows.get(int(each), each) if looks_like_key(each) else each for each in values]
    elif isinstance(form_field, forms.ChoiceField):
        labels = dict(models.Field(choices=form_field.choices).flatchoices)
        values = [labels.get(each, labels.get(str(each), each)) for each in values]
    separator = "\n" if isinstance(form_field.widget, forms.Textarea) else ", "
    return separator.join(map(str, values)) or NOTHING


def is_same_text(one: Any, other: Any) -> bool:
    """Browsers send line breaks as two characters."""
    return str(one or "").replace("\r\n", "\n").strip() == str(other or "").replace("\r\n", "\n").strip()


@dataclass
class Texts:
    """One form three times; `was` is None where it is not known what was on the screen."""

    mine: Any
    was: Any
    theirs: Any

    def changed_by_me(self) -> list[str]:
        return [
            name for name in self.mine.changed_data if not is_same_text(self.mine[name].data, self.mine[name].initial)
        ]

    def compare(self, label: str, row: models.Model, known: Earlier | None, into: list[Difference]) -> list[str]:
        """Adds what differs, and returns the names of the fields in which theirs is taken."""
        mine, taken = self.changed_by_me(), []
        for name in self.theirs.fields:
            if name not in self.mine.fields or not self._is_apart(name, mine):
                continue
            is_taken = name not in mine
            taken += [name] if is_taken else []
            into.append(self._difference(label, name, row, known, is_taken=is_taken))
        return taken

    def _is_apart(self, name: str, mine: list[str]) -> bool:
        """Whether the colleague left something else in the field than was typed."""
        theirs = self.theirs[name].initial
        if self.was is None:
            return name in mine
        if is_equal(self.was[name].initial, theirs):
            return False
        form_field = self.mine.fields[name]
        return name not in mine or form_field.has_changed(theirs, self.mine[name].data)

    def _difference(
        self, label: str, name: str, row: models.Model, known: Earlier | None, *, is_taken: bool
    ) -> Difference:
        form_field = self.theirs.fields[name]
        entry = known.last_entry(row, column_of(row, name)) if known is not None else None
        own = str(capfirst(self.theirs[name].label))
        return Difference(
            label=f"{label}: {own}" if label else own,
            was=None if self.was is None else in_words(form_field, self.was[name].initial),
            theirs=in_words(form_field, self.theirs[name].initial),
            mine=in_words(form_field, self.mine[name].data),
            is_taken=is_taken,
            who=who_made(entry) if entry else "",
            at=entry.at if entry else None,
        )


def is_equal(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        keys = [sorted(str(getattr(each, "pk", each)) for each in values) for values in (one, other)]
        return keys[0] == keys[1]
    return bool(one == other)


def column_of(row: models.Model, name: str) -> str:
    """ "" for what has none, such as a list of others."""
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    return getattr(field, "column", None) or ""


class FormSetMerge:
    """The rows of one inline: those that are there now, each with what was typed for it, then what was typed anew."""

    def __init__(self, formset: Any, sent: QueryDict, known: Earlier | None, merged: Merged) -> None:
        self.formset, self.sent, self.known, self.merged = formset, sent, known, merged
        self.prefix: str = formset.prefix
        self.key: str = formset.model._meta.pk.name
        self.current = {row.pk: row for row in formset.get_queryset()}
        self.removed = known.removed(formset.model, self.current.values()) if known is not None else {}
        self.rows: list[dict[str, list[str]]] = []
        self.sent_at = dict(self._sent_rows())

    def _sent_rows(self) -> Iterator[tuple[int, int]]:
        """The key of each row that was on the screen, and where it stood."""
        for index in range(min(self.formset.initial_form_count(), self.formset.total_form_count())):
            key = self.sent.get(f"{self.prefix}-{index}-{self.key}", "")
            yield (int(key) if looks_like_key(key) else -1 - index), index

    def run(self) -> None:
        for key, row in self.current.items():
            if key in self.sent_at:
                self._merge_row(self.sent_at[key], row)
            else:
                self._take_added(row)
        initial = len(self.rows)
        for key, index in self.sent_at.items():
            if key not in self.current:
                self._keep_removed(index, self.removed.get(key))
        for index in range(self.formset.initial_form_count(), self.formset.total_form_count()):
            if self._form(index).has_changed() and not self._is_deleted(index):
                self.rows.append(self._fields(index))
        self._write(initial)

    def _form(self, index: int | None, instance: Any = None) -> Any:
        """Bound to what was typed at that place, or to nothing."""
        options = self.formset.get_form_kwargs(index)
        if index is None:
            return self.formset.form(instance=instance, **options)
        options |= {} if instance is None else {"instance": instance}
        return self.formset.form(self.sent, prefix=f"{self.prefix}-{index}", **options)

    def _is_deleted(self, index: int) -> bool:
        name = f"{self.prefix}-{index}-DELETE"
        return bool(forms.CheckboxInput().value_from_datadict(self.sent, MultiValueDict(), name))

    def _fields(self, index: int) -> dict[str, list[str]]:
        start = f"{self.prefix}-{index}-"
        names = [name for name in self.sent if name.startswith(start)]
        own = {name.removeprefix(start): self.sent.getlist(name) for name in names}
        # Which record it stands under is said by the page.
        return {name: values for name, values in own.items() if name not in (self.key, "DELETE", self.formset.fk.name)}

    def _merge_row(self, index: int, row: models.Model) -> None:
        base = row if self.known is None else self.known.of(row) or row
        texts = Texts(
            mine=self._form(index, base),
            was=None if self.known is None else self._form(None, base),
            theirs=self._form(None, row),
        )
        fields = self._fields(index)
        found: list[Difference] = []
        for name in texts.compare(self._label(texts.theirs), row, self.known, found):
            fields[name] = as_sent(texts.theirs[name])
        if self._is_deleted(index):
            fields["DELETE"] = ["on"]
            found = [self._whole(row, texts.was, texts.theirs, mine=_("Deleted"))] if found else []
        self.merged.differences += found
        self.rows.append(fields | {self.key: [str(row.pk)]})

    def _take_added(self, row: models.Model) -> None:
        form = self._form(None, row)
        if self.known is not None and self.known.of(row) is None:
            self.merged.differences.append(self._whole(row, None, form, mine=NOTHING, is_taken=True))
        self.rows.append({name: as_sent(form[name]) for name in form.fields} | {self.key: [str(row.pk)]})

    def _keep_removed(self, index: int, base: Any) -> None:
        """A row that a colleague deleted goes, unless something was typed into it: then it is a new one."""
        if self._is_deleted(index):
            return
        mine = self._form(index, base)
        is_touched = base is None or bool(Texts(mine, None, None).changed_by_me())
        if base is not None:
            was = self._form(None, base)
            words = self._words(mine, lambda name: mine[name].data)
            self.merged.differences.append(self._whole(base, was, None, mine=words, is_taken=not is_touched))
        if is_touched:
            self.rows.append(self._fields(index))

    def _whole(self, row: models.Model, was: Any, theirs: Any, *, mine: str, is_taken: bool = False) -> Difference:
        entry = self.known.last_entry(row) if self.known is not None else None
        return Difference(
            label=self._label(theirs or was),
            was=self._words(was, lambda name: was[name].initial) if was else NOTHING,
            theirs=self._words(theirs, lambda name: theirs[name].initial) if theirs else _("Deleted"),
            mine=mine,
            is_taken=is_taken,
            who=who_made(entry) if entry else "",
            at=entry.at if entry else None,
        )

    def _words(self, form: Any, value_of: Any) -> str:
        found = ((form[name].label, in_words(form.fields[name], value_of(name))) for name in form.fields)
        return "\n".join(f"{capfirst(label)}: {words}" for label, words in found if words != NOTHING)

    def _label(self, form: Any) -> str:
        """The row is known by its first field."""
        noun = capfirst(str(self.formset.model._meta.verbose_name))
        name = next(iter(form.fields), None)
        return noun if name is None else f"{noun} “{in_words(form.fields[name], form[name].initial)}”"

    def _write(self, initial: int) -> None:
        data = self.merged.data
        for name in [name for name in data if name.startswith(f"{self.prefix}-")]:
            rest = name.removeprefix(f"{self.prefix}-").partition("-")[0]
            if rest.isdecimal():
                data.pop(name)
        for index, fields in enumerate(self.rows):
            for name, values in fields.items():
                put(data, f"{self.prefix}-{index}-{name}", values)
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(self.rows))
        data[f"{self.prefix}-INITIAL_FORMS"] = str(initial)


def as_new(formsets: Iterable[Any], sent: QueryDict) -> QueryDict:
    """What was typed for a record, as it is sent for a new one; the formsets are those of no record."""
    merged = Merged(sent.copy())
    merged.data.pop(VERSION, None)
    for formset in formsets:
        FormSetMerge(formset, sent, None, merged).run()
    return merged.data
