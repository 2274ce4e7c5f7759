"""The buttons that export a page which not everybody may read."""

from typing import Any

from django import template
from django.urls import reverse

from focalpoints.tables.formats import FORMATS

register = template.Library()


@register.inclusion_tag("_export_buttons.html", takes_context=True)
def export_buttons(context: dict[str, Any], export: str, key: str = "") -> dict[str, Any]:
    """`export` is the name of the address that takes the format, after the page's `key` where it has one. The page's filters go along."""
    keys, asked = [key] if key else [], context["request"].GET.urlencode()
    query = f"?{asked}" if asked else ""
    files = [(known.label, reverse(export, args=[*keys, fmt]) + query) for fmt, known in FORMATS.items()]
    return {"files": files, "csrf_token": context["csrf_token"]}
