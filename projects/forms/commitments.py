"""Input on commitments: what the coordination office adds and corrects, and what their list may be asked for."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.pages.fields import AddressField, LineField, LineFilter, LongTextField, NameField, NearDateField
from focalpoints.pages.kit import CorrectionForm, VerbForm
from focalpoints.sql.spanish import InSpanish
from focalpoints.templatetags.edn import day_in_words
from focalpoints.workflow import StrOrPromise
from projects.actions.commitments import SPELLED, STATED
from projects.codes import against_commitment_code
from projects.forms.agencies import AgenciesField
from projects.forms.items import (
    ItemFilter,
    NewDates,
    delay_choices,
    light_filter,
    moved_choices,
    silence_choices,
)
from projects.models import Assessment, Commitment, Project
from projects.models.project import CONTENT_LANGUAGES
from projects.models.querysets import CommitmentAdjectives
from projects.reading.alone import decided_alone
from projects.reading.day import Day
from projects.reading.disagreements import ANY, CASES, disagreeing
from projects.reading.figures import RANK
from projects.reading.findings import in_force
from projects.reading.lists.filter_form import NONE, DateFilter, choice_filter, text_field
from projects.search.asking import saying


class CommitmentFields(forms.Form):
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.filter(state=Project.State.ACTIVE).order_by(InSpanish("title")),
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
    starts = NearDateField(label=_("Start"), required=False)
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


class CommitmentForm(CommitmentFields, NewDates, VerbForm):
    code = AddressField(
        label=_("Code"),
        max_length=40,
        error_messages={"required": _("Enter the code.")},
        help_text=_("For example MC-250K. It becomes the address of the page, and the beginning of its tasks' codes."),
    )
    due = NearDateField(
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


class CommitmentCorrectionForm(CommitmentFields, CorrectionForm):
    """What a coordinator alone may correct: the spelling of what was promised, and what was written beside it."""

    field_order = [*SPELLED, *STATED]

    def __init__(self, data: QueryDict | None = None, *, row: Commitment) -> None:
        super().__init__(data, row=row, initial={name: getattr(row, name) for name in self.field_order})
        for name in set(CommitmentFields.base_fields) - set(self.field_order):
            del self.fields[name]


class CommitmentFilter(ItemFilter):
    ORDERS = {
        "due": F("due"),
        "code": F("code"),
        "project": InSpanish("project__title"),
        "verified": F("verified_progress"),
        "claimed": F("claimed_progress"),
        "light": RANK,
    }
    GROUPS = (
        (_("What, and who answers"), ("q", "agency", "sector", "binds")),
        (_("How it goes"), ("light", "tasks", "finding", "delay", "silence", "disagreement", "printed")),
        (_("When, and what changed"), ("due", "due_from", "due_to", "moved", "scope", "decided")),
        (_("Where it belongs"), ("objective", "principle", "enabler")),
    )

    q = text_field(_("Words in the title, note, code or project, or an acronym"), method="with_words")
    agency = text_field(_("Agency: acronym, or words of its name"), method="of_agency")
    sector = choice_filter(_("Sector"), "of_sector")
    due = choice_filter(
        _("Due date"),
        "by_date",
        ("overdue", pgettext_lazy("commitments", "Overdue")),
        ("soon", _("Within 30 days")),
        ("any", _("Published")),
        (NONE, _("Not published")),
    )
    due_from = DateFilter(label=_("Due from"), field_name="due", lookup_expr="gte")
    due_to = DateFilter(label=_("Due until"), field_name="due", lookup_expr="lte")
    objective = choice_filter(_("Objective"), "of_objective")
    principle = choice_filter(_("Principle"), "of_principle")
    enabler = choice_filter(_("Enabler"), "of_enabler")
    binds = choice_filter(
        _("Who answers for it"), "of_whom", ("published", _("Published agencies")), *Commitment.Binds.choices
    )
    printed = choice_filter(
        _("Status printed by the government"), "as_printed", ("any", _("Printed")), (NONE, _("None printed"))
    )
    disagreement = choice_filter(
        _("Claimed, verified, assessed and printed disagree"),
        "by_disagreement",
        (ANY, _("In anything")),
        *((name, label) for name, (label, _condition) in CASES.items()),
    )
    finding = choice_filter(_("Finding in force"), "by_finding", (ANY, _("Any")), *Assessment.Verdict.choices)
    project = django_filters.ModelChoiceFilter(
        label=_("Project"),
        queryset=Project.objects.only("pk", "slug", "title"),
        to_field_name="slug",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("There is no project with this address.")},
    )
    moved = choice_filter(_("Moves of its date"), "by_moves", *moved_choices())
    scope = choice_filter(_("Scope"), "by_scope", ("changed", _("Changed, its own or a task's")))
    decided = choice_filter(_("Decisions on it"), "by_decision", ("alone", _("A request decided by one person alone")))
    tasks = choice_filter(_("Tasks"), "by_tasks", (NONE, _("None yet")))
    delay = choice_filter(pgettext_lazy("filter", "Fulfilled"), "by_delay", *delay_choices())
    silence = choice_filter(_("Last heard of"), "by_silence", *silence_choices())
    light = light_filter("commitment")
    # Filters nothing: the rows are those of the day already (`as_of.on_a_day`). As a filter, the day stays in links and can be taken off.
    on = LineFilter(label=_("As it stood on"), method="as_it_stood", widget=forms.HiddenInput)

    def _in_words(self, form_field: forms.Field, value: Any) -> StrOrPromise:
        return (
            day_in_words(self.on) if form_field is self.form.fields.get("on") else super()._in_words(form_field, value)
        )

    def as_it_stood(self, rows: CommitmentAdjectives, name: str, day: str) -> QuerySet:
        return rows

    def with_words(self, rows: CommitmentAdjectives, name: str, text: str) -> QuerySet:
        """Of a past day too, those that say it today."""
        return saying(rows, "commitment", text, rows.COMMITMENT)

    @classmethod
    def listed(cls, day: Day) -> QuerySet:
        return day.commitments.as_rows().with_light(day.on).order_by(F("due").asc(nulls_last=True), "pk")

    @classmethod
    def of_agencies(cls, rows: QuerySet, agencies: Sequence[int]) -> QuerySet:
        return rows.naming(agencies)  # type: ignore[attr-defined]

    @classmethod
    def answered_for(cls, rows: QuerySet, agencies: Sequence[int]) -> QuerySet:
        return rows.answered_for(agencies)  # type: ignore[attr-defined]

    def of_sector(self, rows: CommitmentAdjectives, name: str, key: str) -> QuerySet:
        return rows.of_sector(key)

    def by_date(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        match choice:
            case "overdue":
                return rows.overdue(self.on)
            case "soon":
                return rows.due_soon(self.on)
        return rows.filter(due__isnull=choice == NONE)

    def of_objective(self, rows: CommitmentAdjectives, name: str, number: str) -> QuerySet:
        return rows.under_objective(None if number == NONE else int(number))

    def of_principle(self, rows: CommitmentAdjectives, name: str, number: str) -> QuerySet:
        return rows.under_principle(int(number))

    def of_enabler(self, rows: CommitmentAdjectives, name: str, number: str) -> QuerySet:
        return rows.under_enabler(int(number))

    def of_whom(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        if choice == "published":
            return rows.exclude(binds=Commitment.Binds.NONE_PUBLISHED)
        return rows.filter(binds=choice)

    def by_tasks(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        return rows.filter(Commitment.WITHOUT_TASKS)

    def by_decision(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        return decided_alone(rows, self.on)

    def by_disagreement(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        return disagreeing(rows, self.on, choice)

    def by_finding(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        day = Day.past(self.on) if rows.COMMITMENT == "commitment" else Day.today()
        found = in_force(Assessment.objects.all() if choice == ANY else Assessment.objects.filter(verdict=choice), day)
        return rows.filter(**{f"{rows.COMMITMENT}__in": found.order_by().values("commitment")})

    def as_printed(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        return rows.filter(printed_status="") if choice == NONE else rows.exclude(printed_status="")
