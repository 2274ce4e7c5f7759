"""Input of the coordination office on what waits for it: a decision, a redaction."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LongTextField, NameField
from focalpoints.pages.kit import VerbForm
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


COMMENT_HELP = _("Only the agency and the coordination office see it. To return the follow-up, say what is missing.")


class AcceptForm(VerbForm):
    comment = comment_field(COMMENT_HELP)


class ReturnForm(VerbForm):
    """Needs a comment: the agency corrects by it."""

    comment = comment_field(COMMENT_HELP, missing=COMMENT_MISSING)


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
