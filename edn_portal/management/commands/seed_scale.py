"""Fill an empty database with a made-up network of federal size."""

import os
import secrets
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from edn_portal import scale
from edn_portal.scale.size import Size
from focalpoints import clock
from projects.derived.day_figures import keep_missing_days, keep_today

AGENCIES, COMMITMENTS = 250, 20_000
SECONDS_FOR_FIGURES = 240


class Command(BaseCommand):
    help = (
        "Fill an empty database with 250 made-up agencies, 20,000 commitments, 60,000 tasks and 200,000 follow-ups over a valid "
        "ledger. The same day and size give the same story; everything says that it is fictional."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--times", type=int, default=1, help="so many times all that (10 for the second size)")
        parser.add_argument("--part", type=int, default=1, help="one of so many parts of it, for trying out")
        parser.add_argument("--until", type=date.fromisoformat, help="the story's last day (default: today)")

    def handle(self, *, times: int, part: int, until: date | None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production (EDN_MODE): it takes no made-up data. Nothing was touched.")
        if until and until > clock.today():
            raise CommandError("The story cannot end after today. Nothing was touched.")
        try:
            size = Size(AGENCIES * times // part, COMMITMENTS * times // part, until or clock.today())
        except ValueError as error:
            raise CommandError(f"{error} Nothing was touched.") from None
        password = os.environ.get("EDN_DEMO_PASSWORD", "") or secrets.token_urlsafe(12)
        started = time.monotonic()
        try:
            scale.seed(size, password, self._say)
        except scale.NotEmpty:
            raise CommandError("This database holds data. Name an empty one, after `manage.py migrate`.") from None
        scale.settle()
        keep_today()
        # As a daily job of three years would have left them; where that takes too long, the later ones.
        keep_missing_days(SECONDS_FOR_FIGURES * times / part, every_day=True)
        self.stdout.write(
            f"{size.agencies:,} agencies, {size.commitments:,} commitments, {size.tasks:,} tasks, "
            f"{size.follow_ups:,} follow-ups in {time.monotonic() - started:.0f} s. "
            f"Sign in as punto-1@{scale.DOMAIN}, coordinacion-1@{scale.DOMAIN} or administracion@{scale.DOMAIN}: {password}"
        )

    def _say(self, line: str) -> None:
        """How far it is, as it goes: on the side of errors, so that the result can be read alone."""
        self.stderr.write(line)
