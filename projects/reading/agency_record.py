"""How an agency has reported so far, for whoever reviews what it sends."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from focalpoints import clock
from focalpoints.models import LedgerHead
from focalpoints.sql.prepared import prepared
from projects.models import FollowUp, Reopening, Task
from projects.reading.figures import count_of


class ReportingRecord(NamedTuple):
    """Follow-ups that were accepted in twelve months, that are returned and not sent again, that were accepted in error; late tasks."""

    accepted: int
    returned: int
    reopened: int
    late: int


def record_of(agency: int, on: date) -> ReportingRecord:
    """One query."""
    [found] = _record(agency, clock.start_of(on - timedelta(days=365)), on)
    return ReportingRecord(*found)


@prepared("agency", "since", "on")
def _record(agency: int, since: datetime, on: date) -> QuerySet[LedgerHead, tuple[int, int, int, int]]:
    own = FollowUp.objects.filter(agency=agency)
    return LedgerHead.objects.filter(pk=1).values_list(
        count_of(own.accepted().filter(decided_at__gte=since)),
        count_of(own.filter(state=FollowUp.State.RETURNED)),
        count_of(Reopening.objects.filter(follow_up__agency=agency)),
        count_of(Task.objects.filter(agency=agency).late(on)),
    )
