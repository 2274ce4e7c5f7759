"""Input on roles: which one is given."""

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Role


class RoleForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Role"), choices=[(kind, kind.label) for kind in (Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR)]
    )
