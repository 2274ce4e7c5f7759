"""The portal's own verb on recurring commitments: when a period begins, each agency of the series gets its task."""

import logging
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from focalpoints import clock
from focalpoints.actions import ensure_system
from focalpoints.models import FOREVER, Agency, User
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, permitted
from projects.actions.fresh_rows import reread
from projects.actions.tasks import add_tasks
from projects.models import Commitment, CommitmentAgencyPeriod, Task
from projects.periods import period_after

logger = logging.getLogger(__name__)


def open_periods() -> int:
    """Add the tasks of all periods that have begun, in the system's name. Returns how many: 0 where all are there.

    What cannot be opened now, because somebody else is saving or the commitment was withdrawn just then, is left to the next run.
    """
    count, system = 0, ensure_system()
    going_on = Commitment.objects.filter(pk__in=_last_ones(clock.today()).values("commitment"))
    for commitment in going_on.order_by("code"):
        try:
            while added := open_period(commitment, by=system):
                count += len(added)
        except NotPossible as refusal:
            logger.warning("%s: no period was opened. %s", commitment.code, refusal)
    return count


@in_turn
def open_period(commitment: Commitment, *, by: User) -> list[Task]:
    """Add the next task for each agency whose last one is of a period that is over.

    It falls due by the calendar, whatever became of the last one and however late this is added; called again, it catches up on the
    period after that. The commitment is added up once.
    """
    reread(commitment, "project")
    by = permitted("task.recur", commitment, by=by)
    last_ones = _last_ones(clock.today()).filter(commitment=commitment).select_related("series_agency")
    since = _named_since(commitment)
    told = [_next(commitment, task, since) for task in last_ones.order_by("number")]
    return add_tasks(commitment, "recur", told, by=by)


def _last_ones(on: date) -> QuerySet[Task]:
    """The last tasks of series that go on, of periods over by then. Their agencies are open and still answer for the commitment."""
    named = Commitment.agencies.through.objects.filter(
        commitment=OuterRef("commitment"), agency=OuterRef("series_agency")
    )
    answers = (
        Q(commitment__binds=Commitment.Binds.NONE_PUBLISHED)
        | (Q(commitment__binds=Commitment.Binds.ALL) & ~Q(series_agency__kind=Agency.Kind.COORDINATING_UNIT))
        | (Q(commitment__binds=Commitment.Binds.NAMED) & Exists(named))
    )
    goes_on = Q(commitment__series_ended_on=None) | Q(period__lt=F("commitment__series_ended_on"))
    return Task.objects.filter(
        # A first task that was a mistake begins nothing; nobody ends a series by calling a later one that.
        ~Q(state="mistaken") | Q(follows__isnull=False),
        ~Q(commitment__recurrence=Commitment.Recurrence.ONCE),
        goes_on,
        answers,
        commitment__state=Commitment.State.ACTIVE,
        series_agency__closed_on=None,
        period__lt=on,
        followed_by=None,
    )


def _named_since(commitment: Commitment) -> dict[int, date]:
    """Since when it names each agency without a break."""
    if commitment.binds != Commitment.Binds.NAMED:
        return {}
    named = CommitmentAgencyPeriod.objects.filter(commitment=commitment, until=FOREVER)
    return dict(named.order_by().values_list("agency", "since"))


def _next(commitment: Commitment, task: Task, named_since: dict[int, date]) -> dict[str, Any]:
    """The columns of the task after this one. An agency that was left out for a while joins with the period then running."""
    before, agency = cast(date, task.period), cast(Agency, task.series_agency)
    period, since = _period_after(commitment, before), named_since.get(agency.pk, date.min)
    while period < since:
        before, period = period, _period_after(commitment, period)
    return {
        "agency": agency, "series_agency": agency, "follows": task, "period": period, "due": period,
        "starts": before + timedelta(days=1) if task.starts else None, "title": task.title, "deliverable": task.deliverable,
        "language": task.language, "is_fictional": task.is_fictional, "state": Task.State.CONFIRMED,
    }  # fmt: skip


def _period_after(commitment: Commitment, period: date) -> date:
    return period_after(period, commitment.recurrence, commitment.series_day or period.day)
