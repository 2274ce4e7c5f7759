"""Steps that the administrators' pages share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django_filters import FilterSet

from focalpoints.ledger.record import PublicState
from focalpoints.ledger.vocabulary import verb_in_words
from focalpoints.models import Agency, Entry, User
from focalpoints.pages.carried import take_back
from focalpoints.pages.kit import RevisionForm
from focalpoints.rules import is_administrator
from focalpoints.workflow import NotPossible, Stale, Subject, permitted

PER_PAGE = 50


class AdministratorRequest(HttpRequest):
    """What a guarded view gets: somebody is signed in."""

    user: User


def for_administrators[**P](
    view: Callable[Concatenate[AdministratorRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """To everybody else the page does not exist: neither to read nor to post to."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_administrator(request.user):
            raise Http404
        return view(cast(AdministratorRequest, request), *args, **kwargs)

    return guarded


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent now, or what an expired session kept."""
    return request.POST if request.method == "POST" else take_back(request)


def wrong_moment(request: AdministratorRequest, verb: str, row: Subject, back: str) -> HttpResponse | None:
    """Instead of a form that could only be refused: why, on the page it came from. What is posted hears it from the verb."""
    if request.method == "POST":
        return None
    try:
        permitted(verb, row, by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    return None


def carried_out(request: AdministratorRequest, form: forms.BaseForm, verb: Callable[..., Any]) -> bool:
    """Whether the form was sent, can be read, and `verb` did what it says.

    What the verb says against it becomes the form's error; after a lost race `form.is_stale` is set.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        verb(by=request.user, **form.cleaned_data)
    except NotPossible as refusal:
        form.add_error(None, str(refusal))
        form.is_stale = isinstance(refusal, Stale)  # type: ignore[attr-defined]
        return False
    return True


def status_of(form: forms.BaseForm) -> int:
    """409 for a lost race; a page that shows a form or its errors is otherwise an ordinary one."""
    return 409 if getattr(form, "is_stale", False) else 200


def differences_of(form: RevisionForm, row: Agency | User) -> list[dict[str, str]]:
    """After a lost race, what is there now beside what was typed; the form then takes the next press."""
    if status_of(form) != 409:
        return []
    current = type(row)._default_manager.get(pk=row.pk)
    form.see(current)
    return form.beside(current)


def told(request: AdministratorRequest, verb: Callable[..., Any], success: str) -> None:
    """Carry out a verb that has no form of its own, and say on the next page how it went."""
    try:
        verb(by=request.user)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, success)


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def filtered(filters: FilterSet) -> QuerySet[Any]:
    """Nothing while a filter is wrong: a whole list would be taken for the one that was asked for."""
    return filters.qs if filters.form.is_valid() else filters.queryset.none()


def filters_in_use(filters: FilterSet) -> int:
    return sum(1 for name in filters.form.fields if filters.form.data.get(name))


def history_of(state: PublicState) -> list[dict[str, Any]]:
    """What happened to a subject, newest first, with who did it: for administrators' eyes only."""
    entries = Entry.objects.about(state.type, state.code).select_related("by").order_by("-seq")
    return [
        {"what": verb_in_words(entry.verb), "at": entry.at, "who": entry.by.name, "folio": entry.folio}
        for entry in entries
    ]
