"""Input of the administrators' pages. What may be written is decided by the verbs; here only whether it can be read."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, Appointment, Role, User
from focalpoints.pages.fields import DateField, LongTextField, NameField

# The zones in which Mexican agencies keep their offices.
TIME_ZONES = {
    "America/Mexico_City": "Ciudad de México",
    "America/Bahia_Banderas": "Bahía de Banderas",
    "America/Cancun": "Cancún",
    "America/Chihuahua": "Chihuahua",
    "America/Ciudad_Juarez": "Ciudad Juárez",
    "America/Hermosillo": "Hermosillo",
    "America/Matamoros": "Matamoros",
    "America/Mazatlan": "Mazatlán",
    "America/Merida": "Mérida",
    "America/Monterrey": "Monterrey",
    "America/Ojinaga": "Ojinaga",
    "America/Tijuana": "Tijuana",
}
EARLIEST = date(2000, 1, 1)
FARTHEST = timedelta(days=3660)


TOO_FAR = _("Check the year: the date is too far from today.")


def is_slip(day: date | None) -> bool:
    """A year far from now was mistyped, not meant."""
    return day is not None and not EARLIEST <= day <= clock.today() + FARTHEST


def refuse_slips(day: date | None) -> None:
    if is_slip(day):
        raise ValidationError(TOO_FAR)


class AgencyChoice(forms.ModelChoiceField):
    def label_from_instance(self, agency: Agency) -> str:
        return f"{agency.acronym} – {agency.name}" if agency.acronym else agency.name


class AgencyForm(forms.ModelForm):
    """Every fact of an agency. The select of sector heads holds some thirty rows, not the whole network."""

    parent = AgencyChoice(
        label=_("Sector head"),
        queryset=Agency.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=_("None: it heads its sector, or belongs to none"),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=list(TIME_ZONES.items()), initial="America/Mexico_City")

    class Meta:
        model = Agency
        fields = [
            "key", "acronym", "name", "kind", "is_ministry", "parent", "head_name", "head_email", "time_zone", "note",
        ]  # fmt: skip
        field_classes = dict.fromkeys(["acronym", "name", "head_name", "note"], NameField)
        labels = {"name": _("Official name"), "note": _("Note for the public")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Agency.objects.sector_heads().exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if self.instance.parent_id:
            self.initial["parent"] = self.instance.parent.key
        if self.instance.time_zone not in TIME_ZONES:
            self.fields["time_zone"].choices += [(self.instance.time_zone, self.instance.time_zone)]  # type: ignore[attr-defined]


class Seen:
    """A form whose hidden field `revision` says what the person saw, so that nobody overwrites what they have not read."""

    data: Any

    def see(self, current: Agency | User) -> None:
        """After a lost race the page shows the row as it is now: the next press may go through."""
        self.data = {**self.data.dict(), "revision": str(current.revision)}


class RevisionForm(Seen, forms.ModelForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def beside(self, current: Agency | User) -> list[dict[str, str]]:
        """What was typed where the row now says something else."""
        now = type(self)(instance=current)
        return [
            {"label": str(field.label), "before": _shown(now[field.name]), "after": _shown(field)}
            for field in self.visible_fields()
            if _shown(now[field.name]) != _shown(field)
        ]


class AgencyCorrectionForm(RevisionForm, AgencyForm):
    class Meta(AgencyForm.Meta):
        fields = [name for name in AgencyForm.Meta.fields if name != "key"]


class AgencyClosingForm(Seen, forms.Form):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    on = DateField(
        label=_("Closed on"), help_text=_("Today, or the day of the decree if that has passed. The day is public.")
    )
    reason = LongTextField(
        label=_("Reason"),
        max_length=400,
        help_text=_("For example the decree that dissolves or merges it. Not public."),
    )

    def clean_on(self) -> date:
        day = self.cleaned_data["on"]
        refuse_slips(day)
        return day


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "email", "position", "language"]
        field_classes = {"name": NameField, "position": NameField}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class InvitationForm(PersonForm):
    pass


class PersonCorrectionForm(RevisionForm, PersonForm):
    pass


class DeactivationForm(forms.Form):
    reason = LongTextField(
        label=_("Reason"), max_length=400, help_text=_("For example: left the agency on 30 November. Not public.")
    )


class RoleForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Role"), choices=[(kind, kind.label) for kind in (Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR)]
    )


class AppointmentForm(forms.Form):
    """For a person and an agency that were chosen before."""

    kind = forms.ChoiceField(
        label=_("Kind of appointment"),
        choices=Appointment.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Titular and alternates have the same rights: an agency has one titular and as many alternates as it needs. "
            "Its head gets the message when something has been late for two weeks, and may do nothing in its name."
        ),
    )
    since = DateField(label=_("From"))
    until = DateField(
        label=_("First day without the appointment"),
        required=False,
        help_text=_(
            "Leave it empty for an appointment without end. If the letter says “until 30 November”, it is 1 December."
        ),
    )
    letter = NameField(
        label=_("Appointment letter"),
        max_length=120,
        required=False,
        help_text=_("Number and date of the official letter. Not public."),
    )

    def clean_since(self) -> date:
        day = self.cleaned_data["since"]
        refuse_slips(day)
        return day

    def clean_until(self) -> date | None:
        day = self.cleaned_data["until"]
        refuse_slips(day)
        return day


class AppointmentEndForm(forms.Form):
    on = DateField(
        label=_("First day without the appointment"),
        help_text=_("Today takes effect at once, at the person's next click."),
    )
    reason = LongTextField(
        label=_("Reason"), max_length=400, required=False, help_text=_("For example: change of post. Not public.")
    )

    def clean_on(self) -> date:
        day = self.cleaned_data["on"]
        refuse_slips(day)
        return day


class AppointmentStepForm(forms.Form):
    """What was chosen so far, and the words that look for the rest: instead of a select with the whole network in it."""

    agency = forms.SlugField(required=False, widget=forms.HiddenInput)
    person = forms.SlugField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(max_length=100, required=False)

    def ask(self, label: str, help_text: str) -> None:
        self["q"].label, self["q"].help_text = label, help_text


def _shown(field: forms.BoundField) -> str:
    """The value of a field in the words of the page: a choice's label, not its code."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return gettext("Yes") if field.field.to_python(value) else gettext("No")
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in cast(Iterable[tuple[Any, Any]], field.field.choices)}
        return labels.get(str(value or ""), str(value or ""))
    return str(value or "")
