"""The fictional people who ask for pages and log follow-ups: signed in without a password, by sessions that are deleted afterwards."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management.base import CommandError
from django.db.models import Count, Q
from django.utils.crypto import get_random_string

from edn_portal.accounts.sessions import BEGAN, SEEN
from focalpoints import clock
from focalpoints.models import Appointment, Role, User
from projects.models import FollowUp, Task
from projects.models.task import TaskQuerySet

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
CSRF_SECRET = 32
FOCAL_POINTS = 60


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """A person with the cookies that sign them in and the token that their forms carry."""

    user: User
    cookies: dict[str, str]

    @property
    def token(self) -> str:
        return self.cookies[settings.CSRF_COOKIE_NAME]


@contextmanager
def signed_in(users: Sequence[User]) -> Iterator[list[SignedInPerson]]:
    sessions, people = [], []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[BEGAN] = session[SEEN] = time.time()  # else the first page of each would write it
        session.create()
        sessions.append(session)
        cookies = {
            settings.SESSION_COOKIE_NAME: session.session_key,
            settings.CSRF_COOKIE_NAME: get_random_string(CSRF_SECRET),
        }
        people.append(SignedInPerson(user, cookies))
    try:
        yield people
    finally:
        for session in sessions:
            session.delete()


def busiest_focal_points() -> list[User]:
    """The fictional focal points whose agencies have the most tasks on which a follow-up can be logged, the busiest first."""
    busiest = (
        Appointment.objects.focal_points()
        .active(clock.today())
        .filter(user__is_active=True, user__is_fictional=True)
        .annotate(tasks=Count("agency__tasks", filter=Q(agency__tasks__in=free_tasks().values("pk"))))
        .order_by("-tasks", "pk")
        .select_related("user")[:FOCAL_POINTS]
    )
    if not busiest:
        raise CommandError("Nobody fictional is appointed here: run it on a demonstration or on what seed_scale made.")
    return list({appointment.user_id: appointment.user for appointment in busiest}.values())


def holders_of(kind: str) -> list[User]:
    """The fictional people with this role."""
    roles = Role.objects.active().filter(kind=kind, user__is_active=True, user__is_fictional=True).order_by("pk")
    if not roles:
        raise CommandError(f"Nobody fictional is {kind} here: run it on a demonstration or on what seed_scale made.")
    return [role.user for role in roles.select_related("user")]


def free_tasks() -> TaskQuerySet:
    """Tasks on which a follow-up can be logged: open, and none is in hand."""
    return Task.objects.open().exclude(pk__in=FollowUp.objects.in_hand().values("task"))
