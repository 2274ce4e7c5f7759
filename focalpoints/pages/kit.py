"""What forms that carry a verb have in common: they say which revision the person saw."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext

from focalpoints.models import Agency, User


class Seen:
    """A form whose hidden field `revision` says what the person saw, so that nobody overwrites what they have not read."""

    data: Any

    def see(self, current: Agency | User) -> None:
        """After a lost race the page shows the row as it is now: the next press may go through."""
        self.data = {**self.data.dict(), "revision": str(current.revision)}


class RevisionForm(Seen, forms.ModelForm):
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def beside(self, current: Agency | User) -> list[dict[str, str]]:
        """What was typed where the row now says something else."""
        now = type(self)(instance=current)
        return [
            {"label": str(field.label), "before": _shown(now[field.name]), "after": _shown(field)}
            for field in self.visible_fields()
            if _shown(now[field.name]) != _shown(field)
        ]


def _shown(field: forms.BoundField) -> str:
    """The value of a field in the words of the page: a choice's label, not its code."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return gettext("Yes") if field.field.to_python(value) else gettext("No")
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in cast(Iterable[tuple[Any, Any]], field.field.choices)}
        return labels.get(str(value or ""), str(value or ""))
    return str(value or "")
