"""The day of which a page tells: today, or a past one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from focalpoints import clock
from focalpoints.models import Entry
from projects.light.rule import Thresholds
from projects.light.thresholds import in_force
from projects.models import Commitment, CommitmentVersion, Task, TaskVersion


@dataclass(frozen=True, slots=True)
class Day:
    """`is_past`: the address names it. Today named is today until midnight, and the same page for ever after."""

    on: date
    is_past: bool

    @property
    def is_today(self) -> bool:
        return not self.is_past

    @property
    def commitments(self) -> Any:
        """Today's rows or the versions of the day: the same names, read by the same code."""
        return CommitmentVersion.objects.all_on(self.on) if self.is_past else Commitment.objects.all()

    @property
    def few_commitments(self) -> Any:
        """The same, where a date or an agency narrows them down."""
        return CommitmentVersion.objects.on(self.on) if self.is_past else Commitment.objects.all()

    @property
    def tasks(self) -> Any:
        return TaskVersion.objects.all_on(self.on) if self.is_past else Task.objects.all()

    @property
    def few_tasks(self) -> Any:
        return TaskVersion.objects.on(self.on) if self.is_past else Task.objects.all()

    @property
    def entries(self) -> QuerySet[Entry]:
        """The ledger up to the day's end."""
        return Entry.objects.filter(at__lt=self.ends_at) if self.is_past else Entry.objects.all()

    @property
    def ends_at(self) -> Any:
        return clock.start_of(self.on + timedelta(days=1))

    @property
    def thresholds(self) -> Thresholds:
        """The rule's numbers in force on it."""
        return in_force(self.on)

    @property
    def query(self) -> str:
        """For a link to a page that knows the day too."""
        return f"?on={self.on.isoformat()}" if self.is_past else ""

    @property
    def more(self) -> str:
        """For a link that asks for something already."""
        return f"&on={self.on.isoformat()}" if self.is_past else ""

    @property
    def alone(self) -> str:
        """For a link that other questions stand before."""
        return self.query.removeprefix("?")

    def query_of(self, group: str) -> str:
        """For the list of the same group on the same day."""
        return group + self.more
