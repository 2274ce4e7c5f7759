"""The day of which a page tells: today, or a past one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from focalpoints import clock
from projects.light.rule import Thresholds
from projects.light.thresholds import in_force
from projects.models import Commitment, CommitmentVersion, Task, TaskVersion


@dataclass(frozen=True, slots=True)
class Day:
    """Today, or a past day that the address names: it stays past even where it is today's date, so that its page stays the same.

    `thresholds` are the traffic light's numbers in force on it: with them, equal days have equal answers.
    """

    on: date
    is_past: bool
    thresholds: Thresholds

    @classmethod
    def today(cls) -> Self:
        on = clock.today()
        return cls(on, False, in_force(on))

    @classmethod
    def past(cls, on: date) -> Self:
        return cls(on, True, in_force(on))

    @property
    def is_today(self) -> bool:
        return not self.is_past

    @property
    def commitments(self) -> Any:
        """Today's rows, or the versions that stood on the day: they have the same names."""
        return CommitmentVersion.objects.all_on(self.on) if self.is_past else Commitment.objects.all()

    @property
    def few_commitments(self) -> Any:
        """The same rows, for a question that an agency or a date narrows down: it needs no index on all versions (`all_on`)."""
        return CommitmentVersion.objects.on(self.on) if self.is_past else Commitment.objects.all()

    @property
    def tasks(self) -> Any:
        return TaskVersion.objects.all_on(self.on) if self.is_past else Task.objects.all()

    @property
    def few_tasks(self) -> Any:
        return TaskVersion.objects.on(self.on) if self.is_past else Task.objects.all()

    @property
    def ends_at(self) -> datetime:
        return clock.start_of(self.on + timedelta(days=1))

    @property
    def query(self) -> str:
        """`?on=…` for a link to another page of the day; empty for today."""
        return f"?on={self.on.isoformat()}" if self.is_past else ""

    @property
    def more(self) -> str:
        """`&on=…` for a link that already has a query string; empty for today."""
        return f"&on={self.on.isoformat()}" if self.is_past else ""

    @property
    def alone(self) -> str:
        """`on=…` for a query string that is put together elsewhere; empty for today."""
        return self.query.removeprefix("?")

    def query_of(self, group: str) -> str:
        """The query string of the list of a group (`agency=…`) on the day."""
        return group + self.more
