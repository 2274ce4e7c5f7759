"""The business clock. Every business fact is dated by it; sessions, tokens and throttles use the system clock.

The declared day boundary is America/Mexico_City, for everybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from typing import overload
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

ZONE = ZoneInfo("America/Mexico_City")
_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


@cache
def _shift(start: str, origin: str) -> timedelta:
    """How far the business clock stands from the system's. Without an origin, it starts to run at first use."""
    if not start:
        return timedelta(0)
    began = datetime.fromisoformat(origin) if origin else timezone.now()
    return datetime.fromisoformat(start) - began


def now() -> datetime:
    """The business instant, aware, in Mexico City's zone."""
    instant = _replayed.get() or timezone.now() + _shift(settings.CLOCK_START, settings.CLOCK_ORIGIN)
    return instant.astimezone(ZONE)


def today() -> date:
    """The business day."""
    return now().date()


@overload
def day_of(instant: datetime) -> date: ...


@overload
def day_of(instant: None) -> None: ...


@overload
def day_of(instant: datetime | None) -> date | None: ...


def day_of(instant: datetime | None) -> date | None:
    """The business day of an instant; nothing of none."""
    return instant and instant.astimezone(ZONE).date()


def is_shifted() -> bool:
    """Whether screens must say that the clock is not the real one."""
    return bool(settings.CLOCK_START)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let the business clock stand still at `instant` (aware): loads replay the past with it."""
    if instant.tzinfo is None:
        raise ValueError("The business clock needs an aware instant.")
    token = _replayed.set(instant)
    try:
        yield
    finally:
        _replayed.reset(token)


def start_of(day: date) -> datetime:
    """Midnight that begins `day`, aware."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
