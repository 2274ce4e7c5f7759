"""The links to a list's files."""

from typing import Any

from django import template
from django.urls import reverse

from focalpoints.tables.formats import FORMATS
from focalpoints.tables.xlsx_file import MOST_ROWS

register = template.Library()


@register.inclusion_tag("_take_away.html")
def take_away(download: str, query: str = "", count: int = 0) -> dict[str, Any]:
    """`download` is the name of the files' address, `query` the list's filters as they stand in its own (`?…`), `count` its rows."""
    is_too_long = count > MOST_ROWS
    files = [
        (known.label, reverse(download, args=[fmt]) + query)
        for fmt, known in FORMATS.items()
        if known.is_text or not is_too_long
    ]
    return {"files": files, "is_too_long": is_too_long, "most": MOST_ROWS}
