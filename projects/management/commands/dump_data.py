from typing import Any

from django.core.management.base import BaseCommand, CommandError

from focalpoints.turn import HeadKept
from projects.dumps.files import AnotherRuns
from projects.dumps.making import DumpNotPossible, dump_the_day


class Command(BaseCommand):
    help = (
        "Write the day's dump of the public tables and the ledger, unless there is one; write those anew that a redaction withdrew; "
        "remove what is kept no longer. Run it as often as you like."
    )

    def handle(self, **options: Any) -> None:
        try:
            self.stdout.write(str(dump_the_day()))
        except AnotherRuns:
            raise CommandError("Another run is writing dumps at this moment.") from None
        except HeadKept:
            raise CommandError("Nothing was published: somebody keeps the ledger's head. Try again.") from None
        except (DumpNotPossible, OSError) as error:
            raise CommandError(f"No dump was published, and the earlier ones stay: {error}") from error
