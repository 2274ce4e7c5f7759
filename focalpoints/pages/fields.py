"""The fields and widgets that Django lacks: dates in three inputs, names, titles, long texts, codes in addresses."""

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.pages.typed_dates import month_number, read_date
from focalpoints.text import code, is_domain, meant_address, one_form, one_line, visible

DATE_PARTS = ("day", "month", "year")
LONGEST_NUMBER = 10  # digits of a day, month or year that a message repeats


class DateParts(NamedTuple):
    """What was typed into the three inputs of a date."""

    day: str
    month: str
    year: str


class DateWidget(forms.Widget):
    """Day, month and year as three inputs: `<name>_day`, `<name>_month`, `<name>_year`. A whole date may be pasted into any of them.

    A query string may also say `<name>=2018-10-15`.
    """

    template_name = "django/forms/widgets/date_parts.html"
    use_fieldset = True

    def format_value(self, value: object) -> DateParts:
        """The parts to show for a date, an ISO date or what was typed."""
        if isinstance(value, DateParts):
            return value
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                return DateParts("", "", str(value))
        if isinstance(value, dt.date):
            return DateParts(str(value.day), str(value.month), str(value.year))
        return DateParts("", "", "")

    def wrong_parts(self, value: object) -> list[str]:
        """The parts left empty where others are filled; none where all are or none is."""
        parts = self.format_value(value)
        return [name for name, part in zip(DATE_PARTS, parts, strict=True) if not part] if any(parts) else []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        attributes = context["widget"]["attrs"]
        invalid = attributes.pop("aria-invalid", None)
        wrong = (self.wrong_parts(value) or DATE_PARTS) if invalid else ()
        labels = (_("Day"), _("Month"), _("Year"))
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{part}",
                "id": f"{attributes.get('id', f'id_{name}')}_{part}",
                "label": label,
                "value": text,
                "width": 4 if part == "year" else 2,
                "wrong": part in wrong,
            }
            for part, label, text in zip(DATE_PARTS, labels, self.format_value(value), strict=True)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> DateParts | str | None:
        if name in data:
            return data[name]
        parts = DateParts(*(data.get(f"{name}_{part}", "").strip() for part in DATE_PARTS))
        pasted = next((whole for part in parts if (whole := read_date(part))), None)
        return DateParts(*pasted) if pasted else parts if any(parts) else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part in DATE_PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else id_


class DateField(forms.DateField):
    """A date typed as day, month and year, with an error that says which part is missing or why it is no date."""

    widget = DateWidget
    default_error_messages = {
        "invalid": _("Enter a date with day, month and year, for example 31 12 2018."),
        "missing_one": _("The date must include the %(part)s."),
        "missing_two": _("The date must include the %(part)s and the %(other)s."),
        "year": _("The year must have four digits, for example 2018."),
        "month": _("There is no month %(month)s: enter a number from 1 to 12."),
        "day": _("There is no day %(day)s in %(month)s %(year)s: it has %(days)s days."),
    }

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, DateParts):
            return self.from_parts(value)
        if isinstance(value, str) and value:
            whole = read_date(value)
            if whole is None:
                raise self._error("invalid")
            return self.from_parts(DateParts(*whole))
        return super().to_python(value)

    def from_parts(self, parts: DateParts) -> dt.date:
        """The date that these parts name. Raises ValidationError, which says what is wrong with them."""
        names = {"day": _("day"), "month": _("month"), "year": _("year")}
        missing = [names[name] for name, part in zip(DATE_PARTS, parts, strict=True) if not part]
        if missing:
            params = {"part": missing[0], "other": missing[-1]}
            raise self._error("missing_one" if len(missing) == 1 else "missing_two", **params)
        parts = parts._replace(month=str(month_number(parts.month) or parts.month))
        # The decimal digits of any script: a phone may type ٣١ or ３１.
        if not all(part.isdecimal() and len(part) <= LONGEST_NUMBER for part in parts):
            raise self._error("invalid")
        day, month, year = (int(part) for part in parts)
        if len(parts.year) != 4 or year < 1000:
            raise self._error("year")
        if month not in MONTHS:
            raise self._error("month", month=month)
        days = monthrange(year, month)[1]
        if not 1 <= day <= days:
            raise self._error("day", day=day, month=MONTHS[month], year=year, days=days)
        return dt.date(year, month, day)

    def _error(self, code: str, **params: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


EARLIEST = dt.date(2000, 1, 1)
FARTHEST = dt.timedelta(days=3660)
TOO_FAR = _("Check the year: the date is too far from today.")


def is_slip(day: dt.date | None) -> bool:
    """Whether the year was mistyped: it is too far from now to be meant."""
    return day is not None and not EARLIEST <= day <= clock.today() + FARTHEST


class NearDateField(DateField):
    """A date whose year was not mistyped."""

    def clean(self, value: Any) -> dt.date | None:
        day = super().clean(value)
        if is_slip(day):
            raise ValidationError(TOO_FAR)
        return day


# Unseen characters that are refused where somebody is named: those of direction (UAX #9) show a name in another order than it is
# written, control characters break a line or a file. Who typed them meant something else. Django itself refuses NUL.
UNSEEN = re.compile("[\x01-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LINE_BREAKS = "\n\v\f\r\x85\u2028\u2029"
# They join letters or emoji where that is needed: in long text they stay.
JOINERS = "\u200c\u200d"


class OneLine(forms.CharField):
    """What is looked for or typed in once: a line without what nobody sees, spaces single and none at the ends."""

    kept_as = staticmethod(one_line)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.kept_as(text) if isinstance(text, str) else text


class LineFilter(django_filters.CharFilter):
    field_class = OneLine


class NarrowingChoice(django_filters.fields.ChoiceField):
    """A choice of a list that leaves rows out when it is left open too: its `empty_label` says which stay."""


class NarrowingChoiceFilter(django_filters.ChoiceFilter):
    field_class = NarrowingChoice


class EmailLine(OneLine, forms.EmailField):
    """An e-mail as it is kept: plain width, lower case. Where something was pasted around it, the address alone is taken."""

    kept_as = staticmethod(meant_address)

    default_error_messages = {
        "accented": _("“%(letter)s” cannot stand before the @. Write the address with plain letters."),
        "alphabet": _("“%(letter)s” before the @ is of another alphabet. Type the address instead of pasting it."),
        "domain": _("“%(domain)s” is no domain that can exist. Check what stands after the @."),
    }

    def validate(self, value: Any) -> None:
        super().validate(value)
        name, _at, domain = value.rpartition("@")
        if odd := next((char for char in name if char.isalpha() and not char.isascii()), None):
            code = "accented" if unicodedata.name(odd, "").startswith("LATIN") else "alphabet"
            raise ValidationError(self.error_messages[code], code=code, params={"letter": odd})
        if not is_domain(domain):
            raise ValidationError(self.error_messages["domain"], code="domain", params={"domain": domain})


class PasswordField(forms.CharField):
    """A password in the one form that every keyboard gives (`text.one_form`); nothing is taken off it."""

    widget = forms.PasswordInput

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, max_length=1000, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return one_form(text) if isinstance(text, str) else text


class NameField(OneLine):
    """A name or title: one line, all of which can be seen."""

    default_error_messages = {
        "line_break": _("Enter it on one line: there is a line break in it."),
        "unseen": _("There is an invisible character in it (%(code)s). Type it instead of pasting it."),
    }

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and (found := UNSEEN.search(value.strip())):
            code = "line_break" if found[0] in LINE_BREAKS else "unseen"
            params = {"code": f"U+{ord(found[0]):04X}"}
            raise ValidationError(self.error_messages[code], code=code, params=params)
        return super().to_python(value)


class LineField(NameField):
    """A title, in a box of two lines. Line breaks that were typed or pasted become spaces."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> Any:
        return super().to_python(" ".join(value.split()) if isinstance(value, str) else value)


class LongTextField(forms.CharField):
    """Several lines. A line break counts as one character, as the counter on the page counts it; other unseen characters are left out,
    but for those that join letters; where nothing is left to see, nothing was typed.
    """

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        lines = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", text)
        kept = "".join([visible(char) or (char if char in JOINERS else "") for char in lines])
        return kept if visible(kept).strip() else ""


RESERVED = {"nuevo", "filtrar"}  # the addresses of the page that adds one, and of the list's filters


class AddressField(OneLine, forms.SlugField):
    """A code that becomes part of a page's address. Look-alikes and other dashes become the characters that were meant."""

    kept_as = staticmethod(code)

    default_error_messages = {
        "invalid": _("Use letters without accents, digits and hyphens only."),
        "reserved": _("This word is taken by a page of the portal. Choose another."),
    }

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed.lower() in RESERVED:
            raise ValidationError(self.error_messages["reserved"], code="reserved")
        return typed
