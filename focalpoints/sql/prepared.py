"""Queries that Django turns into SQL once and the database answers again and again, with other values.

Building the SQL of a query takes a page longer than the database needs to answer it. A function that builds a queryset out of its
arguments is decorated with the names of those that are values and nothing else; every other argument decides what the SQL says, and
has SQL of its own.

    @prepared("commitment", "agencies")
    def visible(commitment: int, agencies: tuple[int, ...], on: date) -> QuerySet[Task]:
        return Task.objects.filter(commitment=commitment, agency__in=agencies).with_light(on)

    visible(7, (1, 2), today)  # a list, as list(queryset) would be
"""

import inspect
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from itertools import count, zip_longest
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from psycopg import RawCursor

PLAIN: tuple[type, ...] = (ValuesListIterable, FlatValuesListIterable)
MOST = 300  # plans of one function; of readers who ask for many days

type Scalar = int | str | date | datetime
type SlotValues = dict[str, Scalar | tuple[Scalar, ...]]


def prepared[**P, Row](*slots: str) -> Callable[[Callable[P, QuerySet[Any, Row]]], Callable[P, list[Row]]]:
    """See the module. A slot takes an integer, a string, a date, an aware datetime, or a tuple of them for `__in`; never None.

    A slot must reach the database as it is: not within a pattern, an offset or a computed value. Raises ValueError where one does
    not (a tuple may be of no account: whose agencies they are does not matter to a coordinator), TypeError for other values.
    What a language or the day decides has to be an argument.
    """

    def decorate(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
        names = tuple(inspect.signature(build).parameters)
        plans: dict[Hashable, Plan] = {}

        @wraps(build)
        def ask(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
            given = dict(zip(names, args, strict=False)) | kwargs
            values: SlotValues = {name: given.pop(name) for name in slots}  # type: ignore[misc]
            key = (*map(_shape, values.values()), *given.values())
            plan = plans.get(key)
            if plan is None:
                if len(plans) >= MOST:
                    plans.clear()
                stand_ins = _stand_ins(values)
                plan = plans[key] = Plan(build(**stand_ins, **given), stand_ins)  # type: ignore[call-arg, arg-type]
            return plan.rows(values)

        return ask

    return decorate


class Plan:
    """SQL, and which of its parameters is which slot's."""

    def __init__(self, rows: QuerySet, stand_ins: SlotValues) -> None:
        self.source = rows
        self.compiler = rows.query.get_compiler(rows.db)
        connection = self.compiler.connection
        try:
            self.sql, params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, params = "", ()
        self.adapt = {date: connection.ops.adapt_datefield_value, datetime: connection.ops.adapt_datetimefield_value}
        found = {self._adapted(value): (name, place) for name, place, value in _each(stand_ins)}
        self._converters: dict[int, Any] | None = None
        self._numbered: str | None = None
        self.params = tuple(params)
        self.filled = [(index, *found[param]) for index, param in enumerate(params) if _is_among(param, found)]
        single = {name for name, place, _ in _each(stand_ins) if place is None}
        if self.sql and (lost := single - {name for _, name, _ in self.filled}):
            raise ValueError(f"{', '.join(sorted(lost))} does not reach the database as it is.")

    def rows(self, values: SlotValues) -> list[Any]:
        if not self.sql:
            return []
        params = list(self.params)
        for index, name, place in self.filled:
            value = values[name] if place is None else values[name][place]  # type: ignore[index]
            value, stands_in = self._adapted(value), params[index]
            # psycopg: integers say in their type how wide they are.
            params[index] = value if type(stands_in) is type(value) else type(stands_in)(value)
        if self.source._iterable_class in PLAIN:
            return self._plain(params)
        rows = self.source.__class__.__new__(self.source.__class__)
        rows.__dict__ = {**self.source.__dict__, "_query": _planned(self, params), "_result_cache": None}
        return list(rows)

    def fetch(self, params: list[Any]) -> list[Any]:
        """The rows as the database has them. PostgreSQL plans a statement that a connection is asked often once, and keeps the plan."""
        connection: Any = connections[self.source.db]
        is_watched = connection.queries_logged or connection.execute_wrappers  # by who wants SQL that can be run again
        if connection.vendor != "postgresql" or is_watched:
            with connection.cursor() as cursor:
                cursor.execute(self.sql, params)
                return cursor.fetchall()
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if self._numbered is None:
            self._numbered = self._with_numbers(connection)
        with connection._prepare_cursor(RawCursor(connection.connection)) as cursor:
            cursor.execute(self._numbered, [params[index] for index, _name, _place in self.filled])
            return cursor.fetchall()

    def _with_numbers(self, connection: Any) -> str:
        """The SQL with its values written out, but for the slots: they are $1, $2, …"""
        slots = {index: f"${number}" for number, (index, *_) in enumerate(self.filled, 1)}
        pieces = [piece.replace("%%", "%") for piece in self.sql.split("%s")]
        values = [slots.get(index) or mogrify("%s", [param], connection) for index, param in enumerate(self.params)]
        return "".join(map("".join, zip_longest(pieces, values, fillvalue="")))

    def _plain(self, params: list[Any]) -> list[Any]:
        """Tuples, or the only value of each, without the queryset that would hand them on."""
        connection = connections[self.source.db]
        rows = self.fetch(params)
        columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
        if converters := self.converters(columns):
            rows = [list(row) for row in rows]
            for place, (steps, expression) in converters.items():
                for row in rows:
                    for step in steps:
                        row[place] = step(row[place], expression, connection)
        return (
            [row[0] for row in rows] if self.source._iterable_class is FlatValuesListIterable else [*map(tuple, rows)]
        )

    def converters(self, expressions: Iterable[Any]) -> dict[int, Any]:
        """How columns become Python's values: the same for all rows to come."""
        if self._converters is None:
            self._converters = self.compiler.get_converters(expressions)
        return self._converters

    def _adapted(self, value: Any) -> Any:
        adapt = self.adapt.get(type(value))
        return adapt(value) if adapt else value


def _planned(plan: Plan, params: list[Any]) -> Query:
    """The query of these rows, which knows its SQL already."""

    def get_compiler(using: str | None = None, *args: Any, **kwargs: Any) -> SQLCompiler:
        compiler = plan.compiler.__class__.__new__(plan.compiler.__class__)
        # A compiler holds the connection of its thread.
        own = {
            "connection": connections[plan.source.db],
            "execute_sql": lambda *args, **kwargs: [plan.fetch(params)],
            "get_converters": plan.converters,
        }
        compiler.__dict__ = {**plan.compiler.__dict__, **own}
        return compiler

    query = plan.source.query.__class__.__new__(plan.source.query.__class__)
    query.__dict__ = {**plan.source.query.__dict__, "get_compiler": get_compiler}
    return query


def _shape(value: Any) -> Any:
    return (len(value), type(value[0]) if value else None) if isinstance(value, tuple) else type(value)


def _each(values: SlotValues) -> Iterable[tuple[str, int | None, Scalar]]:
    for name, value in values.items():
        if isinstance(value, tuple):
            yield from ((name, place, one) for place, one in enumerate(value))
        else:
            yield name, None, value


def _stand_ins(values: SlotValues) -> SlotValues:
    """Values of the same types that nobody ever asks for, each its own."""
    numbers = count(1)

    def stand_in(value: Any) -> Scalar:
        number = next(numbers)
        match value:
            case bool():
                pass
            case int():
                return 2_000_000_000 + number  # within a 32-bit column
            case str():
                return f"\ue000{number}\ue000"
            case datetime():
                return datetime(9876, 5, 4, tzinfo=UTC) + timedelta(days=number)
            case date():
                return date(9876, 5, 4) + timedelta(days=number)
        raise TypeError(f"{value!r} can be no value of a prepared query.")

    return {
        name: tuple(map(stand_in, value)) if isinstance(value, tuple) else stand_in(value)
        for name, value in values.items()
    }


def _is_among(param: Any, found: dict[Any, Any]) -> bool:
    return isinstance(param, Hashable) and param in found
