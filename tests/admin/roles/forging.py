"""A request that nobody was offered, and what became of it: told from the database, not from the page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from commitments.models import OpenForm

from .persons import Needs, Person

# That somebody has a form open is written down when it is shown.
OPEN_FORMS = OpenForm._meta.db_table
# Who is signed in, and what the database knows about itself.
BESIDES = {"django_session", "django_content_type", "auth_permission"}
# What was asked for is in the database; a page and nothing else; a page, and what was asked for is not there; no page.
DONE, SHOWN, IGNORED, REFUSED = "done", "shown", "ignored", "refused"


@dataclass(frozen=True)
class Request:
    """`within` is the table that it is about, where others may change beside it; without one, any change counts.

    `is_done` looks closer, where that something changed says too little.
    """

    address: str
    data: Any = field(default_factory=dict)
    method: str = "post"
    within: str = ""
    is_done: Callable[[], bool] = lambda: True

    def sent_by(self, person: Person) -> Any:
        return getattr(person.client, self.method)(self.address, self.data)


Forge = Callable[[Person], Request]


@dataclass(frozen=True)
class Cell:
    """`prepare` makes the rows, takes the data of the form from what a superuser is shown, and returns what makes of
    them the request of one person, with what has to be that person's own.

    `outcome` is that of whoever has all that it `needs`. Of whoever only has what the `page` around it needs, it is
    ignored; everybody else is refused.
    """

    name: str
    needs: Needs | None
    prepare: Callable[[Person], Forge]
    outcome: str = DONE
    page: Needs | None = None

    def expected_for(self, person: Person) -> str:
        if person.may(self.needs):
            return self.outcome
        return IGNORED if self.page is not None and person.may(self.page) else REFUSED


def outcome_of(forge: Forge, person: Person) -> str:
    """What came of it for this person. Afterwards nothing of it is left."""
    with transaction.atomic():
        request = forge(person)
        before = contents()
        answer = request.sent_by(person)
        after = contents()
        outcome = judged(request, answer, {table for table in after if after[table] != before[table]})
        transaction.set_rollback(True)
    return outcome


def contents() -> dict[str, str]:
    """A digest of every table. Nobody's last login is in it."""
    digests = (
        f"SELECT '{table}', md5(string_agg(line, ',' ORDER BY line)) "
        f"FROM (SELECT (to_jsonb(t) - 'last_login')::text AS line FROM \"{table}\" AS t) AS lines"
        for table in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(digests))
        return dict(cursor.fetchall())


@functools.cache
def tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - BESIDES)


def judged(request: Request, answer: Any, changed: set[str]) -> str:
    if is_refusal(answer):
        # What a form says is kept until its writer has logged in again: by its token, for nobody else, and unread.
        changed = changed - {OPEN_FORMS} if is_sent_to_login(answer) else changed
        return f"refused, and yet changed: {sorted(changed)}" if changed else REFUSED
    if request.within in changed if request.within else changed - {OPEN_FORMS}:
        return DONE if request.is_done() else f"half done: {sorted(changed)}"
    if answer.status_code not in (200, 302, 409):
        return f"status {answer.status_code}"
    return IGNORED if request.within else SHOWN


def is_refusal(answer: Any) -> bool:
    return is_sent_to_login(answer) or answer.status_code in (403, 404)


def is_sent_to_login(answer: Any) -> bool:
    return answer.status_code == 302 and str(answer["Location"]).startswith("/admin/login/")
