"""Fields in which agencies are typed as officials name them ("SCT, SEP") or chosen among a few, and the filters of their list.

No page needs a select with the whole network in it.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, has_focal_point
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.pages.fields import LineFilter, OneLine
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import name_key, one_line
from focalpoints.workflow import StrOrPromise, vacant
from projects.models import Commitment, Task
from projects.models.task import TaskQuerySet
from projects.reading.lists.filter_choices import CATALOGUED, catalogue, catalogue_rows
from projects.reading.lists.filter_form import MOST_TEXT, NONE, Filters, choice_filter, keys_called, text_field

CANDIDATES = 6
RADIOS = 8  # more agencies than that are offered in a select
UNKNOWN_TOLD = 10  # names looked up in vain before the field stops looking


def named_in_words(agencies: Iterable[Agency | None]) -> str:
    """The agencies as text, which the fields below read as the same agencies."""
    return ", ".join(agency.acronym or agency.key for agency in agencies if agency)


class AgenciesField(OneLine):
    """Several agencies, each by acronym, key or words of its name that fit no other; separated by commas or lines.

    Cleans to a list of agencies in the order typed, without repetitions: registered ones, and those of `kept`, which a
    record names already and which may have been closed since.
    """

    kept: Iterable[Agency] = ()

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"})
    default_error_messages = {
        "unknown": _("“%(name)s” is no registered agency. Write its acronym or key, for example SCT."),
        "several": _("“%(name)s” fits several agencies. Write the acronym or key of one: %(candidates)s."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 4000, **options})

    def clean(self, value: Any) -> Any:
        text = super().clean(re.sub(r"[\r\n]+", ",", value) if isinstance(value, str) else value)
        return self.named([name for part in re.split(r"[,;|，；、]", text) if (name := part.strip())])

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The same agencies in other words, or another order, are the same."""
        if one_line(data or "") == one_line(initial or ""):
            return False
        try:
            return {agency.pk for agency in self.clean(data)} != {agency.pk for agency in self.clean(initial)}
        except ValidationError:
            return True

    def named(self, names: list[str]) -> list[Agency]:
        if not names:
            return []
        known: dict[str, Agency] = {}
        for agency in (*Agency.objects.registered().order_by("pk"), *self.kept):
            known.setdefault(name_key(agency.key), agency)
            if agency.acronym:
                known.setdefault(agency.acronym_key, agency)
        found: dict[int, Agency] = {}
        errors: list[ValidationError] = []
        for name in names:
            try:
                agency = known.get(name_key(name)) or self.searched(name)
                found[agency.pk] = agency
            except ValidationError as error:
                errors.append(error)
                if len(errors) == UNKNOWN_TOLD:
                    break
        if errors:
            raise ValidationError(errors)
        return list(found.values())

    def searched(self, words: str) -> Agency:
        """The one agency whose name has all these words."""
        fitting = list(
            Agency.objects.registered().matching(words).order_by("-is_ministry", InSpanish("name"))[: CANDIDATES + 1]
        )
        if not fitting:
            raise self.error("unknown", words)
        if len(fitting) > 1:
            more = ["…"] if len(fitting) > CANDIDATES else []
            told = [f"{agency.acronym or agency.key} ({agency.name})" for agency in fitting[:CANDIDATES]]
            raise self.error("several", words, candidates="; ".join(told + more))
        return fitting[0]

    def error(self, code: str, name: str, **params: str) -> ValidationError:
        shortened = name if len(name) <= 80 else f"{name[:79]}…"
        return ValidationError(self.error_messages[code], code=code, params={"name": shortened, **params})


class AgencyField(AgenciesField):
    """One agency, or None where the field may stay empty."""

    default_error_messages = {"one": _("Name one agency only.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def clean(self, value: Any) -> Agency | None:
        agencies = super().clean(value)
        if len(agencies) > 1:
            raise ValidationError(self.error_messages["one"], code="one")
        return agencies[0] if agencies else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != self.clean(initial)
        except ValidationError:
            return True


class AgencyOfFew(forms.TypedChoiceField):
    """One of the agencies that a commitment names; cleans to the agency."""

    def __init__(self, agencies: list[Agency], **options: Any) -> None:
        self.agencies = {agency.key: agency for agency in agencies}
        super().__init__(
            choices=[(agency.key, f"{agency.acronym} – {agency.name}".strip(" –")) for agency in agencies],
            coerce=self.agencies.__getitem__,
            widget=forms.RadioSelect if len(agencies) <= RADIOS else forms.Select,
            initial=agencies[0].key if len(agencies) == 1 else None,
            **options,
        )


def agency_field(commitment: Commitment, *, besides: Agency | None = None) -> forms.Field:
    """A choice among the agencies that the commitment names; a text field where it binds all, or none was published."""
    label, errors = _("Agency that answers for it"), {"required": _("Say which agency.")}
    if commitment.binds == Commitment.Binds.NAMED:
        agencies = commitment.agencies.registered()
        return AgencyOfFew([agency for agency in agencies if agency != besides], label=label, error_messages=errors)
    return AgencyField(label=label, help_text=_("Acronym, key or name, for example SCT."), error_messages=errors)


def no_other_agency(field: forms.Field) -> StrOrPromise:
    """Why an `agency_field` offers none; empty where it does: a commitment may name a single one."""
    if isinstance(field, AgencyOfFew) and not field.agencies:
        return _("Its commitment names no other agency. Ask for a change of its scope first.")
    return ""


class AgencyFilter(Filters):
    ORDERS = {"name": InSpanish("name")}
    PAGE_PARAMS = ()

    q = text_field(_("Acronym, or words of the name"), method="with_words")
    sector = django_filters.ChoiceFilter(
        label=_("Sector"), method="of_sector", choices=lambda: (), empty_label=_("Any")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Agency.Kind.choices, empty_label=_("Any"))
    seat = choice_filter(
        _("Focal point"), "by_seat",
        ("taken", _("Somebody is appointed")),
        ("vacant", _("Open tasks, and nobody appointed")),
    )  # fmt: skip

    work = choice_filter(_("Tasks"), "by_work", ("late", _("With late tasks")))

    agency = LineFilter(label=_("Agency"), method="called", max_length=MOST_TEXT, widget=forms.HiddenInput)
    objective = choice_filter(_("With open tasks under the objective"), "of_objective")
    principle = choice_filter(_("With open tasks under the principle"), "of_principle")

    def __init__(self, data: QueryDict, queryset: AgencyQuerySet, *, on: date, is_whole: bool = False) -> None:
        super().__init__(data, queryset, on=on, is_whole=is_whole)
        if asked := [name for name in CATALOGUED if name in self.filters]:
            choices = catalogue(catalogue_rows())
            for name in asked:
                self.filters[name].extra["choices"] = choices[name]

    def called(self, rows: AgencyQuerySet, name: str, text: str) -> QuerySet:
        """As lists of its tasks and commitments ask for it."""
        return rows.filter(pk__in=keys_called(text))

    def of_objective(self, rows: AgencyQuerySet, name: str, number: str) -> QuerySet:
        return _owing(rows, Task.objects.open().under_objective(None if number == NONE else int(number)))

    def of_principle(self, rows: AgencyQuerySet, name: str, number: str) -> QuerySet:
        return _owing(rows, Task.objects.open().under_principle(int(number)))

    def by_work(self, rows: AgencyQuerySet, name: str, choice: str) -> QuerySet:
        return _owing(rows, Task.objects.late(self.on))

    def with_words(self, rows: AgencyQuerySet, name: str, text: str) -> QuerySet:
        return rows.matching(text)

    def by_seat(self, rows: AgencyQuerySet, name: str, choice: str) -> QuerySet:
        return vacant(rows, self.on) if choice == "vacant" else rows.filter(has_focal_point(self.on))

    def of_sector(self, rows: AgencyQuerySet, name: str, head: str) -> QuerySet:
        return rows.filter(Q(key=head) | Q(parent__key=head))


def _owing(agencies: AgencyQuerySet, tasks: TaskQuerySet) -> QuerySet:
    """Those that have any of these tasks."""
    return agencies.filter(pk__in=tasks.order_by().values("agency"))
