"""Fields of the coordination office's forms."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints.forms import refuse_slips
from focalpoints.pages.fields import DateField, NameField

RESERVED = {"nuevo"}  # the address of the page that adds one


class LineField(NameField):
    """A title: made one line, however many the box shows and whatever was pasted."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class AddressField(forms.SlugField):
    """A code that becomes part of a page's address."""

    default_error_messages = {
        "invalid": _("Use letters without accents, digits and hyphens only."),
        "reserved": _("This word is taken by a page of the portal. Choose another."),
    }

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if code.lower() in RESERVED:
            raise ValidationError(self.error_messages["reserved"], code="reserved")
        return code


class DueField(DateField):
    """A day that somebody meant: not a mistyped year."""

    def clean(self, value: Any) -> dt.date | None:
        day = super().clean(value)
        refuse_slips(day)
        return day
