from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.links.asking import Asker
from commitments.links.checking import one_at_a_time
from commitments.links.pinging import tell_hub
from commitments.management.commands.check_links import positive

LOCK = 20241103


class Command(BaseCommand):
    help = "Tell the hub named in WEBSUB_HUB which feeds hold something new. For cron; one run at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=positive, default=50, help="stop after so many (50)")
        parser.add_argument("--timeout", type=positive, default=10, help="seconds for one ping (10)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.WEBSUB_HUB:
            raise CommandError("No hub is named. Set WEBSUB_HUB.")
        asker = Asker(
            user_agent=f"EU-Japan-commitment-tracker hub ping (+{settings.SITE_URL})",
            seconds=min(options["timeout"], options["seconds"]),
            # The hub is named by whoever runs this site, who may run it in the same network.
            private_too=True,
        )
        with one_at_a_time(LOCK) as is_alone:
            if not is_alone:
                raise CommandError("The hub is being told already.")
            now = timezone.now()
            told = list(tell_hub(asker, settings.WEBSUB_HUB, settings.SITE_URL, now, options["seconds"]))
        for each in told:
            if not each.is_taken:
                reason = " ".join(str(part) for part in (each.answer.status_code, each.answer.detail) if part)
                fate = "Given up" if each.is_over else "To be tried again"
                self.stdout.write(f"{fate}: {each.topic} ({reason})")
        self.stdout.write(f"{sum(each.is_taken for each in told)} of {len(told)} pings taken.")
