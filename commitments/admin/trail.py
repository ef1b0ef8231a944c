"""Who changed what, in words, on the page of a record and for the whole register."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import AuditEntry
from commitments.wording import NOTHING, Change, Names, changes_between, model_of, names_in, names_of

# By eye: below, two texts read better than one.
MOSTLY_ALIKE = 0.4
# In characters: comparing word by word takes its time.
LONGEST_WOVEN = 4000
# What a row that is only a link, or a judgement, is about.
ABOUT = ("commitment_id", "source_id", "actor_id", "group_id")


WAYS = {"admin": gettext_lazy("the desk"), "invitation": gettext_lazy("an invitation")}


@dataclass(frozen=True)
class Told:
    """An entry as a person reads it. `name` is that of the record as it reads now, "" where it is gone."""

    entry: AuditEntry
    name: str
    what: str
    changes: list[Change]

    @property
    def record(self) -> str:
        name = _("“%(name)s”") % {"name": self.name} if self.name else self.entry.record_id
        return f"{capfirst(noun(self.entry.record_table))} {name}"

    @property
    def who(self) -> str:
        return self.entry.by_name or ("" if self.entry.via else _("somebody at the database"))

    @property
    def way(self) -> str:
        via = self.entry.via
        return str(WAYS.get(via, via)) or _("the database, as %(user)s") % {"user": self.entry.database_user}


def told(entries: Sequence[AuditEntry]) -> list[Told]:
    """In their order. A query for each kind of record that they refer to, at most some ten."""
    models_of = {entry.table: model_of(entry.table) for entry in entries}
    rows = [(models_of[entry.table], columns) for entry in entries for columns in (entry.was, entry.became)]
    subjects = _subjects(entries)
    rows += [(models_of[entry.table], subjects.get((entry.table, entry.row_id))) for entry in entries]
    names = names_in((model, columns) for model, columns in rows if model is not None) | _names_of_records(entries)
    return [_tell(entry, models_of[entry.table], names, subjects) for entry in entries]


def _tell(
    entry: AuditEntry,
    model: type[models.Model] | None,
    names: Names,
    subjects: dict[tuple[str, int], dict[str, Any]],
) -> Told:
    record = model_of(entry.record_table)
    name = names.get((record, entry.record_id), "") if record else ""
    if model is None:
        return Told(entry, name, f"{entry.table} {entry.row_id}", [])
    is_part = (entry.table, entry.row_id) != (entry.record_table, entry.record_id)
    noun = capfirst(str(model._meta.verbose_name)) if is_part else ""
    about = _about(model, {**subjects.get((entry.table, entry.row_id), {}), **(entry.became or entry.was or {})}, names)
    what = " ".join(part for part in (noun, about if is_part else "", entry.get_action_display()) if part)
    return Told(entry, name, what, changes_between(model, entry.was, entry.became, names))


def _names_of_records(entries: Iterable[AuditEntry]) -> Names:
    wanted: dict[type[models.Model], set[int]] = {}
    for entry in entries:
        model = model_of(entry.record_table)
        if model is not None:
            wanted.setdefault(model, set()).add(entry.record_id)
    return names_of(wanted)


def noun(table: str) -> str:
    """What the rows of a table are called."""
    model = model_of(table)
    return str(model._meta.verbose_name) if model else table


def _about(model: type[models.Model], columns: dict[str, Any], names: Names) -> str:
    for field in model._meta.concrete_fields:
        if field.column in ABOUT and isinstance(field, models.ForeignKey) and columns.get(field.column):
            related: Any = field.related_model
            name = names.get((related, columns[field.column]))
            if name:
                return _("“%(name)s”") % {"name": name}
    return ""


def _subjects(entries: Iterable[AuditEntry]) -> dict[tuple[str, int], dict[str, Any]]:
    """What the rows under a record are about: an entry of a change does not repeat it. One query."""
    parts = {(entry.table, entry.row_id) for entry in entries if entry.table != entry.record_table}
    if not parts:
        return {}
    created = AuditEntry.objects.filter(
        action="insert", table__in={table for table, _row in parts}, row_id__in={row for _table, row in parts}
    )
    return {
        (entry.table, entry.row_id): {name: value for name, value in (entry.became or {}).items() if name in ABOUT}
        for entry in created
    }


def marked(change: Change) -> SafeString:
    """Before and after in one text, where words were only exchanged; else one behind the other."""
    if NOTHING in (change.before, change.after):
        return _exchanged(*("" if text == NOTHING else text for text in (change.before, change.after)))
    if len(change.before) + len(change.after) > LONGEST_WOVEN:
        return format_html("<del>{}</del> → <ins>{}</ins>", change.before, change.after)
    before, after = (re.split(r"(\s+)", text) for text in (change.before, change.after))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < MOSTLY_ALIKE:
        return format_html("<del>{}</del> → <ins>{}</ins>", change.before, change.after)
    pieces = (
        (old if tag == "equal" else _exchanged(old, "".join(after[third:fourth])),)
        for tag, first, second, third, fourth in matcher.get_opcodes()
        for old in ["".join(before[first:second])]
    )
    return format_html_join("", "{}", pieces)


def _exchanged(old: str, new: str) -> SafeString:
    return format_html_join("", "<{0}>{1}</{0}>", [(tag, text) for tag, text in (("del", old), ("ins", new)) if text])
