"""The days on which something is said of a date. Pure: dates in, dates out."""

from datetime import date, timedelta
from functools import lru_cache

from focalpoints.business_days import after, on_or_after, on_or_before

# Days from the date; negative, before it.
RUNGS = (-30, -7, -1, 1, 7, 15, 30)
# From which rung on it reaches whom.
COORDINATORS, HEAD, SECTOR_HEAD = 7, 15, 30
FIRST = RUNGS[0]
# A rung that falls on a free day goes out earlier: never by more than this.
MOST_FREE_DAYS = 10


@lru_cache(maxsize=1 << 15)
def going_out(due: date, light_due: date) -> tuple[tuple[date, int], ...]:
    """Each rung and the business day on which it goes out, in order.

    Before the date it is the one that was promised; late, an item is by the date that counts for its light.
    """
    return tuple((on_or_before(_later(light_due if rung > 0 else due, rung)), rung) for rung in RUNGS)


def newest(due: date, light_due: date, day: date) -> int | None:
    """The last rung that has gone out or goes out by that day: earlier ones that were missed fall together in it."""
    reached = [rung for goes, rung in going_out(due, light_due) if goes <= day]
    return reached[-1] if reached else None


def newest_ahead(due: date, light_due: date, day: date, before: date) -> int | None:
    """As `newest`, with the reminders before the date that go out earlier than `before`: for who reads once a week."""
    ahead = [rung for goes, rung in going_out(due, light_due) if rung < 0 and goes < before]
    reached = newest(due, light_due, day)
    return max(ahead[-1], reached) if ahead and reached is not None else ahead[-1] if ahead else reached


def weekly_day(day: date) -> date:
    """The first business day of that day's week."""
    return on_or_after(day - timedelta(days=day.weekday()))


def next_weekly_day(day: date) -> date:
    """The first business day of the week after."""
    return on_or_after(_later(day, 7 - day.weekday()))


def backed_off(day: date, times: int) -> date:
    """When a mail is tried again after that many refusals: the next business day, then two, four… later, at most twenty."""
    return after(day, min(2 ** (times - 1), 20))


def _later(day: date, days: int) -> date:
    """The calendar has a first and a last day."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))
