"""Input of the coordination office on follow-ups: a decision, a redaction, the queue's filter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LongTextField, NameField
from focalpoints.pages.kit import VerbForm
from projects.actions.follow_ups import COMMENT_MISSING


class QueueFilterForm(forms.Form):
    q = forms.CharField(
        label=_("Agency or sector"),
        required=False,
        max_length=100,
        help_text=_("Name, acronym or key; a sector head shows its whole sector."),
    )


def comment_field(help_text: Any, *, missing: Any = "") -> LongTextField:
    """What a coordinator says of a decision; it may stay empty unless `missing` says why not."""
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
    """The agency corrects by the comment: without one it cannot."""

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
