"""Load the strategy's reference data; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from edn_portal.reference import RefusedRow, load
from focalpoints.ledger.verification import head


class Command(BaseCommand):
    help = (
        "Load principles, objectives, agencies, projects and commitments through the verbs; again, only what changed."
    )

    def handle(self, **options: Any) -> None:
        before = head().seq
        try:
            happened = load()
        except RefusedRow as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for label, outcomes in happened.items():
            details = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
            self.stdout.write(f"{outcomes.total():4} {label}: {details}")
        self.stdout.write(f"{head().seq - before} ledger entries were added.")
