"""A filtered list: how many rows it has, and those of one page."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.core.paginator import Page
from django.db.models import Count, Model, QuerySet, Value

from focalpoints.models import Entry
from focalpoints.pages.pager import page_if_there
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, Task
from projects.models.list_rows import ListedRows
from projects.reading.lists.filter_form import Filters

# Rows whose number only changes with an entry about such a row, by what the ledger calls them.
KINDS: dict[type[Model], str] = {Commitment: "commitment", Task: "task"}
# Up to this row of a list, one query for whole rows is faster than one for keys and one for their rows.
SHALLOW = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was asked for, with the `count` of all its rows. `page` is None for a wrong filter (status 400) or page (404)."""

    status: int
    filters: Filters
    count: int = 0
    page: Page | None = None

    def rows(self, listed: ListedRows | QuerySet) -> list:
        """The rows of the page, as `listed` reads them, in the list's order. Deep in the list, their keys are found first."""
        if self.page is None or not self.count:
            return []
        here = self.page.start_index() - 1, self.page.end_index()
        if isinstance(listed, ListedRows) and self.page.end_index() <= SHALLOW:
            return listed.made(_read(self.filters, listed.columns, *here))
        keys = [key for (key,) in _read(self.filters, ("pk",), *here)]
        found = listed.in_bulk(keys)
        return [found[key] for key in keys]


def listing(filters: Filters, number: str | None) -> Listing:
    """Counts, in one query at most. The rows are read when they are asked for."""
    if not filters.is_valid():
        return Listing(400, filters)
    count = _count(filters)
    page = page_if_there(range(count), number)
    return Listing(404 if page is None else 200, filters, count, page)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Filters as an argument of prepared queries: equal where their keys are."""

    key: Hashable
    filters: Filters = field(compare=False)


def _count(filters: Filters) -> int:
    """The total. Without filters it is remembered until an entry about such a row arrives, because counting grows with the table."""
    if filters.key is None:
        return filters.qs.count()
    asked = _Asked(filters.key, filters)
    kind = None if filters.filters else KINDS.get(filters.queryset.model)
    if kind is None:
        return sum(_counts(asked))
    key = f"count:{kind}:{''.join(_last_entry(kind))}"
    count = caches["pages"].get(key)
    if count is None:
        count = sum(_counts(asked))
        caches["pages"].set(key, count)
    return count


@prepared("kind")
def _last_entry(kind: str) -> QuerySet[Entry, str]:
    return Entry.objects.of_type(kind).values_list("hash", flat=True)[:1]


def _read(filters: Filters, columns: tuple[str, ...], start: int, stop: int) -> list[tuple]:
    if filters.key is None:
        return list(filters.qs.values_list(*columns)[start:stop])
    return _rows(_Asked(filters.key, filters), columns, start, stop)


@prepared()
def _counts(asked: _Asked) -> QuerySet[Any, int]:
    """The number of rows, or nothing where there are none."""
    rows = asked.filters.qs.order_by().values(everything=Value(1))
    return rows.annotate(count=Count("pk")).values_list("count", flat=True)


@prepared()
def _rows(asked: _Asked, columns: tuple[str, ...], start: int, stop: int) -> QuerySet[Any, tuple]:
    return asked.filters.qs.values_list(*columns)[start:stop]
