"""Which thresholds of the traffic light count on a day. The first are in the code, those adopted later in `RuleVersion`."""

from datetime import date, timedelta

from django.apps import apps
from django.core.cache import caches

from focalpoints import clock
from projects.light.rule import FIRST, NUMBERS, Thresholds


def in_force(on: date) -> Thresholds:
    """The latest version whose day has come; the first counts for the days before the strategy too. A query a day and process."""
    return _latest(_versions() if on <= clock.today() else all_versions(), on)


def over(first: date, last: date) -> dict[date, Thresholds]:
    """What counts on each of these days, those to come included. One query at most."""
    versions = _versions() if last <= clock.today() else all_versions()
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {day: _latest(versions, day) for day in days}


def all_versions() -> list[Thresholds]:
    """Oldest first, with those whose day is yet to come. One query."""
    adopted = (
        apps.get_model("projects", "RuleVersion")
        .objects.order_by("version")
        .values_list("version", "effective_on", *NUMBERS)
    )
    return [FIRST, *(Thresholds(*row) for row in adopted)]


def _latest(versions: list[Thresholds], on: date) -> Thresholds:
    return next((version for version in reversed(versions) if version.effective_on <= on), FIRST)


def _versions() -> list[Thresholds]:
    """Kept for the day: a version counts from a later day than that of its adoption, so that today's are known since midnight.

    Of days to come it may miss what another process adopted today: who asks for one reads the table.
    """
    versions = caches["default"].get(_key())
    if versions is None:
        versions = all_versions()
        caches["default"].set(_key(), versions, 24 * 60 * 60)
    return versions


def forget() -> None:
    """After an adoption: what is announced shows at once, at least in this process."""
    caches["default"].delete(_key())


def _key() -> str:
    return f"thresholds:{clock.today()}"
