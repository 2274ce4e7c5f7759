"""Expressions that are the same for every request of a day: turned into SQL once."""

from typing import Any, Self

from django.db import connections
from django.db.models import Expression, Field, QuerySet

TABLE = "<table>"


class Compiled(Expression):
    """What `compiled` makes of an expression over the columns of one table; it follows its query wherever that is put."""

    def __init__(self, sql: str, params: tuple[Any, ...], output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.sql, self.params, self.alias = sql, params, ""

    @property
    def identity(self) -> tuple[Any, ...]:
        return (type(self), self.sql, self.params, self.alias)

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Self:
        found = self.copy()
        found.alias = query.get_initial_alias()
        return found

    def relabeled_clone(self, change_map: Any) -> Self:
        found = self.copy()
        found.alias = change_map.get(self.alias, self.alias)
        return found

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql.replace(TABLE, compiler.quote_name(self.alias)), self.params


def compiled(rows: QuerySet, name: str) -> Compiled:
    """The annotation `name` of these rows, which looks at no other table. Raises ValueError where it does."""
    connection = connections[rows.db]
    expression = rows.query.annotations[name]
    sql, params = rows.query.get_compiler(connection=connection).compile(expression)
    own = f"{connection.ops.quote_name(rows.model._meta.db_table)}."
    if len(rows.query.alias_map) > 1:
        raise ValueError(f"{name} looks at other tables than its own.")
    return Compiled(sql.replace(own, f"{TABLE}."), tuple(params), expression.output_field)
