"""What the forms and filters of commitments share with those of tasks."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet, Value
from django.db.models.functions import StrIndex
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.kit import CorrectionForm
from focalpoints.templatetags.edn import STATUS_WORDS
from focalpoints.workflow import StrOrPromise
from projects.date_bounds import late_start
from projects.light.bands import ANY, IS_LATE, IS_MOVED, LATENESS, MOVED, silence
from projects.models.querysets import CommitmentAdjectives
from projects.models.task import TaskQuerySet
from projects.reading.figures import ORDER_OF_LIGHTS
from projects.reading.lists.filter_choices import CATALOGUED, catalogue, catalogue_rows
from projects.reading.lists.filter_form import Filters


class NewDates(forms.Form):
    """The form of something new: its start must not come after its due date."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts") and data.get("due") and data["due"] < data["starts"]:
            self.add_error("due", _("The due date comes before the start. Check both."))
        return data


class DatedCorrectionForm(CorrectionForm):
    """A correction of the start, which must fit the due date. The due date itself is corrected on pages of its own."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if refusal := late_start(data.get("starts"), self.row.due):
            self.add_error("starts", refusal)
        return data


# For sorting by light: what needs attention comes first. The place in this text is asked for once; a Case would compute the light
# anew for each of its values.
RANK = StrIndex(Value(" ".join(light.value for light in ORDER_OF_LIGHTS)), F("light"))


def light_filter(kind: str) -> django_filters.MultipleChoiceFilter:
    words = STATUS_WORDS[kind]
    return django_filters.MultipleChoiceFilter(
        label=_("Traffic light"),
        distinct=False,
        choices=[(light.value, words[light.value]) for light in ORDER_OF_LIGHTS if light.value in words],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )


def moved_choices() -> list[tuple[str, StrOrPromise]]:
    return [(ANY, IS_MOVED.label), *((key, band.label) for key, band in MOVED.items())]


def delay_choices() -> list[tuple[str, StrOrPromise]]:
    return [("late", IS_LATE.label), *((key, band.label) for key, band in LATENESS.items())]


class ItemFilter(Filters):
    """Filters by what the strategy names (`catalogue`), and by the bands to which the figures of other pages lead."""

    MAY_BE_MISSING = frozenset({"due", "verified", "claimed"})

    def __init__(self, data: QueryDict, queryset: CommitmentAdjectives, *, on: date, is_whole: bool = False) -> None:
        super().__init__(data, queryset, on=on, is_whole=is_whole)
        if asked := [name for name in CATALOGUED if name in self.filters]:
            choices = catalogue(catalogue_rows())
            for name in asked:
                self.filters[name].extra["choices"] = choices[name]

    def by_moves(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter((IS_MOVED if choice == ANY else MOVED[choice]).rows)

    def by_delay(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter((IS_LATE if choice == "late" else LATENESS[choice]).rows)

    def by_silence(self, rows: CommitmentAdjectives | TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.open().filter(silence(self.on)[choice].rows)
