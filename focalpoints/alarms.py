"""What administrators must look at now. Apps above add theirs to ALARMS when they start."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints import clock
from focalpoints.models import Role, UnsentInvitation, User
from focalpoints.models.unsent_invitation import SOON
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import StrOrPromise


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong and what to do, with the page that shows it."""

    text: StrOrPromise
    url: str
    label: StrOrPromise


def unconfirmed_roles() -> Iterator[Alarm]:
    """Roles that wait for a second person: a coordinator or another administrator."""
    if count := len(_waiting_roles()):
        text = ngettext(
            "%(count)d role waits for a second person to confirm it.",
            "%(count)d roles wait for a second person to confirm them.",
            count,
        )
        yield Alarm(text % {"count": count}, reverse("focalpoints:role_list"), _("See whose"))


def uninvited_people() -> Iterator[Alarm]:
    """Active accounts of people who were neither invited nor ever signed in: no mail goes to them."""
    if count := len(_uninvited()):
        text = ngettext(
            "%(count)d person was never invited and has not signed in: no mail goes to them.",
            "%(count)d people were never invited and have not signed in: no mail goes to them.",
            count,
        )
        url = reverse("focalpoints:person_list", query={"state": "uninvited"})
        yield Alarm(text % {"count": count}, url, _("See whom"))


@prepared()
def _uninvited() -> QuerySet[User, int]:
    return User.objects.uninvited().order_by().values_list("pk", flat=True)


def unsent_invitations() -> Iterator[Alarm]:
    """Invitations that the mail server has not taken."""
    if count := len(_stuck_invitations(clock.now() - SOON)):
        text = ngettext("%(count)d invitation could not be sent.", "%(count)d invitations could not be sent.", count)
        page = reverse("focalpoints:person_list", query={"state": "unsent"})
        yield Alarm(text % {"count": count}, page, _("See whose"))


@prepared("before")
def _stuck_invitations(before: datetime) -> QuerySet[UnsentInvitation, int]:
    return UnsentInvitation.objects.stuck(before).order_by().values_list("pk", flat=True)


@prepared()
def _waiting_roles() -> QuerySet[Role, int]:
    return Role.objects.waiting().order_by().values_list("pk", flat=True)


ALARMS: list[Callable[[], Iterable[Alarm]]] = [unconfirmed_roles, uninvited_people, unsent_invitations]


def alarms() -> list[Alarm]:
    return [alarm for watch in ALARMS for alarm in watch()]
