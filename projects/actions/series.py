"""How a new task joins the series of a commitment that recurs."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.sql.writing import keep
from focalpoints.workflow import Reasons, refuse
from projects.models import Commitment
from projects.periods import of_series, running, series_day


def joining(
    commitment: Commitment, agencies: Collection[Agency], due: date | None, *, on_last_day: bool = True
) -> dict[int, dict[str, Any]]:
    """For each agency, by key, the columns that make its new task one of the series; none for a task that stays beside it.

    That is a task without a date, and one of an agency that has its task of the series already. The very first begins the series, which
    goes on from a month's last day as `on_last_day` says. Raises NotPossible where an agency would not join with the period that runs.
    """
    new = _new_to_it(commitment, agencies) if due else []
    if due is None or not new:
        return {}
    runs = running(commitment, clock.today())
    refuse(*_against(runs, due))
    if runs is None:
        keep(commitment, series_day=series_day(due, on_last_day=on_last_day))
    return {agency.pk: {"period": due, "series_agency": agency} for agency in new}


def period_unfit(commitment: Commitment, agency: Agency, due: date | None) -> Reasons:
    """Why a task that the agency proposes could not join the series."""
    if due is None or not _new_to_it(commitment, [agency]):
        return []
    return _against(running(commitment, clock.today()), due)


def _new_to_it(commitment: Commitment, agencies: Collection[Agency]) -> list[Agency]:
    """Those that have no task of its series yet; nobody where it does not recur."""
    if not commitment.recurrence:
        return []
    there = set(of_series(commitment).filter(series_agency__in=agencies).values_list("series_agency", flat=True))
    return [agency for agency in agencies if agency.pk not in there]


def _against(runs: date | None, due: date) -> Reasons:
    if runs is None or due == runs:
        return []
    said = _(
        "This commitment recurs: an agency joins with the period that runs now, which falls due on %(day)s. "
        "Its task falls due that day. Those of later periods are added when they begin."
    )
    return [said % {"day": date_format(runs, "d/m/Y")}]
