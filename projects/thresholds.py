"""Which thresholds of the traffic light count on a day. The first are in the code, those adopted later in `RuleVersion`."""

from datetime import date

from django.apps import apps
from django.core.cache import caches

from focalpoints import clock

from .lights import FIRST, Thresholds

_NAMES = ("version", "effective_on", "silent_days", "behind_points", "soon_days", "soon_progress")


def in_force(on: date) -> Thresholds:
    """The latest version whose day has come; the first counts for the days before the strategy too. A query a day and process."""
    return next((version for version in reversed(_versions()) if version.effective_on <= on), FIRST)


def all_versions() -> list[Thresholds]:
    """Oldest first, with those whose day is yet to come. One query."""
    adopted = apps.get_model("projects", "RuleVersion").objects.order_by("version").values_list(*_NAMES)
    return [FIRST, *(Thresholds(*row) for row in adopted)]


def _versions() -> list[Thresholds]:
    """Kept for the day: a version counts from a later day than that of its adoption, so that today's are known since midnight."""
    key = f"thresholds:{clock.today()}"
    versions = caches["default"].get(key)
    if versions is None:
        versions = all_versions()
        caches["default"].set(key, versions, 24 * 60 * 60)
    return versions
