"""Input of the coordination office on what waits for it: a decision, a redaction."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LineField, LongTextField, NameField
from focalpoints.pages.kit import VerbForm
from projects.reading.letters import FIELD_WORDS
from projects.workflow import COMMENT_MISSING


def comment_field(help_text: Any, *, missing: Any = "") -> LongTextField:
    """The comment on a decision. Optional, unless `missing` says why it is needed."""
    field = LongTextField(
        label=_("Comment"),
        required=bool(missing),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )
    if missing:
        field.error_messages["required"] = missing
    return field


COMMENT_HELP = _(
    "Only the agency and the coordination office see it. To return it or to ask, write here what is missing."
)


class AcceptForm(VerbForm):
    """With a comment, if there is one. Its fields are those of the two buttons beside it."""

    comment = comment_field(COMMENT_HELP)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        for name, label in FIELD_WORDS.items():
            self.fields[f"on_{name}"] = LineField(label=label, required=False, max_length=400)  # type: ignore[arg-type]

    @property
    def note_fields(self) -> list[forms.BoundField]:
        return [self[f"on_{name}"] for name in FIELD_WORDS]

    @property
    def has_notes(self) -> bool:
        """Whether something was typed on a field, so that the page shows them."""
        return any(field.value() for field in self.note_fields)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"comment": self.cleaned_data["comment"]}


class ReturnForm(AcceptForm):
    """Needs a comment, or a note on a field: the agency corrects by it."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            self.add_error("comment", COMMENT_MISSING)
        return data

    @property
    def arguments(self) -> dict[str, Any]:
        notes = {name: note for name in FIELD_WORDS if (note := self.cleaned_data[f"on_{name}"])}
        return {"comment": self.cleaned_data["comment"], "notes": notes}


class AskForm(AcceptForm):
    """The comment is the question."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data["comment"]:
            self.add_error("comment", _("Write your question as the comment."))
        return data


class AnswerQuestionForm(VerbForm):
    text = LongTextField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only your agency and the coordination office see it. What you sent stays as it is."),
        error_messages={"required": _("Write your answer.")},
    )


class RedactionForm(VerbForm):
    legal_basis = NameField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_("Law, article and, where there is one, the resolution. It is public, so name nobody."),
    )
    confirmed = forms.BooleanField(
        label=_("I have checked that this must be removed, and know that it cannot be brought back")
    )

    @property
    def arguments(self) -> dict[str, Any]:
        return {"legal_basis": self.cleaned_data["legal_basis"]}
