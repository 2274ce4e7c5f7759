"""How a coordinator works the review queue: one decision or the other on what is open, then the next item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.models import Entry
from focalpoints.pages.kit import revision_in
from focalpoints.workflow import NotPossible, StrOrPromise
from projects.models import DateChange, FollowUp


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the buttons of a decision: its form, its verb, and what is then said (of `code` and `folio`)."""

    form: type[forms.Form]
    verb: Callable[..., Entry]
    said: StrOrPromise


def decide[Subject: FollowUp | DateChange](
    request: HttpRequest,
    subject: Subject,
    choices: Mapping[str, Choice],
    *,
    page: Callable[..., HttpResponse],
    why_not: Callable[[Subject, NotPossible], str],
    next_address: Callable[[HttpRequest, Subject], str],
) -> HttpResponse:
    """Carry out what was pressed, and go on; what does not work comes back on the `page` with what was typed."""
    choice = choices.get(request.POST.get("decision", ""))
    form = (choice or next(iter(choices.values()))).form(request.POST)
    if choice is None:
        form.add_error(None, _("Choose one of the two buttons."))
    if choice is None or not form.is_valid():
        return page(request, subject, form, revision=request.POST.get("revision"))
    try:
        entry = choice.verb(
            subject, by=request.user, revision=revision_in(request.POST), comment=form.cleaned_data["comment"]
        )
    except NotPossible as refusal:
        form.add_error(None, why_not(subject, refusal))
        return page(request, subject, form, status=409)
    messages.success(request, choice.said % {"code": subject.code, "folio": entry.folio})
    return redirect(next_address(request, subject))


def next_in(page: str, following: str | None, query: str = "") -> str:
    """The address of what follows in the queue, by its code; of the empty queue where nothing does. `query` travels along."""
    return (reverse(page, args=[following]) if following else reverse("projects:review_queue")) + query
