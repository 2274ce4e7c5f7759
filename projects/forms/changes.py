"""Of which days changes are told."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.pages.fields import DateField

AHEAD = _("That day lies ahead: the record cannot know it yet.")
BACKWARDS = _("The last day comes before the first: choose a later one.")


def typed_day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"})


class ChangesForm(forms.Form):
    """The first and the last day; links alone name `day`, of which like events are listed."""

    since = DateField(
        label=_("Since"),
        required=False,
        help_text=_("Day, month and year, for example 15 3 2018."),
        widget=typed_day(),
    )
    until = DateField(label=_("Until"), required=False, widget=typed_day())
    day = DateField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, value in list(data.items()):
            if isinstance(value, date) and value > clock.today():
                self.add_error(name, ValidationError(AHEAD, code="ahead"))
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError(BACKWARDS, code="backwards"))
        return data
