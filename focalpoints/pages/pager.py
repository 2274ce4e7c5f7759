"""Long lists, page by page: with a count of all pages, or in parts where counting would cost more than reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet

PAGE_SIZE = 50
Rows = Sequence[Any] | QuerySet[Any]


def page_at(rows: Rows, number: str | None) -> Page:
    """Page `number`: the first for what is no number, the last for one beyond the end."""
    return Paginator(rows, PAGE_SIZE).get_page(number)


def page_if_there(rows: Rows, number: str | None) -> Page | None:
    """Page `number`, the first unless one is named; None where there is no such page."""
    try:
        return Paginator(rows, PAGE_SIZE).page(number or 1)
    except InvalidPage:
        return None


@dataclass(frozen=True, slots=True)
class ListPart:
    """One page of a list that was read without counting how many pages there are. `_pagination.html` reads it as it reads a Page."""

    rows: list
    number: int
    has_next: bool
    paginator: Paginator | None = None  # where the rows were counted all the same

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


PartReader = Callable[[int, int], list]


def rows_of(found: Any) -> PartReader:
    """Reads from one place of the list to another."""
    return lambda start, stop: list(found[start:stop])


def page_number(text: str | None) -> int | None:
    """The number of a page as it stands in the address, 1 where none does; None for what is no such number."""
    if not text:
        return 1
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 6 else None


def part(
    rows: PartReader, number: str | None, size: int = PAGE_SIZE, *, paginator: Paginator | None = None
) -> ListPart:
    """Page `number`, the first for what is no number. One query."""
    here = page_number(number) or 1
    found = rows((here - 1) * size, here * size + 1)
    return ListPart(found[:size], here, len(found) > size, paginator)
