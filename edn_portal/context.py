"""What every page shows around its content: navigation, bell, language switch, banners."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.pages import typed_text
from focalpoints.pages.addresses import page
from focalpoints.pages.page_cache import past_day_refused
from focalpoints.rules import Person, is_administrator, is_coordinator, is_focal_point
from focalpoints.sql.prepared import prepared
from projects.codes import of_task
from projects.models import Notice
from projects.rules import gets_notices, reads_reminders
from projects.views.changes import changes
from projects.views.saved_views import saving_address
from projects.views.searching import search

MOST_COUNTED = 99
LABELS = {
    "projects:board": _("Board"),
    "projects:commitment_list": _("Commitments"),
    "projects:calendar": _("Calendar"),
    "projects:principle_list": _("Principles"),
    "projects:agency_list": _("Agencies"),
    "projects:my_work": _("My work"),
    "projects:review_queue": _("Review"),
    "projects:cockpit": _("Dashboard"),
    "projects:reminders": _("Reminders"),
    "focalpoints:administration": _("Administration"),
}
WORK: dict[str, Callable[[Person], bool]] = {
    "projects:my_work": is_focal_point,
    "projects:review_queue": is_coordinator,
    "projects:cockpit": is_coordinator,
    "projects:reminders": reads_reminders,
    "focalpoints:administration": is_administrator,
}
PUBLIC = [name for name in LABELS if name not in WORK]


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "form": None,  # for `base.html`; a page that has one gives its own
        "demo": settings.DEMO,
        "clock_is_shifted": clock.is_shifted(),
        "business_today": clock.today(),
        "release": settings.RELEASE,
        "base_url": settings.BASE_URL,
        "address": settings.BASE_URL + request.get_full_path(),
        "past_day_refused": past_day_refused(request),
        # An error page may come before the sign-in middleware: somebody signed in must not be offered to sign in.
        "is_asked_who": hasattr(request, "user"),
        "nav": _navigation(request),
        "bell": _bell(request),
        "language_switch": _language_switch(request),
        "page_tools": _page_tools(request),
        "saving_address": saving_address(request, request.resolver_match),
        "text_left_over": hasattr(request, "session") and hasattr(request, "user") and typed_text.is_left_over(request),
    }


# The page of what changed, for those of a part of the strategy; of what belongs to a commitment, the commitment's. Other pages lead to
# that of the whole.
CHANGES_OF = {
    "projects:commitment_detail": "projects:commitment_changes",
    "projects:task_detail": "projects:commitment_changes",
    "projects:follow_up_detail": "projects:commitment_changes",
    "projects:project_detail": "projects:project_changes",
    "projects:objective_detail": "projects:objective_changes",
    "projects:agency_detail": "projects:agency_changes",
    "projects:objective_report": "projects:objective_changes",
    "projects:agency_report": "projects:agency_changes",
    "projects:principle_detail": "projects:principle_changes",
}


# The report of one page, of what a page is about.
REPORT_OF = {
    "projects:board": "projects:strategy_report",
    "projects:objective_detail": "projects:objective_report",
    "projects:agency_detail": "projects:agency_report",
}


class PageTools(NamedTuple):
    """What a public page offers: addresses. `changes` is empty on the pages that tell of changes themselves; `atom` is their feed.

    `report` is empty where there is none; it is of the page's day.
    """

    changes: str
    atom: str
    cite: str
    report: str = ""


def _page_tools(request: HttpRequest) -> PageTools | None:
    """None of pages that are not public. No query."""
    match = request.resolver_match
    if match is None or not getattr(request, "is_public_page", False):
        return None
    here = f"{page('projects:cite')}?{urlencode({'of': request.get_full_path()})}"
    name, keys = _changes_of(match)
    atom = _where(f"{name}_atom", keys)
    if match.func is search and (text := request.GET.get("q", "")):
        atom = f"{page('projects:search_atom')}?{urlencode({'q': text})}"
    if match.func is changes:
        return PageTools("", atom, here)
    of, on = _where(name, keys), request.GET.get("on")
    return PageTools(f"{of}?{urlencode({'since': on})}" if on else of, atom, here, _report(match, on))


def _report(match: ResolverMatch, on: str | None) -> str:
    name = REPORT_OF.get(match.view_name)
    if name is None:
        return ""
    return _where(name, list(match.kwargs.values())) + (f"?{urlencode({'on': on})}" if on else "")


def _changes_of(match: ResolverMatch) -> tuple[str, list[Any]]:
    """The page of what changed, by its name and keys."""
    keys = [key for name, key in match.kwargs.items() if name != "kind"]
    if match.func is changes:
        return match.view_name, keys
    name = CHANGES_OF.get(match.view_name)
    if match.view_name == "projects:follow_up_detail":
        keys = [key.rpartition("-S")[0] for key in keys]
    if match.view_name in {"projects:task_detail", "projects:follow_up_detail"}:
        keys = list(filter(None, map(of_task, keys)))  # a mistyped code names no commitment
    return (name, keys) if name and keys else ("projects:changes", [])


def _where(name: str, keys: list[Any]) -> str:
    return reverse(name, args=keys) if keys else page(name)


class NavigationSection(NamedTuple):
    url: str
    label: str
    active: bool


def _navigation(request: HttpRequest) -> tuple[NavigationSection, ...]:
    """The public sections, then those for the work of the person signed in."""
    names = list(PUBLIC)
    user = getattr(request, "user", None)  # an error page may come before the sign-in middleware
    if user is not None:
        names += [name for name, may in WORK.items() if may(user)]
    return tuple([_section(name, request.path) for name in names])


def _section(name: str, path: str) -> NavigationSection:
    url = page(name)
    home = name == "projects:board"
    return NavigationSection(url, str(LABELS[name]), path == url or (not home and path.startswith(url)))


def _bell(request: HttpRequest) -> dict[str, Any] | None:
    """How many new notices this person has, up to MOST_COUNTED. None for people who get none. One query."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not gets_notices(user):
        return None
    new = len(_unseen(user))
    return {"count": min(new, MOST_COUNTED), "more": new > MOST_COUNTED}


@prepared()
def _unseen(user: User) -> QuerySet[Notice, int]:
    return Notice.objects.unseen_by(user).order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1]


def _language_switch(request: HttpRequest) -> dict[str, str]:
    """The link to this page in the other language. The addresses differ only in how that of the board begins."""
    code, label = ("en", "English") if (get_language() or "es").startswith("es") else ("es-mx", "Español")
    here = page("projects:board")
    with override(code):
        there = page("projects:board")
    return {"url": there + request.get_full_path().removeprefix(here), "label": label, "lang": code[:2]}
