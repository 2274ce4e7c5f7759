"""The rows of a history."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from focalpoints.pages.rows import rendered_rows

register = template.Library()


@register.simple_tag
def history_rows(entries: Iterable[Any]) -> SafeString:
    """`entries` have what and at, perhaps who, folio, detail and url, as attributes or keys."""
    return rendered_rows("_history_row.jinja", entries)
