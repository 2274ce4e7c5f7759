"""The rows of a history: what happened does not change, and so each is rendered once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from .edn import language

register = template.Library()

REMEMBERED = 8192  # rows that a process remembers, about half a kilobyte each


class HistoryCells(NamedTuple):
    what: str
    who: str
    at: datetime
    folio: str
    detail: str
    url: str


@register.simple_tag
def history_rows(entries: Iterable[Any]) -> SafeString:
    """`entries` have what, at and who, perhaps folio, detail and url, as attributes or keys."""
    written_in = language()
    rows = [_row(HistoryCells._make(_cells(entry)), written_in) for entry in entries]
    return mark_safe("".join(rows))  # noqa: S308 - a template's own output


def _cells(entry: Any) -> Iterable[Any]:
    for name in HistoryCells._fields:
        value = entry.get(name, "") if isinstance(entry, Mapping) else getattr(entry, name, "")
        yield value if name == "at" else str(value)


@lru_cache(maxsize=REMEMBERED)
def _row(cells: HistoryCells, written_in: str) -> str:
    return render_to_string("_history_row.html", cells._asdict())
