from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.management.writing import WritingCommand
from commitments.people import NotDone, disable


class Command(WritingCommand):
    help = "Close an account: it cannot log in, its sessions end. What it wrote stays, with its name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--force", action="store_true", help="also the last active administrator's")

    def handle(self, *args: Any, name: str, force: bool, **options: Any) -> None:
        try:
            leaving = disable(name, force=force)
        except NotDone as error:
            raise CommandError(str(error)) from error
        sessions = ngettext("%d session ended", "%d sessions ended", leaving.sessions) % leaving.sessions
        self.stdout.write(f"{name}: {_('closed')}, {sessions}.")
        if not leaving.drafts:
            self.stdout.write(_("No draft is left behind."))
            return
        self.stdout.write(_("Drafts for somebody else to finish:"))
        for draft in leaving.drafts:
            state = _("in review") if draft.is_in_review else _("draft")
            self.stdout.write(f"  {draft.pk}  {draft.title} ({state})")
