"""When other words are the same promise, only spelled right; anything else is a change of scope, which a second person decides."""

import re
from collections.abc import Collection

from django.utils.dates import MONTHS, MONTHS_ALT, WEEKDAYS
from django.utils.translation import override

from focalpoints.text import fold

# In words as short as these one letter makes another word: con and son, ni and si.
SHORTEST = 4
NUMBERS = [
    "un",
    "uno",
    "una",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "veinte",
    "treinta",
    "cuarenta",
    "cincuenta",
    "sesenta",
    "setenta",
    "ochenta",
    "noventa",
    "cien",
    "ciento",
    "mil",
    "millon",
    "millones",
    "mitad",
    "doble",
    "triple",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "half",
    "double",
]
_EDGES = ".,;:¡!¿?()[]«»“”\"'‘’…"


def is_spelling(before: str, after: str, names: Collection[str] = ()) -> bool:
    """Whether `after` only spells `before` otherwise: accents, case and punctuation are free.

    Else no word is added, taken away or changed by more than one letter, and none that has a digit or capitals like an acronym, is short,
    a number, a month or a weekday, or one of `names` (folded).
    """
    words = list(zip(_words(before), _words(after), strict=False))
    if len(_words(before)) != len(_words(after)):
        return False
    return all(_is_spelling_of_word(one, other, names) for one, other in words)


def _words(text: str) -> list[str]:
    return [word for piece in re.split(r"\s+", text) if (word := piece.strip(_EDGES))]


def _is_spelling_of_word(before: str, after: str, names: Collection[str]) -> bool:
    if any(char.isdigit() for char in before + after):
        return before == after
    one, other = _letters(before), _letters(after)
    if one == other:
        return True
    if min(len(one), len(other)) < SHORTEST or {one, other} & (_protected() | set(names)):
        return False
    if _is_acronym(before) or _is_acronym(after):
        return False
    return is_one_letter_apart(one, other)


def _letters(word: str) -> str:
    return "".join(char for char in fold(word) if char.isalnum())


def _is_acronym(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return len(letters) > 1 and all(char.isupper() for char in letters)


def _protected() -> set[str]:
    words = set(NUMBERS)
    for language in ("es", "en"):
        with override(language):
            words |= {_letters(str(name)) for name in (*MONTHS.values(), *MONTHS_ALT.values(), *WEEKDAYS.values())}
    return words


def is_one_letter_apart(one: str, other: str) -> bool:
    """One letter replaced, put in or left out."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :]
    return len(other) == len(one) + 1 and one[start:] == other[start + 1 :]
