"""Parts of pages that are compiled to Python: Jinja templates, for what a page shows row after row (ADR 0014)."""

from typing import Any

from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


def rendered(name: str, **facts: object) -> SafeString:
    """A `.jinja` template of `templates/`, given these facts, the two letters of the page's language as `here`, and what
    `edn_portal.parts` gives to all."""
    compiled: Any = engines["parts"].get_template(name)
    return mark_safe(compiled.template.render(facts, here=(get_language() or settings.LANGUAGE_CODE)[:2]))  # noqa: S308 - escapes by itself
