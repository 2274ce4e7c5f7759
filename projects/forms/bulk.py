"""Input of a decision on many follow-ups at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.kit import VerbForm
from projects.forms.review import comment_field
from projects.workflow import COMMENT_MISSING


class ChosenField(forms.Field):
    """Rows that were ticked, each as `key.revision`. Gives keys with the revisions that the person saw."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Tick at least one follow-up."),
        "invalid": _("What was ticked could not be read. Open the queue again and tick it there."),
    }

    def to_python(self, value: Any) -> list[tuple[int, int]]:
        return [self._read(text) for text in value or ()]

    def _read(self, text: str) -> tuple[int, int]:
        key, _dot, revision = text.partition(".")
        if not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in (key, revision)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(key), int(revision)


class AcceptInBulkForm(VerbForm):
    chosen = ChosenField()


class ReturnInBulkForm(AcceptInBulkForm):
    comment = comment_field(
        _("The same for all. Only their agencies and the coordination office see it: say what is missing."),
        missing=COMMENT_MISSING,
    )
