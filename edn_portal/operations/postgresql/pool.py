"""The connections to PostgreSQL that a server's threads share.

Not psycopg's own pool: while the database is down that one keeps everybody waiting for its whole time-out, and once it is back tries again
after up to minutes. Here whoever finds no connection opens one, and so learns at once what became of it.
"""

import select
from collections import deque
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

SECONDS_BETWEEN_TRIES = 0.5  # while the database is down: one of all who ask tries, the others are told at once
SECONDS_UNUSED = 600  # after which a connection is closed


class SharedConnections:
    """At most `size` connections, opened by `connect`; who finds all in use waits for `seconds`. Django calls it its pool."""

    close_returns = False  # psycopg asks: `close` closes

    def __init__(self, connect: Callable[[], Connection[Any]], *, size: int, seconds: float) -> None:
        self._connect, self._seconds = connect, seconds
        self._places = BoundedSemaphore(size)
        self._unused: deque[tuple[float, Connection[Any]]] = deque()  # since when, the last one returned on the right
        self._down = Lock()
        self._next_try = 0.0  # 0: the database is not known to be down

    def open(self) -> None:
        """Django's step before the first connection. They open one by one."""

    def getconn(self) -> Connection[Any]:
        """Raises psycopg's OperationalError where there is none in time, or the database is down."""
        if not self._places.acquire(timeout=self._seconds):
            raise OperationalError(f"All connections were in use for {self._seconds} seconds.")
        try:
            connection = self._open_one() or self._new_one()
        except BaseException:
            self._places.release()
            raise
        connection._pool = self  # Django gives it back to whom this names
        return connection

    def putconn(self, connection: Connection[Any]) -> None:
        connection._pool = None
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._unused.append((monotonic(), connection))
        else:  # in the middle of something, or lost
            connection.close()
        self._close_unused(monotonic() - SECONDS_UNUSED)
        self._places.release()

    def close(self) -> None:
        self._close_unused(monotonic())

    def _open_one(self) -> Connection[Any] | None:
        while self._unused:
            try:
                _since, connection = self._unused.pop()
            except IndexError:  # somebody else was quicker
                break
            if not has_hung_up(connection):
                return connection
            connection.close()
        return None

    def _new_one(self) -> Connection[Any]:
        with self._down:
            if self._next_try and monotonic() < self._next_try:
                raise OperationalError("The database did not answer a moment ago.")
            if self._next_try:
                self._next_try = monotonic() + SECONDS_BETWEEN_TRIES
        try:
            connection = self._connect()
        except OperationalError:
            self._next_try = monotonic() + SECONDS_BETWEEN_TRIES
            raise
        self._next_try = 0.0
        return connection

    def _close_unused(self, since: float) -> None:
        while self._unused and self._unused[0][0] <= since:
            try:
                _since, connection = self._unused.popleft()
            except IndexError:  # somebody else was quicker
                break
            connection.close()


def has_hung_up(connection: Connection[Any]) -> bool:
    """Whether the server ended an unused connection. There is nothing else that it would say on it, so nothing is asked."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
