"""What was typed into a form of the desk, as it was sent, and where it is kept until it is saved."""

from __future__ import annotations

import datetime
import json
import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict

from .models import OpenForm
from .models.open_form import LARGEST

# Fields of every form: which text of the record was on the screen, and which opened form it is.
VERSION = "_version"
TOKEN = "_form"  # noqa: S105 - the name of a field, no secret


def typed_into(sent: QueryDict) -> dict[str, list[str]]:
    """The fields of the form itself. Nothing that could be a password is ever kept."""
    return {
        name: [value.replace("\0", "") for value in sent.getlist(name)]
        for name in sent
        if name != "csrfmiddlewaretoken" and name[:1] != "_" and "password" not in name and "\0" not in name
    }


def as_version(sent: object) -> int | None:
    text = str(sent if sent is not None else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(2**63)) else None


def as_token(sent: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(sent))
    except ValueError:
        return None


def take(form: OpenForm, sent: QueryDict) -> bool:
    """Lay what was sent into the form, unless it is too much."""
    fields = typed_into(sent)
    if len(json.dumps(fields, ensure_ascii=False)) > LARGEST:
        return False
    form.fields, form.version = fields, as_version(sent.get(VERSION)) or form.version
    return True


def write(form: OpenForm, now: datetime.datetime, *, is_open: bool) -> None:
    """Never makes the row anew: what it held may have been saved while this was on its way."""
    OpenForm.objects.filter(pk=form.pk).update(seen_at=now, is_open=is_open, fields=form.fields, version=form.version)


def keep_after_logout(sent: QueryDict, now: datetime.datetime, *, by: User | AnonymousUser) -> bool:
    """Keep what somebody sent whose session is over; False where it is not known whose it is, or it is too much.

    The token of an opened form stands on its writer's page alone, and nobody reads by it: it only adds to what its
    writer is offered after logging in.
    """
    token = as_token(sent.get(TOKEN))
    form = OpenForm.objects.filter(token=token).first() if token else None
    is_somebody_elses = form is not None and by.is_authenticated and form.user_id != by.pk
    if form is None or is_somebody_elses or not take(form, sent):
        return False
    write(form, now, is_open=False)
    return True
