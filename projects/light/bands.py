"""The bands of days by which figures, charts and lists sort moved dates, days late and silences, and what counts as due soon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, CharField, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.workflow import StrOrPromise

ANY = "yes"
# How far ahead lists and boards look for what falls due next.
DUE_SOON_DAYS = 30
# Where the bands of silence end. After the first one an update is expected.
FRESHNESS_DAYS = (30, 60, 180)


@dataclass(frozen=True, slots=True)
class Band:
    """A band's label, and the condition for the rows in it."""

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
# By the sum of an item's approved moves. Undated items are in none: they cannot move.
MOVED: dict[str, Band] = {
    "never": Band(pgettext_lazy("date", "Never moved"), Q(moves=0, due__isnull=False)),
    "earlier": Band(pgettext_lazy("date", "Brought forward"), _MOVED & Q(slippage_days__lt=0)),
    "back": Band(pgettext_lazy("date", "Moved, and moved back"), _MOVED & Q(slippage_days=0)),
    **{key: Band(label, _MOVED & _from_to("slippage_days", *ends)) for key, (label, *ends) in LENGTHS.items()},
}
# How many days after its date for the light (`light_due`) an item was fulfilled.
LATENESS: dict[str, Band] = {
    "on_time": Band(pgettext_lazy("fulfilled", "On time"), Q(days_late=0)),
    **{key: Band(label, _from_to("days_late", *ends)) for key, (label, *ends) in LENGTHS.items()},
}


def length_of(days: int) -> str:
    """The key of the band of a positive number of days."""
    return next(key for key, (_label, _least, most) in LENGTHS.items() if most is None or days <= most)


def moved_band(due: date | None, moves: int, slippage_days: int) -> str | None:
    """The key in `MOVED`; None where nothing can have moved."""
    if not moves:
        return "never" if due else None
    if slippage_days > 0:
        return length_of(slippage_days)
    return "earlier" if slippage_days else "back"


def lateness_band(days_late: int | None) -> str | None:
    """The key in `LATENESS`; None for what is not fulfilled, or had no date."""
    if not days_late:
        return None if days_late is None else "on_time"
    return length_of(days_late)


IS_MOVED = Band(pgettext_lazy("date", "Moved"), _MOVED)
IS_LATE = Band(pgettext_lazy("fulfilled", "Late"), Q(days_late__gt=0))

_SILENCE_ENDS = {str(days): days for days in FRESHNESS_DAYS}
# Of a band of silence: what the lists' filter calls it, and what an item's page says of its freshness.
SILENCE_WORDS: dict[str, StrOrPromise] = {
    "30": _("up to 30 days ago"),
    "60": _("31 to 60 days ago"),
    "180": _("61 to 180 days ago"),
    "more": _("more than 180 days ago"),
}
# The last two bands together: an update has been due for a month and more.
UNHEARD, UNHEARD_WORDS = "long", _("more than 60 days ago")
FRESHNESS: dict[str, StrOrPromise] = {
    "30": _("up to date"),
    "60": _("an update is due soon"),
    "180": _("silent"),
    "more": _("silent for a long time"),
}


def silence(on: date) -> Mapping[str, Band]:
    """Bands of the days since something was heard of open items. Before its start an item counts as heard of."""
    bands, not_in_a_shorter_one = {}, Q()
    for key, days in _SILENCE_ENDS.items():
        heard = Q(quiet_since__gte=on - timedelta(days=days))
        bands[key] = Band(SILENCE_WORDS[key], heard & not_in_a_shorter_one)
        not_in_a_shorter_one = Q(quiet_since__lt=on - timedelta(days=days))
    return bands | {"more": Band(SILENCE_WORDS["more"], not_in_a_shorter_one)}


def unheard(on: date) -> Band:
    return Band(UNHEARD_WORDS, Q(quiet_since__lt=on - timedelta(days=FRESHNESS_DAYS[1])))


def key_of(bands: Mapping[str, Band], among: Q | None = None) -> Case:
    """The key of a row's band, by the database; null in none of them, or outside `among`."""
    whens = [When(band.rows if among is None else among & band.rows, then=Value(key)) for key, band in bands.items()]
    return Case(*whens, output_field=CharField())


def freshness(quiet_since: date | None, on: date) -> str | None:
    """The key of its band on that day; None where no silence counts."""
    if quiet_since is None:
        return None
    days = (on - quiet_since).days
    return next((key for key, most in _SILENCE_ENDS.items() if days <= most), "more")
