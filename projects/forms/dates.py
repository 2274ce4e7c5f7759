"""Input on due dates: an agency asks for a new one, the coordination office asks for a first or a corrected one, and decides."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.pages.fields import LongTextField, NearDateField
from focalpoints.pages.kit import SeenForm, VerbForm
from focalpoints.workflow import NotPossible
from projects.actions.dates import against_new_date
from projects.actions.evidence import NotStored
from projects.forms.agencies import AgencyOfFew
from projects.forms.evidence import EvidenceForm
from projects.forms.items import PastDueWarning
from projects.forms.reasons import category_field
from projects.forms.requests import OfficeRequestForm
from projects.forms.review import comment_field
from projects.models import Commitment, Task
from projects.workflow import REASON_MISSING, unfit_within_commitment


class NewDateForm(forms.Form):
    """The date of a request, with the reasons against it as errors. A preview of the date's effect needs no more."""

    to_due = NearDateField(
        label=_("New date"),
        help_text=_("For example, 31 12 2018."),
        error_messages={"required": _("Say which date you ask for.")},
    )

    def __init__(self, *args: Any, item: Commitment | Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item

    def clean_to_due(self) -> date:
        day = self.cleaned_data["to_due"]
        if reasons := against_new_date(self.item, day):
            raise forms.ValidationError(" ".join(map(str, reasons)))
        return day


class DateRequestForm(NewDateForm, EvidenceForm, VerbForm):
    """A form that is sent twice makes one request, by its `form_key`."""

    category = category_field()
    reason = LongTextField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happened, and why the new date will hold. Public if it is approved, so name nobody."),
        error_messages={"required": _("Say why the date has to move.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        item: Commitment | Task,
        agencies: list[Agency],
        to_due: Any = None,
    ) -> None:
        super().__init__(data, files, item=item, initial={"form_key": uuid4(), "to_due": to_due})
        if len(agencies) > 1:
            self.fields["agency"] = AgencyOfFew(agencies, label=_("On behalf of which agency"))
        self.order_fields(["agency", "to_due", "category", "reason", "file", "link", "link_title"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            self.ask_for_files_again()
        return data

    def refuse(self, refusal: NotPossible) -> None:
        super().refuse(refusal)
        if isinstance(refusal, NotStored):  # said at its field
            self.errors.pop(NON_FIELD_ERRORS)
            self.add_error("file", str(refusal))

    def ask_for_files_again(self) -> None:
        """Say at the field that files must be chosen again: a page that is shown again cannot keep them."""
        if names := [upload.name for upload in self.uploads]:
            again = gettext("Choose %(names)s again: your text was kept, a page cannot keep files.")
            self.add_error("file", again % {"names": ", ".join(map(str, names))})

    @property
    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        links = [(said["link"], said["link_title"])] if said["link"] else []
        plain = {name: said[name] for name in ("to_due", "category", "reason", "form_key")}
        return plain | {"agency": said.get("agency") or None, "files": said["file"], "links": links}


COMMENT_HELP = _("Only the agency and the coordination office see it. To reject the request, say why.")


class ApproveForm(VerbForm):
    comment = comment_field(COMMENT_HELP)


class RejectForm(VerbForm):
    """Needs a comment: the agency acts on it."""

    comment = comment_field(COMMENT_HELP, missing=REASON_MISSING)


class FirstDateForm(PastDueWarning, OfficeRequestForm):
    due = NearDateField(
        label=_("Due date"),
        help_text=_("For example, 31 12 2018. It may have passed."),
        error_messages={"required": _("Enter the due date.")},
    )
    field_order = ["due", "category", "reason"]

    def clean_due(self) -> date:
        day = self.cleaned_data["due"]
        if reasons := unfit_within_commitment(self.row, day):
            raise forms.ValidationError(" ".join(map(str, reasons)))
        return day

    @property
    def dates(self) -> dict[str, date | None]:
        return {"from_due": self.row.due, "to_due": self.cleaned_data["due"]}

    @property
    def arguments(self) -> dict[str, Any]:
        return self.common | {"due": self.cleaned_data["due"]}


class CorrectDateForm(SeenForm, FirstDateForm):
    def __init__(self, data: QueryDict | None = None, *, row: Commitment | Task) -> None:
        FirstDateForm.__init__(self, data, row=row, initial={"revision": row.revision})

    @property
    def arguments(self) -> dict[str, Any]:
        return super().arguments | {"revision": self.cleaned_data["revision"]}
