"""The periods of a recurring commitment: on which days they fall due, which one runs, which tasks are of one, and who joins.

A period is called by the day on which it falls due. It begins the day after the one before fell due, whatever became of that.
"""

import calendar
from collections.abc import Collection
from datetime import date

from django.db.models import Max, Min, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.workflow import Reasons
from projects.models import Commitment, Task

MONTHS_BETWEEN: dict[str, int] = {Commitment.Recurrence.YEARLY: 12, Commitment.Recurrence.QUARTERLY: 3}
LAST_OF_MONTH = 31


def ends_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def series_day(first: date, *, on_last_day: bool) -> int:
    """On which day of the month a series goes on whose first period falls due then; `on_last_day` counts where that is its month's last."""
    return LAST_OF_MONTH if on_last_day and ends_month(first) else first.day


def period_after(period: date, recurrence: str, day: int) -> date:
    """The period after this one: on that day of its month, or on the last of a month that is shorter."""
    year, month = divmod(period.year * 12 + period.month - 1 + MONTHS_BETWEEN[recurrence], 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def period_on(day_of_series: int, recurrence: str, period: date, on: date) -> date:
    """The period that runs on that day, counted on from `period`; that one itself where it has not fallen due."""
    while period < on:
        period = period_after(period, recurrence, day_of_series)
    return period


def of_series(commitment: Commitment) -> QuerySet[Task]:
    """Its tasks that are of a period. What was entered by mistake is of none."""
    return Task.objects.filter(~Q(state="mistaken"), commitment=commitment, period__isnull=False).order_by()


def running(commitment: Commitment, on: date) -> date | None:
    """The period that runs on that day; None where no task has begun the series, or it does not recur. One query."""
    if not commitment.recurrence:
        return None
    known = of_series(commitment).aggregate(last=Max("period"), ahead=Min("period", filter=Q(period__gte=on)))
    if known["ahead"] or known["last"] is None:
        return known["ahead"]
    return period_on(commitment.series_day or known["last"].day, commitment.recurrence, known["last"], on)


def period_unfit(commitment: Commitment, agency: Agency, due: date | None) -> Reasons:
    """Why a task of the agency that falls due then could not join the series."""
    if due is None or not new_to_series(commitment, [agency]):
        return []
    return against_joining(running(commitment, clock.today()), due)


def new_to_series(commitment: Commitment, agencies: Collection[Agency]) -> list[Agency]:
    """Those that have no task of its series yet; nobody where it does not recur."""
    if not commitment.recurrence:
        return []
    there = set(of_series(commitment).filter(series_agency__in=agencies).values_list("series_agency", flat=True))
    return [agency for agency in agencies if agency.pk not in there]


def against_joining(runs: date | None, due: date) -> Reasons:
    """Why a task that falls due then does not join a series of which this period runs."""
    if runs is None or due == runs:
        return []
    said = _(
        "This commitment recurs: an agency joins with the period that runs now, which falls due on %(day)s. "
        "Its task falls due that day. Those of later periods are added when they begin."
    )
    return [said % {"day": date_format(runs, "d/m/Y")}]
