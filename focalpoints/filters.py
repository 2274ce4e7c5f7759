"""What a page may be asked by its address: a folio, and the filters of the administrators' lists."""

import re
from dataclasses import dataclass
from datetime import timedelta

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints import clock
from focalpoints.models import Agency, Appointment, Role, User, has_focal_point
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.models.appointment import AppointmentQuerySet
from focalpoints.models.user import UserQuerySet
from focalpoints.text import fold
from focalpoints.workflow import has_open_work

# A mail, a telephone or a printed page puts anything between the parts, or nothing.
BETWEEN_PARTS = re.compile(r"[^0-9a-z]+")
FOLIO = re.compile(r"(?:edn-?)?0*([1-9][0-9]{0,17})(?:-(?:[0-9a-f]-?){8}|[0-9a-f]{8})")
HASH = re.compile(r"[0-9a-f]{64}")
# As heads are kept: an entry's number and the digest of the ledger up to it.
HEAD = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{64})")

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class EntryReference:
    """What names an entry: its whole hash, a folio's number with the hash's first digits, or a head's with its digest."""

    digits: str
    seq: int | None = None


class FolioForm(forms.Form):
    folio = forms.CharField(
        label=_("Folio or hash"),
        max_length=200,
        help_text=_("As it stands on the receipt, for example EDN-000123-9F3A2B1C. Spaces and case do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the folio that the receipt shows.")},
    )

    def clean_folio(self) -> EntryReference:
        typed = BETWEEN_PARTS.sub("-", self.cleaned_data["folio"].lower()).strip("-")
        if HASH.fullmatch(joined := typed.replace("-", "")):
            return EntryReference(joined)
        if found := HEAD.fullmatch(typed):
            return EntryReference(found[2], int(found[1]))
        if found := FOLIO.fullmatch(typed):
            return EntryReference(joined[-8:], int(found[1]))
        raise ValidationError(
            _("This is not a folio. A folio is a number and eight characters, such as EDN-000123-9F3A2B1C."),
            code="invalid",
        )


class AgencyRegisterFilter(filters.FilterSet):
    """Registered agencies, unless closed ones are asked for."""

    q = filters.CharFilter(label=_("Name, acronym or key"), max_length=100, method="find")
    sector = filters.ModelChoiceFilter(
        label=_("Sector"),
        queryset=lambda request: Agency.objects.sector_heads().with_agencies(),
        to_field_name="key",
        empty_label=_("All"),
        method="in_sector",
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Agency.Kind.choices, empty_label=_("All"))
    focal_point = filters.ChoiceFilter(
        label=_("Focal point"),
        choices=[
            ("with", _("With an active focal point")),
            ("without", _("Without an active focal point")),
            ("empty-seat", _("Without one, and with open tasks")),
        ],
        empty_label=_("All"),
        method="by_focal_point",
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[("closed", _("Closed")), ("any", _("Registered and closed"))],
        empty_label=_("Registered"),
        method="in_state",
    )

    class Meta:
        model = Agency
        fields: list[str] = []

    def filter_queryset(self, queryset: AgencyQuerySet) -> AgencyQuerySet:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.registered()
        return super().filter_queryset(queryset)

    def find(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        return queryset.matching(value)

    def in_sector(self, queryset: AgencyQuerySet, name: str, value: Agency) -> AgencyQuerySet:
        return queryset.filter(Q(parent=value) | Q(pk=value.pk))

    def by_focal_point(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        seat_is_taken = has_focal_point(clock.today())
        if value == "with":
            return queryset.filter(seat_is_taken)
        queryset = queryset.exclude(seat_is_taken)
        return queryset.filter(has_open_work()) if value == "empty-seat" else queryset

    def in_state(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        return queryset.exclude(closed_on=None) if value == "closed" else queryset


class PersonFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Name, e-mail or position"), max_length=100, method="find")
    power = filters.ChoiceFilter(
        label=_("Acts as"),
        choices=[
            ("focal-point", _("Focal point")),
            (Appointment.Kind.HEAD, Appointment.Kind.HEAD.label),
            (Role.Kind.COORDINATOR, Role.Kind.COORDINATOR.label),
            (Role.Kind.ADMINISTRATOR, Role.Kind.ADMINISTRATOR.label),
            ("none", _("Nothing at present")),
        ],
        empty_label=_("All"),
        method="by_power",
    )
    state = filters.ChoiceFilter(
        label=_("Account"),
        choices=[
            ("active", pgettext_lazy("account", "Active")),
            ("waiting", _("Invited, never signed in")),
            ("inactive", _("Deactivated")),
        ],
        empty_label=_("All"),
        method="in_state",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def find(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        return queryset.matching(value)

    def by_power(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        appointed = Appointment.objects.active(clock.today()).filter(user=OuterRef("pk"))
        roles = Role.objects.active().filter(user=OuterRef("pk"))
        if value == "focal-point":
            return queryset.filter(Exists(appointed.focal_points()))
        if value == Appointment.Kind.HEAD:
            return queryset.filter(Exists(appointed.heads()))
        if value == "none":
            return queryset.exclude(Exists(appointed)).exclude(Exists(roles))
        return queryset.filter(Exists(roles.filter(kind=value)))

    def in_state(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        if value == "inactive":
            return queryset.filter(is_active=False)
        return queryset.invited_never_signed_in() if value == "waiting" else queryset.active()


class AppointmentFilter(filters.FilterSet):
    """Appointments in force or yet to begin, unless ended ones are asked for."""

    q = filters.CharFilter(label=_("Person or agency"), max_length=100, method="find")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Appointment.Kind.choices, empty_label=_("All"))
    state = filters.ChoiceFilter(
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
        for word in fold(value).split():
            queryset = queryset.filter(Q(user__search__contains=word) | Q(agency__search__contains=word))
        return queryset

    def in_state(self, queryset: AppointmentQuerySet, name: str, value: str) -> AppointmentQuerySet:
        on = clock.today()
        if value == "ending":
            return queryset.ending_by(on + SOON, on=on)
        return queryset.filter(since__gt=on) if value == "coming" else queryset.filter(until__lte=on)
