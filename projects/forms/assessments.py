"""Input on findings: what a coordinator says of a whole commitment or objective, and what an agency answers."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import Agency
from focalpoints.pages.fields import LongTextField
from focalpoints.pages.kit import SeenForm, VerbForm
from principles.models import Objective
from projects.forms.agencies import AgencyOfFew
from projects.models import Assessment, Commitment
from projects.workflow import may_find_course, may_find_end


class FindingFields(forms.Form):
    """What every finding says."""

    verdict = forms.ChoiceField(
        label=pgettext_lazy("assessment", "Finding"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found.")},
    )
    reasons = LongTextField(
        label=_("Reasons"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Public and for good: what was delivered, what was not, and how you know. Name nobody."),
        error_messages={"required": _("Say why.")},
    )
    sources = LongTextField(
        label=_("Sources"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Documents or addresses in which anybody can check it, with their dates. Public."),
    )


class AssessForm(FindingFields, SeenForm):
    """Of a commitment: the verdicts that its state allows on that day."""

    period = forms.TypedChoiceField(
        label=_("Period"),
        required=False,
        coerce=date.fromisoformat,
        empty_value=None,
        help_text=_(
            "Of a commitment that comes again, each ended period is assessed. It gives the commitment no light."
        ),
    )
    field_order = ["period", "verdict", "reasons", "sources"]

    def __init__(self, data: QueryDict | None = None, *, row: Commitment, on: date) -> None:
        super().__init__(data, row=row)
        at_the_end = may_find_end(row, on) or bool(row.recurrence)
        allowed = [
            *(Assessment.OF_COURSE if may_find_course(row, on) else ()),
            *(Assessment.AT_THE_END if at_the_end else ()),
        ]
        self._choices("verdict", [(verdict.value, verdict.label) for verdict in allowed])
        if row.recurrence:
            days = [(day.isoformat(), date_format(day, "d/m/Y")) for day in periods_of(row, on) if day]
            self._choices("period", [("", _("None: how it goes as a whole")), *days])
        else:
            del self.fields["period"]

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def periods_of(commitment: Commitment, on: date) -> QuerySet[Any, date | None]:
    """The due dates of its periods that have ended, the latest first."""
    tasks = commitment.tasks.counted().filter(period__lt=on)
    return tasks.order_by("-period").values_list("period", flat=True).distinct()


class AssessObjectiveForm(FindingFields, VerbForm):
    """Hidden `seen`: how many findings there were when the person began."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, row: Objective) -> None:
        super().__init__(data, initial={"seen": row.assessments.count()})
        self.fields["verdict"].choices = Assessment.Verdict.choices  # type: ignore[attr-defined]


class AnswerForm(VerbForm):
    text = LongTextField(
        label=_("Answer of the agency"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Public and for good, beside the finding. It can be given once."),
        error_messages={"required": _("Write the answer of the agency.")},
    )

    def __init__(self, data: QueryDict | None = None, *, agencies: list[Agency]) -> None:
        super().__init__(data)
        if len(agencies) > 1:
            self.fields["agency"] = AgencyOfFew(agencies, label=_("On behalf of which agency"))
            self.order_fields(["agency", "text"])
