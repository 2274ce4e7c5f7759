from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from projects.models.request import Request


class DumpQuerySet(models.QuerySet["Dump"]):
    def published(self) -> "DumpQuerySet":
        return self.filter(state=Dump.State.PUBLISHED)

    def with_files(self) -> "DumpQuerySet":
        return self.exclude(state=Dump.State.GONE)

    def to_write_anew(self) -> "DumpQuerySet":
        """Those that are withdrawn, or hold a redaction back that was decided since they were written."""
        undone = DumpRedaction.objects.filter(dump=models.OuterRef("pk")).exclude(stage=DumpRedaction.Stage.EMPTIED)
        decided = undone.exclude(request__state=Request.State.REQUESTED)
        return self.with_files().filter(models.Q(state=Dump.State.WITHDRAWN) | models.Exists(decided))

    def outdated(self, today: date) -> "DumpQuerySet":
        """Those that are kept no longer: older than `DAILY` days, unless the last of their month."""
        later = Dump.objects.filter(day__gt=models.OuterRef("day"), day__year=models.OuterRef("day__year"))
        later_of_month = later.filter(day__month=models.OuterRef("day__month"))
        return self.filter(models.Exists(later_of_month), day__lt=today - timedelta(days=Dump.DAILY))

    def withdraw(self, since: int, redaction: "DumpRedaction") -> None:
        """Publish none any more that has the ledger's entry `since`, until its files were written without what `redaction` names.

        As many queries for hundreds of dumps as for one: the verb that calls it keeps the ledger's head.
        """
        days = list(self.with_files().filter(seq__gte=since).values_list("pk", flat=True))
        if days:
            self.with_files().filter(seq__gte=since).update(state=Dump.State.WITHDRAWN)
            DumpRedaction.objects.bulk_create(redaction.of_dump(day) for day in days)


class Dump(models.Model):
    """The public tables and the ledger's public texts as they stood when a day's nightly dump was made.

    The row publishes the files: what no row names is nobody's to read, whatever lies in the folder.
    """

    class State(models.TextChoices):
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"  # until its files were written anew, without the text of its redactions
        GONE = "gone"  # its files could not be read when they were to be written anew; the row tells

    # Days for which each is kept; then the last of each month.
    DAILY = 35

    day = models.DateField(_("day"), primary_key=True)
    made_at = models.DateTimeField()
    # Where the ledger stood.
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    release = models.CharField(max_length=20)
    # Its own in `folder_of_dumps`. Another each time that the files are written.
    folder = models.CharField(max_length=40, unique=True)
    # Of each file: name, table, rows, bytes, sha256, changed_on (since which day's dump it has been the same).
    files = models.JSONField(default=list)
    # While a redaction waits to be decided: the folder and its files with the text in question, which nobody is given.
    original_folder = models.CharField(max_length=40, blank=True)
    original_files = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)

    objects = DumpQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name = _("dump")

    def __str__(self) -> str:
        return str(self.day)

    @property
    def path(self) -> Path:
        return folder_of_dumps() / self.folder

    @property
    def folders(self) -> set[str]:
        """Those that hold files of it. None once it is gone: what is still there may hold the text."""
        return set() if self.state == Dump.State.GONE else {self.folder, self.original_folder} - {""}

    @property
    def size(self) -> int:
        return sum(file["bytes"] for file in self.files)

    def file(self, name: str) -> dict[str, Any] | None:
        """What is known of the file of that name; None for a name that is none of its files'."""
        return next((file for file in self.files if file["name"] == name), None)


class DumpRedaction(models.Model):
    """A redaction that was asked for, and a dump that may hold the text."""

    class Stage(models.TextChoices):
        ASKED = "asked"
        LEFT_OUT = "left out"  # of what is published, while the request waits; the original has it
        EMPTIED = "emptied"  # for good

    dump = models.ForeignKey(Dump, models.CASCADE, related_name="redactions")
    request = models.ForeignKey(Request, models.CASCADE, related_name="+")
    # Whose text, as in the request's `wanted`.
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=80)
    # Of the entry that asks for it.
    folio = models.CharField(max_length=40)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ASKED)
    # The tables that held it, once files were written without it.
    tables = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.dump_id}: {self.code}"

    @property
    def asked_on(self) -> date:
        return clock.day_of(self.request.asked_at)

    def of_dump(self, day: date) -> "DumpRedaction":
        """The same of another dump, unsaved."""
        return DumpRedaction(dump_id=day, request=self.request, kind=self.kind, code=self.code, folio=self.folio)


class DumpFolder(models.Model):
    """A folder for files of a dump, by its name: written down before it is made, and until it is removed.

    Of these, what no dump names is left over and may be removed, whenever a run was killed; any other folder is not ours to remove.
    """

    name = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.name


def folder_of_dumps() -> Path:
    return Path(settings.VAR_DIR) / "dumps"
