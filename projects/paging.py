"""One page of a filtered list: the keys first, so that only the rows shown are joined and read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet

from .filters import Filters
from .models.lines import Lines

PAGE_SIZE = 50
# So far into a list, reading whole rows on the way costs less than asking twice.
SHALLOW = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """`page` is None where the filters could not be understood (400) or there is no such page (404); `count` of all pages."""

    status: int
    count: int = 0
    page: Page | None = None

    def rows(self, listed: Lines | QuerySet) -> list:
        """The page's rows, as `listed` reads them, in the list's order. One page deep in the list is found by its keys first."""
        if self.page is None:
            return []
        here = cast(QuerySet, self.page.object_list)
        if isinstance(listed, Lines) and self.page.end_index() <= SHALLOW:
            return listed.read(here)
        keys = list(here.values_list("pk", flat=True))
        found = listed.in_bulk(keys)
        return [found[key] for key in keys]


def listing(filters: Filters, number: str | None) -> Listing:
    """One query; the rows take theirs."""
    if not filters.is_valid():
        return Listing(400)
    paginator = Paginator(filters.qs, PAGE_SIZE)
    try:
        page = paginator.page(number or 1)
    except InvalidPage:
        return Listing(404, paginator.count)
    return Listing(200, paginator.count, page)


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list inside a page, without a count."""

    rows: list
    previous: int | None
    next: int | None


Rows = Callable[[int, int], list]


def rows_of(found: QuerySet | Lines) -> Rows:
    """From one place of the list to another."""
    return lambda start, stop: list(found[start:stop])


def part(rows: Rows, number: str | None, size: int = PAGE_SIZE) -> Slice:
    """Page `number` (the first for what is no number) of a list; one query."""
    here = int(number) if number and number.isascii() and number.isdigit() and len(number) < 6 else 1
    here = max(here, 1)
    found = rows((here - 1) * size, here * size + 1)
    return Slice(found[:size], here - 1 if here > 1 else None, here + 1 if len(found) > size else None)
