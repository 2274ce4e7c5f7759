"""Input on agencies: what the administrators write of one, why they close one, and what their list may be asked for."""

from copy import copy
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, has_focal_point
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.names_taken import (
    against_agency_name,
    against_official_name,
    against_public_mailbox,
    against_published,
)
from focalpoints.pages.fields import (
    AddressField,
    EmailLine,
    LineFilter,
    LongTextField,
    NameField,
    NarrowingChoiceFilter,
    NearDateField,
)
from focalpoints.pages.kit import CorrectionForm, SeenForm, VerbForm
from focalpoints.workflow import vacant

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


class AgencyChoice(forms.ModelChoiceField):
    def label_from_instance(self, agency: Agency) -> str:
        return f"{agency.acronym} – {agency.name}" if agency.acronym else agency.name


class AgencyForm(VerbForm, forms.ModelForm):
    """Every fact of an agency. The select of sector heads has some thirty options, not the whole network."""

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
            "key", "acronym", "name", "kind", "is_ministry", "parent", "head_name", "head_email", "mailbox",
            "time_zone", "note",
        ]  # fmt: skip
        field_classes = dict.fromkeys(["acronym", "name", "head_name", "note"], NameField) | {
            "key": AddressField, "head_email": EmailLine, "mailbox": EmailLine,
        }  # fmt: skip
        labels = {"name": _("Official name"), "note": _("Note for the public")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Agency.objects.sector_heads().exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if self.instance.parent_id:
            self.initial["parent"] = self.instance.parent.key
        if self.instance.time_zone not in TIME_ZONES:
            self.fields["time_zone"].choices += [(self.instance.time_zone, self.instance.time_zone)]  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        return self._free("key")

    def clean_acronym(self) -> str:
        return self._free("acronym")

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if refusal := against_official_name(typed, besides=self.instance):
            raise forms.ValidationError(refusal)
        return typed

    def clean_head_email(self) -> str:
        typed: str = self.cleaned_data["head_email"]
        if "head_email" in self.changed_data and (refusal := against_published(typed, besides=self.instance)):
            raise forms.ValidationError(refusal)
        return typed

    def clean_mailbox(self) -> str:
        typed: str = self.cleaned_data["mailbox"]
        is_asked = {"mailbox", "head_email"} & set(self.changed_data)
        if is_asked and (refusal := against_public_mailbox(typed, heads=self.cleaned_data.get("head_email", ""))):
            raise forms.ValidationError(refusal)
        return typed

    def _free(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        if refusal := against_agency_name(typed, besides=self.instance):
            raise forms.ValidationError(refusal)
        return typed


class AgencyCorrectionForm(CorrectionForm, AgencyForm):
    class Meta(AgencyForm.Meta):
        fields = [name for name in AgencyForm.Meta.fields if name != "key"]

    def __init__(self, data: QueryDict | None = None, *, row: Agency) -> None:
        super().__init__(data, row=row, instance=copy(row))


class AgencyClosingForm(SeenForm):
    on = NearDateField(
        label=_("Closed on"), help_text=_("Today, or the day of the decree if that has passed. The day is public.")
    )
    reason = LongTextField(
        label=_("Reason"),
        max_length=400,
        help_text=_("For example the decree that dissolves or merges it. Not public."),
    )


class AgencyRegisterFilter(django_filters.FilterSet):
    """Registered agencies, unless closed ones are asked for."""

    q = LineFilter(label=_("Name, acronym or key"), max_length=100, method="find")
    sector = django_filters.ModelChoiceFilter(
        label=_("Sector"),
        queryset=lambda request: Agency.objects.sector_heads().with_agencies(),
        to_field_name="key",
        empty_label=_("All"),
        method="in_sector",
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Agency.Kind.choices, empty_label=_("All"))
    focal_point = django_filters.ChoiceFilter(
        label=_("Focal point"),
        choices=[
            ("with", _("With an active focal point")),
            ("without", _("Without an active focal point")),
            ("empty-seat", _("Without one, and with open tasks")),
        ],
        empty_label=_("All"),
        method="by_focal_point",
    )
    state = NarrowingChoiceFilter(
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
        on = clock.today()
        if value == "empty-seat":
            return vacant(queryset, on)
        return queryset.filter(has_focal_point(on)) if value == "with" else queryset.exclude(has_focal_point(on))

    def in_state(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        return queryset.exclude(closed_on=None) if value == "closed" else queryset
