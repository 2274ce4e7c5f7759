"""Input of the coordination office on commitments."""

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LongTextField, NameField
from projects.bounds import late_start
from projects.codes import against_commitment_code
from projects.models import Commitment, Project
from projects.models.project import CONTENT_LANGUAGES

from .agencies import AgenciesField, in_words
from .fields import AddressField, DueField, LineField
from .verbs import CorrectionForm, VerbForm


class CommitmentFacts(forms.Form):
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.filter(state=Project.State.ACTIVE).order_by("title"),
        to_field_name="slug",
        error_messages={"required": _("Choose the project.")},
    )
    title = LineField(
        label=_("What was promised"), max_length=300, error_messages={"required": _("Say what was promised.")}
    )
    language = forms.ChoiceField(
        label=_("Language of the title"),
        choices=CONTENT_LANGUAGES,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        initial="es",
    )
    binds = forms.ChoiceField(
        label=_("Who answers for it"),
        choices=Commitment.Binds.choices,
        widget=forms.RadioSelect,
        initial=Commitment.Binds.NAMED,
    )
    agencies = AgenciesField(
        label=_("Named agencies"),
        required=False,
        help_text=_("Acronyms, keys or names separated by commas, for example: SCT, SEP."),
    )
    starts = DueField(label=_("Start"), required=False)
    recurrence = forms.ChoiceField(
        label=_("Recurrence"), required=False, choices=Commitment.Recurrence.choices, widget=forms.RadioSelect
    )
    recurrence_month = forms.TypedChoiceField(
        label=_("Month in which it falls due"),
        required=False,
        choices=[("", "—"), *MONTHS.items()],
        coerce=int,
        empty_value=None,
        help_text=_("Only for a commitment of every year."),
    )
    printed_status = NameField(
        label=_("Status as printed by the government"),
        required=False,
        max_length=40,
        help_text=_("The government's own statement: neither claimed nor verified here."),
    )
    note = LongTextField(label=_("Note"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    source = LongTextField(
        label=_("Source"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The document that states the promise, with its date."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_named = data.get("binds") == Commitment.Binds.NAMED
        if "agencies" in data and is_named and not data["agencies"]:
            self.add_error("agencies", _("Name at least one agency, or choose above who answers for it."))
        if data.get("agencies") and "binds" in data and not is_named:
            self.add_error("agencies", _("Leave the agencies empty, or choose “Named agencies” above."))
        is_yearly = data.get("recurrence") == Commitment.Recurrence.YEARLY
        if is_yearly and "recurrence_month" in data and not data["recurrence_month"]:
            self.add_error("recurrence_month", _("Choose the month in which it falls due each year."))
        if data.get("recurrence_month") and not is_yearly:
            self.add_error("recurrence_month", _("Leave the month empty, or choose “Every year” above."))
        return data


class CommitmentForm(CommitmentFacts, VerbForm):
    code = AddressField(
        label=_("Code"),
        max_length=40,
        error_messages={"required": _("Enter the code.")},
        help_text=_("For example MC-250K. It becomes the address of the page, and the beginning of its tasks' codes."),
    )
    due = DueField(
        label=_("Due date"),
        required=False,
        help_text=_("For example, 31 12 2018. Leave it empty where none was published. Once set it stays on record."),
    )
    field_order = ["project", "title", "code", "language", "binds", "agencies", "starts", "due"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if refusal := against_commitment_code(code):
            raise forms.ValidationError(refusal)
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("starts") and data.get("due") and data["due"] < data["starts"]:
            self.add_error("due", _("The due date comes before the start. Check both."))
        return data


class CommitmentCorrectionForm(CommitmentFacts, CorrectionForm):
    """Without the due date, which has pages of its own."""

    def __init__(self, data: Any = None, *, commitment: Commitment) -> None:
        plain = (
            "title", "language", "binds", "starts", "recurrence", "recurrence_month", "printed_status", "note",
            "source", "revision",
        )  # fmt: skip
        said = {name: getattr(commitment, name) for name in plain}
        named = list(commitment.agencies.order_by("key"))
        super().__init__(data, initial=said | {"project": commitment.project.slug, "agencies": in_words(named)})
        self.fields["agencies"].kept = named  # type: ignore[attr-defined]
        self.standing_due = commitment.due

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if refusal := late_start(data.get("starts"), self.standing_due):
            self.add_error("starts", refusal)
        return data

    @property
    def changes(self) -> dict[str, Any]:
        """Who is bound and the agencies go together."""
        changes = super().changes
        if changes.keys() & {"binds", "agencies"}:
            changes |= {name: self.cleaned_data[name] for name in ("binds", "agencies")}
        return changes
