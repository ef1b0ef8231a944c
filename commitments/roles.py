"""Who may do what in the admin: the table that `manage.py set_up_roles` makes true."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

Actions = tuple[str, ...]

VIEW: Actions = ("view",)
WRITE: Actions = ("add", "change", "delete", "view")
# Never deleted: an account is closed, as its name stands under what its owner wrote; a discrepancy is public at once.
KEEP: Actions = ("add", "change", "view")
PUBLISH: Actions = (*WRITE, "publish")

# What every role may read: the register itself.
READER = {
    "commitments.instrument": VIEW,
    "commitments.instrumentsource": VIEW,
    "commitments.area": VIEW,
    "commitments.actor": VIEW,
    "commitments.source": VIEW,
    "commitments.commitment": VIEW,
    "commitments.commitmentactor": VIEW,
    "commitments.commitmentsource": VIEW,
    "commitments.statusupdate": VIEW,
    "commitments.assessment": VIEW,
    "commitments.citation": VIEW,
    "commitments.check": VIEW,
    "commitments.checkcommitment": VIEW,
    "commitments.milestone": VIEW,
    "commitments.milestonesource": VIEW,
    "commitments.discrepancy": VIEW,
    "commitments.discrepancysource": VIEW,
    "commitments.sheetimport": VIEW,
}

EDITOR = READER | {
    "commitments.source": WRITE,
    "commitments.statusupdate": WRITE,
    "commitments.assessment": WRITE,
    "commitments.citation": WRITE,
    "commitments.check": WRITE,
    "commitments.checkcommitment": WRITE,
    "commitments.milestone": WRITE,
    "commitments.milestonesource": WRITE,
    "commitments.sheetimport": ("add", "view"),
}

REVIEWER = EDITOR | {
    "commitments.statusupdate": PUBLISH,
    "commitments.auditentry": VIEW,
    "commitments.revision": VIEW,
    "commitments.edition": VIEW,
}

ADMINISTRATOR = READER | {
    "commitments.instrument": WRITE,
    "commitments.instrumentsource": WRITE,
    "commitments.area": WRITE,
    "commitments.actor": WRITE,
    "commitments.source": WRITE,
    "commitments.commitment": PUBLISH,
    "commitments.commitmentactor": WRITE,
    "commitments.commitmentsource": WRITE,
    "commitments.discrepancy": KEEP,
    "commitments.discrepancysource": WRITE,
    "commitments.auditentry": VIEW,
    "commitments.revision": VIEW,
    "commitments.edition": VIEW,
    "auth.user": KEEP,
}

ROLES: dict[str, dict[str, Actions]] = {
    "editor": EDITOR,
    "reviewer": REVIEWER,
    "administrator": ADMINISTRATOR,
}


@transaction.atomic
def set_up_roles() -> None:
    """Make the groups, each with exactly the permissions of its role. Changes nothing the second time."""
    for name, actions_of in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions_of(actions_of))


def permissions_of(actions_of: dict[str, Actions]) -> list[Permission]:
    """The permissions that a role names; a KeyError where one does not exist."""
    named = Q()
    for model, actions in actions_of.items():
        app, name = model.split(".")
        codenames = [f"{action}_{name}" for action in actions]
        named |= Q(content_type__app_label=app, content_type__model=name, codename__in=codenames)
    permissions = list(Permission.objects.filter(named))
    if len(permissions) != sum(map(len, actions_of.values())):
        raise KeyError("A role names a permission that no model has.")
    return permissions
