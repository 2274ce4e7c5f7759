"""What a page may be asked by its address."""

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A mail, a telephone or a printed page puts anything between the parts; the last eight are the hash's.
NOT_OF_A_FOLIO = re.compile(r"[^0-9a-z]+")
FOLIO = re.compile(r"(?:edn)?0*([1-9][0-9]{0,17})([0-9a-f]{8})")
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reference:
    """What names an entry: its whole hash, or a folio's number with the hash's first digits."""

    digits: str
    seq: int | None = None


class FolioForm(forms.Form):
    folio = forms.CharField(
        label=_("Folio or hash"),
        max_length=200,
        help_text=_("As it stands on the receipt, for example EDN-000123-9F3A2B1C. Spaces and case do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the folio that the receipt shows.")},
    )

    def clean_folio(self) -> Reference:
        typed = NOT_OF_A_FOLIO.sub("", self.cleaned_data["folio"].lower())
        if HASH.fullmatch(typed):
            return Reference(typed)
        if found := FOLIO.fullmatch(typed):
            return Reference(found[2], int(found[1]))
        raise ValidationError(
            _("This is not a folio. A folio is a number and eight characters, such as EDN-000123-9F3A2B1C."),
            code="invalid",
        )
