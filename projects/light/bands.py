"""Into which bands moved dates, days late and silences fall: the same for figures, charts and the lists that they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.workflow import StrOrPromise

ANY = "yes"


@dataclass(frozen=True, slots=True)
class Band:
    label: StrOrPromise
    rows: Q


def _from_to(field: str, least: int | None, most: int | None) -> Q:
    found = Q() if least is None else Q(**{f"{field}__gte": least})
    return found if most is None else found & Q(**{f"{field}__lte": most})


LENGTHS: dict[str, tuple[StrOrPromise, int, int | None]] = {
    "30": (_("1 to 30 days"), 1, 30),
    "90": (_("31 to 90 days"), 31, 90),
    "180": (_("91 to 180 days"), 91, 180),
    "365": (_("181 to 365 days"), 181, 365),
    "more": (_("more than 365 days"), 366, None),
}
_MOVED = Q(moves__gt=0)
# By the sum of an item's approved moves. Undated items, which cannot move, are in none.
MOVED: dict[str, Band] = {
    "never": Band(pgettext_lazy("date", "Never moved"), Q(moves=0, due__isnull=False)),
    "earlier": Band(pgettext_lazy("date", "Brought forward"), _MOVED & Q(slippage_days__lt=0)),
    "back": Band(pgettext_lazy("date", "Moved, and moved back"), _MOVED & Q(slippage_days=0)),
    **{key: Band(label, _MOVED & _from_to("slippage_days", *ends)) for key, (label, *ends) in LENGTHS.items()},
}
# By the days after its date, with those that it waited, on which what fulfilled an item was sent.
FULFILLED: dict[str, Band] = {
    "on_time": Band(pgettext_lazy("fulfilled", "On time"), Q(days_late=0)),
    **{key: Band(label, _from_to("days_late", *ends)) for key, (label, *ends) in LENGTHS.items()},
}
IS_MOVED = Band(pgettext_lazy("date", "Moved"), _MOVED)
IS_LATE = Band(pgettext_lazy("fulfilled", "Late"), Q(days_late__gt=0))

SILENCE_ENDS = {"30": 30, "60": 60, "180": 180}
SILENCE_WORDS: dict[str, StrOrPromise] = {
    "30": _("up to 30 days ago"),
    "60": _("31 to 60 days ago"),
    "180": _("61 to 180 days ago"),
    "more": _("more than 180 days ago"),
}
FRESHNESS: dict[str, StrOrPromise] = {
    "30": _("up to date"),
    "60": _("an update is due soon"),
    "180": _("silent"),
    "more": _("silent for a long time"),
}


def silence(on: date) -> Mapping[str, Band]:
    """Bands of the days since something was heard of what is open; a start that is still ahead counts as heard of."""
    bands, later = {}, Q()
    for key, days in SILENCE_ENDS.items():
        heard = Q(quiet_since__gte=on - timedelta(days=days))
        bands[key] = Band(SILENCE_WORDS[key], heard & later)
        later = Q(quiet_since__lt=on - timedelta(days=days))
    return bands | {"more": Band(SILENCE_WORDS["more"], later)}


def freshness(quiet_since: date | None, on: date) -> str | None:
    """The key of a silence's band."""
    if quiet_since is None:
        return None
    days = (on - quiet_since).days
    return next((key for key, most in SILENCE_ENDS.items() if days <= most), "more")
