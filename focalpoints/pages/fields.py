"""Forms in GOV.UK's markup: the renderer named by FORM_RENDERER, and the fields and widgets that Django lacks.

The templates are in templates/django/forms/. docs/look.md shows how a page uses them.
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.forms.widgets import Input
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Most specific first: the class that GOV.UK's style sheet knows each control by. Groups of inputs name theirs in a template.
CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (Input, "govuk-input"),
)


# What a field says when it was left empty and its form has no sentence of its own for it.
LEFT_EMPTY: tuple[tuple[type[forms.Field], Promise], ...] = (
    (forms.DateField, _("Enter the date in “%(field)s”.")),
    (forms.BooleanField, _("Tick “%(field)s”.")),
    (forms.FileField, _("Choose a file in “%(field)s”.")),
    (forms.ChoiceField, _("Choose an option in “%(field)s”.")),
    (forms.Field, _("Fill in “%(field)s”.")),
)
# Nobody typed it: an address was changed by hand, or a page is older than the portal.
UNREADABLE = _("Part of the page's address cannot be read (%(field)s). Open the page again from a link.")
NAMELESS = forms.Field.default_error_messages["required"]


class GovukBoundField(BoundField):
    """A field that carries GOV.UK's classes, leaves checking to the server and knows where its error should lead."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Our message comes with the page, so the browser's own check and its silent cut at maxlength are off."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)
        name = next((name for kind, name in CONTROL_CLASSES if isinstance(widget, kind)), "")
        if name:
            error = f"{name}--error" if self.errors and "__" not in name else ""
            counted = "govuk-js-character-count" if self.character_count else ""
            attrs["class"] = " ".join(filter(None, [name, error, counted, widget.attrs.get("class", "")]))
        if isinstance(widget, forms.TextInput | forms.Textarea):
            attrs["maxlength"] = attrs["minlength"] = attrs["cols"] = False
        if isinstance(widget, forms.NumberInput):
            attrs |= {"min": False, "max": False, "step": False, "spellcheck": "false"}
            attrs["inputmode"] = "numeric" if type(self.field) is forms.IntegerField else "decimal"
        return attrs

    @property
    def errors(self) -> ErrorList:
        """Django's "This field is required." says which one: the summary at the top of the page stands far from it.

        What Django finds wrong with a hidden field is said in words for somebody who never saw one.
        """
        errors = super().errors
        named = [self._named(error) for error in errors.as_data()]
        return type(errors)(named, renderer=errors.renderer, field_id=errors.field_id)  # type: ignore[attr-defined]

    def _named(self, error: ValidationError) -> ValidationError:
        if self.is_hidden and error.message in self.field.error_messages.values():
            return ValidationError(str(UNREADABLE), code=error.code, params={"field": self.name})
        if error.code != "required" or error.message != NAMELESS:
            return error
        message = next(message for kind, message in LEFT_EMPTY if isinstance(self.field, kind))
        return ValidationError(str(message), code="required", params={"field": self.label})

    @property
    def aria_describedby(self) -> str | None:
        """Hint, error and, under a textarea with a limit, the limit."""
        ids = super().aria_describedby
        return f"{ids or ''} {self.auto_id}-info".strip() if self.character_count and self.auto_id else ids

    @property
    def is_checkbox(self) -> bool:
        """A single box, whose label stands after it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_optional(self) -> bool:
        """Worth saying so in the label: among fields that are not, and not for a box that may stay empty."""
        return (
            not self.field.required
            and not self.is_checkbox
            and any(other.required for other in self.form.fields.values())
        )

    @property
    def suffix(self) -> str:
        """The unit shown after a text input, from the widget's attribute `data-suffix`."""
        return self.field.widget.attrs.get("data-suffix", "")

    @property
    def character_count(self) -> dict[str, Any]:
        """Attributes of GOV.UK's character count around a textarea with a limit; empty for everything else."""
        limit = getattr(self.field, "max_length", None)
        if not limit or not isinstance(self.field.widget, forms.Textarea):
            return {}
        return {
            "data-module": "govuk-character-count",
            "data-maxlength": limit,
            "data-count-type": "length",
            "data-i18n.characters-under-limit.one": gettext("You have %{count} character left"),
            "data-i18n.characters-under-limit.other": gettext("You have %{count} characters left"),
            "data-i18n.characters-at-limit": gettext("You have 0 characters left"),
            "data-i18n.characters-over-limit.one": gettext("You have %{count} character too many"),
            "data-i18n.characters-over-limit.other": gettext("You have %{count} characters too many"),
        }

    @property
    def error_target(self) -> str:
        """The id that an error summary links to: the first input, or the part of a date that is wrong."""
        widget = self.field.widget
        if isinstance(widget, DateWidget):
            return f"{self.auto_id}_{(widget.wrong_parts(self.value()) or DATE_PARTS)[0]}"
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{self.auto_id}_0"
        return self.id_for_label


class GovukRenderer(TemplatesSetting):
    """Renders from the project's own templates, so that each widget can be ours or Django's."""

    bound_field_class = GovukBoundField


DATE_PARTS = ("day", "month", "year")
LONGEST_NUMBER = 10  # digits of a day, month or year that a message repeats


class DateParts(NamedTuple):
    """What was typed into the three inputs, as typed."""

    day: str
    month: str
    year: str


class DateWidget(forms.Widget):
    """Day, month and year as three inputs: `<name>_day`, `<name>_month`, `<name>_year`.

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
        """The parts left empty where others are filled; else none in particular."""
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
        return parts if any(parts) else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part in DATE_PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else id_


class DateField(forms.DateField):
    """A date typed as day, month and year, with an error that says which part is missing or why it is no date."""

    widget = DateWidget
    default_error_messages = {
        "invalid": _("Enter a date with day, month and year as numbers, for example 31 12 2018."),
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
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)

    def from_parts(self, parts: DateParts) -> dt.date:
        """The date that these parts name; ValidationError says what is wrong with them."""
        names = {"day": _("day"), "month": _("month"), "year": _("year")}
        missing = [names[name] for name, part in zip(DATE_PARTS, parts, strict=True) if not part]
        if missing:
            params = {"part": missing[0], "other": missing[-1]}
            raise self._error("missing_one" if len(missing) == 1 else "missing_two", **params)
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


# Nobody sees them: those of direction (UAX #9) show a name in another order than it is written, controls break a line or a file.
# NUL is refused by Django itself.
UNSEEN = re.compile("[\x01-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LINE_BREAKS = "\n\v\f\r\x85\u2028\u2029"


class NameField(forms.CharField):
    """A name or title: one line, all of which can be seen."""

    default_error_messages = {
        "line_break": _("Enter it on one line: there is a line break in it."),
        "unseen": _("There is an invisible character in it (%(code)s). Type it instead of pasting it."),
    }

    def validate(self, value: Any) -> None:
        super().validate(value)
        if found := UNSEEN.search(value):
            code = "line_break" if found[0] in LINE_BREAKS else "unseen"
            params = {"code": f"U+{ord(found[0]):04X}"}
            raise ValidationError(self.error_messages[code], code=code, params=params)


class LongTextField(forms.CharField):
    """Several lines; a line break counts as one character, as the counter on the page counts it.

    Other unseen characters, which come with pasted text, are left out.
    """

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        lines = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", text)
        return UNSEEN.sub(lambda found: found[0] if found[0] in "\n\t" else "", lines)
