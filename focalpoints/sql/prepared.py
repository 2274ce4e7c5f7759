"""Questions to the database whose SQL Django writes once; later ones only bring other values.

Writing the SQL of a page's questions takes Django longer than the database takes to answer them. `prepared` decorates a function
that gives a queryset, and is told which arguments are values in it.

    @prepared("follow_ups", row=EvidenceRow)
    def proofs_of(follow_ups: tuple[int, ...], user: Person) -> QuerySet[Evidence]:
        return Evidence.objects.visible_to(user).filter(follow_up__in=follow_ups)

    proofs_of((7, 8), request.user)  # a list of EvidenceRow

Each other argument decides what the SQL says, so that there is one SQL for each. A `user` does both: their roles decide, their key
and agencies are values. What this relies on in Django and psycopg, and how to do without (EDN_PLAIN_SQL=1): docs/sql.md.
"""

import inspect
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import update_wrapper
from itertools import chain, islice, starmap
from typing import Any, Protocol, Self, overload

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet

if not settings.PLAIN_SQL:  # it may be what stands in the way of an upgrade
    from focalpoints.sql.plan import Plan, can_ask_together, rows_keeping_plan, rows_together

MOST = 300  # plans of one function; each day that readers ask for has its own
FILLED_UP_TO = 1024  # a tuple's values; a longer one has SQL of its own for each length

type Scalar = int | str | date | datetime
type Question[**P, Row] = Callable[P, QuerySet[Any, Row]]
type Answer[**P, Row] = Callable[P, list[Row]]
# A decorated function and its arguments.
type Asked = tuple[Callable[..., list[Any]], tuple[Any, ...]]


class Asker(Protocol):
    """Who asks, as far as querysets may look at them. Whoever is not signed in has none of this."""

    def in_sql(self) -> tuple[Hashable, tuple[Scalar, ...]]:
        """What decides the SQL, and the values that may be in it."""

    def with_values(self, values: Sequence[Scalar]) -> Self:
        """The same person with other values. Whatever else a queryset reads of them raises."""


@overload
def prepared[**P, Row](*slots: str) -> Callable[[Question[P, Row]], Answer[P, Row]]: ...
@overload
def prepared[**P, Row: tuple[Any, ...]](
    *slots: str, row: type[Row]
) -> Callable[[Question[P, Any]], Answer[P, Row]]: ...
def prepared(*slots: str, row: Any = None) -> Callable[[Question[..., Any]], Answer[..., Any]]:
    """See the module. A slot takes an integer, a string, a date, an aware datetime, or a tuple of them for `__in`; never None.

    With `row`, the answer is a list of it: its fields are read, of those with a default the ones that the queryset annotates.

    Raises ValueError where a slot does not reach the database as it is: within a pattern, as an offset, computed with. A tuple and
    the user's values may not reach it at all (a coordinator's agencies do not matter), other slots must. Raises TypeError for a
    value of another type, and for a row of a model as one that decides: it equals itself whatever it says.

    A tuple is filled up to 1, 2, 4, 8, … values by repeating its last, so that not each length needs SQL of its own.
    """
    return lambda build: _Prepared(build, slots, row)


class _Prepared:
    """A decorated function, with the plans of what was asked so far."""

    def __init__(self, build: Question[..., Any], slots: tuple[str, ...], row: Any) -> None:
        update_wrapper(self, build)
        self.build, self.slots, self.row = build, slots, row
        parameters = inspect.signature(build).parameters
        self.names, self.has_user = tuple(parameters), "user" in parameters
        self.deciding = [(name, parameters[name].default) for name in self.names if name not in {*slots, "user"}]
        self.plans: dict[Hashable, Plan] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> list[Any]:
        given = dict(zip(self.names, args, strict=False)) | kwargs
        if settings.PLAIN_SQL:
            rows = self._rows(given)
            return list(rows if self.row is None else starmap(self.row, rows))
        plan, values = self.plan_for(given)
        return plan.rows(values)

    def plan_for(self, given: dict[str, Any]) -> tuple["Plan", list[Any]]:
        """The plan of these arguments, and its values."""
        values: list[Any] = []
        key: list[Any] = [given.get(name, default) for name, default in self.deciding]
        for name in self.slots:
            value = given[name]
            if isinstance(value, tuple):
                given[name] = value = _filled_up(value)
                values += value
                key.append(tuple(map(type, value)))
            else:
                values.append(value)
                key.append(type(value))
        if self.has_user and (user := _asker(given["user"])):
            decides, own = user.in_sql()
            values += own
            key += decides, tuple(map(type, own))
        plan = self.plans.get(tuple(key))
        if plan is None:
            if len(self.plans) >= MOST:
                self.plans.clear()
            plan = self.plans[tuple(key)] = self._planned(given, values)
        return plan, values

    def _rows(self, given: dict[str, Any]) -> QuerySet:
        rows = self.build(**given)
        if self.row is None:
            return rows
        optional = self.row._field_defaults.keys() - rows.query.annotations.keys()
        return rows.values_list(*(name for name in self.row._fields if name not in optional))

    def _planned(self, given: dict[str, Any], values: list[Any]) -> "Plan":
        """The SQL for such arguments, written for stand-ins by which each value's place in it is found."""
        if rows := [name for name, _default in self.deciding if isinstance(given.get(name), Model)]:
            raise TypeError(f"{', '.join(rows)} is a row: a prepared query takes its key.")
        stand_ins = [_stand_in(number, value) for number, value in enumerate(values, 1)]
        left, needed = iter(stand_ins), {}
        arguments = dict(given)
        for name in self.slots:
            if isinstance(given[name], tuple):
                arguments[name] = tuple(islice(left, len(given[name])))
            else:
                arguments[name] = next(left)
                needed[name] = arguments[name]
        if self.has_user and (user := _asker(given["user"])):
            arguments["user"] = user.with_values([*left])
        return Plan(self._rows(arguments), stand_ins, needed, self.row)


def asked_together(*questions: Asked) -> list[list[Any]]:
    """The answers to prepared questions, asked in this order; on PostgreSQL in one round trip.

    Each sees what was committed before it was its turn: a question after a lock sees what the lock waited for.
    """
    if settings.PLAIN_SQL or len(questions) < 2 or not can_ask_together():
        return [ask(*arguments) for ask, arguments in questions]
    plans = [ask.plan_for(dict(zip(ask.names, arguments, strict=False))) for ask, arguments in questions]  # type: ignore[attr-defined]
    return rows_together(plans)


def keeping_plan(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement of ours gives on PostgreSQL, which keeps its plan where it is asked often. Values stand as `{name}`."""
    if not settings.PLAIN_SQL and can_ask_together():
        return rows_keeping_plan(sql, values)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**{name: f"%({name})s" for name in values}), values)
        return cursor.fetchall()


type Steps[Result] = Generator[Sequence[Asked], list[list[Any]], Result]


class reading[**P, Result]:  # a decorator
    """Decorates a generator function that yields the prepared questions it asks next, is given their answers, and returns what it read.

    Called, it reads alone. Its `steps` are for `read_together`.
    """

    def __init__(self, steps: Callable[P, Steps[Result]]) -> None:
        update_wrapper(self, steps)
        self.steps = steps

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Result:
        [result] = read_together(self.steps(*args, **kwargs))
        return result


def read_together(*readings: Steps[Any]) -> list[Any]:
    """What these come to. What all of them ask at one step goes to PostgreSQL in one round trip."""
    results: list[Any] = [None] * len(readings)
    answers: dict[int, Any] = dict.fromkeys(range(len(readings)))  # a generator begins with None
    while answers:
        asked: dict[int, Sequence[Asked]] = {}
        for number, answer in answers.items():
            try:
                asked[number] = readings[number].send(answer)
            except StopIteration as end:
                results[number] = end.value
        found = iter(asked_together(*chain.from_iterable(asked.values())))
        answers = {number: [*islice(found, len(questions))] for number, questions in asked.items()}
    return results


def _asker(user: Any) -> Asker | None:
    """Nobody where they are not signed in."""
    return user if hasattr(user, "in_sql") else None


def _filled_up(values: tuple[Any, ...]) -> tuple[Any, ...]:
    length = len(values)
    if not 2 < length <= FILLED_UP_TO:
        return values
    return values + values[-1:] * ((1 << (length - 1).bit_length()) - length)


def _stand_in(number: int, value: Any) -> Scalar:
    """A value of the same type that nobody ever asks for, another one for each number."""
    match value:
        case bool():
            pass
        case int():
            return 2_000_000_000 + number  # within a 32-bit column
        case str():
            return f"\ue000{number}%_\\É\ue000"  # with what patterns escape and other cases change
        case datetime():
            return datetime(9876, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        case date():
            return date(9876, 1, 1) + timedelta(days=number)
    raise TypeError(f"{value!r} can be no value of a prepared query.")
