"""Input on people: whom the administrators invite and correct, why an account is deactivated, and what their list may be asked for."""

from copy import copy

import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints import clock
from focalpoints.models import Appointment, Role, UnsentInvitation, User
from focalpoints.models.unsent_invitation import SOON
from focalpoints.models.user import UserQuerySet
from focalpoints.names_taken import against_address
from focalpoints.pages.fields import EmailLine, LineFilter, LongTextField, NameField
from focalpoints.pages.kit import CorrectionForm, VerbForm


class PersonForm(VerbForm, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "email", "position", "language"]
        field_classes = {"name": NameField, "email": EmailLine, "position": NameField}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if refusal := against_address(email, besides=self.instance):
            raise forms.ValidationError(refusal)
        return email


class PersonCorrectionForm(CorrectionForm, PersonForm):
    def __init__(self, data: QueryDict | None = None, *, row: User) -> None:
        super().__init__(data, row=row, instance=copy(row))


class DeactivationForm(VerbForm):
    reason = LongTextField(
        label=_("Reason"), max_length=400, help_text=_("For example: left the agency on 30 November. Not public.")
    )


class SecondFactorResetForm(VerbForm):
    reason = LongTextField(
        label=_("Reason"),
        max_length=400,
        help_text=_("What was lost, and how you made sure that it is this person who asks. Not public."),
    )


class PersonFilter(django_filters.FilterSet):
    q = LineFilter(label=_("Name, e-mail or position"), max_length=100, method="find")
    power = django_filters.ChoiceFilter(
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
    state = django_filters.ChoiceFilter(
        label=_("Account"),
        choices=[
            ("active", pgettext_lazy("account", "Active")),
            ("waiting", _("Invited, never signed in")),
            ("uninvited", _("Not invited, never signed in")),
            ("made_up", _("Not invited, fictional")),
            ("unsent", _("Invitation not sent")),
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
        if value == "uninvited":
            return queryset.uninvited()
        if value == "made_up":
            return queryset.made_up_never_signed_in()
        if value == "unsent":
            return queryset.filter(
                Exists(UnsentInvitation.objects.stuck(clock.now() - SOON).filter(user=OuterRef("pk")))
            )
        return queryset.invited_never_signed_in() if value == "waiting" else queryset.active()
