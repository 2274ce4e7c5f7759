"""Makes the day's dump, writes withdrawn ones anew, and removes what is kept no longer. Safe to run at any time, and twice."""

import secrets
from dataclasses import dataclass
from datetime import date

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.sql.snapshot import snapshot
from focalpoints.turn import head_first
from projects.dumps.contents import write_contents
from projects.dumps.files import alone, new_folder, sweep
from projects.dumps.rewriting import write_without
from projects.models import Dump
from projects.models.dump import folder_of_dumps

ATTEMPTS = 3


class DumpNotPossible(Exception):
    """Nothing could be published; says why. What was published before stays."""


@dataclass(slots=True)
class DumpRun:
    """What a run did."""

    made: Dump | None = None
    written_anew: int = 0
    removed: int = 0

    def __str__(self) -> str:
        made = f"{self.made}: {len(self.made.files)} files, {self.made.size} bytes" if self.made else "no new dump"
        return f"{made}; {self.written_anew} written anew, {self.removed} removed"


def dump_the_day() -> DumpRun:
    """Raises AnotherRuns, DumpNotPossible, HeadKept, or OSError where the disk is full."""
    run, folder = DumpRun(), folder_of_dumps()
    with alone(folder):
        try:
            run.removed = _remove_outdated(clock.today())
            for dump in Dump.objects.withdrawn():
                run.written_anew += _written_anew(dump)
            if not Dump.objects.filter(day=clock.today()).exists():
                run.made = _made()
        finally:
            sweep(folder, set(Dump.objects.values_list("folder", flat=True)))
    return run


def _made() -> Dump:
    before = Dump.objects.first()
    for _attempt in range(ATTEMPTS):
        name = _folder_for(clock.today())
        with new_folder(folder_of_dumps(), name) as draft, snapshot():
            dump = write_contents(draft, name, before)
        if _published(dump):
            return dump
    raise DumpNotPossible("Each time something was hidden while the dump was being made. The next run tries again.")


def _folder_for(day: date) -> str:
    return f"{day}.{secrets.token_hex(4)}"


@head_first
def _published(dump: Dump) -> bool:
    """With the ledger's head in hand: nobody asks for a redaction between the look and the row.

    False where one was asked for since the dump's instant, for its files may hold what that hides.
    """
    if Entry.objects.filter(seq__gt=dump.seq, verb="ask_redaction").exists():
        return False
    dump.save(force_insert=True)
    return True


def _written_anew(dump: Dump) -> bool:
    name = _folder_for(dump.day)
    with new_folder(folder_of_dumps(), name) as draft:
        files, redactions = write_without(dump, draft)
    return _published_again(dump, folder=name, files=files, redactions=redactions)


@head_first
def _published_again(dump: Dump, **columns: object) -> bool:
    """Unless another redaction was asked for meanwhile: then the next run writes it anew."""
    if Dump.objects.get(pk=dump.pk).redactions != dump.redactions:
        return False
    return bool(Dump.objects.filter(pk=dump.pk).update(is_withdrawn=False, **columns))


def _remove_outdated(today: date) -> int:
    """Also rows whose files are gone, as after a restore elsewhere. The row goes first: nobody finds a page without its files."""
    lost = [dump.pk for dump in Dump.objects.all() if not dump.path.is_dir()]
    removed = set(Dump.objects.outdated(today).values_list("pk", flat=True)) | set(lost)
    Dump.objects.filter(pk__in=removed).delete()
    return len(removed)
