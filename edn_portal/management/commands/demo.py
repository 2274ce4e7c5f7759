"""Make the demonstration's people and story, and print how to sign in; safe to run again."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from edn_portal import demo
from edn_portal.management.commands.prepare_demo import holds_real_people
from projects.models import Commitment


class Command(BaseCommand):
    help = "Add fictional people, tasks and follow-ups up to 15 October 2018 to a demo, and print its accounts."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo (EDN_MODE is not demo). Nothing was touched.")
        if holds_real_people():
            raise CommandError(
                "This database holds people who are not fictional: it is no demo's. Nothing was touched."
            )
        if not Commitment.objects.exists():
            raise CommandError("There are no commitments yet: run `manage.py load_reference` first.")
        if not demo.is_built():
            try:
                demo.build()
            except demo.WrongDay as error:
                raise CommandError(
                    f"The story ends on {demo.TODAY}, but the business clock stands before it: set EDN_CLOCK_START."
                ) from error
        for account in demo.accounts(os.environ.get("EDN_DEMO_PASSWORD", "")):
            self.stdout.write(f"{account.role:42} {account.email:32} {account.password}")
