"""The days on which people are reminded of a due date, and from which day others are told; who they are says `plan.py`.

Pure: dates in, dates out.
"""

from datetime import date, timedelta
from functools import lru_cache

from focalpoints.business_days import after, calendar_days_after, on_or_after, on_or_before

# Days from the due date on which a reminder goes out: negative before it, positive when it is late.
RUNGS = (-30, -7, -1, 1, 7, 15, 30)
# After the last of them, once in so many days for as long as it is late.
EVERY = RUNGS[-1]
# The rungs from which on others than the focal points are told.
COORDINATORS_FROM, HEAD_FROM, SECTOR_HEAD_FROM = 7, 15, 30
FIRST_RUNG = RUNGS[0]
# A rung that falls on a free day goes out earlier, or later once the date has passed, by at most this many days.
MOST_FREE_DAYS = 10


@lru_cache(maxsize=1 << 15)
def rung_days(due: date, light_due: date) -> tuple[tuple[date, int], ...]:
    """The business day on which each of RUNGS goes out, and the rung, in order.

    Rungs before the date count from the due date and go out on the last business day before a free one: nobody is warned too late.
    Rungs after it count from `light_due`, which adds the days that the coordinators took, and go out on the next business day: nobody
    is told early that something is late.
    """
    before = ((on_or_before(calendar_days_after(due, rung)), rung) for rung in RUNGS if rung < 0)
    return (*before, *((_late_day(light_due, rung), rung) for rung in RUNGS if rung > 0))


def last_rung(due: date, light_due: date, day: date) -> int | None:
    """The last rung whose day has come, on `day`. It stands for earlier ones that were missed. None before the first."""
    reached = [rung for goes, rung in rung_days(due, light_due) if goes <= day]
    if not reached or reached[-1] != RUNGS[-1]:
        return reached[-1] if reached else None
    times = (day - light_due).days // EVERY
    return EVERY * (times if _late_day(light_due, EVERY * times) <= day else times - 1)


def _late_day(light_due: date, rung: int) -> date:
    return on_or_after(calendar_days_after(light_due, rung))


def last_rung_of_week(due: date, light_due: date, day: date, before: date) -> int | None:
    """As `last_rung`, but rungs before the due date count already when their day comes before `before`: for people who read once a week."""
    ahead = [rung for goes, rung in rung_days(due, light_due) if rung < 0 and goes < before]
    reached = last_rung(due, light_due, day)
    return max(ahead[-1], reached) if ahead and reached is not None else ahead[-1] if ahead else reached


def weekly_day(day: date) -> date:
    """The first business day of that day's week."""
    return on_or_after(day - timedelta(days=day.weekday()))


def next_weekly_day(day: date) -> date:
    """The first business day of the week after."""
    return on_or_after(calendar_days_after(day, 7 - day.weekday()))


def retry_day(day: date, times: int) -> date:
    """The day on which mail to an address that refused `times` times is tried again: 1, 2, 4 … business days later, at most 20."""
    return after(day, min(2 ** (times - 1), 20))
