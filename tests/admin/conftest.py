from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import models
from django.test import Client
from django.urls import resolve

from commitments.models import latest_entry_id
from commitments.roles import set_up_roles
from tests.factories import make_user


def person_in(role: str, name: str) -> User:
    set_up_roles()
    user = make_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def record_at(path: str) -> models.Model | None:
    """The record whose page of the desk has that address."""
    match = resolve(path)
    if "object_id" not in match.kwargs or not match.url_name:
        return None
    return apps.get_model(*match.url_name.split("_")[:2])(pk=match.kwargs["object_id"])


class DeskClient(Client):
    """Like a browser that opened the page just before: it sends the version that the record has, unless told."""

    def post(self, path: str, data: Any = None, *args: Any, **options: Any) -> Any:
        record = record_at(path.partition("?")[0])
        if record is not None and "content_type" not in options:
            data = {"_version": latest_entry_id(record)} | (data or {})
        return super().post(path, data, *args, **options)


def signed_in(user: User) -> Client:
    client = DeskClient()
    client.force_login(user)
    return client


@pytest.fixture
def editor(db: None) -> User:
    return person_in("editor", "edith")


@pytest.fixture
def reviewer(db: None) -> User:
    return person_in("reviewer", "roland")


@pytest.fixture
def administrator(db: None) -> User:
    return person_in("administrator", "ada")


@pytest.fixture
def as_editor(editor: User) -> Client:
    return signed_in(editor)


@pytest.fixture
def as_reviewer(reviewer: User) -> Client:
    return signed_in(reviewer)


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    return signed_in(administrator)
