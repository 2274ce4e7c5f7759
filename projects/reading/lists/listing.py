"""A filtered list: how many rows it has, and those of one page."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet

from focalpoints.models import Entry, LedgerHead
from focalpoints.pages.pager import PAGE_SIZE, ListPart, page_number, part
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, Task
from projects.models.list_rows import ListedRows
from projects.reading.lists.filter_form import Filters

# What the ledger calls the rows: how many there are in all only changes with an entry about one.
KINDS: dict[type[Model], str] = {Commitment: "commitment", Task: "task"}
# Up to here the rows of a search are counted.
MOST_COUNTED = 10_000


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


def listing(filters: Filters, number: str | None, listed: ListedRows | QuerySet) -> Listing:
    """Two queries, and one for the last entry where the total may be kept. `listed` reads the rows of the page whole."""
    if not filters.is_valid():
        return Listing(400, filters)
    count, is_more = _count(filters)
    here = page_number(number)
    if here is None or (here > 1 and (here - 1) * PAGE_SIZE >= count and not is_more):
        return Listing(404, filters, count, is_more)
    page = part(lambda start, stop: _read(filters.qs, listed, start, stop) if count else [], number,
                paginator=None if is_more else Paginator(range(count), PAGE_SIZE))  # fmt: skip
    return Listing(200 if page.rows or here == 1 else 404, filters, count, is_more, page)


def _read(found: QuerySet, listed: Any, start: int, stop: int) -> list:
    """Keys are found, sorted and skipped within the same query, so that only one page is read whole."""
    keys = found.values("pk")[start:stop]
    return list(listed.filter(pk__in=keys).order_by(*found.query.order_by)[: stop - start])


def _count(filters: Filters) -> tuple[int, bool]:
    """The total, and whether there is more.

    Exact where figures lead to the list, since it must say what they say. Choices are counted once and kept until the ledger moves;
    without any, until the next entry about such a row. An agency's rows are few, and found by an index.

    A search, to which no figure leads, stops after MOST_COUNTED: of 60,000 tasks 1.4 ms instead of 8. Up to there it is exact, because
    to find that there are no more takes as long as to count them.
    """
    if filters.is_search:
        count = filters.qs.order_by()[: MOST_COUNTED + 1].count()
        return min(count, MOST_COUNTED), count > MOST_COUNTED
    kind = KINDS.get(filters.queryset.model)
    if kind is None or filters.key is None:
        return filters.qs.count(), False
    stands = _head() if filters.narrowing else _last_entry(kind)
    key = f"count:{hashlib.sha256(repr((kind, stands, filters.key)).encode()).hexdigest()}"
    count = caches["pages"].get(key)
    if count is None:
        count = filters.qs.count()
        caches["pages"].set(key, count)
    return count, False


@prepared()
def _head() -> QuerySet[LedgerHead, str]:
    return LedgerHead.objects.order_by().values_list("digest", flat=True)


@prepared("kind")
def _last_entry(kind: str) -> QuerySet[Entry, str]:
    return Entry.objects.of_type(kind).values_list("hash", flat=True)[:1]
