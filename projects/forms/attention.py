"""The part of the strategy whose numbers the cockpit shows."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import OneLine
from focalpoints.workflow import StrOrPromise
from projects.models.commitment import agencies_of_sector
from projects.reading.attention import StrategyPart
from projects.reading.lists.filter_choices import catalogue, catalogue_rows
from projects.reading.lists.filter_form import MOST_TEXT, Chip, keys_called


class StrategyPartForm(forms.Form):
    """Its names are those of the lists' filters, so that a number's list takes the same answers."""

    NAMES = ("sector", "agency", "objective", "principle")

    sector = forms.ChoiceField(label=_("Sector"), required=False)
    agency = OneLine(label=_("Agency: acronym, or words of its name"), required=False, max_length=MOST_TEXT)
    objective = forms.ChoiceField(label=_("Objective"), required=False)
    principle = forms.ChoiceField(label=_("Principle"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for name in ("sector", "objective", "principle"):
            self.fields[name].choices = partial(self._choices, name)  # type: ignore[attr-defined]

    def _choices(self, name: str) -> list[tuple[str, StrOrPromise]]:
        return [("", _("Any")), *self._catalogue[name]]

    @cached_property
    def _catalogue(self) -> dict[str, list[tuple[str, StrOrPromise]]]:
        """One query, and none where nothing is asked for and the form is not shown."""
        return catalogue(catalogue_rows())

    def clean_agency(self) -> str:
        text: str = self.cleaned_data["agency"]
        if text and not keys_called(text):
            raise forms.ValidationError(_("No agency is called so. Check the acronym or the words of its name."))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sector") and data.get("agency"):
            self.add_error("agency", _("Choose a sector or an agency, not both."))
        return data

    @property
    def part(self) -> StrategyPart:
        """Of a valid form. Which agencies are meant is found as the lists find it."""
        asked = self.cleaned_data
        agencies = []
        if asked["agency"]:
            agencies = keys_called(asked["agency"])
        elif asked["sector"]:
            agencies = agencies_of_sector(asked["sector"])
        return StrategyPart(tuple(agencies), asked["objective"], asked["principle"])

    @property
    def query(self) -> str:
        """The answers as they stand in an address, without the question mark."""
        return self._query_without("")

    @property
    def query_of_a_sector(self) -> str:
        """The same for lists that are narrowed to one of its sectors."""
        return self._query_without("sector")

    def _query_without(self, left_out: str) -> str:
        asked = self.cleaned_data
        return urlencode([(name, asked[name]) for name in self.NAMES if asked[name] and name != left_out])

    @property
    def chips(self) -> list[Chip]:
        """The answers in words, each with the address that takes it off."""
        return [self._chip(name) for name in self.NAMES if self.cleaned_data[name]]

    def _chip(self, name: str) -> Chip:
        field, answer = self.fields[name], self.cleaned_data[name]
        words = dict(getattr(field, "choices", ())).get(answer, answer)
        return Chip(field.label or "", words, f"?{self._query_without(name)}", name)
