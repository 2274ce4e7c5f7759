"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from focalpoints import carried, clock
from focalpoints.models import User
from focalpoints.prepared import prepared
from focalpoints.readers import reader, somebody
from focalpoints.rules import is_administrator, is_coordinator, is_focal_point
from projects.models import Notice
from projects.rules import reads_reminders

MOST_COUNTED = 99


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.DEMO,
        "clock_is_shifted": clock.is_shifted(),
        "business_today": clock.today(),
        "release": settings.RELEASE,
        "address": settings.BASE_URL + request.get_full_path(),
        "nav": _navigation(request),
        "bell": _bell(request),
        "language_switch": _language_switch(request),
        "text_left_over": hasattr(request, "session") and hasattr(request, "user") and carried.is_left_over(request),
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The public sections, then the work of whoever is signed in."""
    items = [
        ("projects:board", _("Board")),
        ("projects:commitment_list", _("Commitments")),
        ("projects:calendar", _("Calendar")),
        ("projects:principle_list", _("Principles")),
        ("projects:agency_list", _("Agencies")),
    ]
    user = getattr(request, "user", None)  # an error page may come before the sign-in middleware
    if user is not None:
        work = [
            (is_focal_point, "projects:my_work", _("My work")),
            (is_coordinator, "projects:review_queue", _("Review")),
            (reads_reminders, "projects:reminders", _("Reminders")),
            (is_administrator, "focalpoints:administration", _("Administration")),
        ]
        items += [(name, label) for may, name, label in work if may(user)]
    links = []
    for name, label in items:
        url = reverse(name)
        home = name == "projects:board"
        links.append(
            {"url": url, "label": label, "active": request.path == url or (not home and request.path.startswith(url))}
        )
    return links


def _bell(request: HttpRequest) -> dict[str, Any] | None:
    """How many notices are new to whoever gets any: one query, of at most as many rows as are counted."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not (is_focal_point(user) or is_coordinator(user)):
        return None
    new = len(_unseen(user.notices_seen, *reader(user)))
    return {"count": min(new, MOST_COUNTED), "more": new > MOST_COUNTED}


@prepared("seen", "agencies")
def _unseen(seen: int, roles: frozenset[str], agencies: tuple[int, ...]) -> QuerySet[Notice, int]:
    person = somebody(roles, agencies)
    person.notices_seen = seen
    return Notice.objects.unseen_by(person).order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1]


def _language_switch(request: HttpRequest) -> dict[str, str]:
    code, label = ("en", "English") if (get_language() or "es").startswith("es") else ("es-mx", "Español")
    return {"url": translate_url(request.get_full_path(), code), "label": label, "lang": code[:2]}
