"""What was accepted in error, as pages and figures tell it: today, or by the end of a past day."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from focalpoints.models import LedgerHead
from focalpoints.sql.prepared import prepared
from projects.models import Reopening
from projects.reading.day import Day
from projects.reading.figures import count_of


class ReopeningRow(NamedTuple):
    """One, under the model's names. `reason` is empty where it, or the text of its follow-up, was redacted."""

    follow_up__code: str
    progress: int
    accepted_at: datetime
    reopened_at: datetime
    reason: str
    follow_up__is_hidden: bool
    follow_up__is_redacted: bool

    @property
    def code(self) -> str:
        return self.follow_up__code

    @property
    def is_kept_back(self) -> bool:
        return self.follow_up__is_hidden or self.follow_up__is_redacted


@prepared("follow_up", row=ReopeningRow)
def reopenings_of(follow_up: int) -> QuerySet[Reopening]:
    """Of a follow-up, the oldest first."""
    return Reopening.objects.filter(follow_up=follow_up)


@prepared("task", row=ReopeningRow)
def reopenings_of_task(task: int) -> QuerySet[Reopening]:
    return Reopening.objects.filter(follow_up__task=task)


@prepared("until", "task", row=ReopeningRow)
def accepted_then(until: datetime, task: int) -> QuerySet[Reopening]:
    """Of a task, what stood as accepted at that instant, and what had been found by then to be an error."""
    told = Q(reopened_at__lt=until) | Q(accepted_at__lt=until, reopened_at__gte=until)
    return Reopening.objects.filter(told, follow_up__task=task)


def count_of_agency(agency: int, day: Day) -> int:
    """How many acceptances of its follow-ups had been found by the end of the day to be errors."""
    [count] = _count_of_agency(agency, day.ends_at)
    return count


@prepared("agency", "until")
def _count_of_agency(agency: int, until: datetime) -> QuerySet[LedgerHead, int]:
    found = Reopening.objects.filter(follow_up__agency=agency, reopened_at__lt=until)
    return LedgerHead.objects.filter(pk=1).values_list(count_of(found), flat=True)
