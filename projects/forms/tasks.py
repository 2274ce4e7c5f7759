"""Input on tasks: what the coordination office writes of them, a focal point's proposal, and what their list may be asked for."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.pages.fields import LineField, NearDateField
from focalpoints.pages.kit import CorrectionForm, SeenForm, VerbForm
from focalpoints.workflow import StrOrPromise
from projects.date_bounds import late_start
from projects.forms.agencies import AgencyOfFew, agency_field, no_other_agency
from projects.forms.items import (
    ItemFilter,
    NewDates,
    delay_choices,
    light_filter,
    moved_choices,
    silence_choices,
)
from projects.models import Commitment, FollowUp, Task
from projects.models.task import OPEN_FIRST, TaskQuerySet
from projects.periods import running
from projects.reading.day import Day
from projects.reading.figures import RANK
from projects.reading.lists.filter_form import NONE, DateFilter, choice_filter, parts_of_date, text_field
from projects.search.asking import saying


class TaskFields(forms.Form):
    title = LineField(
        label=_("What must get done"), max_length=300, error_messages={"required": _("Say what must get done.")}
    )
    deliverable = LineField(
        label=_("Deliverable"), max_length=400, required=False, help_text=_("What will prove that it is done.")
    )
    starts = NearDateField(
        label=_("Start"),
        required=False,
        help_text=_("From here progress is expected to grow evenly. Without a start, that is not looked at."),
    )


class NewTaskFields(TaskFields, NewDates):
    due = NearDateField(
        label=_("Due date"), required=False, help_text=_("For example, 31 12 2018. Once set it stays on record.")
    )

    # Only of the task that begins a series.
    on_last_day = forms.ChoiceField(
        label=_("If the due date is the last day of its month, the periods after it fall due"),
        required=False,
        choices=[("last", _("on the last day of the month")), ("same", _("on that same day, for example the 30th"))],
        initial="last",
        widget=forms.RadioSelect,
        help_text=_(
            "This commitment recurs, and this is its first task: its due date says when every period falls due."
        ),
    )

    def clean_on_last_day(self) -> bool:
        return self.cleaned_data["on_last_day"] != "same"

    def fit(self, commitment: Commitment) -> None:
        """Ask only the first task of a series how it goes on; to a later one give the period that runs."""
        runs = running(commitment, clock.today())
        if runs or not commitment.recurrence:
            del self.fields["on_last_day"]
        if runs:
            self.initial["due"] = runs
            self.fields["due"].help_text = _(
                "This commitment recurs: its period that runs now falls due on %(day)s."
            ) % {"day": date_format(runs, "d/m/Y")}


class TaskForAllForm(NewTaskFields, VerbForm):
    def __init__(self, data: QueryDict | None = None, *, commitment: Commitment) -> None:
        super().__init__(data)
        self.fit(commitment)


class TaskForm(NewTaskFields, VerbForm):
    """A form that is sent twice makes one task, by its `form_key`."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ["agency", "title", "deliverable", "starts", "due"]

    def __init__(self, data: QueryDict | None = None, *, agency: forms.Field, commitment: Commitment) -> None:
        super().__init__(data, initial={"form_key": uuid4()})
        self.fields["agency"] = agency
        self.fit(commitment)
        self.order_fields(self.field_order)


class ProposalForm(TaskForm):
    """A proposal for one of the agencies in whose name the person may propose."""

    def __init__(self, data: QueryDict | None = None, *, agencies: list[Agency], commitment: Commitment) -> None:
        agency = AgencyOfFew(agencies, label=_("Agency that answers for it"))
        super().__init__(data, agency=agency, commitment=commitment)
        # Confirmed as the first of a series it goes on from a month's last day to the last of others.
        self.fields.pop("on_last_day", None)


class TaskCorrectionForm(TaskFields, CorrectionForm):
    """Of a proposal its start too, which must fit the due date; once it is confirmed only a change of scope moves that."""

    def __init__(self, data: QueryDict | None = None, *, row: Task) -> None:
        initial = {name: getattr(row, name) for name in ("title", "deliverable", "starts")}
        super().__init__(data, row=row, initial=initial)
        if row.is_confirmed:
            del self.fields["starts"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if refusal := late_start(data.get("starts"), self.row.due):
            self.add_error("starts", refusal)
        return data


class AssignmentForm(SeenForm):
    def __init__(self, data: QueryDict | None = None, *, row: Task) -> None:
        super().__init__(data, row=row)
        self.fields["agency"] = agency_field(row.commitment, besides=row.agency)

    @property
    def no_choice(self) -> StrOrPromise:
        return no_other_agency(self.fields["agency"])


class TaskFilter(ItemFilter):
    """Filters of the tasks whose words are public: confirmed or cancelled ones."""

    # What is typed, or has as many answers as there are commitments and days.
    UNBOUNDED = ("q", "agency", "commitment", *parts_of_date("due_on"), *parts_of_date("light_due"))

    ORDERS = {
        "due": F("due"),
        "code": F("code"),
        "verified": F("verified_progress"),
        "claimed": F("claimed_progress"),
        "light": RANK,
    }
    GROUPS = (
        (_("What, and who answers"), ("q", "commitment", "agency", "sector")),
        (_("How it goes"), ("light", "state", "review", "evidence", "obstacle", "delay", "silence")),
        (_("When, and what changed"), ("due", "due_on", "light_due", "moved", "scope")),
        (_("Where it belongs"), ("objective", "principle")),
    )

    q = text_field(_("Words in the title, deliverable or code, or an acronym"), method="with_words")
    agency = text_field(_("Agency: acronym, or words of its name"), method="of_agency")
    commitment = text_field(_("Code of the commitment"), method="of_commitment")
    state = choice_filter(
        pgettext_lazy("of a task", "State"),
        "in_state",
        ("open", pgettext_lazy("tasks", "Open")),
        *((state.value, state.label) for state in (Task.State.CANCELLED, Task.State.REPLACED)),
    )
    due_on = DateFilter(label=_("Due on"), field_name="due")
    light_due = DateFilter(label=_("Due date, with the days that it waited for the coordination office"))
    due = choice_filter(
        _("Due date"),
        "by_date",
        ("overdue", _("Passed, and not fulfilled")),
        ("soon", _("Within 30 days")),
        (NONE, _("Without a date")),
    )
    sector = choice_filter(_("Sector"), "of_sector")
    review = choice_filter(_("Review"), "in_review", ("waiting", _("A follow-up waits for review")))
    evidence = choice_filter(_("Evidence"), "by_evidence", (NONE, _("Progress was accepted, and nothing proves it")))
    obstacle = choice_filter(_("Obstacle"), "by_obstacle", ("stated", _("The last follow-up states one")))
    scope = choice_filter(_("Scope"), "by_scope", ("changed", _("Changed")))
    moved = choice_filter(_("Moves of its date"), "by_moves", *moved_choices())
    delay = choice_filter(pgettext_lazy("filter", "Fulfilled"), "by_delay", *delay_choices())
    silence = choice_filter(_("Last heard of"), "by_silence", *silence_choices())
    objective = choice_filter(_("Objective"), "of_objective")
    principle = choice_filter(_("Principle"), "of_principle")
    light = light_filter("task")

    def with_words(self, rows: TaskQuerySet, name: str, text: str) -> QuerySet:
        return saying(rows, "task", text)

    def of_sector(self, rows: TaskQuerySet, name: str, key: str) -> QuerySet:
        return rows.of_sector(key)

    def of_objective(self, rows: TaskQuerySet, name: str, number: str) -> QuerySet:
        return rows.under_objective(None if number == NONE else int(number))

    def of_principle(self, rows: TaskQuerySet, name: str, number: str) -> QuerySet:
        return rows.under_principle(int(number))

    def by_obstacle(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter(Task.HINDERED)

    def by_evidence(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.without_evidence()

    @classmethod
    def listed(cls, day: Day) -> QuerySet:
        return Task.objects.public().with_light(day.on).order_by(OPEN_FIRST, F("due").asc(nulls_last=True), "pk")

    @classmethod
    def of_agencies(cls, rows: QuerySet, agencies: Sequence[int]) -> QuerySet:
        return rows.filter(agency__in=agencies)

    def by_date(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        match choice:
            case "overdue":
                return rows.overdue(self.on)
            case "soon":
                return rows.due_soon(self.on)
        return rows.filter(due=None)

    def of_commitment(self, rows: TaskQuerySet, name: str, code: str) -> QuerySet:
        """As its code is written, or in capitals, as most are."""
        return rows.filter(commitment__code__in={code, code.upper()})

    def in_state(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.open() if choice == "open" else rows.filter(state=choice)

    def in_review(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter(pk__in=FollowUp.objects.filter(state=FollowUp.State.SUBMITTED).values("task"))
