"""iCalendar feeds: of public commitments for everybody, of a person's tasks at a secret address, and the page where that is made."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from focalpoints import clock
from focalpoints.models import Agency
from focalpoints.pages.kit import carried_out, done, form_view, pressed, typed
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.pages.signed_in import person
from focalpoints.sql.spanish import InSpanish
from projects import actions
from projects.forms.calendar import CalendarAgencyForm, FeedForm
from projects.models import CalendarFeed, Commitment, Task
from projects.reading.icalendar import (
    CONTENT_TYPE,
    MOST_AHEAD,
    MOST_PAST,
    calendar,
    deadlines_of_commitments,
    deadlines_of_tasks,
    webcal,
)


@public_page(unbounded=("agency",), unknown=Unknown.REFUSED)
def commitment_feed(request: HttpRequest) -> HttpResponse:
    """The commitments that the agencies asked for still owe."""
    form = CalendarAgencyForm(request.GET)
    if not form.is_valid():
        return HttpResponse(str(form.errors["agency"][0]), content_type="text/plain; charset=utf-8", status=400)
    commitments = Commitment.objects.all() if form.agencies is None else Commitment.objects.naming(form.agencies)
    about = _(
        "Public commitments of the National Digital Strategy that are still owed: those due next, and those missed last."
    )
    content = calendar(_("EDN: commitments"), about, deadlines_of_commitments(commitments, clock.today()))
    return HttpResponse(content, content_type=CONTENT_TYPE)


@login_not_required
@require_safe
@understands(unknown=Unknown.REFUSED)
def secret_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """A person's tasks, for programs that cannot sign in. 404 alike for an address never made, revoked, or of a deactivated account."""
    feed = CalendarFeed.objects.opened_by(token).select_related("owner", "agency").first()
    if feed is None:
        raise Http404
    with override(feed.owner.language):
        content = _content(feed)
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    # A shared cache between the portal and the program must keep nothing; the program asks whether its own copy still stands.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="edn.ics"'  # else a saved file is named after the secret
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _content(feed: CalendarFeed) -> bytes:
    tasks = Task.objects.of_agencies(feed.agency_ids)
    about = (
        _(
            "Tasks of %(agencies)s that are still owed: at most %(ahead)d that fall due next and %(past)d that were missed last."
        )
        % {"agencies": feed.agency or _("my agencies"), "ahead": MOST_AHEAD, "past": MOST_PAST}
        if feed.agency_ids
        else _("Empty: its owner has no appointment there now.")
    )
    name = _("EDN: %(name)s") % {"name": feed.agency or _("my tasks")}
    return calendar(name, about, deadlines_of_tasks(tasks, clock.today()) if feed.agency_ids else [])


@dataclass(frozen=True, slots=True)
class FeedShown:
    """One of the person's calendars. Whoever knows its address can read it."""

    feed: CalendarFeed
    is_empty: bool

    @property
    def address(self) -> str:
        return settings.BASE_URL + self._path

    @property
    def webcal(self) -> str:
        return webcal(self._path)

    @property
    def _path(self) -> str:
        return reverse("projects:secret_feed", args=[self.feed.token])


@form_view
def feed_list(request: HttpRequest) -> HttpResponse:
    """The calendars of somebody who answers for an agency, or did and still has an address to revoke."""
    user = person(request)
    agency_ids = user.standing.agency_ids
    feeds = list(user.calendar_feeds.filter(revoked_at=None).select_related("agency"))
    if not agency_ids and not feeds:
        raise Http404
    made = {feed.agency_id for feed in feeds}
    agencies = Agency.objects.filter(pk__in=agency_ids - made).order_by(InSpanish("name"))
    form = FeedForm(typed(request), agencies=list(agencies), with_all=None not in made)
    if carried_out(request, form, actions.make_feed):
        said = _("Your calendar has an address. Keep it to yourself: whoever has it needs no password.")
        return done(request, said, reverse("projects:feed_list"))
    for feed in feeds:
        feed.owner = user
    context = {
        "form": form,
        "rows": [FeedShown(feed, not feed.agency_ids) for feed in feeds],
        "can_make": bool(agency_ids) and bool(form.choices),
        "feed": reverse("projects:commitment_feed"),
    }
    return render(request, "projects/feed_list.html", context, status=form.status)


@never_cache
@require_POST
def feed_renew(request: HttpRequest, code: str) -> HttpResponse:
    said = _("The calendar has a new address. The old one no longer works.")
    pressed(request, actions.renew_feed, _found(request, code), said=said)
    return redirect("projects:feed_list")


@never_cache
@require_POST
def feed_revoke(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    pressed(request, actions.revoke_feed, _found(request, code), said=_("The address was revoked: it no longer works."))
    # Without an appointment or an address left, the list of feeds answers 404.
    has_more = user.standing.agency_ids or user.calendar_feeds.filter(revoked_at=None).exists()
    return redirect("projects:feed_list" if has_more else "projects:calendar")


def _found(request: HttpRequest, code: str) -> CalendarFeed:
    """Raises Http404 also for somebody else's."""
    return get_object_or_404(CalendarFeed.objects.select_related("agency"), code=code, owner=request.user)
