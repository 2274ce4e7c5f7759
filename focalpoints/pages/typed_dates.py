"""Dates as people type or paste them: `31/12/2018`, `2018-12-31`, `31 de diciembre de 2018`, `December 31, 2018`."""

import re

from focalpoints.text import plain_letters

SPANISH = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
ALSO = {"setiembre": 9, "set": 9}
WEEKDAYS = (
    "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
FILLERS = {"de", "del", "of", "the", "el", "dia", "o"}
_BETWEEN = re.compile(r"[\s,.°/\u2010-\u2015\u2212-]+")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|o|er|ro)")
LONGEST = 60


def month_number(word: str) -> int | None:
    """The number of a month that is called so, or by the beginning of its name: `dic`, `Sept.`, `December`. None for no month."""
    name = plain_letters(word).strip(".")
    if name in ALSO:
        return ALSO[name]
    if len(name) < 3:
        return None
    called = {
        number for names in (SPANISH, ENGLISH) for number, whole in enumerate(names, start=1) if whole.startswith(name)
    }
    return called.pop() if len(called) == 1 else None


def read_month(text: str) -> tuple[int, int] | None:
    """Year and month of a text that names both: `octubre de 2018`, `10/2018`, `2018-10`. Else None."""
    words = [word for word in _BETWEEN.split(plain_letters(text[:LONGEST])) if word and word not in FILLERS]
    if len(words) != 2:
        return None
    month, year = sorted(words, key=lambda word: bool(re.fullmatch(r"\d{4}", word)))
    number = month_number(month) or (int(month) if re.fullmatch(r"\d{1,2}", month) else 0)
    return (int(year), number) if re.fullmatch(r"\d{4}", year) and 1 <= number <= 12 else None


def read_date(text: str) -> tuple[str, str, str] | None:
    """Day, month and year, in digits, of a text that names all three: whether they are a date is left to the caller. Else None."""
    if len(text) > LONGEST:
        return None
    words = [word for word in _BETWEEN.split(plain_letters(text)) if word and word not in FILLERS]
    if len(words) == 4 and _is_weekday(words[0]):
        del words[0]
    if len(words) != 3:
        return None
    if re.fullmatch(r"\d{4}", words[0]):
        year, month, day = words
    elif month_number(words[0]):
        month, day, year = words
    else:
        day, month, year = words
    month = str(month_number(month) or month)
    day = _ORDINAL.sub(r"\1", "1" if day == "primero" else day)
    return (day, month, year) if all(part.isdecimal() for part in (day, month, year)) else None


def _is_weekday(word: str) -> bool:
    return len(word) >= 3 and any(name.startswith(word) for name in WEEKDAYS)
