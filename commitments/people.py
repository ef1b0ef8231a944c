"""Accounts of the desk: who is invited, who leaves, and who can do what. Nothing here is written to a log."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from .models import StatusUpdate

ADMINISTRATOR = "administrator"


class NotDone(Exception):
    """Nothing was changed; the message says why, and what to do."""


class InvitationTokens(PasswordResetTokenGenerator):
    """Tokens that also die with the account's closing. As Django's, they hold for PASSWORD_RESET_TIMEOUT seconds."""

    key_salt = "commitments.people.InvitationTokens"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


invitation_tokens = InvitationTokens()


@dataclass(frozen=True)
class Invitation:
    """`path` is the address, within the site, at which the person chooses a password: once."""

    person: User
    path: str
    is_renewed: bool


@transaction.atomic
def invite(name: str, *, role: str, email: str = "") -> Invitation:
    """Open an account in this role, without a password; or, if it was never used, make its link anew.

    The earlier link is dead then. Raises NotDone.
    """
    group = Group.objects.filter(name=role).first()
    if group is None:
        raise NotDone(_("There is no role “%(role)s” yet. Run manage.py set_up_roles first.") % {"role": role})
    person = User.objects.select_for_update(no_key=True).filter(username__iexact=name).first()
    is_renewed = person is not None
    if person is None:
        person = User(username=User.normalize_username(name), is_staff=True)
    else:
        require_unused(person, name)
    person.email = User.objects.normalize_email(email) or person.email
    # A new random value each time: links made for the earlier one hold no longer.
    person.set_unusable_password()
    save(person)
    person.groups.set([group])
    return Invitation(person, invitation_path(person), is_renewed)


def require_unused(person: User, name: str) -> None:
    if person.username != name:
        raise NotDone(_("An account “%(name)s” exists, and differs only in case.") % {"name": person.username})
    if not person.is_active:
        raise NotDone(_("The account “%(name)s” is closed. An administrator can open it again.") % {"name": name})
    if person.has_usable_password() or person.last_login or person.is_superuser:
        raise NotDone(
            _("“%(name)s” has an account already. A new password is set by: manage.py changepassword %(name)s")
            % {"name": name}
        )


def save(person: User) -> None:
    try:
        person.full_clean(exclude=["password"])
        with transaction.atomic():
            person.save()
    except ValidationError as error:
        raise NotDone(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise NotDone(_("Somebody opened this account at the same time.")) from error


def invitation_path(person: User) -> str:
    key = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("admin:invitation", args=[key, invitation_tokens.make_token(person)])


@dataclass(frozen=True)
class Leaving:
    """What somebody leaves behind: sessions that were ended, and drafts that somebody else has to finish."""

    sessions: int
    drafts: list[StatusUpdate]


@transaction.atomic
def disable(name: str, *, force: bool = False) -> Leaving:
    """Close an account and end its sessions. The last administrator's is closed only with `force`. Raises NotDone."""
    # All of them, so that two administrators who close each other's account do not both succeed.
    administrators = {person.pk for person in active_administrators().select_for_update(of=("self",), no_key=True)}
    person = User.objects.select_for_update(no_key=True).filter(username=name).first()
    if person is None:
        raise NotDone(_("There is no account “%(name)s”.") % {"name": name})
    if not person.is_active:
        raise NotDone(_("The account “%(name)s” is closed already.") % {"name": name})
    if administrators == {person.pk} and not force:
        raise NotDone(
            _("“%(name)s” is the last active administrator. Invite another one first, or say --force.") % {"name": name}
        )
    person.is_active = False
    person.save(update_fields=["is_active"])
    drafts = StatusUpdate.objects.drafts().filter(models.Q(written_by=person) | models.Q(last_edited_by=person))
    return Leaving(sessions=end_sessions(person), drafts=list(drafts.order_by("pk")))


def active_administrators() -> models.QuerySet[User]:
    in_role = Group.objects.filter(name=ADMINISTRATOR, user=models.OuterRef("pk"))
    return User.objects.filter(
        models.Q(is_superuser=True) | models.Exists(in_role), is_active=True, is_staff=True
    ).order_by("pk")


def end_sessions(person: User) -> int:
    """A session names its person only inside what it stores, so each of them is opened."""
    theirs = [
        session.pk
        for session in Session.objects.all().iterator()
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


@dataclass(frozen=True)
class Standing:
    """One account, and what it can do now: a closed one can do nothing."""

    name: str
    email: str
    roles: list[str]
    state: str
    last_login: datetime.datetime | None
    can: dict[str, bool]


# What people ask about, and the permission that answers.
ABILITIES = {
    "write updates": "commitments.add_statusupdate",
    "publish updates": "commitments.publish_statusupdate",
    "record checks": "commitments.change_check",
    "publish commitments": "commitments.publish_commitment",
    "manage accounts": "auth.change_user",
}


def everybody() -> list[Standing]:
    return [standing(person) for person in User.objects.prefetch_related("groups").order_by("username")]


def standing(person: User) -> Standing:
    enters = person.is_active and person.is_staff
    return Standing(
        name=person.username,
        email=person.email,
        roles=["superuser"] * person.is_superuser + sorted(group.name for group in person.groups.all()),
        state=state_of(person),
        last_login=person.last_login,
        can={ability: enters and person.has_perm(permission) for ability, permission in ABILITIES.items()},
    )


def state_of(person: User) -> str:
    if not person.is_active:
        return "closed"
    if not person.is_staff:
        return "kept out"
    return "active" if person.has_usable_password() else "invited"
