"""Addresses of pages at the price of a lookup: a page names a hundred of them."""

from functools import lru_cache
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import get_language

# Fits a slug and a UUID alike.
STAND_IN = "00000000-0000-4000-8000-000000000000"


def address(name: str, key: object) -> str:
    """`reverse` of a page whose only argument is a code or a key, in the language of the moment. Raises NoReverseMatch as it does."""
    return _reversed(name, get_language(), STAND_IN).replace(STAND_IN, quote(str(key)))


def page(name: str) -> str:
    """`reverse` of a page without arguments."""
    return _reversed(name, get_language())


@lru_cache(maxsize=512)
def _reversed(name: str, language: str | None, *args: str) -> str:
    return reverse(name, args=args)
