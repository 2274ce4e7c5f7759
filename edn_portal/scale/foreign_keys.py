"""Drops foreign keys while their tables are filled, and adds them back: PostgreSQL then checks all rows at once, which is much faster."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def added_last(tables: Collection[str]) -> Iterator[None]:
    """Fill the tables inside this block, in one transaction. SQLite cannot drop a foreign key: it checks them all at the end instead."""
    # PostgreSQL refuses to alter a table that has deferred checks left to do.
    connection.check_constraints()
    keys = _foreign_keys(tables) if connection.vendor == "postgresql" else []
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
    yield
    with connection.cursor() as cursor:
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}")
    connection.check_constraints()


def _foreign_keys(tables: Collection[str]) -> list[tuple[str, str, str]]:
    """Table, name and definition of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) ORDER BY conrelid, conname
            """,
            [list(tables)],
        )
        return cursor.fetchall()
