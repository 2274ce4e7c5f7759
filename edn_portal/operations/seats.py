"""How many requests that write a process carries out at once, so that they never hold all that readers need.

A request that writes may wait for the ledger's head, and holds a database connection meanwhile. Half of the connections are seats for such
requests. Who finds none free waits before it takes a connection; only as many wait as leave half of the threads to readers.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError

from edn_portal.operations.error_pages import too_many_writers

SECONDS_TO_WAIT = 5
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def seat_writers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware in front of all that asks the database, sessions too."""
    seats = BoundedSemaphore(max(1, settings.DB_POOL // 2))
    threads = BoundedSemaphore(max(1, settings.SERVER_THREADS // 2))

    def seated(request: HttpRequest) -> HttpResponseBase:
        if not seats.acquire(timeout=SECONDS_TO_WAIT):
            return too_many_writers()
        try:
            return get_response(request)
        finally:
            seats.release()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE:
            return get_response(request)
        with suppress(UnreadablePostError):  # of a client that has gone: for whoever reads it next
            _ = request.POST  # a body that trickles in holds no seat
        if not threads.acquire(blocking=False):
            return too_many_writers()
        try:
            return seated(request)
        finally:
            threads.release()

    return middleware
