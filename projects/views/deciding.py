"""How a coordinator works through the review queue: decide on one item, then go on to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.models import Entry, User
from focalpoints.pages.kit import VerbForm, done, revision_in
from focalpoints.pages.signed_in import person
from focalpoints.pages.typed_text import take_back
from focalpoints.rules import is_coordinator
from focalpoints.workflow import NotPossible, StrOrPromise
from projects.forms.review_queue import QueueForm
from projects.models import FollowUp, Request
from projects.reading.review_queue import AHEAD, Kind, PlaceInQueue, QueueAsked, WaitingItem, review_queue


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the two buttons: the form that it sends, its verb, and the message that follows (with `code` and `folio`, or `count`)."""

    form: type[VerbForm]
    verb: Callable[..., Entry | list[Entry]]
    said: StrOrPromise


@dataclass(frozen=True, slots=True)
class Desk[Subject: (FollowUp, Request)]:
    """How one kind of item is decided: by whom, in which state, with which buttons, on which page."""

    may: Callable[[User, Subject], bool]
    waiting: str
    choices: Mapping[str, Choice]
    page: Callable[[HttpRequest, Subject, VerbForm], HttpResponse]
    # The words for a verb's refusal.
    why_not: Callable[[Subject, NotPossible], str]
    # The name of the page for what is decided already, and the address of what to decide next.
    closed: str
    following: Callable[[HttpRequest, Subject], str]


def reviewed[Subject: (FollowUp, Request)](request: HttpRequest, subject: Subject, desk: Desk[Subject]) -> HttpResponse:
    """The answer to both requests: the page on which the item is decided, and the button that was pressed there."""
    if request.method == "POST":
        if not desk.may(person(request), subject):
            raise PermissionDenied
        return _decided(request, subject, desk)
    if not is_coordinator(request.user):
        raise Http404
    if subject.state != desk.waiting:
        return redirect(desk.closed, subject.code)
    return desk.page(request, subject, _first(desk).form(take_back(request)))


def _decided[Subject: (FollowUp, Request)](request: HttpRequest, subject: Subject, desk: Desk[Subject]) -> HttpResponse:
    """Carry out what was pressed and go on to the next item; where that does not work, show the page again with what was typed."""
    choice = desk.choices.get(request.POST.get("decision", ""))
    following = _next_as_shown(request) or desk.following(
        request, subject
    )  # while this one still has its place in the queue
    form = (choice or _first(desk)).form(request.POST)
    if choice is None:
        form.add_error(None, _("Choose one of the two buttons."))
    if choice is None or not form.is_valid():
        return desk.page(request, subject, form)
    try:
        entry: Any = choice.verb(subject, by=person(request), revision=revision_in(request.POST), **form.arguments)
    except NotPossible as refusal:
        form.refuse(NotPossible(desk.why_not(subject, refusal)))
        return desk.page(request, subject, form)
    said = choice.said % {"code": subject.code, "folio": entry.folio}
    return done(request, said, following)


def name_of(item: WaitingItem | None) -> str:
    """Of what comes next, as the page's form brings it back: so a decision looks for no place in the queue."""
    return f"{item.kind}:{item.code}" if item else ""


def _next_as_shown(request: HttpRequest) -> str:
    """The address of what the page said comes next, if it still waits; empty where that has to be looked for."""
    kind, _colon, code = request.POST.get("next", "").partition(":")
    if kind not in PAGES or "\0" in code:
        return ""
    rows = FollowUp.objects if kind == Kind.FOLLOW_UP else Request.objects
    if not rows.waiting().filter(code=code).exists():
        return ""
    return reverse(PAGES[Kind(kind)], args=[code]) + query_of(request)


def _first(desk: Desk) -> Choice:
    return next(iter(desk.choices.values()))


def revision_seen(subject: FollowUp | Request, form: VerbForm) -> object:
    """The revision that the form is sent with: the one the person had on screen; after a refusal, that of what they see now."""
    seen = None if form.refusal else form.data.get("revision")
    return subject.revision if seen is None else seen


PAGES = {Kind.FOLLOW_UP: "projects:follow_up_review", Kind.REQUEST: "projects:request_review"}


def query_of(request: HttpRequest) -> str:
    """The queue's filter as a query string, which goes along from item to item; empty where it is none."""
    form = QueueForm(request.GET)
    return form.query() if form.is_valid() else ""


def place_of(request: HttpRequest, subject: FollowUp | Request, *others: int) -> PlaceInQueue | None:
    """Where it stands in the queue that this coordinator works through; None where the filter leaves it out (`ReviewQueue.place`)."""
    form = QueueForm(request.GET)
    kind = Kind.FOLLOW_UP if isinstance(subject, FollowUp) else Kind.REQUEST
    asked = form.asked if form.is_valid() else QueueAsked()
    return review_queue(person(request), asked, AHEAD).place(kind, subject.pk, *others)


def address_after(place: PlaceInQueue | None, query: str) -> str:
    """Of what comes next, or of the queue where nothing does."""
    if place and place.following:
        return address_of(place.following, query)
    return reverse("projects:review_queue") + query


def address_before(place: PlaceInQueue | None, query: str) -> str:
    """Of what stands before it in the queue; empty where nothing does."""
    return address_of(place.before, query) if place and place.before else ""


def address_of(item: WaitingItem, query: str) -> str:
    """Of the page on which an item of these two kinds is decided."""
    return reverse(PAGES[item.kind], args=[item.code]) + query
