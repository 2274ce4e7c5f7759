"""Input on the ledger: the folio, hash or head that somebody wants to check."""

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import OneLine
from focalpoints.text import code

# People type anything between the parts of a folio, or nothing: from a mail, by telephone, from paper.
BETWEEN_PARTS = re.compile(r"[^0-9a-z]+")
FOLIO = re.compile(r"(?:edn-?)?0*([1-9][0-9]{0,17})(?:-(?:[0-9a-f]-?){8}|[0-9a-f]{8})")
HASH = re.compile(r"[0-9a-f]{64}")
# A head of the ledger as auditors keep it: an entry's number, and the digest of the ledger up to it.
HEAD = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class EntryReference:
    """How an entry was named: by its whole hash; by a folio, which has its number and the first digits of its hash; or by a head."""

    digits: str
    seq: int | None = None


class FolioForm(forms.Form):
    folio = OneLine(
        label=_("Folio or hash"),
        max_length=200,
        help_text=_("As it stands on the receipt, for example EDN-000123-9F3A2B1C. Spaces and case do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the folio that the receipt shows.")},
    )

    def clean_folio(self) -> EntryReference:
        typed = BETWEEN_PARTS.sub("-", code(self.cleaned_data["folio"]).lower()).strip("-")
        if HASH.fullmatch(joined := typed.replace("-", "")):
            return EntryReference(joined)
        if found := HEAD.fullmatch(typed):
            return EntryReference(found[2], int(found[1]))
        if found := FOLIO.fullmatch(typed):
            return EntryReference(joined[-8:], int(found[1]))
        raise ValidationError(
            _("This is not a folio. A folio is a number and eight characters, such as EDN-000123-9F3A2B1C."),
            code="invalid",
        )
