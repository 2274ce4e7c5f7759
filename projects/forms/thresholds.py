"""Input on the traffic light's thresholds: numbers to try, and then to adopt."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import DateField
from focalpoints.pages.typed_numbers import NumberTextInput, WholeNumberField
from projects.forms.reasons import ReasonForm, category_field
from projects.light import thresholds
from projects.light.rule import NUMBERS, Thresholds

DAYS, POINTS = _("days"), _("points")


def number_field(name: str, label: Any, help_text: Any, unit: Any) -> WholeNumberField:
    least, most = thresholds.LIMITS[name]
    widget = NumberTextInput(attrs={"class": "govuk-input--width-3", "data-suffix": unit})
    return WholeNumberField(label=label, help_text=help_text, min_value=least, max_value=most, widget=widget)


class ThresholdsForm(forms.Form):
    silent_days = number_field(
        "silent_days",
        _("Days without an update"),
        _("At risk when nothing was heard for more than this many days."),
        DAYS,
    )
    behind_points = number_field(
        "behind_points",
        _("Percentage points behind the straight line"),
        _("At risk when progress is further behind the line from start to due date."),
        POINTS,
    )
    soon_days = number_field(
        "soon_days", _("Days left"), _("This many days before its date, an item must be nearly ready."), DAYS
    )
    soon_progress = number_field(
        "soon_progress", _("Progress expected by then"), _("At risk when less is claimed in those last days."), "%"
    )
    late_percent = number_field(
        "late_percent",
        _("Late commitments from which the strategy runs late"),
        _("Of those of which it can be said how they go. Below it the board does not say “it runs late”."),
        "%",
    )
    effective_on = DateField(
        label=_("In force from"), help_text=_("A later day than today: until then the rule stays as it is.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            day: date = data["effective_on"]
            for name, message in thresholds.against_thresholds(day, **{name: data[name] for name in NUMBERS}).items():
                self.add_error(name, str(message))
        return data

    @property
    def proposed(self) -> Thresholds | None:
        """The thresholds as typed; None while a number or the day is wrong."""
        if not self.is_bound or set(self.errors) & {*NUMBERS, "effective_on"}:
            return None
        numbers = {name: self.cleaned_data[name] for name in NUMBERS}
        return Thresholds(thresholds.all_versions()[-1].version + 1, self.cleaned_data["effective_on"], **numbers)


class AdoptionForm(ReasonForm, ThresholdsForm):
    """The numbers that were tried, and why they should be adopted."""

    category = category_field()
