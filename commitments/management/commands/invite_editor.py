from __future__ import annotations

import smtplib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from commitments.management.writing import WritingCommand
from commitments.people import Invitation, NotDone, invite
from commitments.roles import ROLES

DAY = 24 * 3600


def base_address(text: str) -> str:
    """`https://host` out of what was typed, without a path."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}"


class Command(WritingCommand):
    help = "Open an account at the desk; a one-time link, at which a password is chosen, is printed or mailed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name to log in with")
        parser.add_argument("--role", required=True, choices=list(ROLES))
        parser.add_argument("--email", default="", help="the person's mail address")
        parser.add_argument("--mail", action="store_true", help="send the link to that address instead of printing it")
        parser.add_argument(
            "--base-url", type=base_address, help="what stands before the path of the link; otherwise SITE_URL"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        base: str = options["base_url"] or settings.SITE_URL
        if options["mail"] and not settings.EMAIL_HOST:
            raise CommandError(_("Name a mail server in EMAIL_HOST, or leave out --mail to have the link printed."))
        try:
            with transaction.atomic():
                invitation = invite(options["name"], role=options["role"], email=options["email"])
                if options["mail"]:
                    send(invitation, base)
        except NotDone as error:
            raise CommandError(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            # Its kind alone: what the server answered may quote the message.
            failure = type(error).__name__
            raise CommandError(_("The mail could not be sent (%s); nothing was changed.") % failure) from None
        self.tell(invitation, base, is_mailed=options["mail"])

    def tell(self, invitation: Invitation, base: str, *, is_mailed: bool) -> None:
        name, days = invitation.person.username, settings.PASSWORD_RESET_TIMEOUT // DAY
        if invitation.is_renewed:
            self.stdout.write(_("%s was invited before and never came; the earlier link is dead.") % name)
        if is_mailed:
            self.stdout.write(_("A link was mailed to %s.") % invitation.person.email)
            return
        sentence = _("Hand this link to %(name)s. It works once, and for %(days)d days:")
        self.stdout.write(sentence % {"name": name, "days": days})
        self.stdout.write(f"{base}{invitation.path}")


def send(invitation: Invitation, base: str) -> None:
    person = invitation.person
    if not person.email:
        raise NotDone(_("Say --email ADDRESS: no mail address of “%s” is known.") % person.username)
    days = settings.PASSWORD_RESET_TIMEOUT // DAY
    message = render_to_string(
        "commitments/invitation_email.txt",
        {"person": person, "link": f"{base}{invitation.path}", "days": days},
    )
    send_mail(_("Your account at the EU–Japan Commitment Tracker"), message, None, [person.email])
