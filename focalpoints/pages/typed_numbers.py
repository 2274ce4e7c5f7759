"""Numbers as people type them: `50 %`, `+50`, `50,0`, `1,234.5`, `1.234,5`, `５０`."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_SHOWN = 20
_SIGNED = re.compile(r"([+-]?)\s*([\d.,\s]*\d[\d.,\s]*?)\s*%?\s*")
_GROUPED = {",": re.compile(r"\d{1,3}(,\d{3})+"), ".": re.compile(r"\d{1,3}(\.\d{3})+")}
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


class TwoWays(ValueError):
    """Thousands or decimals: `1,234` is 1234 in Mexico, and 1.234 for who writes a decimal comma."""


def read_number(text: str) -> str:
    """The number as Python writes it; text that is none comes back as it is. Raises TwoWays."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    found = _SIGNED.fullmatch(plain)
    if not found:
        return text
    sign, digits = found[1].replace("+", ""), re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", found[2])
    if _TWO_WAYS.fullmatch(digits):
        raise TwoWays
    decimal = max(digits.rfind(","), digits.rfind("."))
    if decimal < 0:
        return sign + digits
    if digits.count(digits[decimal]) > 1:  # a mark that stands twice parts thousands
        whole, mark, rest = digits, digits[decimal], ""
    else:
        whole, mark, rest = digits[:decimal], "," if digits[decimal] == "." else ".", digits[decimal + 1 :]
    if mark in whole:
        if not _GROUPED[mark].fullmatch(whole):
            return text
        whole = whole.replace(mark, "")
    if not (whole + rest).isdecimal():
        return text
    return f"{sign}{whole or 0}.{rest}" if rest else sign + whole


class NumberTextInput(forms.NumberInput):
    """A box for text: a browser's own for numbers hands on nothing at all of what it does not take for one, such as "50 %"."""

    input_type = "text"


class WholeNumberField(forms.IntegerField):
    widget = NumberTextInput
    default_error_messages = {
        "two_ways": _("“%(typed)s” can be read in two ways. Write it without a comma or point between the thousands."),
    }

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            try:
                value = read_number(value)
            except TwoWays:
                params = {"typed": value.strip()[:LONGEST_SHOWN]}
                raise ValidationError(self.error_messages["two_ways"], code="two_ways", params=params) from None
        return super().to_python(value)
