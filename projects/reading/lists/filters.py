"""The public lists' filters: GET forms, whose answers live in the address and can be taken off one by one."""

import hashlib
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.pages.fields import DATE_PARTS, DateField
from focalpoints.pages.rows import language
from focalpoints.templatetags.edn import STATUS_WORDS
from focalpoints.workflow import StrOrPromise
from principles.models import Enabler, Objective, Principle
from projects.light.bands import ANY, FULFILLED, IS_LATE, IS_MOVED, MOVED, SILENCE_WORDS, silence
from projects.light.rule import DUE_SOON_DAYS
from projects.models import Commitment, FollowUp, Project
from projects.models.adjectives import CommitmentAdjectives
from projects.models.task import TaskQuerySet
from projects.reading.figures import ORDER_OF_LIGHTS, without_focal_point

MOST_TEXT = 100
CHOICES = (django_filters.ChoiceFilter, django_filters.MultipleChoiceFilter)
NONE = "none"
CATALOGUED = ("sector", "objective", "principle", "enabler")


@dataclass(frozen=True, slots=True)
class Chip:
    """One answer of a filter form in words, and the address of the list without it."""

    label: StrOrPromise
    value: StrOrPromise
    url: str


class DateFilter(django_filters.Filter):
    field_class = DateField


class Filters(django_filters.FilterSet):
    """Shared by the lists: refuses names it does not know, shows its answers as chips, sorts by a fixed list of orders."""

    base_filters: dict[str, Any]
    ORDERS: dict[str, Any] = {}
    # Names that belong to the page, not to a filter.
    PAGE_PARAMS: tuple[str, ...] = ("page",)

    order = django_filters.ChoiceFilter(method="ordered", widget=forms.HiddenInput, choices=lambda: ())

    def __init__(
        self, data: QueryDict, queryset: QuerySet, *, on: date, is_whole: bool = False, offered: Any = None
    ) -> None:
        """With the filters that the address names, unless `is_whole`: what nobody asked for filters nothing, and each costs its making.

        `offered` is what the panel offers beside what is declared: with other choices it is another panel.
        """
        if not is_whole:
            declared = type(self).base_filters
            self.__dict__["base_filters"] = {
                name: declared[name] for name in declared if not data.keys().isdisjoint(_names(name, declared))
            }
        super().__init__(data, queryset)
        self.on, self.offered = on, offered
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
    def key(self) -> Hashable | None:
        """The same for the same rows of a day, where only choices are asked for: text and dates are as good as never asked again."""
        if not all(
            isinstance(one, CHOICES) and not isinstance(one, django_filters.ModelChoiceFilter)
            for one in self.filters.values()
        ):
            return None
        asked = tuple([(name, *self.data.getlist(name)) for name in sorted(self.filters)])
        return (type(self), self.queryset.model, self.on, asked)

    @cached_property
    def form(self) -> forms.Form:
        """With an error for each name that this list does not know: it would seem to filter, and would not."""
        form = super().form
        for name in sorted(set(self.data) - set(self.params())):
            message = gettext("There is no filter called “%(name)s” here.") % {"name": name[:40]}
            form.add_error(None, ValidationError(message, code="unknown"))
        return form

    @property
    def panel(self) -> str:
        """The form as `_filter_panel.html` shows it. It is nobody's own, so the same answers are rendered once while the choices stay."""
        facts = "\n".join((type(self).__name__, language(), self.data.urlencode(), repr(self.offered)))
        key = f"panel:{hashlib.sha256(facts.encode('utf-8', 'surrogatepass')).hexdigest()}"
        panel = caches["pages"].get(key)
        if panel is None:
            whole = type(self)(self.data, self.queryset, on=self.on, is_whole=True, offered=self.offered)
            panel = render_to_string(
                "_filter_panel.html", {"form": whole.form, "active": len(self.chips), "closed": True, "reset_url": "?"}
            )
            if self.is_valid():
                caches["pages"].set(key, panel)
        return panel

    def ordered(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        expression = self.ORDERS[value.removeprefix("-")]
        directed = expression.desc if value.startswith("-") else expression.asc
        return rows.order_by(directed(nulls_last=True), "pk")

    @cached_property
    def chips(self) -> list[Chip]:
        return (
            [chip for name in self.form.fields if name != "order" for chip in self._chips_of(name)]
            if self.is_valid()
            else []
        )

    def _chips_of(self, name: str) -> Iterator[Chip]:
        answer, form_field = self.form.cleaned_data[name], self.form.fields[name]
        for value in answer if isinstance(answer, list) else [answer]:
            if value not in (None, ""):
                yield Chip(form_field.label or "", self._in_words(form_field, value), self._without(name, value))

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
    """The names in an address that this filter reads."""
    return parts_of_date(name) if isinstance(declared[name], DateFilter) else [name]


def parts_of_date(name: str) -> list[str]:
    """The names that a date may come under: whole, or as three inputs."""
    return [name, *(f"{name}_{part}" for part in DATE_PARTS)]


def agencies_called(text: str) -> AgencyQuerySet:
    """The agency with exactly this acronym or key; otherwise those whose name has all the words."""
    exact = Agency.objects.filter(Q(acronym__iexact=text.strip()) | Q(key__iexact=text.strip()))
    found = exact.values_list("pk", flat=True)
    return Agency.objects.filter(pk__in=list(found)) if found else Agency.objects.matching(text)


def text_field(label: StrOrPromise, **options: Any) -> Any:
    return django_filters.CharFilter(label=label, max_length=MOST_TEXT, **options)


def light_filter(kind: str) -> django_filters.MultipleChoiceFilter:
    words = STATUS_WORDS[kind]
    return django_filters.MultipleChoiceFilter(
        label=_("Traffic light"),
        distinct=False,
        choices=[(light.value, words[light.value]) for light in ORDER_OF_LIGHTS if light.value in words],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )


def choice_filter(label: StrOrPromise, method: str, *choices: tuple[str, StrOrPromise]) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, method=method, choices=choices, empty_label=_("Any"))


# Sorted by what needs attention first.
RANK = Case(
    *[When(light=light.value, then=Value(rank)) for rank, light in enumerate(ORDER_OF_LIGHTS)],
    default=Value(len(ORDER_OF_LIGHTS)),
)


CatalogueRow = tuple[str, str, str, str, int]


def catalogue_rows() -> list[CatalogueRow]:
    """Sectors, objectives, principles and enablers: kind, key, Spanish or acronym, English or name, number. One query."""
    sql, params = _catalogue_in_sql(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@cache
def _catalogue_in_sql(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The same for every request: building it takes longer than the database needs for it."""

    def rows(kind: str, found: QuerySet, key: str, es: str, en: str) -> QuerySet:
        return found.order_by().values_list(Value(kind), Cast(key, CharField()), es, en, F("number"))

    heads = Agency.objects.registered().filter(parent=None).annotate(number=Value(0))
    found = rows("sector", heads, "key", "acronym", "name").union(
        rows("objective", Objective.objects.filter(parent=None), "number", "title_es", "title_en"),
        rows("principle", Principle.objects.all(), "number", "short_es", "short_en"),
        rows("enabler", Enabler.objects.all(), "number", "title_es", "title_en"),
        all=True,
    )
    return found.query.sql_with_params()


def catalogue(found: list[CatalogueRow]) -> dict[str, list[tuple[str, StrOrPromise]]]:
    """What sector, objective, principle and enabler may be asked for: key and title, of `catalogue_rows`."""
    choices: dict[str, list[tuple[str, StrOrPromise]]] = {name: [] for name in CATALOGUED}
    for kind, key, first, second, number in sorted(found, key=lambda row: (row[0], row[4], row[2] or row[3])):
        if kind == "sector":
            label = first or second
        else:
            label = f"{number}. {second if second and language() == 'en' else first}"
        choices[kind].append((key, label))
    choices["objective"].append((NONE, _("Not aligned")))
    return choices


def moved_choices() -> list[tuple[str, StrOrPromise]]:
    return [(ANY, IS_MOVED.label), *((key, band.label) for key, band in MOVED.items())]


def delay_choices() -> list[tuple[str, StrOrPromise]]:
    return [("late", IS_LATE.label), *((key, band.label) for key, band in FULFILLED.items())]


class ItemFilter(Filters):
    """Shared by commitments and tasks: what the catalogue offers, and the bands that figures lead to."""

    def __init__(
        self, data: QueryDict, queryset: CommitmentAdjectives, *, on: date, is_whole: bool = False, offered: Any = None
    ) -> None:
        offered = catalogue_rows() if offered is None else offered
        super().__init__(data, queryset, on=on, is_whole=is_whole, offered=offered)
        if asked := [name for name in CATALOGUED if name in self.filters]:
            choices = catalogue(offered)
            for name in asked:
                self.filters[name].extra["choices"] = choices[name]

    def by_moves(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter((IS_MOVED if choice == ANY else MOVED[choice]).rows)

    def by_delay(self, rows: QuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter((IS_LATE if choice == "late" else FULFILLED[choice]).rows)

    def by_silence(self, rows: CommitmentAdjectives | TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.open().filter(silence(self.on)[choice].rows)


class CommitmentFilter(ItemFilter):
    ORDERS = {
        "due": F("due"),
        "code": F("code"),
        "project": F("project__title"),
        "verified": F("verified_progress"),
        "claimed": F("claimed_progress"),
        "light": RANK,
    }

    q = text_field(_("Words in the title, code or project, or an acronym"), method="with_words")
    agency = text_field(_("Agency: acronym, or words of its name"), method="of_agency")
    sector = choice_filter(_("Sector"), "of_sector")
    due = choice_filter(
        _("Due date"),
        "by_date",
        ("overdue", _("Passed, and not fulfilled")),
        ("soon", _("Within 30 days")),
        ("any", _("Published")),
        (NONE, _("Not published")),
    )
    due_from = DateFilter(label=_("Due from"), field_name="due", lookup_expr="gte")
    due_to = DateFilter(label=_("Due until"), field_name="due", lookup_expr="lte")
    objective = choice_filter(_("Objective"), "of_objective")
    principle = choice_filter(_("Principle"), "of_principle")
    enabler = choice_filter(_("Enabler"), "of_enabler")
    binds = choice_filter(
        _("Who answers for it"), "of_whom", ("published", _("Published agencies")), *Commitment.Binds.choices
    )
    printed = choice_filter(
        _("Status printed by the government"), "as_printed", ("any", _("Printed")), (NONE, _("None printed"))
    )
    project = django_filters.ModelChoiceFilter(
        label=_("Project"),
        queryset=Project.objects.only("pk", "slug", "title"),
        to_field_name="slug",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("There is no project with this address.")},
    )
    moved = choice_filter(_("Moves of its date"), "by_moves", *moved_choices())
    delay = choice_filter(pgettext_lazy("filter", "Fulfilled"), "by_delay", *delay_choices())
    silence = choice_filter(_("Last heard of"), "by_silence", *SILENCE_WORDS.items())
    light = light_filter("commitment")
    # The rows are the day's already (`as_of.on_a_day`): this keeps the day while other filters change, and takes it off.
    on = django_filters.CharFilter(label=_("As it stood on"), method="as_it_stood", widget=forms.HiddenInput)

    def as_it_stood(self, rows: CommitmentAdjectives, name: str, day: str) -> QuerySet:
        return rows

    def with_words(self, rows: CommitmentAdjectives, name: str, text: str) -> QuerySet:
        return rows.matching(text)

    def of_agency(self, rows: CommitmentAdjectives, name: str, text: str) -> QuerySet:
        return rows.naming(agencies_called(text))

    def of_sector(self, rows: CommitmentAdjectives, name: str, key: str) -> QuerySet:
        return rows.of_sector(key)

    def by_date(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        match choice:
            case "overdue":
                return rows.overdue(self.on)
            case "soon":
                return rows.due_between(self.on, self.on + timedelta(days=DUE_SOON_DAYS))
        return rows.filter(due__isnull=choice == NONE)

    def of_objective(self, rows: CommitmentAdjectives, name: str, number: str) -> QuerySet:
        aligned = {rows.OBJECTIVE: None} if number == NONE else {f"{rows.OBJECTIVE}__number": int(number)}
        return rows.filter(**aligned)

    def of_principle(self, rows: CommitmentAdjectives, name: str, number: str) -> QuerySet:
        return rows.filter(project__in=Project.objects.filter(principles__number=int(number)).order_by())

    def of_enabler(self, rows: CommitmentAdjectives, name: str, number: str) -> QuerySet:
        return rows.filter(project__enabler__number=int(number))

    def of_whom(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        if choice == "published":
            return rows.exclude(binds=Commitment.Binds.NONE_PUBLISHED)
        return rows.filter(binds=choice)

    def as_printed(self, rows: CommitmentAdjectives, name: str, choice: str) -> QuerySet:
        return rows.filter(printed_status="") if choice == NONE else rows.exclude(printed_status="")


class TaskFilter(ItemFilter):
    """Tasks whose words are public: confirmed or cancelled."""

    ORDERS = {
        "due": F("due"),
        "code": F("code"),
        "verified": F("verified_progress"),
        "claimed": F("claimed_progress"),
        "light": RANK,
    }

    agency = text_field(_("Agency: acronym, or words of its name"), method="of_agency")
    due = choice_filter(
        _("Due date"),
        "by_date",
        ("overdue", _("Passed, and not fulfilled")),
        ("soon", _("Within 30 days")),
        (NONE, _("Without a date")),
    )
    sector = choice_filter(_("Sector"), "of_sector")
    review = choice_filter(_("Review"), "in_review", ("waiting", _("A follow-up waits for review")))
    moved = choice_filter(_("Moves of its date"), "by_moves", *moved_choices())
    delay = choice_filter(pgettext_lazy("filter", "Fulfilled"), "by_delay", *delay_choices())
    silence = choice_filter(_("Last heard of"), "by_silence", *SILENCE_WORDS.items())
    objective = choice_filter(_("Objective"), "of_objective")
    principle = choice_filter(_("Principle"), "of_principle")
    light = light_filter("task")

    def of_sector(self, rows: TaskQuerySet, name: str, key: str) -> QuerySet:
        return rows.filter(Q(agency__key=key) | Q(agency__parent__key=key))

    def of_objective(self, rows: TaskQuerySet, name: str, number: str) -> QuerySet:
        project = "commitment__project__objective"
        return rows.filter(**({project: None} if number == NONE else {f"{project}__number": int(number)}))

    def of_principle(self, rows: TaskQuerySet, name: str, number: str) -> QuerySet:
        serving = Project.objects.filter(principles__number=int(number)).order_by()
        return rows.filter(commitment__project__in=serving)

    def of_agency(self, rows: TaskQuerySet, name: str, text: str) -> QuerySet:
        return rows.filter(agency__in=agencies_called(text).order_by())

    def by_date(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        match choice:
            case "overdue":
                return rows.overdue(self.on)
            case "soon":
                return rows.due_between(self.on, self.on + timedelta(days=DUE_SOON_DAYS))
        return rows.filter(due=None)

    def in_review(self, rows: TaskQuerySet, name: str, choice: str) -> QuerySet:
        return rows.filter(pk__in=FollowUp.objects.filter(state=FollowUp.State.SUBMITTED).values("task"))


class AgencyFilter(Filters):
    ORDERS = {"name": F("name")}
    PAGE_PARAMS = ()

    q = text_field(_("Acronym, or words of the name"), method="with_words")
    seat = choice_filter(_("Focal point"), "by_seat", ("vacant", _("Open tasks, and nobody appointed")))

    def with_words(self, rows: AgencyQuerySet, name: str, text: str) -> QuerySet:
        return rows.matching(text)

    def by_seat(self, rows: AgencyQuerySet, name: str, choice: str) -> QuerySet:
        return without_focal_point(rows, self.on)
