"""A filtered list: how many rows it has, and those of one page."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import caches
from django.core.paginator import Paginator
from django.db.models import Count, Model, QuerySet, Window

from focalpoints.models import Agency, Entry
from focalpoints.pages.page_cache import ledger_stands
from focalpoints.pages.pager import ListPart, page_number
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, DayFigures, Task
from projects.reading.lists.filter_form import Filters

# What the ledger calls the rows: how many there are in all only changes with an entry about one.
KINDS: dict[type[Model], str] = {Commitment: "commitment", Task: "task"}
# Up to here the rows of a search are counted.
MOST_COUNTED = 10_000
ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was asked for. `page` is None for a wrong filter (status 400) or page (404).

    `count` is the number of all its rows, or MOST_COUNTED where there are more (`is_more`) and nobody counted on.
    """

    status: int
    filters: Filters
    count: int = 0
    is_more: bool = False
    page: ListPart | None = None

    @property
    def rows(self) -> list:
        """Those of the page."""
        return self.page.rows if self.page else []

    @property
    def is_all_here(self) -> bool:
        """Whether the page holds all of its rows."""
        return len(self.rows) == self.count


def listing(
    filters: Filters,
    number: str | None,
    rows_of: Callable[[tuple[int, ...]], list],
    stands: Callable[[], object] = ledger_stands,
) -> Listing:
    """Keys are found, sorted and skipped first; `rows_of` then reads the rows of one page by their keys. One query counts at most.

    That takes PostgreSQL less than whole rows would: on page 1 up to 40 %, on page 100 four fifths. `stands` tells where the ledger stands.
    """
    if not filters.is_valid():
        return Listing(400, filters)
    here, kind = page_number(number), KINDS.get(filters.queryset.model)
    if here is None:
        return Listing(404, filters)
    start = (here - 1) * ROWS_SHOWN
    keys, count = _keys(filters, kind, start, start + ROWS_SHOWN + 1)
    if not keys and here > 1:
        return Listing(404, filters)
    has_next, is_more = len(keys) > ROWS_SHOWN, False
    if not has_next:
        count = start + len(keys)
    elif count is None:
        count, is_more = _count(filters, kind, stands)
    paginator = None if is_more else Paginator(range(count), ROWS_SHOWN)
    shown = tuple(keys[:ROWS_SHOWN])
    page = ListPart(rows_of(shown) if shown else [], here, has_next, paginator)
    return Listing(200, filters, count, is_more, page)


def _keys(filters: Filters, kind: str | None, start: int, stop: int) -> tuple[list[int], int | None]:
    """From one place of the list to another, and the number of all where that is neither kept nor a search's: along with them."""
    if filters.is_search or (kind and filters.key):
        return list(filters.qs.values_list("pk", flat=True)[start:stop]), None
    found = filters.keys_and_count(start, stop)
    if found is None:
        found = list(with_count(filters.qs)[start:stop])
    return [key for key, _all in found], found[0][1] if found else 0


def with_count(rows: QuerySet) -> QuerySet[Any, tuple[int, int]]:
    """Each row's key, and how many rows there are."""
    return rows.annotate(all_rows=Window(Count("*"))).values_list("pk", "all_rows")


def _count(filters: Filters, kind: str | None, stands: Callable[[], object]) -> tuple[int, bool]:
    """The total of a list that goes on after the page, and whether there is more.

    Exact where figures lead to the list, since it must say what they say: of a sector's or a light's commitments the figure itself, where
    the day's are kept. Other choices are counted once and kept until the ledger moves; without any, until the next entry about such a
    row. An agency's rows are few, and found by an index.

    A search, to which no figure leads, stops after MOST_COUNTED: of 60,000 tasks 1.4 ms instead of 8. Up to there it is exact, because
    to find that there are no more takes as long as to count them.
    """
    if filters.is_search:
        count = filters.qs.order_by()[: MOST_COUNTED + 1].count()
        return min(count, MOST_COUNTED), count > MOST_COUNTED
    if kind == "commitment" and (figure := _figure(filters)) is not None:
        return figure, False
    stood = _last_entry(kind) if kind and not filters.narrowing else stands()
    key = f"count:{hashlib.sha256(repr((kind, stood, filters.key)).encode()).hexdigest()}"
    kept = caches["pages"].get(key)
    if kept is None:
        kept = filters.qs.count()
        caches["pages"].set(key, kept)
    return kept, False


def _figure(filters: Filters) -> int | None:
    """The board's figure of the commitments of a sector, of a light or of both. None where it is not kept, or the list asks for more."""
    if not filters.narrowing or (kept := kept_lights(filters)) is None:
        return None
    lights = filters.form.cleaned_data.get("light")
    return sum(number for light, number in kept.items() if not lights or light in lights)


def kept_lights(filters: Filters) -> Counter[str] | None:
    """By light, the figures kept of all commitments or of those of a sector; None where none are, or the list asks for more."""
    if filters.queryset.model is not Commitment or not {"sector", "light"}.issuperset(filters.narrowing):
        return None
    kept = next((row for row in _day_figures(filters.on) if row.is_last), None)
    if kept is None:
        return None
    sector = filters.form.cleaned_data.get("sector")
    group = f"sector:{_head_of(sector)[0]}:" if sector else "objective:"
    found = Counter[str]()
    for key, numbers in kept.counts.items():
        if key.startswith(group):
            found[key.rpartition(":")[2]] += numbers[0]
    return found


@prepared("on")
def _day_figures(on: date) -> QuerySet[DayFigures]:
    return DayFigures.objects.with_next().filter(day=on)


@prepared("key")
def _head_of(key: str) -> QuerySet[Agency, int]:
    return Agency.objects.filter(key=key).order_by().values_list("pk", flat=True)


@prepared("kind")
def _last_entry(kind: str) -> QuerySet[Entry, str]:
    return Entry.objects.of_type(kind).values_list("hash", flat=True)[:1]
