from typing import Any

from django.core.management.base import BaseCommand

from focalpoints.ledger.projections import EXTRACTS, SUMMARIES
from focalpoints.ledger.replay import rebuild


class Command(BaseCommand):
    help = (
        "Makes the tables derived from the ledger (what once stood, notices) and the search's documents anew. Safe at any time; others "
        "wait for seconds while the rows are compared. `migrate` does it by itself where a release needs it."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{rebuild():,} rows")
        for summary in SUMMARIES:
            summary.complete()
        for extract in EXTRACTS:
            self.stdout.write(f"{extract.remake():,} {extract.name}")
