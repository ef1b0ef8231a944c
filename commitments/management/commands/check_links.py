from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments.links.asking import Asker
from commitments.links.checking import ask_all, keep_all, one_at_a_time, waiting
from commitments.models import LinkOutcome


def positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise ValueError
    return number


class Command(BaseCommand):
    help = "Ask the addresses of the sources whether they still answer. For cron; one run at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=positive, default=10, help="stop after so many (10)")
        parser.add_argument("--days", type=int, default=7, help="leave out those asked within so many days (7)")
        parser.add_argument("--limit", type=int, help="ask at most so many")
        parser.add_argument("--pause", type=float, default=2, help="seconds between two requests to one host (2)")
        parser.add_argument("--timeout", type=positive, default=20, help="seconds for one address (20)")
        parser.add_argument(
            "--allow-private", action="store_true", help="ask addresses of this machine and its network too (tests)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asker = Asker(
            user_agent=f"EU-Japan-commitment-tracker link check (+{settings.SITE_URL})",
            seconds=min(options["timeout"], options["minutes"] * 60),
            private_too=options["allow_private"],
        )
        with one_at_a_time() as is_alone:
            if not is_alone:
                raise CommandError("Another check of the links is under way.")
            sources = waiting(timezone.now(), options["days"], options["limit"])
            answers = ask_all(sources, asker, pause=options["pause"], seconds=options["minutes"] * 60)
            counts: Counter[str] = Counter()
            for source, answer in keep_all(answers):
                counts[answer.outcome] += 1
                if answer.outcome != LinkOutcome.OK:
                    reason = " ".join(str(part) for part in (answer.status_code, answer.detail) if part)
                    self.stdout.write(f"{answer.outcome.label}: {source.url} ({reason})")
        told = ", ".join(f"{outcome.label.lower()} {counts[outcome]}" for outcome in LinkOutcome)
        self.stdout.write(f"{counts.total()} of {len(sources)} asked: {told}.")
