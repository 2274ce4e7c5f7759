"""The forms that ask why something ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LongTextField
from focalpoints.pages.kit import SeenForm, VerbForm


class ReasonForm(VerbForm):
    reason = LongTextField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It is public and stays on record, so name nobody."),
        error_messages={"required": _("Say why.")},
    )


class SeenReasonForm(ReasonForm, SeenForm):
    pass
