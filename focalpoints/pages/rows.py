"""Jinja templates, compiled to Python, for what a page shows row after row (ADR 0014)."""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString
from django.utils.translation import get_language

REMEMBERED = 16_384  # rows of all kinds that a process remembers, about a kilobyte each


def rendered(name: str, **facts: Any) -> SafeString:
    """A `.jinja` template with these facts, with the page's language (two letters) as `here`, and with what
    `edn_portal.jinja_environment` gives to all templates.
    """
    return _rendered(name, facts, language())


def rendered_rows(name: str, rows: Iterable[Any], **facts: Hashable) -> SafeString:
    """What the template's macro `html` gives for each of the rows. A row that is a tuple of plain values is remembered with its HTML."""
    here, known = language(), tuple(facts.items())
    html = [
        _remembered(name, row, known, here) if isinstance(row, tuple) else _macro(name, known, here)(row)
        for row in rows
    ]
    return SafeString("".join(html))  # templates' own output


@lru_cache(maxsize=REMEMBERED)
def _remembered(name: str, row: tuple[Any, ...], facts: tuple[tuple[str, Hashable], ...], here: str) -> str:
    return _macro(name, facts, here)(row)


@lru_cache(maxsize=256)
def _macro(name: str, facts: tuple[tuple[str, Hashable], ...], here: str) -> Callable[[Any], str]:
    """What stands outside the macro, such as the columns' names, is worked out once for all rows."""
    compiled: Any = engines["parts"].get_template(name)
    return compiled.template.make_module({**dict(facts), "here": here}).html


def _rendered(name: str, facts: dict[str, Any], here: str) -> SafeString:
    compiled: Any = engines["parts"].get_template(name)
    return SafeString(compiled.template.render(facts, here=here))  # escapes by itself


def language() -> str:
    """The two letters of the language this page is in."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]
