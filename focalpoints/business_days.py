"""Business days: neither weekend nor a statutory rest day of the Ley Federal del Trabajo, article 74.

The `holidays` library knows fractions I to VIII of that article for 1901 to 2100: Mondays in place of a holiday, and every six years the
day on which a president takes office (1 December, since 2024 1 October). Outside those years only weekends are free. Election days,
fraction IX, are always Sundays. No function leaves the calendar: it stops at its first or last day.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import get_language
from holidays import country_holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
WEEK = 7


def is_business_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _rest_days(day.year, "es")


def on_or_before(day: date) -> date:
    """The last business day up to and including `day`."""
    while not is_business_day(day) and day > date.min:
        day -= ONE_DAY
    return day


def on_or_after(day: date) -> date:
    """The first business day from `day` on."""
    while not is_business_day(day) and day < date.max:
        day += ONE_DAY
    return day


def calendar_days_after(day: date, days: int) -> date:
    """The calendar day that lies `days` days after `day`; before it, when they are negative."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def after(day: date, days: int = 1) -> date:
    """The business day that lies `days` business days (at least one) after `day`."""
    if days < 1:
        raise ValueError("Business days are counted from one.")
    for _ in range(days):
        if day == date.max:
            break
        day = on_or_after(day + ONE_DAY)
    return day


def between(first: date, last: date) -> int:
    """How many business days lie after `first`, up to and including `last`; 0 when `last` is not later."""
    if last <= first:
        return 0
    weekdays = _weekdays_until(last) - _weekdays_until(first)
    return weekdays - sum(
        first < day <= last and day.weekday() < SATURDAY
        for year in range(first.year, last.year + 1)
        for day in _rest_days(year, "es")
    )


def rest_day_name(day: date) -> str:
    """The name of this rest day in the page's language; empty when it is none."""
    return _rest_days(day.year, "es" if (get_language() or "es").startswith("es") else "en_US").get(day, "")


def _weekdays_until(day: date) -> int:
    """How many Mondays to Fridays there are up to and including `day`. The calendar's first day, 0001-01-01, is a Monday."""
    weeks, rest = divmod(day.toordinal(), WEEK)
    return weeks * SATURDAY + min(rest, SATURDAY)


@lru_cache(maxsize=1024)  # visitors may ask for any year; a year that the library does not know takes an entry too
def _rest_days(year: int, language: str) -> Mapping[date, str]:
    return dict(country_holidays("MX", years=year, expand=False, language=language).items())
