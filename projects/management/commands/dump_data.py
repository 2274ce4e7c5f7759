from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from focalpoints.turn import HeadKept
from projects.dumps.files import AnotherRuns
from projects.dumps.making import DumpNotPossible, NotWrittenAnew, dump_the_day


class Command(BaseCommand):
    help = (
        "Write the day's dump of the public tables and the ledger, unless there is one; write those anew that a redaction withdrew; "
        "remove what is kept no longer. Run it as often as you like."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forget-missing",
            action="store_true",
            help="Remove the rows of all dumps though no folder of theirs is there.",
        )

    def handle(self, *, forget_missing: bool = False, **options: Any) -> None:
        try:
            self.stdout.write(str(dump_the_day(forget_missing=forget_missing)))
        except AnotherRuns:
            raise CommandError("Another run is writing dumps at this moment.") from None
        except HeadKept:
            raise CommandError("Nothing was published: somebody keeps the ledger's head. Try again.") from None
        except NotWrittenAnew as error:
            raise CommandError(str(error)) from error
        except (DumpNotPossible, OSError) as error:
            raise CommandError(f"No dump was published, and the earlier ones stay: {error}") from error
