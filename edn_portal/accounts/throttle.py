"""How often somebody may try a password or a code, or ask for a new password, and how the tries are counted.

A try is counted before anything is hashed, where every process sees it, and given back when the secret was right: a crowd of
simultaneous tries cannot slip through. Wrong guesses count by account and place, so that nobody locks the owner out from elsewhere.
A place is a network or, where the person has signed in before, the browser (`devices`).
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import BaseCache, caches
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

IPV6_NETWORK = 48  # whoever asks is given as much, and would be many otherwise
LONGEST_IN_MINUTES = 120  # what is longer is said in hours


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts within so many seconds."""

    name: str
    amount: int
    seconds: int


PLACE = Limit("place", 5, 15 * 60)  # wrong secrets of one account from one place
DAY = Limit("day", 20, 24 * 60 * 60)  # wrong secrets of one account from unknown places, all together
# Wrong secrets from one network, behind which a whole ministry may sit: a 24th of a core's hashing.
NETWORK = Limit("network", 100, 10 * 60)
# Right ones too, of one account from one place: whoever has a password cannot keep the server hashing with it.
OFTEN = Limit("often", 60, 10 * 60)
# Mails with a link to a new password. Each opens for an hour: where all five were asked for by somebody else, the owner has five that open.
RESET = Limit("reset", 5, 60 * 60)
ADDRESS = Limit("address", 100, 60)  # mails and passkeys, from one network


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted attempt."""

    key: str
    at: float
    limit: Limit


class Throttled(Exception):
    """Too many attempts; the next is possible in `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def count(*limits: tuple[Limit, str]) -> list[Attempt]:
    """Count one attempt on each limit and what it is of: an account, a place or both. Raises Throttled, and then counts on none.

    Two at once are counted one by one.
    """
    keys = [(_key(limit, of), limit) for limit, of in limits]
    with _alone_with(*(key for key, _limit in keys)):
        now = time.time()
        counted = {key: [at for at in _attempts(key) if at > now - limit.seconds] for key, limit in keys}
        waits = [counted[key][0] + limit.seconds - now for key, limit in keys if len(counted[key]) >= limit.amount]
        if waits:
            raise Throttled(math.ceil(max(waits)))
        for key, limit in keys:
            _store().set(key, [*counted[key], now], limit.seconds)
    return [Attempt(key, now, limit) for key, limit in keys]


def admit(request: HttpRequest, *limits: tuple[Limit, str]) -> list[Attempt]:
    """Count an attempt on each of `limits`; the caller gives them back when the secret was right.

    When a limit is used up, the request ends here: allauth answers with the page raised.
    """
    try:
        return count(*limits)
    except Throttled as refusal:
        raise ImmediateHttpResponse(too_many(request, refusal.wait)) from refusal


def admit_guess(request: HttpRequest, account: str, device: str = "") -> list[Attempt]:
    """Count a guess at a secret of `account`; `device` names the browser if the person has signed in there before.

    What a right guess gives back, without that it was made.
    """
    network = client_address(request)
    often, *guesses = _limits(account, network, device)
    attempts = admit(request, often, *guesses)
    return attempts[1:]


def forget_guesses(request: HttpRequest, account: str, device: str = "") -> None:
    """Start over from here: the person has proved who they are in another way."""
    network = client_address(request)
    for limit, of in (*_limits(account, network, device), (DAY, account)):
        if limit is not NETWORK:
            _store().delete(_key(limit, of))


def _limits(account: str, network: str, device: str) -> list[tuple[Limit, str]]:
    """What a guess is counted on. A known browser's neither use up what strangers have, nor wait when they have used it up."""
    here = f"{account} {device or network}"
    limits = [(OFTEN, here), (PLACE, here)]
    return limits if device else [*limits, (DAY, account), (NETWORK, network)]


def give_back(attempts: list[Attempt]) -> None:
    """Take attempts off their counters again: the secret was right."""
    with _alone_with(*(attempt.key for attempt in attempts)):
        for attempt in attempts:
            counted = _attempts(attempt.key)
            if attempt.at in counted:
                counted.remove(attempt.at)
                _store().set(attempt.key, counted, attempt.limit.seconds)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """The page with status 429, which says when to try again."""
    minutes = math.ceil(wait / 60)
    hours = math.ceil(minutes / 60) if minutes > LONGEST_IN_MINUTES else 0
    response = render(request, "429.html", {"minutes": minutes, "hours": hours}, status=429)
    response["Retry-After"] = str(wait)
    add_never_cache_headers(response)
    return response


def client_address(request: HttpRequest) -> str:
    """The client's IP address, of IPv6 its network; only proxies that we trust (EDN_TRUSTED_PROXIES) are believed about it."""
    try:
        address = get_client_ip(request)
    except ImproperlyConfigured:  # fewer hops than trusted proxies: it came around them
        address = request.META.get("REMOTE_ADDR")
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
    return str(parsed)


def _store() -> BaseCache:
    return caches["throttle"]


def _key(limit: Limit, of: str) -> str:
    """Neither IP addresses nor e-mails are kept, only their digests."""
    return f"{limit.name}:{hashlib.sha256(of.lower().encode()).hexdigest()}"


def _attempts(key: str) -> list[float]:
    return _store().get(key, [])


@contextmanager
def _alone_with(*keys: str) -> Iterator[None]:
    """Keep everybody else from these counters meanwhile. On SQLite the transaction does it: they are IMMEDIATE, one at a time."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for lock in sorted(map(_lock, keys)):  # everybody in one order, so that no two wait for each other
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        yield


def _lock(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
