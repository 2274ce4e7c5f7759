"""Addresses of pages by what they are about, at the price of a lookup: a page names a hundred of them."""

from functools import lru_cache
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import get_language

# Fits a slug and a UUID alike.
STAND_IN = "00000000-0000-4000-8000-000000000000"


def address(name: str, key: object) -> str:
    """`reverse` of a page whose only argument is a code or a key, in the language of the moment. Raises NoReverseMatch as it does."""
    return _pattern(name, get_language()).replace(STAND_IN, quote(str(key)))


@lru_cache(maxsize=256)
def _pattern(name: str, language: str | None) -> str:
    return reverse(name, args=[STAND_IN])
