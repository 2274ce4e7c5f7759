"""Makes the day's dump, writes withdrawn ones anew, and removes what is kept no longer. Safe to run at any time, and twice."""

import csv
import gzip
import logging
import secrets
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.sql.snapshot import snapshot
from focalpoints.turn import head_first
from projects.dumps.contents import write_contents
from projects.dumps.files import alone, new_folder, remove_drafts, remove_folder
from projects.dumps.rewriting import write_without
from projects.models import Dump, DumpFolder, DumpRedaction, Request
from projects.models.dump import folder_of_dumps

logger = logging.getLogger(__name__)
ATTEMPTS = 3
# What files raise that are broken or gone. Other errors, as of a full disk, may be over at the next run. JSON's is a ValueError.
UNREADABLE = (FileNotFoundError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, LookupError, csv.Error)


class DumpNotPossible(Exception):
    """Nothing could be published; says why. What was published before stays."""


class NotWrittenAnew(Exception):
    """Withdrawn dumps stay away; names each and says why. All else was done."""


class KeptFiles(NamedTuple):
    """A folder, and what is known of its files."""

    folder: str
    files: list[dict[str, Any]]

    @property
    def path(self) -> Path:
        return folder_of_dumps() / self.folder


@dataclass(slots=True)
class DumpRun:
    """What a run did. `failed`: withdrawn dumps that it could not write anew, each with why; `unknown`: folders that it did not make."""

    made: Dump | None = None
    written_anew: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        made = f"{self.made}: {len(self.made.files)} files, {self.made.size} bytes" if self.made else "no new dump"
        unknown = f"; left alone, since no run made them: {', '.join(self.unknown)}" if self.unknown else ""
        return f"{made}; {self.written_anew} written anew, {self.removed} removed{unknown}"


def dump_the_day(*, forget_missing: bool = False) -> DumpRun:
    """Raises AnotherRuns, DumpNotPossible, NotWrittenAnew, HeadKept, or OSError where the disk is full.

    With `forget_missing` the rows of dumps go whose folders are all missing, as after a restore.
    """
    run = DumpRun()
    with alone(folder_of_dumps()):
        missing = _missing(forget_missing)
        try:
            run.removed = _remove({*Dump.objects.outdated(clock.today()).values_list("pk", flat=True), *missing})
            try:
                if not Dump.objects.filter(day=clock.today()).exists():
                    run.made = _made()
            finally:
                _write_all_anew(run)
        finally:
            run.unknown = _swept()
    if run.failed:
        raise NotWrittenAnew(f"{run}. Not written anew: {'; '.join(run.failed)}")
    return run


def _missing(forget_missing: bool) -> list[date]:
    """Dumps whose folder is not there."""
    dumps = list(Dump.objects.with_files())
    missing = [dump.pk for dump in dumps if not dump.path.is_dir()]
    if missing and len(missing) == len(dumps) and not forget_missing:
        raise DumpNotPossible(
            f"None of the {len(dumps)} dumps has its folder in {folder_of_dumps()}. Is the disk there? "
            "After a restore without these files: dump_data --forget-missing."
        )
    return missing


def _made() -> Dump:
    before = Dump.objects.with_files().first()
    for _attempt in range(ATTEMPTS):
        with _own_folder(clock.today()) as (name, draft), snapshot():
            dump = write_contents(draft, name, before)
        if _published(dump):
            return dump
    raise DumpNotPossible("Each time something was hidden while the dump was being made. The next run tries again.")


@contextmanager
def _own_folder(day: date) -> Iterator[tuple[str, Path]]:
    """A new folder's name and its draft. Written down first, so that it is removed if no dump comes to name it."""
    name = DumpFolder.objects.create(name=f"{day}.{secrets.token_hex(4)}").name
    with new_folder(folder_of_dumps(), name) as draft:
        yield name, draft


@head_first
def _published(dump: Dump) -> bool:
    """With the ledger's head in hand: nobody asks for a redaction between the look and the row.

    False where one was asked for since the dump's instant, for its files may hold what that hides.
    """
    if Entry.objects.filter(seq__gt=dump.seq, verb="ask_redaction").exists():
        return False
    dump.save(force_insert=True)
    return True


def _write_all_anew(run: DumpRun) -> None:
    """Each for itself: one that is broken holds up no other."""
    for dump in Dump.objects.to_write_anew():
        try:
            run.written_anew += _written_anew(dump)
        except UNREADABLE as error:
            logger.exception("The dump of %s is broken. It is taken away.", dump)
            run.failed.append(f"{dump} is broken and was taken away ({error!r})")
            Dump.objects.filter(pk=dump.pk).update(
                state=Dump.State.GONE, files=[], original_folder="", original_files=[]
            )
        except OSError as error:
            logger.exception("The dump of %s was not written anew.", dump)
            run.failed.append(f"{dump} ({error})")


def _written_anew(dump: Dump) -> bool:
    """Approved redactions empty the text for good. With those that wait, the files are kept in another folder as they were before.

    Those that were rejected or withdrawn are dropped: the files are what they were.
    """
    redactions = list(dump.redactions.select_related("request"))
    done = [redaction for redaction in redactions if redaction.stage == DumpRedaction.Stage.EMPTIED]
    to_do = [redaction for redaction in redactions if redaction not in done]
    approved = [redaction for redaction in to_do if redaction.request.state == Request.State.APPROVED]
    waiting = [redaction for redaction in to_do if redaction.request.state == Request.State.REQUESTED]
    kept = (
        KeptFiles(dump.original_folder, dump.original_files)
        if dump.original_folder
        else KeptFiles(dump.folder, dump.files)
    )
    base = _without(dump, kept, approved, before=done)
    shown = _without(dump, base, waiting, before=[*done, *approved])
    held = [redaction for redaction in (*done, *approved, *waiting) if redaction.tables]
    return _published_again(dump, redactions, held, base, shown)


def _without(
    dump: Dump, kept: KeptFiles, redactions: Sequence[DumpRedaction], *, before: Sequence[DumpRedaction]
) -> KeptFiles:
    """Files from which these are taken out; the same ones where none of them held anything."""
    for redaction in redactions:
        redaction.tables = []
    if not redactions:
        return kept
    with _own_folder(dump.day) as (name, draft):
        files = write_without(redactions, kept.path, kept.files, draft, before=before)
    return KeptFiles(name, files) if any(redaction.tables for redaction in redactions) else kept


@head_first
def _published_again(
    dump: Dump, redactions: list[DumpRedaction], held: list[DumpRedaction], base: KeptFiles, shown: KeptFiles
) -> bool:
    """Unless another redaction was asked for, or one was decided, meanwhile: then the next run writes it anew.

    Of its `redactions` those stay that took something out (`held`).
    """
    stand = {redaction.pk: redaction.request.state for redaction in redactions}
    if dict(dump.redactions.values_list("pk", "request__state")) != stand:
        return False
    original = base if base != shown else KeptFiles("", [])
    Dump.objects.filter(pk=dump.pk).update(
        state=Dump.State.PUBLISHED, folder=shown.folder, files=shown.files, original_folder=original.folder,
        original_files=original.files,
    )  # fmt: skip
    for redaction in held:
        is_waiting = redaction.request.state == Request.State.REQUESTED
        redaction.stage = DumpRedaction.Stage.LEFT_OUT if is_waiting else DumpRedaction.Stage.EMPTIED
    dump.redactions.exclude(pk__in=[redaction.pk for redaction in held]).delete()
    DumpRedaction.objects.bulk_update(held, ["stage", "tables"])
    return True


def _remove(days: set[date]) -> int:
    """The rows; their folders are swept after that. Nobody finds a page without its files."""
    Dump.objects.filter(pk__in=days).delete()
    return len(days)


def _swept() -> list[str]:
    """Remove drafts, and the folders written down that no dump names any more. Gives the names of folders that nobody wrote down."""
    folder = folder_of_dumps()
    remove_drafts(folder)
    named = set().union(*(dump.folders for dump in Dump.objects.all()))
    ours = set(DumpFolder.objects.values_list("name", flat=True))
    for name in ours - named:
        remove_folder(folder / name)
        DumpFolder.objects.filter(pk=name).delete()
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name not in ours | named)
