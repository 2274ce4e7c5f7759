"""Input on appointments: who is appointed where, until when, and what the administrators' list may be asked for."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Appointment
from focalpoints.models.appointment import AppointmentQuerySet, until_after
from focalpoints.pages.fields import LineFilter, LongTextField, NameField, NarrowingChoiceFilter, NearDateField, OneLine
from focalpoints.pages.kit import VerbForm
from focalpoints.text import fold

SOON = timedelta(days=30)


class AppointmentForm(VerbForm):
    """Appoints a person in an agency; both were chosen before."""

    kind = forms.ChoiceField(
        label=_("Kind of appointment"),
        choices=Appointment.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Titular and alternates have the same rights: an agency has one titular and as many alternates as it needs. "
            "Its head gets the message when something has been late for two weeks, and may do nothing in its name."
        ),
    )
    since = NearDateField(label=_("From"))
    until = NearDateField(
        label=_("Last day of the appointment"),
        required=False,
        help_text=_("Leave it empty for an appointment without end."),
    )
    letter = NameField(
        label=_("Appointment letter"),
        max_length=120,
        required=False,
        help_text=_("Number and date of the official letter. Not public."),
    )

    def clean_until(self) -> date | None:
        return until_after(self.cleaned_data["until"])


class AppointmentEndForm(VerbForm):
    on = NearDateField(
        label=_("Last day of the appointment"),
        help_text=_("With yesterday's date it ends at once, at the next page that the person opens."),
    )
    reason = LongTextField(
        label=_("Reason"), max_length=400, required=False, help_text=_("For example: change of post. Not public.")
    )

    def clean_on(self) -> date | None:
        return until_after(self.cleaned_data["on"])


class AppointmentStepForm(forms.Form):
    """The agency and the person chosen so far, and the words to look for them, instead of a select with the whole network in it."""

    agency = forms.SlugField(required=False, widget=forms.HiddenInput)
    person = forms.SlugField(required=False, widget=forms.HiddenInput)
    q = OneLine(max_length=100, required=False)

    def ask(self, label: str, help_text: str) -> None:
        self["q"].label, self["q"].help_text = label, help_text


class AppointmentFilter(django_filters.FilterSet):
    """Appointments in force or yet to begin, unless ended ones are asked for."""

    q = LineFilter(label=_("Person or agency"), max_length=100, method="find")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Appointment.Kind.choices, empty_label=_("All"))
    state = NarrowingChoiceFilter(
        label=_("State"),
        choices=[
            ("ending", _("Ending within 30 days")),
            ("coming", _("Yet to begin")),
            ("ended", _("Ended")),
        ],
        empty_label=_("In force or yet to begin"),
        method="in_state",
    )

    class Meta:
        model = Appointment
        fields: list[str] = []

    def filter_queryset(self, queryset: AppointmentQuerySet) -> AppointmentQuerySet:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.not_ended(clock.today())
        return super().filter_queryset(queryset)

    def find(self, queryset: AppointmentQuerySet, name: str, value: str) -> AppointmentQuerySet:
        if not (words := fold(value).split()):
            return queryset.none()
        for word in words:
            queryset = queryset.filter(Q(user__search__contains=word) | Q(agency__search__contains=word))
        return queryset

    def in_state(self, queryset: AppointmentQuerySet, name: str, value: str) -> AppointmentQuerySet:
        on = clock.today()
        if value == "ending":
            return queryset.ending_by(on + SOON, on=on)
        return queryset.filter(since__gt=on) if value == "coming" else queryset.filter(until__lte=on)
