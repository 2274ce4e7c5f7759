"""How many tables a process makes at once, and the file that each is drawn into before it is sent.

A table is first drawn into a temporary file, as fast as the database gives its rows, and then sent. So a slow client holds no connection to
the database, what fails in the middle is an error and no half a file, and the length is known. Who is sent a file has a place until its
last byte. Of those, few draw at once: they compute, and everybody else's pages would wait for them.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import sleep
from typing import IO, Self

from django.conf import settings
from django.db import connection

from focalpoints.tables.table import TableRow

PLACES = max(2, settings.SERVER_THREADS // 8)
DRAWN_AT_ONCE = {"csv": 2, "jsonl": 2, "xlsx": 2}
SECONDS_TO_WAIT = 10
IN_MEMORY = 1024**2  # of a file; what is longer goes to the disk
PIECE = 256 * 1024
ROWS_BETWEEN_PAUSES, PAUSE = 100, 0.0002

_places = BoundedSemaphore(PLACES)
_drawing = BoundedSemaphore(DRAWN_AT_ONCE["csv"])
_books = BoundedSemaphore(DRAWN_AT_ONCE["xlsx"])


class TooManyFiles(Exception):
    """Too many tables are being made; some seconds later there is room."""


class Place:
    """One of PLACES, from when it is made until it is left, once. Raises TooManyFiles where all are taken."""

    def __init__(self) -> None:
        if not _places.acquire(blocking=False):
            raise TooManyFiles
        self._held = Lock()

    def leave(self) -> None:
        if self._held.acquire(blocking=False):
            _places.release()


@contextmanager
def turn_to_draw(fmt: str) -> Iterator[None]:
    """Waits for it, without a connection to the database. Raises TooManyFiles after SECONDS_TO_WAIT."""
    turns = _books if fmt == "xlsx" else _drawing
    _give_connection_back()
    if not turns.acquire(timeout=SECONDS_TO_WAIT):
        raise TooManyFiles
    try:
        yield
    finally:
        turns.release()
        _give_connection_back()


def _give_connection_back() -> None:
    """To those that the threads share. Within a transaction, such as a test's, it stays."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def with_pauses(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """The same rows. Between them whoever waits for the interpreter gets it: a page would else wait 5 ms after each of its queries."""
    for number, row in enumerate(rows):
        if not number % ROWS_BETWEEN_PAUSES:
            sleep(PAUSE)
        yield row


def new_file() -> IO[bytes]:
    """Without a name: it is gone when it is closed, whatever happens."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="edn-table-")


class SentFile:
    """A file on its way to the client, who may hang up. Closed, read to its end or forgotten, it leaves the place."""

    def __init__(self, file: IO[bytes], place: Place) -> None:
        self._file, self._place = file, place

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()
        self._place.leave()

    __del__ = close
