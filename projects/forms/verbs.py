"""What the forms of the coordination office share: their verb may refuse them, and nobody overwrites what they have not read."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import DateParts, LongTextField
from focalpoints.workflow import NotPossible, Stale


def revision_in(data: Mapping[str, Any]) -> int:
    """The revision that the sent form says the person saw. What is no number was never given out: it is stale."""
    try:
        return int(data.get("revision", ""))
    except ValueError:
        return -1


class VerbForm(forms.Form):
    refusal: NotPossible | None = None

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """What the verb inside says against it becomes this form's error; the page is then shown again."""
        try:
            yield
        except NotPossible as refusal:
            self.refusal = refusal
            self.add_error(None, str(refusal))

    @property
    def status(self) -> int:
        """409 where the verb refused what could be read; a page that shows a form is otherwise an ordinary one."""
        return 409 if self.refusal else 200


class SeenForm(VerbForm):
    """Its hidden `revision` says what the person had on screen."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @property
    def is_stale(self) -> bool:
        return isinstance(self.refusal, Stale)

    def see(self, revision: int) -> None:
        """After a lost race the page shows the row as it is now: the next press may go through."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["revision"] = str(revision)  # type: ignore[index]


class CorrectionForm(SeenForm):
    """A form whose `initial` is what the record says. `changes` holds the differing fields once the form is valid."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.has_changed():
            raise ValidationError(_("Nothing was changed: what you sent is what is already there."), code="unchanged")
        return data

    def beside(self, now: Self) -> list[dict[str, str]]:
        """After a lost race, what is there `now` where it differs from what was typed; else nothing."""
        if not self.is_stale:
            return []
        self.see(now.initial["revision"])
        return [
            {"label": str(field.label), "before": shown(now[field.name]), "after": shown(field)}
            for field in self.visible_fields()
            if field.name in now.fields and shown(now[field.name]) != shown(field)
        ]

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "revision"}


class ReasonForm(VerbForm):
    """Why something ends."""

    reason = LongTextField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It is public and stays on record, so name nobody."),
        error_messages={"required": _("Say why.")},
    )


class SeenReasonForm(ReasonForm, SeenForm):
    pass


def shown(field: forms.BoundField) -> str:
    """The value of a field in the words of the page: a choice's label, a date as it is typed."""
    value = field.value()
    if isinstance(value, DateParts):
        return "/".join(value)
    if isinstance(value, dt.date):
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in cast(Iterable[tuple[Any, Any]], field.field.choices)}
        return labels.get(str(value or ""), str(value or ""))
    return str(value or "")
