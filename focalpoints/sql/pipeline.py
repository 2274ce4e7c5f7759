"""Statements that need no answer from each other, sent to PostgreSQL together. It keeps their plans (docs/sql.md, ADR 0016)."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from psycopg import RawCursor


def in_one_trip(connection: Any, statements: Iterable[tuple[str, list[Any]]]) -> list[Any]:
    """Carry out SQL with parameters, in its order, in the transaction that has begun. Gives a cursor for each.

    The first statement that is refused raises at the end, when the transaction is lost.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline():
        return [RawCursor(raw).execute(_numbered(sql), params) for sql, params in statements]


def _numbered(sql: str) -> str:
    """The SQL with $1, $2, … for its marks. Statements of `writing` hold no other per cent sign."""
    first, *others = sql.split("%s")
    numbers = count(1)
    return first + "".join(f"${next(numbers)}{piece}" for piece in others)
