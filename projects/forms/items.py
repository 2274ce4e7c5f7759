"""What the forms and filters of commitments share with those of tasks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints import clock
from focalpoints.models import Portfolio, Role, User
from focalpoints.pages.fields import OneLine
from focalpoints.sql.prepared import prepared
from focalpoints.templatetags.edn import STATUS_WORDS
from focalpoints.workflow import StrOrPromise
from projects.light.bands import (
    ANY,
    IS_LATE,
    IS_MOVED,
    LATENESS,
    MOVED,
    SILENCE_WORDS,
    UNHEARD,
    UNHEARD_WORDS,
    silence,
    unheard,
)
from projects.light.rule import Light, Rule
from projects.light.thresholds import in_force
from projects.models.querysets import CommitmentAdjectives
from projects.models.task import TaskQuerySet
from projects.reading.day import Day
from projects.reading.figures import ORDER_OF_LIGHTS
from projects.reading.lists.filter_choices import CATALOGUED, catalogue, catalogue_rows
from projects.reading.lists.filter_form import Filters, keys_called
from projects.reading.lists.listing import with_count


class PastDueWarning(forms.Form):
    """Takes a due date that has passed, but says first what follows from it. Sent again, it is meant: the hidden field holds it then."""

    data: Any
    past_due = OneLine(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen, due = data.pop("past_due", ""), data.get("due")
        if due and due < clock.today() and seen != due.isoformat() and not self._shows_effect:
            self.data = self.data.copy()
            self.data["past_due"] = due.isoformat()
            self.add_error("due", forms.ValidationError(self._said_of_past(due), code="past"))
        return data

    @property
    def _shows_effect(self) -> bool:
        """Whether the button was pressed that sends nothing."""
        return "effect" in self.data

    def _said_of_past(self, due: date) -> str:
        days = (clock.today() - due).days
        said = ngettext(
            "That date passed %(days)d day ago. As soon as it counts, its focal points, the coordination office and the head of the "
            "agency are told of a delay of %(days)d day. If the date is right, send the form again.",
            "That date passed %(days)d days ago. As soon as it counts, its focal points, the coordination office and the head of the "
            "agency are told of a delay of %(days)d days. If the date is right, send the form again.",
            days,
        )
        return said % {"days": days}


class NewDates(PastDueWarning):
    """The form of something new: its start must not come after its due date."""

    def clean(self) -> dict[str, Any]:
        starts, due = (self.cleaned_data.get(name) for name in ("starts", "due"))
        if starts and due and due < starts:
            self.add_error("due", _("The due date comes before the start. Check both."))
        return super().clean()


def light_filter(kind: str) -> django_filters.MultipleChoiceFilter:
    words = STATUS_WORDS[kind]
    return django_filters.MultipleChoiceFilter(
        label=_("Traffic light"),
        method="of_lights",
        distinct=False,
        choices=[(light.value, words[light.value]) for light in ORDER_OF_LIGHTS if light.value in words],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )


def lit_by_columns(model: type[Model], rule: Rule, lights: set[str], on: date) -> Q | None:
    """The condition under which the rule gives one of these lights; None where the rule must test more than the table's columns."""
    columns, thresholds = {field.name for field in model._meta.concrete_fields}, in_force(on)
    last = max(number for number, clause in enumerate(rule) if clause.light in lights)
    found, none_above = Q(), Q()
    for clause in rule[: last + 1]:
        if not clause.tests or any(test.field not in columns for test in clause.tests):
            return None
        holds = Q(*[test.as_q(on, thresholds) for test in clause.tests])
        if clause.light in lights:
            found |= none_above & holds
        none_above &= ~holds
    return found


def moved_choices() -> list[tuple[str, StrOrPromise]]:
    return [(ANY, IS_MOVED.label), *((key, band.label) for key, band in MOVED.items())]


def delay_choices() -> list[tuple[str, StrOrPromise]]:
    return [("late", IS_LATE.label), *((key, band.label) for key, band in LATENESS.items())]


def silence_choices() -> list[tuple[str, StrOrPromise]]:
    return [*SILENCE_WORDS.items(), (UNHEARD, UNHEARD_WORDS)]


def known_coordinator(code: str) -> None:
    """Raise ValidationError for a code that is no coordinator's."""
    roles = Role.objects.active().filter(kind=Role.Kind.COORDINATOR, user__is_active=True)
    if not roles.filter(user__code=code).exists():
        raise ValidationError(_("No coordinator has this portfolio."), code="portfolio")


class ItemFilter(Filters):
    """Filters by what the strategy names (`catalogue`), and by the bands to which the figures of other pages lead."""

    MAY_BE_MISSING = frozenset({"due", "verified", "claimed"})

    # To which the sums of a coordinator's messages lead. By the person's code, which tells nobody their name.
    portfolio = django_filters.CharFilter(
        label=_("Portfolio of a coordinator"),
        method="of_portfolio",
        max_length=12,
        widget=forms.HiddenInput,
        validators=[known_coordinator],
    )

    def __init__(self, data: QueryDict, queryset: CommitmentAdjectives, *, on: date, is_whole: bool = False) -> None:
        super().__init__(data, queryset, on=on, is_whole=is_whole)
        if asked := [name for name in CATALOGUED if name in self.filters]:
            choices = catalogue(catalogue_rows())
            for name in asked:
                self.filters[name].extra["choices"] = choices[name]

    @classmethod
    def listed(cls, day: Day) -> QuerySet:
        """All rows of the list on that day, in its order."""
        raise NotImplementedError

    @classmethod
    def of_agencies(cls, rows: QuerySet, agencies: Sequence[int]) -> QuerySet:
        """Those for which these agencies answer."""
        raise NotImplementedError

    def of_agency(self, rows: QuerySet, name: str, text: str) -> QuerySet:
        return self.of_agencies(rows, keys_called(text))

    def keys_and_count(self, start: int, stop: int) -> list[tuple[int, int]] | None:
        """Of today's list of an agency: the way there from its page, and what its people ask for."""
        if self.narrowing != ["agency"]:
            return None
        asked = self.form.cleaned_data
        found = tuple(keys_called(asked["agency"]))
        return _of_agencies(found, type(self), asked.get("order") or "", Day.today(), start, stop)

    def of_portfolio(self, rows: QuerySet, name: str, code: str) -> QuerySet:
        """What this coordinator answers for: what they took, and what nobody did."""
        person = User.objects.get(code=code)
        return self.answered_for(rows, Portfolio.objects.answered_for_by(person.pk))

    @classmethod
    def answered_for(cls, rows: QuerySet, agencies: Sequence[int]) -> QuerySet:
        return cls.of_agencies(rows, agencies)

    def of_lights(self, rows: CommitmentAdjectives, name: str, lights: list[str]) -> QuerySet:
        """PostgreSQL walks the dates to the first rows of a light, instead of sorting all, where it takes the light for common: by stored
        columns it knows how common it is; of a computed light it guesses 0.5 %, and so is told that it is none of the others."""
        if not lights:
            return rows
        by_columns = lit_by_columns(rows.model, rows.RULE, set(lights), self.on)
        if by_columns is not None:
            return rows.filter(by_columns)
        return rows.exclude(light__in=[light.value for light in Light if light not in lights])

    def by_moves(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter((IS_MOVED if choice == ANY else MOVED[choice]).rows)

    def by_delay(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter((IS_LATE if choice == "late" else LATENESS[choice]).rows)

    def by_silence(self, rows: CommitmentAdjectives | TaskQuerySet, name: str, choice: str) -> QuerySet:
        band = unheard(self.on) if choice == UNHEARD else silence(self.on)[choice]
        return rows.open().filter(band.rows)

    def by_scope(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter(scope_changes__gt=0)


@prepared("agencies")
def _of_agencies(
    agencies: tuple[int, ...], kind: type[ItemFilter], order: str, day: Day, start: int, stop: int
) -> QuerySet[Any, tuple[int, int]]:
    rows = kind.of_agencies(kind.listed(day), agencies)
    return with_count(kind.in_order(rows, order) if order else rows)[start:stop]
