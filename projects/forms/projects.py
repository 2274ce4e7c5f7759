"""Input on projects: what the coordination office adds and corrects, and what their list may be asked for."""

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import AddressField, LineField
from focalpoints.pages.kit import CorrectionForm, VerbForm
from principles.models import Enabler, Objective
from projects.codes import against_project_address
from projects.forms.agencies import AgenciesField, AgencyField, named_in_words
from projects.models import Project
from projects.models.project import CONTENT_LANGUAGES
from projects.reading.lists.filter_form import Filters, text_field
from projects.search.asking import saying


class ProjectFields(forms.Form):
    title = LineField(label=_("Title"), max_length=200, error_messages={"required": _("Enter the title.")})
    language = forms.ChoiceField(
        label=_("Language of the title"),
        choices=CONTENT_LANGUAGES,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        initial="es",
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Project.Kind.choices)
    phase = forms.ChoiceField(label=_("Phase"), required=False, choices=[("", _("Not stated")), *Project.Phase.choices])
    lead_agency = AgencyField(
        label=_("Lead agency"), required=False, help_text=_("Acronym, key or name, for example SCT.")
    )
    partner_agencies = AgenciesField(
        label=_("Partner agencies"),
        required=False,
        help_text=_("Acronyms, keys or names separated by commas, for example: SCT, SEP."),
    )
    objective = forms.ModelChoiceField(
        label=_("Objective"),
        required=False,
        queryset=Objective.objects.filter(parent=None),
        to_field_name="number",
        empty_label=_("Not aligned"),
    )
    enabler = forms.ModelChoiceField(
        label=_("Enabler"),
        required=False,
        queryset=Enabler.objects.all(),
        to_field_name="number",
        empty_label=_("None"),
    )
    note = LineField(
        label=_("Note"),
        required=False,
        max_length=400,
        help_text=_("What readers should know, for example what is missing."),
    )
    source = LineField(
        label=_("Source"), required=False, max_length=400, help_text=_("The document that announces it, with its date.")
    )


class ProjectForm(ProjectFields, VerbForm):
    slug = AddressField(
        label=_("Short address"),
        max_length=60,
        error_messages={"required": _("Enter the short address.")},
        help_text=_("Words with hyphens, for example mexico-conectado. It becomes the address of the page and stays."),
    )
    field_order = ["title", "slug"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if refusal := against_project_address(slug):
            raise forms.ValidationError(refusal)
        return slug


class ProjectCorrectionForm(ProjectFields, CorrectionForm):
    def __init__(self, data: QueryDict | None = None, *, row: Project) -> None:
        partners = list(row.partner_agencies.order_by("key"))
        initial = {name: getattr(row, name) for name in ("title", "language", "kind", "phase", "note", "source")} | {
            "lead_agency": named_in_words([row.lead_agency]),
            "partner_agencies": named_in_words(partners),
            "objective": row.objective and row.objective.number,
            "enabler": row.enabler and row.enabler.number,
        }
        super().__init__(data, row=row, initial=initial)
        self.fields["lead_agency"].kept = [row.lead_agency] if row.lead_agency else []  # type: ignore[attr-defined]
        self.fields["partner_agencies"].kept = partners  # type: ignore[attr-defined]


class ProjectFilter(Filters):
    q = text_field(_("Words in the title, note or short address, or an acronym"), method="with_words")

    def with_words(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        return saying(rows, "project", text)
