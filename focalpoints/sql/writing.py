"""INSERT and UPDATE statements for the rows that verbs write all day, sent together where none needs another's answer.

Building such a statement takes Django longer than carrying it out takes the database. These functions do what
`save(force_insert=True)` and `filter(…).update(…)` do, for values of the columns' own types and no expressions; with
EDN_PLAIN_SQL=1 they are those. What the others rely on: docs/sql.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Field, Model
from django.db.models.sql import InsertQuery

if not settings.PLAIN_SQL:  # it may be what stands in the way of an upgrade
    from focalpoints.sql.pipeline import in_one_trip

PUT_AT_ONCE = 500  # rows of one statement
AS_THEY_ARE = frozenset({str, int, bool, type(None)})  # every driver takes them


class RowStatement(NamedTuple):
    """What is written: SQL and its parameters; the row that learns its key by it, if one does; what is raised where it finds no row."""

    sql: str
    params: list[Any]
    row: Model | None = None
    otherwise: type[Exception] | None = None


_waiting: ContextVar[list[RowStatement] | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """What is written inside is sent at the end, on PostgreSQL in one round trip. Until then nothing of it can be read."""
    if settings.PLAIN_SQL or _waiting.get() is not None:
        yield
        return
    statements: list[RowStatement] = []
    token = _waiting.set(statements)
    try:
        yield
    finally:
        _waiting.reset(token)
    if statements:
        _send(statements)


def insert(row: Model) -> None:
    """Write a new row, which then knows its key. Raises what the database raises."""
    if settings.PLAIN_SQL:
        row.save(force_insert=True)
        return
    model = type(row)
    sql, fields = _insertion(model)
    values = [_given(field, field.pre_save(row, True)) for field in fields]
    _write(RowStatement(sql, values, row if model._meta.auto_field else None))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows, those of one model together. Of several of one model none learns its key."""
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, alike in by_model.items():
        if len(alike) == 1:
            insert(alike[0])
        elif settings.PLAIN_SQL or connection.vendor != "postgresql":
            model._default_manager.bulk_create(alike)
        else:
            _write(_insertion_of(model, alike))
            for row in alike:
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def put_all(rows: Sequence[Model], key: tuple[str, ...]) -> None:
    """Write rows of one model; those that are there already, by the `key` that a constraint keeps unique, then say what these say.

    None learns its key.
    """
    for first in range(0, len(rows), PUT_AT_ONCE):
        part = rows[first : first + PUT_AT_ONCE]
        model = type(part[0])
        names = [field.name for field in _insertion(model)[1]]
        said = [name for name in names if name not in key]
        if settings.PLAIN_SQL:
            model._default_manager.bulk_create(part, update_conflicts=True, unique_fields=key, update_fields=said)
        else:
            _write(_putting(model, part, key, said))


def remove(model: type[Model], **where: Any) -> None:
    """Take away the rows that agree with `where`, which holds no None, and to which no other row refers."""
    if settings.PLAIN_SQL:
        model._default_manager.filter(**where).delete()
    else:
        condition, values = _agreeing(model, where)
        sql = f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)} WHERE {condition}"  # noqa: S608 - our own names
        _write(RowStatement(sql, values))


def change(model: type[Model], where: Mapping[str, Any], **values: Any) -> int:
    """Write these columns of the rows that agree with `where`, which holds no None. Returns how many there are, and so does not wait."""
    if settings.PLAIN_SQL:
        return model._default_manager.filter(**where).update(**values)
    return _send([_changing(model, where, values)])


def change_one(model: type[Model], where: Mapping[str, Any], otherwise: type[Exception], **values: Any) -> None:
    """As `change`, of one row; where none agrees with `where`, `otherwise` is raised, at the latest at the end of `together`."""
    if settings.PLAIN_SQL:
        if not change(model, where, **values):
            raise otherwise
    else:
        _write(_changing(model, where, values)._replace(otherwise=otherwise))


def change_all(model: type[Model], pks: Sequence[int], **values: Any) -> None:
    """Write these columns of each of these rows."""
    if settings.PLAIN_SQL or len(pks) > 1:
        model._default_manager.filter(pk__in=pks).update(**values)
    else:
        _write(_changing(model, {"pk": pks[0]}, values))


def keep(row: Model, **values: Any) -> None:
    """Write these columns of one row, in the database and in hand."""
    change_all(type(row), [row.pk], **values)
    for name, value in values.items():
        setattr(row, name, _kept(_field(type(row), name), value))


def _write(statement: RowStatement) -> None:
    statements = _waiting.get()
    if statements is None:
        _send([statement])
    else:
        statements.append(statement)


def _send(statements: Sequence[RowStatement]) -> int:
    """Carry them out in their order; rows learn their keys. Returns how many rows the last one wrote."""
    is_watched = connection.queries_logged or connection.execute_wrappers
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
        if connection.vendor == "postgresql" and not is_watched:
            cursors = in_one_trip(connection, [(statement.sql, statement.params) for statement in statements])
            written = [_written(*pair) for pair in zip(statements, cursors, strict=True)]
        else:
            written = [_carried_out(statement) for statement in statements]
    for statement, count in zip(statements, written, strict=True):
        if statement.otherwise and not count:
            raise statement.otherwise
    return written[-1]


def _carried_out(statement: RowStatement) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        return _written(statement, cursor)


def _written(statement: RowStatement, cursor: Any) -> int:
    if statement.row:
        statement.row.pk = cursor.fetchone()[0]
    return cursor.rowcount


def _insertion(model: type[Model]) -> tuple[str, tuple[Field, ...]]:
    """The statement for every column but a key that the database gives, and the columns' fields in its order."""
    key = model._meta.auto_field
    fields = tuple(field for field in model._meta.concrete_fields if field is not key)
    quoted = connection.ops.quote_name
    names, marks = ", ".join([quoted(str(field.column)) for field in fields]), ", ".join(["%s"] * len(fields))
    returning = f" RETURNING {quoted(str(key.column))}" if key else ""
    return f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({marks}){returning}", fields  # noqa: S608 - our own names


def _insertion_of(model: type[Model], rows: Sequence[Model]) -> RowStatement:
    """As `bulk_create` writes it on PostgreSQL: the values of a column are one parameter."""
    query = InsertQuery(model)
    query.insert_values(_insertion(model)[1], list(rows))
    [(sql, params)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return RowStatement(sql, list(params))


def _putting(model: type[Model], rows: Sequence[Model], key: Sequence[str], said: Sequence[str]) -> RowStatement:
    quoted = connection.ops.quote_name
    inserting, fields = _insertion(model)
    into, _values, _mark = inserting.partition(" VALUES ")
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    columns = [quoted(str(_field(model, name).column)) for name in said]
    unique = ", ".join([quoted(str(_field(model, name).column)) for name in key])
    changes = ", ".join([f"{column} = excluded.{column}" for column in columns])
    sql = f"{into} VALUES {marks} ON CONFLICT ({unique}) DO UPDATE SET {changes}"
    return RowStatement(sql, [_given(field, getattr(row, field.attname)) for row in rows for field in fields])


def _changing(model: type[Model], where: Mapping[str, Any], values: Mapping[str, Any]) -> RowStatement:
    written = [(_field(model, name), value) for name, value in values.items()]
    quoted = connection.ops.quote_name
    assignments = ", ".join([f"{quoted(str(field.column))} = %s" for field, _value in written])
    condition, found = _agreeing(model, where)
    sql = f"UPDATE {quoted(model._meta.db_table)} SET {assignments} WHERE {condition}"  # noqa: S608 - our own names
    return RowStatement(sql, [*[_given(*pair) for pair in written], *found])


def _agreeing(model: type[Model], where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The condition for rows with these values, and its parameters."""
    found = [(_field(model, name), value) for name, value in where.items()]
    quoted = connection.ops.quote_name
    condition = " AND ".join([f"{quoted(str(field.column))} = %s" for field, _value in found])
    return condition, [_given(*pair) for pair in found]


def _field(model: type[Model], name: str) -> Field:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)  # type: ignore[return-value]


def _kept(field: Field, value: Any) -> Any:
    """As the column keeps it, where that is a form of its own (`models/lines.py`)."""
    return field.to_python(value) if hasattr(field, "kept_as") else value


def _given(field: Field, value: Any) -> Any:
    """As the database takes it."""
    value = _kept(field, value)
    if type(value) in AS_THEY_ARE:
        return value
    return field.get_db_prep_save(value.pk if isinstance(value, Model) else value, connection)
