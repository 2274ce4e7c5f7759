"""Foreign keys of the tables that are filled. PostgreSQL checks one row by row, or, when it makes one, all rows at once: much sooner."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def made_last(tables: Collection[str]) -> Iterator[None]:
    """Without them, and then with exactly those again. SQLite, which cannot, checks them here. Inside one transaction alone."""
    # PostgreSQL alters no table that still has some to check.
    connection.check_constraints()
    keys = _of(tables) if connection.vendor == "postgresql" else []
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
    yield
    with connection.cursor() as cursor:
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}")
    connection.check_constraints()


def _of(tables: Collection[str]) -> list[tuple[str, str, str]]:
    """Table, name and definition."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) ORDER BY conrelid, conname
            """,
            [list(tables)],
        )
        return cursor.fetchall()
