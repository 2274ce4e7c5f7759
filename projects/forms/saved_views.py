"""The lists of the site that can be saved by name: what the address of each may ask, and what it finds. The forms that save one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from focalpoints.models import Agency, User
from focalpoints.pages.fields import NameField, OneLine
from focalpoints.pages.kit import CorrectionForm, VerbForm
from focalpoints.pages.parameters import shown_name
from focalpoints.rules import Person, is_coordinator
from focalpoints.workflow import StrOrPromise
from projects.forms.agencies import AgencyFilter
from projects.forms.calendar import CalendarForm
from projects.forms.commitments import CommitmentFilter
from projects.forms.review_queue import QueueForm
from projects.forms.searching import SearchForm
from projects.forms.tasks import TaskFilter
from projects.models import Commitment, FollowUp, Request, SavedView, SearchDocument, Task
from projects.models.saved_view import LONGEST_QUERY
from projects.reading.calendar import due_rows
from projects.reading.changes import scope_of
from projects.reading.day import Day
from projects.reading.list_changes import ListScope, Parts, about_rows, date_moves
from projects.reading.lists.filter_form import Filters
from projects.reading.review_queue import Kind, review_queue
from projects.search.asking import terms_of

# What an address may carry that is no part of what it lists: the place in it, a past day, since when changes are told.
NOT_SAVED = {"page", "on", "since", "until"}


class WithChips(Protocol):
    label: StrOrPromise
    value: StrOrPromise


@dataclass(frozen=True, slots=True)
class ListFound:
    """What a saved list finds for a reader now. With `problems` it finds nothing: its filters, some gone, would show too much.

    `counted` are its rows by kind; `found` gives the events about them.
    """

    problems: Sequence[str] = ()
    answers: Sequence[tuple[StrOrPromise, StrOrPromise]] = ()
    counted: Sequence[QuerySet[Any]] = ()
    found: Parts = field(default=list)

    def changes(self, after: int = 0) -> ListScope:
        return ListScope("view", None, self.found, after)


@dataclass(frozen=True, slots=True)
class SavableList:
    """A list by its label, the names that its address may carry, and how it finds its rows for a reader."""

    label: StrOrPromise
    names: frozenset[str]
    find: Callable[[QueryDict, Person, str], ListFound]
    may: Callable[[Person], bool] = lambda user: True


def _filtered(kind: str, filters: Filters) -> ListFound:
    if not filters.is_valid():
        return ListFound(_errors(filters.form))
    rows = filters.qs.order_by()
    answers = [(chip.label, chip.value) for chip in filters.chips]
    return ListFound((), answers, (rows,), about_rows({kind: rows.values("pk")}))


def _commitments(query: QueryDict, user: Person, key: str) -> ListFound:
    day = Day.today()
    return _filtered("commitment", CommitmentFilter(query, CommitmentFilter.listed(day), on=day.on))  # type: ignore[arg-type]


def _tasks(query: QueryDict, user: Person, key: str) -> ListFound:
    day = Day.today()
    return _filtered("task", TaskFilter(query, TaskFilter.listed(day), on=day.on))  # type: ignore[arg-type]


def _agencies(query: QueryDict, user: Person, key: str) -> ListFound:
    return _filtered("agency", AgencyFilter(query, Agency.objects.registered(), on=Day.today().on))


def _calendar(query: QueryDict, user: Person, key: str) -> ListFound:
    """The month that it names, or else the present one."""
    form = CalendarForm(query, user=user, on=Day.today().on)
    if not form.is_valid():
        return ListFound(_errors(form))
    month, day, agencies = form.cleaned_data["month"], form.cleaned_data["day"], form.agencies
    keys = () if agencies is None else tuple(agencies.order_by().values_list("pk", flat=True))
    days = {"due__gte": day or month.first, "due__lte": day or month.last}
    rows = dict(due_rows(keys, agencies is not None, form.cleaned_data["kind"], **days))
    asked = [(_("Month"), str(month))] if query.get("month") else []
    answers = [*asked, *((chip.label, chip.value) for chip in form.chips)]
    keys_by_kind = {kind: found.order_by().values("pk") for kind, found in rows.items()}
    return ListFound((), answers, list(rows.values()), about_rows(keys_by_kind))


def _search(query: QueryDict, user: Person, key: str) -> ListFound:
    form = SearchForm(query)
    if not form.is_valid() or not form.cleaned_data["q"]:
        return ListFound(_errors(form) or [_("It searches for nothing.")])
    text, kind = form.cleaned_data["q"], form.cleaned_data["kind"]
    terms = terms_of(text)
    seen = SearchDocument.objects.visible_to(user)
    documents = {name: seen.saying(name, terms) for name in _SEARCHED if kind in ("", name)}
    return ListFound((), [(_("Words"), text)], list(documents.values()), about_rows(documents))


def _changes(kind: str) -> Callable[[QueryDict, Person, str], ListFound]:
    def find(query: QueryDict, user: Person, key: str) -> ListFound:
        scope = scope_of(kind, key) if bool(kind) is bool(key) and (kind not in _NUMBERED or key.isdecimal()) else None
        if scope is None:
            return ListFound([_("The part of the strategy that it shows is no longer there.")])
        return ListFound((), [(_("Part of the strategy"), scope.title)] if kind else (), (), scope.parts)

    return find


def _slippage(query: QueryDict, user: Person, key: str) -> ListFound:
    return ListFound(found=date_moves)


def _queue(query: QueryDict, user: Person, key: str) -> ListFound:
    form = QueueForm(query)
    if not form.is_valid():
        return ListFound(_errors(form))
    keys: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for item in review_queue(cast(User, user), form.asked).items:  # only coordinators have this list
        keys[item.kind].append(item.pk)
    rows: dict[str, QuerySet[Any]] = {
        "follow-up": FollowUp.objects.filter(pk__in=keys[Kind.FOLLOW_UP]),
        "request": Request.objects.filter(pk__in=keys[Kind.REQUEST]),
        "task": Task.objects.filter(pk__in=keys[Kind.PROPOSAL]),
        "commitment": Commitment.objects.filter(pk__in=keys[Kind.ASSESSMENT]),
    }
    counted = [found.order_by() for found in rows.values()]
    return ListFound(
        (), form.answers, counted, about_rows({kind: found.order_by().values("pk") for kind, found in rows.items()})
    )


_NUMBERED = {"objective", "principle"}
_SEARCHED = ("commitment", "task", "project", "agency", "follow-up")


def _names(*names: str) -> frozenset[str]:
    return frozenset(names) - NOT_SAVED


LISTS: dict[str, SavableList] = {
    "projects:commitment_list": SavableList(gettext_lazy("Commitments"), _names(*CommitmentFilter.params()), _commitments),
    "projects:task_list": SavableList(gettext_lazy("Tasks"), _names(*TaskFilter.params()), _tasks),
    "projects:agency_list": SavableList(gettext_lazy("Agencies"), _names(*AgencyFilter.params()), _agencies),
    "projects:calendar": SavableList(
        gettext_lazy("Calendar"), _names("kind", "mine", "view", "agency", "day", "month"), _calendar
    ),
    "projects:search": SavableList(gettext_lazy("Search"), _names("q", "kind"), _search),
    "projects:slippage": SavableList(gettext_lazy("Dates that moved"), _names("order", "all"), _slippage),
    "projects:review_queue": SavableList(gettext_lazy("Review"), _names(*QueueForm.NAMES), _queue, is_coordinator),
    "projects:changes": SavableList(gettext_lazy("What changed"), frozenset(), _changes("")),
    **{
        f"projects:{kind}_changes": SavableList(gettext_lazy("What changed"), frozenset(), _changes(kind))
        for kind in ("commitment", "project", "objective", "principle", "agency")
    },
}  # fmt: skip


def canonical(page: str, data: QueryDict) -> str:
    """What an address of this page asks for, always in the same words."""
    known = LISTS[page].names
    return urlencode([(name, value) for name in sorted(data) if name in known for value in data.getlist(name) if value])


def address_of(page: str, key: str, query: str) -> str:
    """Where the list stands; empty where no page has such an address any more."""
    try:
        return reverse(page, args=[int(key) if key.isdecimal() and len(key) < 10 else key] if key else []) + (
            f"?{query}" if query else ""
        )
    except NoReverseMatch:
        return ""


def found_by(view: SavedView, user: Person) -> ListFound:
    """What the view finds now, with this reader's rights."""
    savable = LISTS.get(view.page)
    if savable is None or not savable.may(user) or not address_of(view.page, view.key, ""):
        return ListFound([_("The list that it shows is no longer there, or is not yours to read.")])
    asked = QueryDict(view.query)
    if gone := [name for name in asked if name not in savable.names]:
        said = _("Its list no longer has the filter “%(name)s”.")
        return ListFound([said % {"name": shown_name(name)} for name in gone])
    return savable.find(asked, user, view.key)


def _errors(form: forms.Form) -> list[str]:
    """Each error with the name of its field."""
    return [
        f"{form.fields[name].label}: {error}" if name in form.fields and form.fields[name].label else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]


class ViewFields(forms.Form):
    name = NameField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a name.")},
        help_text=gettext_lazy("By which you find it again, for example “Late in my sector”."),
    )
    is_shared = forms.BooleanField(label=gettext_lazy("Share it with the coordination office"), required=False)

    def keep_private(self, user: Person) -> None:
        """Only coordinators are asked whether they share it."""
        if not is_coordinator(user):
            del self.fields["is_shared"]


class SaveViewForm(ViewFields, VerbForm):
    page = forms.ChoiceField(
        widget=forms.HiddenInput,
        choices=[(name, name) for name in LISTS],
        error_messages={"invalid_choice": gettext_lazy("This page cannot be saved.")},
    )
    key = OneLine(widget=forms.HiddenInput, max_length=80, required=False)
    query = OneLine(widget=forms.HiddenInput, max_length=LONGEST_QUERY, required=False)

    def __init__(self, data: QueryDict | None = None, *, user: Person, initial: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(initial))
        self.user = user
        self.keep_private(user)

    def clean(self) -> dict[str, Any]:
        """Refuses what could never be shown: filters that its list would not take."""
        data = super().clean() or {}
        if {"page", "key", "query"} <= data.keys():
            data["query"] = canonical(data["page"], QueryDict(data["query"]))
            view = SavedView(page=data["page"], key=data["key"], query=data["query"])
            if problems := found_by(view, self.user).problems:
                raise ValidationError([ValidationError(problem, code="filters") for problem in problems])
        return data


class ViewCorrectionForm(ViewFields, CorrectionForm):
    def __init__(self, data: QueryDict | None = None, *, row: SavedView, user: Person) -> None:
        super().__init__(data, row=row, initial={"name": row.name, "is_shared": row.is_shared})
        self.user = user
        self.keep_private(user)
