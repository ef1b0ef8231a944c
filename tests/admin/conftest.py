from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from commitments.roles import set_up_roles
from tests.factories import make_user


def person_in(role: str, name: str) -> User:
    set_up_roles()
    user = make_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def signed_in(user: User) -> Client:
    client = Client()
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
