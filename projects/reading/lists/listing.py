"""One page of a filtered list: the keys first, so that only the rows shown are joined and read."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.core.paginator import Page
from django.db.models import Count, Model, QuerySet, Value

from focalpoints.models import Entry
from focalpoints.pages.pager import page_if_there
from focalpoints.sql.prepared import prepared
from projects.light.rule import Thresholds
from projects.light.thresholds import in_force
from projects.models import Commitment, Task
from projects.models.plain_rows import ListedRows
from projects.reading.lists.filters import Filters

# What the ledger calls the rows of lists whose number only entries about themselves change.
KINDS: dict[type[Model], str] = {Commitment: "commitment", Task: "task"}
# So far into a list, reading whole rows on the way costs less than asking twice.
SHALLOW = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """`page` is None where the filters could not be understood (400) or there is no such page (404); `count` of all pages."""

    status: int
    filters: Filters
    count: int = 0
    page: Page | None = None

    def rows(self, listed: ListedRows | QuerySet) -> list:
        """The page's rows, as `listed` reads them, in the list's order. One page deep in the list is found by its keys first."""
        if self.page is None or not self.count:
            return []
        here = self.page.start_index() - 1, self.page.end_index()
        if isinstance(listed, ListedRows) and self.page.end_index() <= SHALLOW:
            return listed.made(_read(self.filters, listed.columns, *here))
        keys = [key for (key,) in _read(self.filters, ("pk",), *here)]
        found = listed.in_bulk(keys)
        return [found[key] for key in keys]


def listing(filters: Filters, number: str | None) -> Listing:
    """One query; the rows take theirs."""
    if not filters.is_valid():
        return Listing(400, filters)
    count = _count(filters)
    page = page_if_there(range(count), number)
    return Listing(404 if page is None else 200, filters, count, page)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Two are the same where the same rows are asked for."""

    key: Hashable
    filters: Filters = field(compare=False)


def _count(filters: Filters) -> int:
    """Of everything, it stays until an entry about such a row arrives: counting is what grows with the table."""
    if filters.key is None:
        return filters.qs.count()
    asked = _Asked(filters.key, filters)
    kind = None if filters.filters else KINDS.get(filters.queryset.model)
    if kind is None:
        return sum(_counts(asked, in_force(filters.on)))
    key = f"count:{kind}:{''.join(_last_entry(kind))}"
    count = caches["pages"].get(key)
    if count is None:
        count = sum(_counts(asked, in_force(filters.on)))
        caches["pages"].set(key, count)
    return count


@prepared("kind")
def _last_entry(kind: str) -> QuerySet[Entry, str]:
    return Entry.objects.of_type(kind).values_list("hash", flat=True)[:1]


def _read(filters: Filters, columns: tuple[str, ...], start: int, stop: int) -> list[tuple]:
    if filters.key is None:
        return list(filters.qs.values_list(*columns)[start:stop])
    return _rows(_Asked(filters.key, filters), in_force(filters.on), columns, start, stop)


@prepared()
def _counts(asked: _Asked, rule: Thresholds) -> QuerySet[Any, int]:
    """One number, or none for no rows."""
    rows = asked.filters.qs.order_by().values(everything=Value(1))
    return rows.annotate(count=Count("pk")).values_list("count", flat=True)


@prepared()
def _rows(asked: _Asked, rule: Thresholds, columns: tuple[str, ...], start: int, stop: int) -> QuerySet[Any, tuple]:
    return asked.filters.qs.values_list(*columns)[start:stop]
