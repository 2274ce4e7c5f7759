"""The links to a list's files."""

from typing import Any

from django import template
from django.urls import reverse

from focalpoints.tables.formats import FORMATS, formats_for
from focalpoints.tables.xlsx_file import MOST_ROWS

register = template.Library()


@register.inclusion_tag("_take_away.html")
def take_away(download: str, query: str = "", count: int = 0, *, key: object = "", what: str = "") -> dict[str, Any]:
    """`download` is the name of the files' address, `query` the list's filters as they stand in its own (`?…`), `count` its rows.

    `key` is the row of a page about one, `what` says what is downloaded where a page offers more than its list.
    """
    keys = [key] if key else []
    files = [(known.label, reverse(download, args=[*keys, fmt]) + query) for fmt, known in formats_for(count).items()]
    return {"files": files, "what": what, "is_too_long": len(files) < len(FORMATS), "most": MOST_ROWS}
