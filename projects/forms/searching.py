"""What somebody searches the record for."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import OneLine
from projects.search.asking import KINDS, terms_of

MOST_TYPED = 300  # the longest title


class SearchForm(forms.Form):
    """`kind` is named by links alone: all that was found of one kind."""

    q = OneLine(
        label=_("Words, a code or a folio"),
        max_length=MOST_TYPED,
        required=False,
        help_text=_("Accents and capitals do not matter; words in quotes must stand together."),
        error_messages={"max_length": _("Search for at most %(limit_value)d characters: a few words are enough.")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS], widget=forms.HiddenInput)

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        if text and terms_of(text).is_empty:
            raise ValidationError(_("Type at least one letter or digit."), code="no_word")
        return text
