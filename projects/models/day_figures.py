from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Subquery

from focalpoints import clock
from focalpoints.models import Entry


class DayFiguresQuerySet(models.QuerySet["DayFigures"]):
    def with_next(self) -> Self:
        """Annotate `next_at`: when the first entry was made that is not counted."""
        following = Entry.objects.filter(seq=OuterRef("seq") + 1).values("at")
        return self.annotate(next_at=Subquery(following))

    def with_hash(self) -> Self:
        """Annotate `hash`: that of the last entry that is counted."""
        return self.annotate(hash=Subquery(Entry.objects.filter(seq=OuterRef("seq")).values("hash")))

    def put(self, day: date, seq: int, counts: dict[str, Any]) -> None:
        """Write the day's figures, whatever they were before."""
        self.bulk_create(
            [self.model(day=day, seq=seq, counts=counts)],
            update_conflicts=True, unique_fields=["day"], update_fields=["seq", "counts"],
        )  # fmt: skip


class DayFigures(models.Model):
    """What the boards add up of a business day (`derived.counts`), up to the ledger's entry `seq`."""

    # Not columns: see `with_next` and `with_hash`.
    next_at: datetime | None
    hash: str

    day = models.DateField(primary_key=True)
    seq = models.BigIntegerField()
    counts = models.JSONField()

    objects = DayFiguresQuerySet.as_manager()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} ({self.seq})"

    @property
    def is_current(self) -> bool:
        """Every entry of its day is counted. They are not where the clock had run ahead, and a job counted a day before it came."""
        return self.next_at is None or clock.day_of(self.next_at) > self.day

    @property
    def is_last(self) -> bool:
        """Every entry is counted."""
        return self.next_at is None
