"""May this person? Plain questions about a user's standing today. `projects/rules.py` asks them of its own rows."""

from collections.abc import Callable
from copy import copy
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from focalpoints.models import Agency, Role, User
from focalpoints.models.user import standing_of
from focalpoints.sql.prepared import prepared

Person = User | AnonymousUser


def has_role(user: Person, kind: str) -> bool:
    return isinstance(user, User) and kind in user.standing.roles


def is_coordinator(user: Person) -> bool:
    """Works in the coordination office (CEDN): reviews, and keeps projects, commitments and tasks."""
    return has_role(user, Role.Kind.COORDINATOR)


def is_administrator(user: Person) -> bool:
    """Keeps agencies, people, appointments and roles."""
    return has_role(user, Role.Kind.ADMINISTRATOR)


def is_system(user: Person) -> bool:
    """The account of loads and scheduled jobs."""
    return has_role(user, Role.Kind.SYSTEM)


def is_focal_point(user: Person) -> bool:
    """Holds an active appointment in some agency."""
    return isinstance(user, User) and bool(user.standing.agency_ids)


def acts_for(user: Person, agency: Agency | int | None) -> bool:
    """Holds an active appointment in this agency (row or primary key)."""
    agency_id = agency.pk if isinstance(agency, Agency) else agency
    return isinstance(user, User) and agency_id in user.standing.agency_ids


def keeps_catalogue(user: Person) -> bool:
    """May create and correct what the strategy promised: coordinators, and the load of reference data."""
    return is_coordinator(user) or is_system(user)


def keeps_agencies(user: Person) -> bool:
    """May keep agencies and people: administrators, and the load of reference data."""
    return is_administrator(user) or is_system(user)


def keeps_person(user: Person, person: User) -> bool:
    """May change this account. The system's own is nobody's to change."""
    return is_administrator(user) and not is_system(person)


def deactivates(user: Person, person: User) -> bool:
    """May take this person's access away. Nobody takes their own: somebody must be left who can give it back."""
    return keeps_person(user, person) and user.pk != person.pk


def gives_roles(user: Person, person: User) -> bool:
    """May propose this person for a role. Nobody gives one to themselves."""
    return keeps_person(user, person) and user.pk != person.pk


def decides_on_roles(user: Person) -> bool:
    """May confirm or refuse roles, if not each."""
    return is_coordinator(user) or is_administrator(user)


def confirms(user: Person, role: Role) -> bool:
    """May confirm or refuse this role: neither who gave it nor who gets it."""
    return decides_on_roles(user) and user.pk not in {role.given_by_id, role.user_id}


def confirmers(given_by: User, to: User) -> QuerySet[User]:
    """Everybody who `confirms` a role that one gives to the other, and can sign in."""
    roles = Role.objects.active().filter(kind__in=[Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR])
    return User.objects.active().filter(pk__in=roles.values("user")).exclude(pk__in=[given_by.pk, to.pk])


def coordinator_since(user: Person) -> datetime | None:
    """Since when the coordinator's role that this person holds gives its rights; None where they hold none. One query."""
    if not isinstance(user, User):
        return None
    return next(iter(_coordinator_since(user.pk)), None)


@prepared("person")
def _coordinator_since(person: int) -> QuerySet[Role, datetime | None]:
    held = Role.objects.active().filter(user=person, kind=Role.Kind.COORDINATOR)
    return held.order_by().values_list("in_force_at", flat=True)[:1]


def office_of(user: User, agency: Agency | None = None) -> str:
    """The office the ledger names: the agency a person acted for, else the coordination office or the system."""
    if agency is not None:
        return agency.key
    return "system" if is_system(user) else "CEDN"


def fresh(user: Person) -> User:
    """Who acts, as they may now: powers that ended a moment ago are gone. Raises PermissionDenied for nobody or a deactivated account."""
    if not isinstance(user, User) or not user.pk or (standing := standing_of(user.pk)) is None:
        raise PermissionDenied
    by = copy(user)
    by.standing = standing
    return by


def acting(user: Person, may: Callable[..., bool], *subject: object) -> User:
    """Who acts, read again: every verb's first question. Raises PermissionDenied unless `may(user, *subject)`."""
    by = fresh(user)
    if not may(by, *subject):
        raise PermissionDenied
    return by


@prepared("pk")
def account(pk: int) -> QuerySet[User]:
    """The account with this key, unless it is deactivated."""
    return User.objects.active().filter(pk=pk)
