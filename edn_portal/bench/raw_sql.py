"""The SQL statements of a request, and what they cost without Django around them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

from edn_portal.bench.cpu import DatabaseProcesses
from edn_portal.bench.servers import HttpCall

TIMES = 20
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: Any


class _Undo(Exception):
    """Raised to roll back a transaction that was only measured."""


def statements_of(request: HttpCall) -> list[Statement]:
    """The statements of this request, carried out here and rolled back, with no page kept."""
    caches["pages"].clear()
    return _carry_out(request)


def _carry_out(request: HttpCall) -> list[Statement]:
    found: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not many and not sql.startswith(BOOKKEEPING):
            found.append(Statement(sql, params))
        return execute(sql, params, many, context)

    client = Client(SERVER_NAME="localhost", headers=request.headers)
    client.cookies.load(request.cookies)
    try:
        with transaction.atomic(), connection.execute_wrapper(note):
            if request.form is None:
                client.get(request.path)
            else:
                client.post(request.path, request.form)
            raise _Undo
    except _Undo:
        return found


def cost(statements: list[Statement], database: DatabaseProcesses) -> float:
    """Milliseconds of CPU, here and in the database, to run the statements once and fetch their rows.

    They are rolled back each time, so that a verb's can be run again.
    """
    if not statements:
        return 0.0
    connection.ensure_connection()
    before = time.thread_time() + database.own_seconds()
    for _ in range(TIMES):
        try:
            with transaction.atomic():
                _send(statements)
                raise _Undo
        except _Undo:
            continue
    return (time.thread_time() + database.own_seconds() - before) / TIMES * 1000


def _send(statements: list[Statement]) -> None:
    with connection.connection.cursor() if connection.vendor == "postgresql" else connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.sql, statement.params)
            if cursor.description:
                cursor.fetchall()
