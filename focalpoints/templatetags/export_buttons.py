"""The buttons that export a page which not everybody may read."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import resolve, reverse

from focalpoints.tables.formats import FORMATS

register = template.Library()


@register.inclusion_tag("_export_buttons.html", takes_context=True)
def export_buttons(context: dict[str, Any], export: str, key: str = "") -> dict[str, Any]:
    """`export` is the name of the address that takes the format, after the page's `key` where it has one. The page's filters go along."""
    keys, asked = [key] if key else [], context["request"].GET
    addresses = {fmt: reverse(export, args=[*keys, fmt]) for fmt in FORMATS}
    known = resolve(addresses["csv"]).func.carried_along  # type: ignore[attr-defined]  # of `private_file`
    query = urlencode([(name, value) for name in known for value in asked.getlist(name)])
    files = [(FORMATS[fmt].label, f"{url}?{query}" if query else url) for fmt, url in addresses.items()]
    return {"files": files, "csrf_token": context["csrf_token"]}
