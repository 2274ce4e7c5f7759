"""What every page shows around its content: navigation, bell, language switch, banners."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.pages import typed_text
from focalpoints.pages.addresses import page
from focalpoints.pages.page_cache import past_day_refused
from focalpoints.rules import Person, is_administrator, is_coordinator, is_focal_point
from focalpoints.sql.prepared import prepared
from projects.models import Notice
from projects.rules import gets_notices, reads_reminders

MOST_COUNTED = 99
LABELS = {
    "projects:board": _("Board"),
    "projects:commitment_list": _("Commitments"),
    "projects:calendar": _("Calendar"),
    "projects:principle_list": _("Principles"),
    "projects:agency_list": _("Agencies"),
    "projects:my_work": _("My work"),
    "projects:review_queue": _("Review"),
    "projects:reminders": _("Reminders"),
    "focalpoints:administration": _("Administration"),
}
WORK: dict[str, Callable[[Person], bool]] = {
    "projects:my_work": is_focal_point,
    "projects:review_queue": is_coordinator,
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
        "text_left_over": hasattr(request, "session") and hasattr(request, "user") and typed_text.is_left_over(request),
    }


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
