"""Input on projects: what the coordination office adds and corrects, and what their list may be asked for."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import AddressField, LineField
from focalpoints.pages.kit import CorrectionForm, VerbForm
from focalpoints.workflow import StrOrPromise
from principles.models import Enabler, Objective, Principle
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


class NumberedBoxes(forms.ModelMultipleChoiceField):
    """Principles, objectives or enablers to tick, each with its number."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"})

    def __init__(self, *, label: StrOrPromise) -> None:
        super().__init__(None, label=label, required=False, to_field_name="number")

    def label_from_instance(self, row: Any) -> str:
        above = f"{row.parent.number}." if isinstance(row, Objective) and row.parent else ""
        return f"{above}{row.number}. {row.title}"


class ProjectFrameForm(CorrectionForm):
    """What the project serves besides what stands on its page already, which is not offered here."""

    principles = NumberedBoxes(label=_("Principles"))
    objectives = NumberedBoxes(label=_("Other objectives"))
    secondary = NumberedBoxes(label=_("Secondary objectives"))
    enablers = NumberedBoxes(label=_("Other enablers"))
    reason = LineField(label=_("Reason (optional)"), required=False, max_length=400)

    def __init__(self, data: QueryDict | None = None, *, row: Project) -> None:
        links = list(row.frame_links.select_related("principle", "objective", "enabler"))
        objectives = [link.objective for link in links if link.objective]
        initial = {
            "principles": [link.principle for link in links if link.principle],
            "objectives": [objective for objective in objectives if not objective.parent_id],
            "secondary": [objective for objective in objectives if objective.parent_id],
            "enablers": [link.enabler for link in links if link.enabler],
        }
        super().__init__(data, row=row, initial=initial)
        offered = {
            "principles": Principle.objects.exclude(activities__project=row),
            "objectives": Objective.objects.filter(parent=None).exclude(pk=row.objective_id or 0),
            "secondary": Objective.objects.exclude(parent=None)
            .select_related("parent")
            .order_by("parent__number", "number"),
            "enablers": Enabler.objects.exclude(pk=row.enabler_id or 0),
        }
        for name, rows in offered.items():
            if rows.exists():
                self.fields[name].queryset = rows  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    @property
    def arguments(self) -> dict[str, Any]:
        """All that is ticked: what is not is no longer served."""
        return dict.fromkeys(self.base_fields, ()) | self.cleaned_data


class ProjectFilter(Filters):
    q = text_field(_("Words in the title, note or short address, or an acronym"), method="with_words")

    def with_words(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        return saying(rows, "project", text)
