"""What every list's filters are made of: a GET form whose answers stand in the address and can be taken off one by one.

The filters of each list stand with its noun: `CommitmentFilter` in `projects/forms/commitments.py`, and so on.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.pages.fields import DATE_PARTS, DateField, LineFilter
from focalpoints.sql.prepared import prepared
from focalpoints.text import name_key
from focalpoints.workflow import StrOrPromise
from projects.light.thresholds import in_force

MOST_TEXT = 100
CHOICES = (django_filters.ChoiceFilter, django_filters.MultipleChoiceFilter)
NONE = "none"


@dataclass(frozen=True, slots=True)
class Chip:
    """One answer of a filter form in words, the address that takes it off, and the name of its filter."""

    label: StrOrPromise
    value: StrOrPromise
    url: str
    name: str = ""


class DateFilter(django_filters.Filter):
    field_class = DateField


class Filters(django_filters.FilterSet):
    """Shows its answers as chips, sorts by the orders that it declares."""

    base_filters: dict[str, Any]
    ORDERS: dict[str, Any] = {}
    MAY_BE_MISSING: frozenset[str] = frozenset()  # orders by what some rows do not have
    # The form's fieldsets: a legend each, and the names of its fields.
    GROUPS: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = ()
    # Names in the address that are no filters.
    PAGE_PARAMS: tuple[str, ...] = ("page",)

    order = django_filters.ChoiceFilter(method="ordered", widget=forms.HiddenInput, choices=lambda: ())

    def __init__(self, data: QueryDict, queryset: QuerySet, *, on: date, is_whole: bool = False) -> None:
        """Makes only the filters that the address names, because making each takes time; all of them if `is_whole`, for the form's page."""
        if not is_whole:
            declared = type(self).base_filters
            self.__dict__["base_filters"] = {
                name: declared[name] for name in declared if not data.keys().isdisjoint(_names(name, declared))
            }
        super().__init__(data, queryset)
        self.on = on
        if "order" in self.filters:
            both = [(name, name) for order in self.ORDERS for name in (order, f"-{order}")]
            self.filters["order"].extra["choices"] = both

    @classmethod
    def params(cls) -> tuple[str, ...]:
        """Every name that an address of this list may carry."""
        names = list(cls.PAGE_PARAMS)
        for name in cls.base_filters:
            names += _names(name, cls.base_filters)
        return tuple(names)

    @property
    def query(self) -> str:
        """The answers as they stand in the address, for a link to their form; without the page's number."""
        query = self.data.copy()
        query.pop("page", None)
        return f"?{query.urlencode()}" if query else ""

    @property
    def groups(self) -> list[tuple[StrOrPromise, list[forms.BoundField]]]:
        return [(legend, [self.form[name] for name in names]) for legend, names in self.GROUPS]

    @property
    def narrowing(self) -> list[str]:
        """The names of the filters in use that decide which rows there are: not the order in which they stand."""
        return [name for name in sorted(self.filters) if name != "order"]

    @property
    def is_search(self) -> bool:
        """Whether words or bounds of dates were typed: no figure of another page leads to such a list."""
        return any(
            name == "q" or (isinstance(chosen := self.filters[name], DateFilter) and chosen.lookup_expr != "exact")
            for name in self.narrowing
        )

    @property
    def key(self) -> Hashable | None:
        """Cache key for the list's total. None where something was typed: that is hardly ever asked twice."""
        if not all(
            isinstance(self.filters[name], CHOICES)
            and not isinstance(self.filters[name], django_filters.ModelChoiceFilter)
            for name in self.narrowing
        ):
            return None
        asked = tuple([(name, *self.data.getlist(name)) for name in self.narrowing])
        return (type(self).__name__, self.on, in_force(self.on), asked)

    def keys_and_count(self, start: int, stop: int) -> list[tuple[int, int]] | None:
        """From one place of the list to another, each row's key and how many rows there are, where a prepared question gives them."""
        return None

    def ordered(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return self.in_order(rows, value)

    @classmethod
    def in_order(cls, rows: QuerySet, value: str) -> QuerySet:
        """What is missing stands last either way. Where nothing can be, the database is not told so: it would not use its index."""
        asked = value.removeprefix("-")
        expression = cls.ORDERS[asked]
        directed = expression.desc if value.startswith("-") else expression.asc
        return rows.order_by(directed(nulls_last=asked in cls.MAY_BE_MISSING or None), "pk")

    @cached_property
    def chips(self) -> list[Chip]:
        return (
            [chip for name in self.form.fields if name != "order" for chip in self._chips_of(name)]
            if self.is_valid()
            else []
        )

    @property
    def narrowing_chips(self) -> list[Chip]:
        """Those that decide which rows there are: not the day on which they stood."""
        return [chip for name in self.form.fields if name not in ("order", "on") for chip in self._chips_of(name)]

    def _chips_of(self, name: str) -> Iterator[Chip]:
        answer, form_field = self.form.cleaned_data[name], self.form.fields[name]
        for value in answer if isinstance(answer, list) else [answer]:
            if value not in (None, ""):
                yield Chip(form_field.label or "", self._in_words(form_field, value), self._without(name, value), name)

    def _in_words(self, form_field: forms.Field, value: Any) -> StrOrPromise:
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y")
        choices = {str(key): label for key, label in getattr(form_field, "choices", ()) if not isinstance(label, list)}
        return choices.get(str(value), str(value))

    def _without(self, name: str, value: Any) -> str:
        query = self.data.copy()
        others = [other for other in query.getlist(name) if other != str(value)] if query.getlist(name)[1:] else []
        for gone in (*parts_of_date(name), "page"):
            query.pop(gone, None)
        if others:
            query.setlist(name, others)
        return f"?{query.urlencode()}"


def _names(name: str, declared: Mapping[str, Any]) -> list[str]:
    """The names in the address that this filter reads."""
    return parts_of_date(name) if isinstance(declared[name], DateFilter) else [name]


def parts_of_date(name: str) -> list[str]:
    """The names under which a date may stand in the address: whole, or in three parts."""
    return [name, *(f"{name}_{part}" for part in DATE_PARTS)]


def agencies_called(text: str) -> AgencyQuerySet:
    """The agency with exactly this acronym or key; otherwise those whose name has all the words."""
    found = _called_exactly(text)
    return Agency.objects.filter(pk__in=found) if found else Agency.objects.matching(text)


def keys_called(text: str) -> list[int]:
    """The same, found: the database plans a list's query better when it need not guess how many they are."""
    found = _called_exactly(text)
    return found or list(Agency.objects.matching(text).values_list("pk", flat=True))


def _called_exactly(text: str) -> list[int]:
    return _keyed(key) if (key := name_key(text)) else []


@prepared("key")
def _keyed(key: str) -> QuerySet[Agency, int]:
    return Agency.objects.keyed(key).order_by().values_list("pk", flat=True)


def text_field(label: StrOrPromise, **options: Any) -> Any:
    return LineFilter(label=label, max_length=MOST_TEXT, **options)


def choice_filter(label: StrOrPromise, method: str, *choices: tuple[str, StrOrPromise]) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, method=method, choices=choices, empty_label=_("Any"))
