"""What the calendar page may be asked for, and the form for a calendar address of one's own."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.models.user import User
from focalpoints.pages.fields import OneLine
from focalpoints.pages.kit import VerbForm
from focalpoints.rules import Person, is_focal_point
from projects.reading.calendar import Month
from projects.reading.lists.filter_form import MOST_TEXT, Chip, agencies_called

ALL_AGENCIES = "*"  # no agency's key


class MonthField(OneLine):
    """A month such as 2018-10; cleans to a Month."""

    default_error_messages = {"invalid": _("Write the month as year and number, for example 2018-10.")}

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        month = Month.parse(text) if text else None
        if text and month is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return month


class CalendarAgencyForm(forms.Form):
    """The one filter of the public feed."""

    agency = OneLine(label=_("Agency: acronym, or words of its name"), required=False, max_length=MOST_TEXT)

    @property
    def agencies(self) -> AgencyQuerySet | None:
        """The agencies that were asked for; None for all."""
        return agencies_called(self.cleaned_data["agency"]) if self.cleaned_data["agency"] else None


class CalendarForm(CalendarAgencyForm):
    """`cleaned_data["month"]` is the present month where none was asked for, `cleaned_data["day"]` a date of that month or None."""

    # Names in the address that are no fields: another question starts at the first page of the whole month.
    BESIDE = ("day", "page")
    field_order = ["month", "agency", "kind", "mine"]

    month = MonthField(
        label=_("Month"),
        required=False,
        max_length=40,
        help_text=_("Year and number, for example 2018-10"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Commitments and tasks")), ("commitment", _("Commitments")), ("task", _("Tasks"))],
    )
    mine = forms.BooleanField(label=_("Only my agencies"), required=False)
    view = forms.ChoiceField(required=False, choices=[("", ""), ("month", ""), ("list", "")], widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, user: Person, on: date) -> None:
        super().__init__(data)
        self.user, self.on = user, on
        if not is_focal_point(user):
            del self.fields["mine"]

    def clean(self) -> dict[str, Any]:
        """Adds an error where somebody without agencies asks for only theirs: the whole month would be taken for them."""
        data = super().clean() or {}
        if "mine" in self.data and "mine" not in self.fields:
            message = gettext("There is no filter called “%(name)s” here.") % {"name": "mine"}
            self.add_error(None, ValidationError(message, code="unknown"))
        month, day = data.get("month") or Month.of(self.on), self.data.get("day", "")
        found = month.day(int(day)) if day.isascii() and day.isdigit() and len(day) < 3 else None
        if day and found is None:
            self.add_error(None, ValidationError(gettext("There is no such day in this month."), code="day"))
        return {**data, "month": month, "day": found}

    @property
    def agencies(self) -> AgencyQuerySet | None:
        chosen = super().agencies
        if self.cleaned_data.get("mine") and isinstance(self.user, User):
            return (Agency.objects.all() if chosen is None else chosen).filter(pk__in=self.user.standing.agency_ids)
        return chosen

    @property
    def query(self) -> str:
        """The answers as they stand in the address, for a link to this form's own page."""
        query = self.data.copy()  # type: ignore[attr-defined]
        for gone in self.BESIDE:
            query.pop(gone, None)
        return f"?{query.urlencode()}" if query else ""

    @property
    def chips(self) -> list[Chip]:
        """The filters in use, each with the address that takes it off. The month is no filter."""
        if not self.is_valid():
            return []
        answers = {
            "agency": self.cleaned_data["agency"],
            "kind": dict(self.fields["kind"].choices)[self.cleaned_data["kind"]] if self.cleaned_data["kind"] else "",  # type: ignore[attr-defined]
            "mine": gettext("Yes") if self.cleaned_data.get("mine") else "",
        }
        return [
            Chip(self.fields[name].label or "", answer, self._without(name))
            for name, answer in answers.items()
            if answer
        ]

    def _without(self, name: str) -> str:
        query = self.data.copy()  # type: ignore[attr-defined]
        for gone in (name, *self.BESIDE):
            query.pop(gone, None)
        return f"?{query.urlencode()}"


class FeedForm(VerbForm):
    """Which calendar gets an address: one agency's, or that of all for which the person answers."""

    calendar = forms.ChoiceField(
        label=_("Which tasks should it show?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a calendar."), "invalid_choice": _("Choose one of these calendars.")},
    )

    def __init__(self, data: QueryDict | None = None, *, agencies: list[Agency], with_all: bool) -> None:
        super().__init__(data)
        self.by_key = {agency.key: agency for agency in agencies}
        everything = [(ALL_AGENCIES, _("Of all the agencies I answer for, now and later"))] if with_all else []
        self.choices = [*everything, *((agency.key, agency.name) for agency in agencies)]
        self.fields["calendar"].choices = self.choices  # type: ignore[attr-defined]

    @property
    def arguments(self) -> dict[str, Any]:
        """No agency stands for all of the person's."""
        return {"agency": self.by_key.get(self.cleaned_data["calendar"])}
