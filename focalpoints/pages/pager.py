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
    """One page of a list of which nobody counts how many pages there are. `_pagination.html` reads it as it reads a Page."""

    rows: list
    number: int
    has_next: bool

    @property
    def paginator(self) -> None:
        """None, where a Page has the paginator that counted its pages."""

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


def part(rows: PartReader, number: str | None, size: int = PAGE_SIZE) -> ListPart:
    """Page `number`, the first for what is no number. One query."""
    here = int(number) if number and number.isascii() and number.isdigit() and len(number) < 6 else 1
    here = max(here, 1)
    found = rows((here - 1) * size, here * size + 1)
    return ListPart(found[:size], here, len(found) > size)
