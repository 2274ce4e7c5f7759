"""Which thresholds of the traffic light are in force on a day.

The first are `FIRST` in `rule.py`; `projects/actions/thresholds.py` adopts later ones as `RuleVersion`.
"""

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import StrOrPromise
from projects.light.reader import latest
from projects.light.rule import FIRST, NUMBERS, Thresholds

# The least and the most of each: beyond them a threshold would say nothing any more.
LIMITS = {
    "silent_days": (1, 366), "behind_points": (0, 100), "soon_days": (0, 366), "soon_progress": (0, 100),
    "late_percent": (1, 100),
}  # fmt: skip
FARTHEST_DAYS = 366


def in_force(on: date) -> Thresholds:
    """The thresholds in force on that day. The first version also counts for days before the strategy. Read once a day, then cached."""
    return latest(_versions() if on <= clock.today() else all_versions(), on)


def in_force_by_day(first: date, last: date) -> dict[date, Thresholds]:
    """The thresholds in force on each of these days, which may lie ahead. One query at most."""
    versions = _versions() if last <= clock.today() else all_versions()
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {day: latest(versions, day) for day in days}


def all_versions() -> list[Thresholds]:
    """Every version, oldest first, also those that are not in force yet. One query."""
    return [FIRST, *(Thresholds(*row) for row in _adopted())]


@prepared()
def _adopted() -> QuerySet[Any, tuple[Any, ...]]:
    versions = apps.get_model("projects", "RuleVersion").objects.order_by("version")
    return versions.values_list("version", "effective_on", *NUMBERS)


def _versions() -> list[Thresholds]:
    """All versions, cached for the day. A new version counts from a later day than its adoption, so those of today cannot change.

    It may miss a version that another process adopted today: for days ahead, `all_versions` reads the table.
    """
    versions = caches["default"].get(_key())
    if versions is None:
        versions = all_versions()
        caches["default"].set(_key(), versions, 24 * 60 * 60)
    return versions


def forget() -> None:
    """Empty the cache after an adoption, so that this process knows the new version at once."""
    caches["default"].delete(_key())


def _key() -> str:
    return f"thresholds:{clock.today()}"


def against_thresholds(effective_on: date, **numbers: int) -> dict[str, StrOrPromise]:
    """What speaks against these, by field; the page says the same before the verb refuses."""
    today, last = clock.today(), all_versions()[-1]
    refusals: dict[str, StrOrPromise] = {}
    if effective_on <= today:
        refusals["effective_on"] = _("It must be a later day than today: the rule is announced before it counts.")
    elif effective_on <= last.effective_on:
        refusals["effective_on"] = _(
            "Version %(version)d counts from %(day)s. The next one must begin on a later day."
        ) % {"version": last.version, "day": last.effective_on.strftime("%d/%m/%Y")}
    elif (effective_on - today).days > FARTHEST_DAYS:
        refusals["effective_on"] = _("Check the year: it is more than a year ahead.")
    for name, (least, most) in LIMITS.items():
        if not least <= numbers[name] <= most:
            refusals[name] = _("State a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    if not refusals and all(getattr(last, name) == numbers[name] for name in NUMBERS):
        refusals["silent_days"] = _("These are the thresholds of version %(version)d: nothing would change.") % {
            "version": last.version
        }
    return refusals
