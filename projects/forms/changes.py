"""From which day on changes are told."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.pages.fields import DateField

AHEAD = _("That day lies ahead: the record cannot know it yet.")


class ChangesForm(forms.Form):
    """`since` is what a person types; links alone name `until`, the last day shown, and `day`, of which like events are listed."""

    since = DateField(
        label=_("Since"),
        required=False,
        help_text=_("Day, month and year, for example 15 3 2018."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}),
    )
    until = DateField(required=False, widget=forms.HiddenInput)
    day = DateField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, value in list(data.items()):
            if isinstance(value, date) and value > clock.today():
                self.add_error(name, ValidationError(AHEAD, code="ahead"))
        return data
