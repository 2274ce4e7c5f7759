"""How a new task joins the series of a commitment that recurs."""

from collections.abc import Collection
from datetime import date
from typing import Any

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.sql.writing import keep
from focalpoints.workflow import refuse
from projects.models import Commitment
from projects.periods import against_joining, new_to_series, running, series_day


def joining(
    commitment: Commitment, agencies: Collection[Agency], due: date | None, *, on_last_day: bool = True
) -> dict[int, dict[str, Any]]:
    """For each agency, by key, the columns that make its new task one of the series; none for a task that stays beside it.

    That is a task without a date, and one of an agency that has its task of the series already. The very first begins the series, which
    goes on from a month's last day as `on_last_day` says. Raises NotPossible where an agency would not join with the period that runs.
    """
    new = new_to_series(commitment, agencies) if due else []
    if due is None or not new:
        return {}
    runs = running(commitment, clock.today())
    refuse(*against_joining(runs, due))
    if runs is None:
        keep(commitment, series_day=series_day(due, on_last_day=on_last_day))
    return {agency.pk: {"period": due, "series_agency": agency} for agency in new}
