"""What forms ask for a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LongTextField
from focalpoints.pages.kit import SeenForm, VerbForm
from projects.models import Request


def category_field() -> forms.ChoiceField:
    """The kind of reason for what is asked of somebody else."""
    return forms.ChoiceField(
        label=_("What kind of reason"),
        choices=Request.Category.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        help_text=_("Public at once."),
        error_messages={"required": _("Choose the kind of reason.")},
    )


class ReasonForm(VerbForm):
    reason = LongTextField(
        label=_("Reason"),
        max_length=400,
        help_text=_("It is public and stays on record, so name nobody."),
        error_messages={"required": _("Say why.")},
    )


class SeenReasonForm(ReasonForm, SeenForm):
    pass
