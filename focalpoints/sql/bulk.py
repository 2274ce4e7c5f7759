"""Rows written many at a time: by COPY on PostgreSQL, by one long INSERT on SQLite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

RowValues = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BulkTable:
    """A table to fill, and the columns that each row gives values for, in this order."""

    name: str
    columns: tuple[str, ...]

    def write(self, rows: Sequence[RowValues]) -> None:
        connection.ensure_connection()
        if connection.vendor == "postgresql":
            self.copy(rows, connection.connection)
            return
        marks = ", ".join(["%s"] * len(self.columns))
        sql = f"INSERT INTO {self._into} VALUES ({marks})"  # noqa: S608 - our own names
        with connection.cursor() as cursor:
            cursor.executemany(sql, [[_for_sqlite(value) for value in row] for row in rows])

    def copy(self, rows: Sequence[RowValues], raw: Any) -> None:
        """Write through `raw`, psycopg's own connection: one thread at a time may use it."""
        with raw.cursor() as cursor, cursor.copy(f"COPY {self._into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    @property
    def _into(self) -> str:
        quoted = connection.ops.quote_name
        return f"{quoted(self.name)} ({', '.join(map(quoted, self.columns))})"


def _for_sqlite(value: Any) -> Any:
    """The value as a model's field would hand it to SQLite."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value.hex if isinstance(value, UUID) else value
