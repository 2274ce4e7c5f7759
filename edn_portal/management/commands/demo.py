"""Make the demonstration's people and story, and print how to sign in; safe to run again."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from edn_portal.demo import building
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
        if not building.is_built():
            try:
                building.build()
            except building.WrongDay as error:
                raise CommandError(
                    f"The story ends on {building.TODAY}, but the business clock stands before it: set EDN_CLOCK_START."
                ) from error
        for account in building.accounts(os.environ.get("EDN_DEMO_PASSWORD", "")):
            self.stdout.write(f"{account.role:42} {account.email:32} {account.password}")
