"""The business clock, which dates every business fact. Sessions, tokens and throttles use the system's clock instead.

A day begins and ends at midnight in Mexico City, for everybody.
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
_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


@cache
def _shift(start: str, origin: str) -> timedelta:
    """How far the business clock is ahead of the system's: it showed `start` at `origin`, or else when it was first asked."""
    if not start:
        return timedelta(0)
    began = datetime.fromisoformat(origin) if origin else timezone.now()
    return datetime.fromisoformat(start) - began


def now() -> datetime:
    """The business clock's time, with Mexico City's time zone."""
    instant = _stopped_at.get() or timezone.now() + _shift(settings.CLOCK_START, settings.CLOCK_ORIGIN)
    return instant.astimezone(ZONE)


def today() -> date:
    """Today, by the business clock."""
    return now().date()


@overload
def day_of(instant: datetime) -> date: ...


@overload
def day_of(instant: None) -> None: ...


@overload
def day_of(instant: datetime | None) -> date | None: ...


def day_of(instant: datetime | None) -> date | None:
    """The business day of an instant; None for None."""
    return instant and instant.astimezone(ZONE).date()


def is_shifted() -> bool:
    """Whether the business clock differs from the real one, which pages must then say."""
    return bool(settings.CLOCK_START)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Stop the business clock at `instant` (with a time zone): loads of historical data date their entries with it."""
    if instant.tzinfo is None:
        raise ValueError("The business clock needs an aware instant.")
    token = _stopped_at.set(instant)
    try:
        yield
    finally:
        _stopped_at.reset(token)


def start_of(day: date) -> datetime:
    """The midnight at which `day` begins, with its time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
