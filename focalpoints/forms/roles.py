"""Input on roles: which one is given and why, what the second person decides, why one is taken away."""

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Role
from focalpoints.pages.fields import LongTextField
from focalpoints.pages.kit import VerbForm

_NOT_PUBLIC = _("Whoever confirms the role reads it. It stays on record and is not public.")


class RoleForm(VerbForm):
    kind = forms.ChoiceField(
        label=_("Role"),
        choices=[(kind, kind.label) for kind in (Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose coordinator or administrator: no other role can be given.")},
    )
    reason = LongTextField(label=_("Reason"), max_length=400, help_text=_NOT_PUBLIC)


class RoleDecisionForm(VerbForm):
    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            ("confirm", _("Confirm: the role is in force at once")),
            ("refuse", _("Refuse: the role is not given")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you confirm or refuse.")},
    )
    reason = LongTextField(
        label=_("Reason"),
        required=False,
        max_length=400,
        help_text=_("Needed only to refuse. It stays on record and is not public."),
    )


class RoleReasonForm(VerbForm):
    reason = LongTextField(label=_("Reason"), max_length=400, help_text=_("It stays on record and is not public."))
