"""A name that a Django template cannot find fails the test: inside `if`, `with`, `for`, `include` and a filter's argument too.

Django shows nothing for such a name and takes it as false in an `if`, so that a misspelt name, or one that a view no longer gives,
takes away a tag or a column without a word. Missing are: a name the context has not, a key or an attribute its value has not (None
has none), a method that wants arguments or changes data, and a related row that does not exist. Jinja is strict by itself.

A part of pages says in its first line what may be left out by who includes it: `{# Optional: detail, url. #}`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.template import Template, VariableDoesNotExist, engines
from django.template.base import Variable

OPTIONAL = re.compile(r"\{# Optional: ([\w, ]+)\. #\}\n")
# Shown even where the request could not be read: without a context, they do without any name.
ERROR_PAGES = re.compile(r"[45]\d\d(_csrf)?\.html")


class Nothing(str):
    """What Django puts in the place of what is missing: an empty text that can be told from others."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        """Asked for "%s" where Django fills in a missing name; for one within `blocktranslate` it asks nothing else."""
        pytest.fail("A {% blocktranslate %} has a name that its context has not.")


@pytest.fixture(autouse=True, scope="session")
def a_missing_name_fails() -> Iterator[None]:
    look_up, nothing = Variable._resolve_lookup, Nothing()  # type: ignore[attr-defined]

    def found(self: Variable, context: Any) -> Any:
        template = context.render_context.template
        try:
            value = look_up(self, context)
        except VariableDoesNotExist:
            is_bare = "request" not in context and ERROR_PAGES.fullmatch(context.template.name or "")
            if is_bare or (self.lookups[0] in optional_in(template) and self.lookups[0] not in context):
                raise
            value = nothing
        if value is nothing:
            # No Exception, which `{% if %}` would take as false, but an outcome.
            pytest.fail(f"{template.name} asks for {self.var}, which is missing (a page of {context.template.name}).")
        return value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines["django"].engine, "string_if_invalid", nothing)
        patch.setattr(Variable, "_resolve_lookup", found)
        yield


@cache
def optional_in(template: Template) -> frozenset[str]:
    """The names that this part of pages can do without."""
    said = OPTIONAL.match(template.source)
    return frozenset(said[1].split(", ")) if said else frozenset()
