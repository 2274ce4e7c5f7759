"""What a coordinator asks the review queue for."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.pages.fields import OneLine
from focalpoints.pages.kit import in_words
from focalpoints.workflow import StrOrPromise
from projects.reading.lists.filter_choices import catalogue, catalogue_rows
from projects.reading.review_queue import Flag, Kind, QueueAsked

DAYS = (3, 5, 10, 20)  # business days


class Order(models.TextChoices):
    AGE = "", pgettext_lazy("order", "Oldest first")
    AGENCY = "agency", pgettext_lazy("order", "By agency")
    PROGRESS = "progress", pgettext_lazy("order", "Most progress first")


class QueueForm(forms.Form):
    q = OneLine(
        label=_("Agency or sector"),
        required=False,
        max_length=100,
        help_text=_("Name, acronym or key; a sector head shows its whole sector."),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])
    flag = forms.ChoiceField(label=_("To note"), required=False, choices=[("", _("Any")), *Flag.choices])
    age = forms.TypedChoiceField(
        label=_("Waiting for at least"),
        required=False,
        coerce=int,
        choices=[("", _("Any")), *((days, _("%(n)s business days") % {"n": days}) for days in DAYS)],
    )
    objective = forms.ChoiceField(label=_("Objective"), required=False)
    principle = forms.ChoiceField(label=_("Principle"), required=False)
    mine = forms.BooleanField(label=_("My portfolio alone"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=Order.choices)

    NAMES = ("q", "kind", "flag", "age", "objective", "principle", "mine", "order")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name in ("objective", "principle"):
            self.fields[name].choices = partial(self._choices, name)  # type: ignore[attr-defined]

    def _choices(self, name: str) -> list[tuple[str, StrOrPromise]]:
        return [("", _("Any")), *self._catalogue[name]]

    @cached_property
    def _catalogue(self) -> dict[str, list[tuple[str, StrOrPromise]]]:
        """One query, and none where neither is asked for and the form is not shown."""
        return catalogue(catalogue_rows())

    @property
    def asked(self) -> QueueAsked:
        """Of a valid form."""
        return QueueAsked(
            **{name: self.cleaned_data[name] for name in self.NAMES} | {"age": self.cleaned_data["age"] or 0}
        )

    @property
    def answers(self) -> list[tuple[StrOrPromise, StrOrPromise]]:
        """Of a valid form, what it asks for in words."""
        return [(field.label, in_words(field)) for field in self if self.cleaned_data[field.name]]

    def query(self, **changed: str) -> str:
        """The answers as they stand in an address, some of them changed; empty where nothing is asked for."""
        answers = [(name, changed.get(name, self.data.get(name, ""))) for name in self.NAMES]
        kept = [(name, value) for name, value in answers if value]
        return f"?{urlencode(kept)}" if kept else ""
