"""How often somebody may try a password or a code, or ask for a new password, and how the tries are counted.

A try is counted before anything is hashed, where every process sees it, and given back when the secret was right: a crowd of
simultaneous tries cannot slip through.
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

IPV6_NETWORK = 64  # one customer has at least that much


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts within so many seconds."""

    name: str
    amount: int
    seconds: int


ACCOUNT = Limit("account", 5, 15 * 60)  # wrong passwords
CODE = Limit("code", 5, 15 * 60)  # wrong codes of a second factor
RESET = Limit("reset", 5, 60 * 60)  # mails with a link to a new password
ADDRESS = Limit("address", 100, 60)  # any of these; a whole ministry sits behind one IP address


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


def count(limit: Limit, of: str) -> Attempt:
    """Count one attempt on `of`, an e-mail, a person's code or an IP address. Raises Throttled. Two at once are counted one by one."""
    key = _key(limit, of)
    with _alone_with(key):
        now = time.time()
        attempts = [at for at in _attempts(key) if at > now - limit.seconds]
        if len(attempts) >= limit.amount:
            raise Throttled(math.ceil(attempts[0] + limit.seconds - now))
        _store().set(key, [*attempts, now], limit.seconds)
    return Attempt(key, now, limit)


def forget(limit: Limit, of: str) -> None:
    """Start over: the person has proved who they are in another way."""
    _store().delete(_key(limit, of))


def admit(request: HttpRequest, *limits: tuple[Limit, str]) -> list[Attempt]:
    """Count an attempt on the client's IP address and on each of `limits`; the caller gives them back when the secret was right.

    When a limit is used up, the request ends here: allauth answers with the page raised.
    """
    attempts: list[Attempt] = []
    try:
        for limit, of in [(ADDRESS, client_address(request)), *limits]:
            attempts.append(count(limit, of))
    except Throttled as refusal:
        give_back(attempts)
        raise ImmediateHttpResponse(too_many(request, refusal.wait)) from refusal
    return attempts


def give_back(attempts: list[Attempt]) -> None:
    """Take attempts off their counters again: the secret was right, or another limit kept it from being tried."""
    for attempt in attempts:
        with _alone_with(attempt.key):
            counted = _attempts(attempt.key)
            if attempt.at in counted:
                counted.remove(attempt.at)
                _store().set(attempt.key, counted, attempt.limit.seconds)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """The page with status 429, which says when to try again."""
    response = render(request, "429.html", {"minutes": math.ceil(wait / 60)}, status=429)
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
def _alone_with(key: str) -> Iterator[None]:
    """Keep everybody else from this counter meanwhile. On SQLite the transaction does it: they are IMMEDIATE, one at a time."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            lock = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        yield
