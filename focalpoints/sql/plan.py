"""A query's SQL with places for values. What Django and psycopg do not promise to keep is used here: see docs/sql.md."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import starmap, zip_longest
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable
from psycopg import RawCursor


class Plan:
    """SQL, and which of its parameters is which value's."""

    def __init__(self, rows: QuerySet, stand_ins: Sequence[Any], needed: Mapping[str, Any], row: Any = None) -> None:
        """`needed` are the stand-ins that must be among the parameters, by name; `row` is what a tuple becomes."""
        self.source = rows
        self.compiler = rows.query.get_compiler(rows.db)
        self.row = row
        try:
            self.sql, params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
            return
        self.params = tuple(params)
        columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)
        self.filled = self._found(stand_ins)
        self.numbered: str | None = None
        reached = {stand_ins[place] for _index, place, _adapt in self.filled}
        if lost := sorted(name for name, stand_in in needed.items() if stand_in not in reached):
            raise ValueError(f"{', '.join(lost)} does not reach the database as it is.")

    def _found(self, stand_ins: Sequence[Any]) -> list[tuple[int, int, Any]]:
        """The parameters that are values: each one's index, the value's, and what adapts the value where something must."""
        ops = self.compiler.connection.ops
        adapters = {date: ops.adapt_datefield_value, datetime: ops.adapt_datetimefield_value}
        places = {}
        for place, value in enumerate(stand_ins):
            adapt = adapters.get(type(value))
            places[adapt(value) if adapt else value] = place, adapt
        found = []
        for index, param in enumerate(self.params):
            if isinstance(param, Hashable) and param in places:
                place, adapt = places[param]
                # An integer says in its type how wide the column is, where psycopg asks for that.
                is_typed = isinstance(param, int) and type(param) is not int
                found.append((index, place, type(param) if is_typed else adapt))
        return found

    def rows(self, values: Sequence[Any], cursor: Any = None) -> list[Any]:
        """What the queryset would give for these values; `cursor` has it already where they were sent."""
        if not self.sql:
            return []
        kind = self.source._iterable_class
        if kind is not ValuesListIterable and kind is not FlatValuesListIterable:
            return list(self._queryset(values, cursor))
        rows: Iterable[Any] = self._fetched(values, cursor)
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        if kind is FlatValuesListIterable:
            return [row[0] for row in rows]
        return [*(starmap(self.row, rows) if self.row else map(tuple, rows))]

    def _queryset(self, values: Sequence[Any], cursor: Any) -> QuerySet:
        """One whose SQL is written: to make models or dicts of its rows stays Django's work."""

        def get_compiler(using: str | None = None, *args: Any, **kwargs: Any) -> Any:
            return _like(
                self.compiler,
                connection=connections[self.source.db],  # a thread's own
                execute_sql=lambda *args, **kwargs: [self._fetched(values, cursor)],
                get_converters=lambda expressions: self.converters,
            )

        return _like(self.source, _query=_like(self.source.query, get_compiler=get_compiler), _result_cache=None)

    def sent(self, values: Sequence[Any]) -> Any:
        """A cursor that has been sent these values, in a pipeline; None where there is nothing to ask."""
        if not self.sql:
            return None
        connection: Any = connections[self.source.db]
        if self.numbered is None:
            self.numbered = self._with_numbers(connection)
        return RawCursor(connection.connection).execute(self.numbered, self._given(values))

    def _given(self, values: Sequence[Any]) -> list[Any]:
        return [adapt(values[place]) if adapt else values[place] for _index, place, adapt in self.filled]

    def _fetched(self, values: Sequence[Any], cursor: Any = None) -> list[Any]:
        """The rows as the database has them. What a connection is asked often, PostgreSQL plans once and keeps (ADR 0016)."""
        if cursor:
            return cursor.fetchall()
        connection: Any = connections[self.source.db]
        given = self._given(values)
        is_watched = connection.queries_logged or connection.execute_wrappers  # by who wants SQL that can be run again
        if connection.vendor != "postgresql" or is_watched:
            params = list(self.params)
            for (index, *_), value in zip(self.filled, given, strict=True):
                params[index] = value
            with connection.cursor() as cursor:
                cursor.execute(self.sql, params)
                return cursor.fetchall()
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if self.numbered is None:
            self.numbered = self._with_numbers(connection)
        with connection._prepare_cursor(RawCursor(connection.connection)) as cursor:
            cursor.execute(self.numbered, given)
            return cursor.fetchall()

    def _with_numbers(self, connection: Any) -> str:
        """The SQL with its parameters written out, but for the values: they are $1, $2, …"""
        numbers = {index: f"${number}" for number, (index, *_) in enumerate(self.filled, 1)}
        pieces = [piece.replace("%%", "%") for piece in self.sql.split("%s")]
        params = [numbers.get(index) or mogrify("%s", [param], connection) for index, param in enumerate(self.params)]
        return "".join(map("".join, zip_longest(pieces, params, fillvalue="")))


def can_ask_together() -> bool:
    """On PostgreSQL, unless somebody watches, who is shown one question after the other."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    return connection.vendor == "postgresql" and not connection.queries_logged and not connection.execute_wrappers


def rows_together(plans: Sequence[tuple[Plan, Sequence[Any]]]) -> list[list[Any]]:
    """The rows of each plan for its values, asked in one round trip."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        cursors = [plan.sent(values) for plan, values in plans]
    return [plan.rows(values, cursor) for (plan, values), cursor in zip(plans, cursors, strict=True)]


def rows_keeping_plan(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement in which each value stands as `{name}`."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    numbered = sql.format(**{name: f"${number}" for number, name in enumerate(values, 1)})
    with connection._prepare_cursor(RawCursor(connection.connection)) as cursor:
        cursor.execute(numbered, [*values.values()])
        return cursor.fetchall()


def _like[T](thing: T, **own: Any) -> T:
    """The same thing but for these attributes, without the cost of its constructor."""
    copy = thing.__class__.__new__(thing.__class__)
    copy.__dict__ = {**thing.__dict__, **own}
    return copy
