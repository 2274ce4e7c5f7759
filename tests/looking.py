"""Looking changes nothing: pages are opened on a database that refuses to write.

Sessions and counters are no part of what is looked at: here they live in memory, as they might in another store.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import _lru_cache_wrapper
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings

# All that a page may tell the database. A transaction would already wait for whoever writes: on SQLite, ours begin IMMEDIATE.
QUESTION = re.compile(
    r"[\s(]*(SELECT|WITH)\b(?!.*\bFOR (NO KEY )?(UPDATE|SHARE|KEY SHARE)\b)", re.DOTALL | re.IGNORECASE
)


@contextmanager
def in_memory() -> Iterator[None]:
    """Sessions and counters."""
    throttle = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "throttle"}
    with override_settings(
        SESSION_ENGINE="django.contrib.sessions.backends.cache", CACHES=settings.CACHES | {"throttle": throttle}
    ):
        yield


@contextmanager
def refusing_writes() -> Iterator[list[str]]:
    """The database refuses every write in here. Yields whatever else is said to it than questions."""
    said: list[str] = []

    def listening(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not QUESTION.match(sql):
            said.append(sql)
        return execute(sql, *rest)

    is_sqlite = connection.vendor == "sqlite"
    try:
        # On PostgreSQL the transaction is read-only until it is rolled back, on SQLite the connection until it is told otherwise.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY")
            # Django checks a form's constraints in a savepoint where there is a transaction, as in tests; a page has none.
            with (
                connection.execute_wrapper(listening),
                patch("django.db.models.query_utils.transaction", SimpleNamespace(atomic=lambda using: nullcontext())),
            ):
                yield said
            transaction.set_rollback(True)
    finally:
        if is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA query_only = OFF")


def prepare() -> None:
    """Nothing is due from the set-up that would write, and nothing is kept that would spare a page its work."""
    connection.check_constraints()
    forget()


def look(client: Client, method: str, where: str) -> tuple[int, list[str]]:
    """What it answers, and what it wrote or tried to."""
    said: list[str] = []
    try:
        with refusing_writes() as said:
            page: Any = getattr(client, method)(where)
            b"".join(page)  # a file is read while it is sent
    except DatabaseError as refusal:
        return 500, [*said, str(refusal)]
    return page.status_code, said


def forget() -> None:
    """All that this process remembers of pages and parts of them."""
    caches["pages"].clear()
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").split(".")[0] in ("focalpoints", "principles", "projects", "edn_portal"):
            for item in vars(module).values():
                if isinstance(item, _lru_cache_wrapper):
                    item.cache_clear()
