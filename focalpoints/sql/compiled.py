"""Expressions whose SQL is written once, for all the queries of a day that they are part of. What this relies on: docs/sql.md."""

from typing import Any, Self

from django.db import connections
from django.db.models import Expression, Field, QuerySet

TABLE = "<table>"


class Compiled(Expression):
    """The SQL of an expression over the columns of one table. It names the table as each query does that it becomes part of."""

    def __init__(self, sql: str, params: tuple[Any, ...], output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.sql, self.params, self.alias = sql, params, ""

    @property
    def identity(self) -> tuple[Any, ...]:
        return (type(self), self.sql, self.params, self.alias)

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Self:
        """Once: a query resolves again what its order refers to, and as a subquery calls its table otherwise by then."""
        found = self.copy()
        found.alias = self.alias or query.get_initial_alias()
        return found

    def relabeled_clone(self, change_map: Any) -> Self:
        found = self.copy()
        found.alias = change_map.get(self.alias, self.alias)
        return found

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql.replace(TABLE, compiler.quote_name(self.alias)), self.params


def compiled(rows: QuerySet, name: str) -> Compiled:
    """The annotation `name` of these rows. Raises ValueError where they look at other tables than their own."""
    connection = connections[rows.db]
    expression = rows.query.annotations[name]
    sql, params = rows.query.get_compiler(connection=connection).compile(expression)
    own = f"{connection.ops.quote_name(rows.model._meta.db_table)}."
    if len(rows.query.alias_map) > 1:
        raise ValueError(f"{name} looks at other tables than its own.")
    return Compiled(sql.replace(own, f"{TABLE}."), tuple(params), expression.output_field)
