from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from focalpoints.ledger.replay import differences
from focalpoints.ledger.verification import Head, head, verify


class Command(BaseCommand):
    help = (
        "Checks every entry of the ledger and the triggers that guard it. Exits with 1 and names the first bad entry."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="store_true",
            help="only print the head (number of the last entry and digest), for keeping in another place",
        )
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="also check the heads kept in FILE, one a line as --head prints them",
        )

        parser.add_argument(
            "--projections",
            action="store_true",
            help="also replay the ledger and compare the tables derived from it, as of one instant",
        )

    def handle(self, *, against: Path | None, **options: Any) -> None:
        if options["head"]:
            self.stdout.write(str(head()))
            return
        report = verify(_kept(against) if against else ())
        if not report.is_intact:
            raise CommandError("\n".join(str(problem) for problem in report.problems))
        if options["projections"] and (differing := differences()):
            raise CommandError(f"{', '.join(differing)}: not what the ledger says. Run manage.py rebuild_projections.")
        self.stdout.write(f"intact: {report.head.seq} entries, head {report.head.digest}")


def _kept(path: Path) -> list[Head]:
    try:
        return [Head.parse(line) for line in path.read_text().splitlines() if line.strip()]
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(
            f"{path} holds a line that is not a head: a number, a space, 64 hexadecimal digits."
        ) from error
