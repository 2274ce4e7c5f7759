from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from edn_portal.backups.archive import ending_in_order
from edn_portal.backups.backup import BackupNotPossible, back_up
from edn_portal.backups.postgres_programs import NotFound


class Command(BaseCommand):
    help = "Write the database, the evidence and the ledger's head into one new archive, while the site runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write; it must not exist")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            with ending_in_order():
                result = back_up(file)
        except (BackupNotPossible, NotFound, OSError) as error:
            raise CommandError(f"No archive was written: {error}") from error
        self.stdout.write(f"{file}: {result.files} evidence files, ledger head {result.head}")
        if result.problems:
            lost = "\n".join(f"{name}: {what}" for name, what in result.problems.items())
            raise CommandError(f"The archive was written, but evidence is not whole:\n{lost}")
