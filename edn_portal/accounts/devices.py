"""The browsers in which somebody has signed in before. Their guesses at a secret are counted apart from a stranger's (`throttle`).

A signed cookie says for whom; it opens nothing. A new password ends it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from focalpoints.models import User

SALT = "edn_portal.accounts.devices"
LASTS = 365 * 24 * 60 * 60  # seconds since somebody last signed in there
MOST = 10  # people of a shared computer, the latest


class KnownPerson(NamedTuple):
    """What the cookie says of one person: their code, what the browser is called for them, and a digest of their password's hash."""

    code: str
    device: str
    password: str


def device_of(request: HttpRequest, person: User | None) -> str:
    """What this browser is called for that person; empty where they have not signed in here, or not with this password."""
    return next((known.device for known in _known(request) if person and _is_of(known, person)), "")


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Let the browser say from now on that this person has signed in with it."""
    device = device_of(request, person) or get_random_string(16)
    others = [known for known in _known(request) if known.code != person.code]
    cookie = signing.dumps([KnownPerson(person.code, device, _digest(person)), *others[: MOST - 1]], salt=SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        cookie,
        max_age=LASTS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> Iterator[KnownPerson]:
    try:
        said = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return
    for code, device, password in said:
        yield KnownPerson(code, device, password)


def _is_of(known: KnownPerson, person: User) -> bool:
    return known.code == person.code and constant_time_compare(known.password, _digest(person))


def _digest(person: User) -> str:
    return salted_hmac(SALT, person.password, algorithm="sha256").hexdigest()[:32]
