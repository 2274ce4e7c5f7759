"""Names in the order of Spanish on both databases: ñ after n, accents and case last, signs before letters."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func

from focalpoints.text import alphabetical

COLLATION = "spanish"  # ICU's `es`; the first migration makes it


class InSpanish(Func):
    """What a name is sorted by: `order_by(InSpanish("agency__name"))`. For names, titles and acronyms; codes stand as they are."""

    function = "alphabetical"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=f'%(expressions)s COLLATE "{COLLATION}"', **context)


def teach_sqlite(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Give a new connection the function. It is asked in queries alone: no column or index depends on it, so any program reads a backup."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("alphabetical", 1, _key, deterministic=True)


def _key(name: str | None) -> str | None:
    """Nothing where a row has no agency."""
    return None if name is None else alphabetical(name)
