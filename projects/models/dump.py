from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from focalpoints import clock


class DumpQuerySet(models.QuerySet["Dump"]):
    def published(self) -> "DumpQuerySet":
        return self.filter(is_withdrawn=False)

    def withdrawn(self) -> "DumpQuerySet":
        """Those that wait to be written anew."""
        return self.filter(is_withdrawn=True)

    def outdated(self, today: date) -> "DumpQuerySet":
        """Those that are kept no longer: older than `DAILY` days, unless the last of their month."""
        later = Dump.objects.filter(day__gt=models.OuterRef("day"), day__year=models.OuterRef("day__year"))
        later_of_month = later.filter(day__month=models.OuterRef("day__month"))
        return self.filter(models.Exists(later_of_month), day__lt=today - timedelta(days=Dump.DAILY))

    def withdraw(self, since: int, redaction: Mapping[str, Any]) -> None:
        """Publish none any more that has the ledger's entry `since`, until its files were written without what `redaction` names."""
        for dump in self.filter(seq__gte=since):
            redactions = [*dump.redactions, dict(redaction)]
            self.filter(pk=dump.pk).update(is_withdrawn=True, redactions=redactions)


class Dump(models.Model):
    """The public tables and the ledger's public texts as they stood when a day's nightly dump was made.

    The row publishes the files: what no row names is nobody's to read, whatever lies in the folder.
    """

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
    # Not public until its files were written anew, without the text of the redactions.
    is_withdrawn = models.BooleanField(default=False)
    # What was or will be taken out: of, code, request, folio, on.
    redactions = models.JSONField(default=list)

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
    def size(self) -> int:
        return sum(file["bytes"] for file in self.files)

    def file(self, name: str) -> dict[str, Any] | None:
        """What is known of the file of that name; None for a name that is none of its files'."""
        return next((file for file in self.files if file["name"] == name), None)

    @property
    def made_on(self) -> date:
        return clock.day_of(self.made_at)


def folder_of_dumps() -> Path:
    return Path(settings.VAR_DIR) / "dumps"
