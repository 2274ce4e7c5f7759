import re
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from edn_portal.operations.evidence_folder import PARTIAL
from projects.models import Evidence

# What `generated_name` makes, or half of it. Anything else in the folder was put there by somebody, and stays.
OURS = re.compile(rf"([0-9a-f]{{2}})/\1[0-9a-f]{{30}}({re.escape(PARTIAL)})?")
# A file is written before its row: one of today may still be waiting for it.
GRACE = timedelta(days=1)


class Command(BaseCommand):
    help = (
        "List evidence files that belong to nothing, as a server killed during an upload leaves them. "
        "Nothing is removed without --remove; files younger than a day are never touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="only list them; the default")
        what.add_argument("--remove", action="store_true", help="remove what is listed")

    def handle(self, *, remove: bool, **options: Any) -> None:
        count = 0
        for name in strays(default_storage):
            size = default_storage.size(name)
            if remove:
                default_storage.delete(name)
            count += 1
            self.stdout.write(f"{name}  {size} bytes")
        done = "removed" if remove else "found; --remove removes them" if count else "found"
        self.stdout.write(f"{count} files without a row {done}.")


def strays(storage: Storage) -> list[str]:
    """Names of our own making, older than `GRACE` by the system's clock, that no row holds."""
    until = timezone.now() - GRACE
    old = [name for name in _names(storage) if storage.get_modified_time(name) < until]
    held = set(Evidence.objects.exclude(file="").values_list("file", flat=True))
    return sorted(set(old) - held)


def _names(storage: Storage) -> Iterator[str]:
    if not storage.exists(""):  # before the first upload
        return
    for folder in storage.listdir("")[0]:
        for file in storage.listdir(folder)[1]:
            if OURS.fullmatch(name := f"{folder}/{file}"):
                yield name
