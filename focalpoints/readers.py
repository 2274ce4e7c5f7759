"""Who reads, as far as it decides which rows they may see: an argument of prepared queries."""

from typing import NamedTuple

from focalpoints.models import User
from focalpoints.models.user import Standing
from focalpoints.rules import Person


class Reader(NamedTuple):
    """`roles` decide what a query says, `agencies` are values in it."""

    roles: frozenset[str]
    agencies: tuple[int, ...]


NOBODY = Reader(frozenset(), ())


def reader(user: Person) -> Reader:
    if not isinstance(user, User):
        return NOBODY
    return Reader(user.standing.roles, tuple(sorted(user.standing.agency_ids)))


def somebody(roles: frozenset[str], agencies: tuple[int, ...]) -> User:
    """Anybody with that standing, for the querysets that ask who reads."""
    person = User()
    person.standing = Standing(roles, frozenset(agencies))
    return person
