from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from edn_portal.backups.archive import Damaged, ending_in_order
from edn_portal.backups.backup import BackupNotPossible, restore
from edn_portal.backups.postgres_programs import NotFound


class Command(BaseCommand):
    help = "Fill an empty database and an empty evidence folder from an archive that `backup` made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            with ending_in_order():
                result = restore(file)
        except (Damaged, BackupNotPossible, NotFound, OSError) as error:
            raise CommandError(f"Nothing was restored: {error}") from error
        self.stdout.write(f"Restored {result.files} evidence files; the ledger is intact, head {result.head}")
        for name, what in result.problems.items():
            self.stderr.write(f"{name} was, when the archive was made, {what}")
