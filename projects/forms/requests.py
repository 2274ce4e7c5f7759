"""Input on what the coordination office asks of a colleague: to cancel, to assign, to promise otherwise, to withdraw."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LineField, LongTextField
from focalpoints.pages.kit import VerbForm
from focalpoints.workflow import StrOrPromise
from projects.actions.requests import MOST_TOGETHER
from projects.forms.agencies import agency_field, named_in_words, no_other_agency
from projects.forms.commitments import CommitmentFields
from projects.forms.reasons import category_field
from projects.forms.tasks import TaskFields
from projects.models import Commitment, Task
from projects.requests import COMMITMENT_SCOPE, TASK_SCOPE, plain
from projects.workflow import tasks_to_end


class OfficeRequestForm(VerbForm):
    """A form that is sent twice makes one request, by its `form_key`."""

    category = category_field()
    reason = LongTextField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why it has to be, and the document that says so. Public if it is approved, so name nobody."),
        error_messages={"required": _("Say why.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, row: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"form_key": uuid4(), **(initial or {})})
        self.row = row

    @property
    def no_choice(self) -> StrOrPromise:
        """Why there is nothing to choose where something must be chosen; else empty."""
        return ""

    @property
    def items(self) -> list[Any]:
        """What is asked about: a request for each."""
        return [self.row]

    @property
    def common(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("category", "reason", "form_key")}

    @property
    def wanted(self) -> dict[str, Any]:
        """What the request keeps of it; the page shows its effect before it is sent."""
        return {}

    @property
    def dates(self) -> dict[str, date | None]:
        """Likewise, of a request for a date."""
        return {}

    @property
    def arguments(self) -> dict[str, Any]:
        return self.common | self.wanted


class CancellationForm(OfficeRequestForm):
    ends = forms.ChoiceField(
        label=_("How it ends"),
        choices=[
            (Task.State.CANCELLED, _("It is no longer needed. It goes on counting, at what was verified of it.")),
            (
                Task.State.REPLACED,
                _("Another task takes its place, with its first date, its moves and what was verified of it."),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how it ends.")},
    )
    title = LineField(label=_("What must get done instead"), max_length=300, required=False)
    deliverable = LineField(label=_("Deliverable of the new task"), max_length=400, required=False)
    field_order = ["ends", "title", "deliverable", "category", "reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("ends") == Task.State.REPLACED and not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("Say what must get done in its place."))
        if data.get("ends") == Task.State.CANCELLED and data.get("title"):
            self.add_error("title", _("Leave it empty, or choose above that another task takes its place."))
        return data

    @property
    def arguments(self) -> dict[str, Any]:
        return self.common | {name: self.cleaned_data[name] for name in ("title", "deliverable")}

    @property
    def wanted(self) -> dict[str, Any]:
        ends = self.cleaned_data["ends"]
        words = {name: self.cleaned_data[name] for name in ("title", "deliverable")}
        return {"ends": ends} | (words if ends == Task.State.REPLACED else {})


class NamedTasksField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, task: Task) -> str:
        return f"{task.code} · {task.title} ({task.agency.short_name})"


class SeveralCancellationsForm(OfficeRequestForm):
    """Of those open tasks of a commitment of which nothing waits; `held` are the others."""

    tasks = NamedTasksField(
        label=_("Tasks that are no longer needed"),
        queryset=Task.objects.none(),
        to_field_name="code",
        help_text=_("Each goes on counting, at what was verified of it."),
        error_messages={"required": _("Choose the tasks.")},
    )
    field_order = ["tasks", "category", "reason"]

    def __init__(self, data: QueryDict | None = None, *, row: Commitment) -> None:
        super().__init__(data, row=row)
        self.fields["tasks"].queryset = tasks_to_end(row).select_related("agency").order_by("number")  # type: ignore[attr-defined]

    def clean_tasks(self) -> list[Task]:
        tasks = list(self.cleaned_data["tasks"])
        if len(tasks) > MOST_TOGETHER:
            raise forms.ValidationError(_("Choose up to 50 at once."))
        return tasks

    @property
    def no_choice(self) -> StrOrPromise:
        is_left = not self.held or self.fields["tasks"].queryset.exists()  # type: ignore[attr-defined]
        return "" if is_left else _("No task is left to choose.")

    @cached_property
    def held(self) -> list[Task]:
        offered = self.fields["tasks"].queryset.order_by().values("pk")  # type: ignore[attr-defined]
        return list(self.row.tasks.open().exclude(pk__in=offered).order_by("number"))

    @property
    def items(self) -> list[Task]:
        return self.cleaned_data["tasks"]

    @property
    def arguments(self) -> dict[str, Any]:
        return self.common | {"tasks": self.items}

    @property
    def wanted(self) -> dict[str, Any]:
        return {"ends": Task.State.CANCELLED}


class AssignmentRequestForm(OfficeRequestForm):
    def __init__(self, data: QueryDict | None = None, *, row: Task) -> None:
        super().__init__(data, row=row)
        self.fields["agency"] = agency_field(row.commitment, besides=row.agency)
        self.order_fields(["agency", "category", "reason"])

    @property
    def no_choice(self) -> StrOrPromise:
        return no_other_agency(self.fields["agency"])

    @property
    def arguments(self) -> dict[str, Any]:
        return self.common | {"agency": self.cleaned_data["agency"]}

    @property
    def wanted(self) -> dict[str, Any]:
        return {"agency": self.cleaned_data["agency"].key}


class ScopeForm(OfficeRequestForm):
    """A form filled with what is promised now; `SCOPE` are its columns."""

    SCOPE: tuple[str, ...]

    @property
    def arguments(self) -> dict[str, Any]:
        return self.common | {"wanted": self.wanted}

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: plain(self.cleaned_data[name]) for name in self.SCOPE}


class TaskScopeForm(TaskFields, ScopeForm):
    SCOPE = TASK_SCOPE

    def __init__(self, data: QueryDict | None = None, *, row: Task) -> None:
        super().__init__(data, row=row, initial={name: getattr(row, name) for name in self.SCOPE})
        self.order_fields([*self.SCOPE, "category", "reason"])


class CommitmentScopeForm(CommitmentFields, ScopeForm):
    SCOPE = COMMITMENT_SCOPE

    def __init__(self, data: QueryDict | None = None, *, row: Commitment) -> None:
        named = list(row.agencies.order_by("key"))
        said = {name: getattr(row, name) for name in self.SCOPE if name not in {"agencies", "project"}}
        initial = said | {"project": row.project.slug, "agencies": named_in_words(named)}
        super().__init__(data, row=row, initial=initial)
        for name in set(CommitmentFields.base_fields) - set(self.SCOPE):
            del self.fields[name]
        self.fields["agencies"].kept = named  # type: ignore[attr-defined]
        self.order_fields([*self.SCOPE, "category", "reason"])


class WithdrawalForm(OfficeRequestForm):
    replaced_by = LineField(
        label=_("Code of the commitment that takes its place"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty where none does."),
    )
    field_order = ["replaced_by", "category", "reason"]

    @property
    def wanted(self) -> dict[str, Any]:
        return {"replaced_by": self.cleaned_data["replaced_by"]}
