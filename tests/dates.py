"""For the tests of dates: a day at which the business clock stands, days counted from today, a request for a new date."""

from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from focalpoints import clock
from projects import actions
from projects.models import Commitment, Request, Task
from tests.cast import Cast


def at(day: date, hour: int = 9) -> AbstractContextManager[None]:
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=clock.ZONE))


def ahead(days: int) -> date:
    return clock.today() + timedelta(days=days)


def ask(
    cast: Cast, item: Task | Commitment | None = None, days: int = 75, *, by: str = "focal point", **facts: Any
) -> Request:
    """For a task due in 60 days, unless `item` is another; its commitment is due in 90."""
    facts = {"category": "procurement", "reason": "La licitación se declaró desierta.", **facts}
    return actions.request_date(item or cast.task(), by=cast[by], to_due=ahead(days), **facts)
