"""Make the demonstration's people and story, and print how to sign in; safe to run again."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from edn_portal.demo import preparation
from edn_portal.management.commands.prepare_demo import refuse_unless_demo
from projects.models import Commitment


class Command(BaseCommand):
    help = "Add fictional people, tasks and follow-ups up to 15 October 2018 to a demo, and print its accounts."

    def handle(self, **options: Any) -> None:
        refuse_unless_demo()
        if not Commitment.objects.exists():
            raise CommandError("There are no commitments yet: run `manage.py load_reference` first.")
        if not preparation.is_built():
            try:
                preparation.build()
            except preparation.WrongDay as error:
                raise CommandError(
                    f"The story ends on {preparation.TODAY}, but the business clock stands before it: set EDN_CLOCK_START."
                ) from error
        for account in preparation.accounts(os.environ.get("EDN_DEMO_PASSWORD", "")):
            self.stdout.write(f"{account.role:42} {account.email:32} {account.password}")
