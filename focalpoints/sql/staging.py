"""Rows that are computed beside their table while others go on using it, and then put in the place of what it holds."""

# ruff: noqa: S608 - statements of our own names

from dataclasses import dataclass, field
from typing import Any, Self

from django.db import connection
from django.db.models import Model

from focalpoints.sql.bulk import BulkTable, RowValues

AT_ONCE = 5000  # rows written together
EQUALS = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}  # NULL equals NULL


@dataclass(slots=True)
class StagedTable:
    """A temporary table with these columns of a model's. `identity` are those that are never NULL and lead to few of its rows."""

    model: type[Model]
    columns: tuple[str, ...]
    identity: tuple[str, ...]
    waiting: list[RowValues] = field(default_factory=list)

    @property
    def target(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return f"fresh_{self.target}"

    @property
    def settled(self) -> str:
        """The table of the keys of the model's rows that are right."""
        return f"settled_{self.target}"

    @classmethod
    def begun(cls, model: type[Model], columns: tuple[str, ...], identity: tuple[str, ...]) -> Self:
        table = cls(model, columns, identity)
        table.drop()
        _run(f"CREATE TEMPORARY TABLE {table.name} AS SELECT {table._listed} FROM {table.target} WHERE 1 = 0")
        _run(f"CREATE TEMPORARY TABLE {table.settled} (id bigint PRIMARY KEY)")
        return table

    def add(self, row: RowValues) -> None:
        self.waiting.append(row)
        if len(self.waiting) >= AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write the rows that wait to be written."""
        BulkTable(self.name, self.columns).write(self.waiting)
        self.waiting = []

    def settle(self) -> None:
        """Set aside what the model's table holds already, while nobody waits: so far, rows that nothing changes any more."""
        self.write()
        _run(f"CREATE INDEX {self.name}_identity ON {self.name} ({', '.join(self.identity)})")
        _run(
            f"INSERT INTO {self.settled} SELECT min({self.target}.{self._key}) FROM {self.target}"
            f" JOIN {self.name} ON {self._alike} GROUP BY {', '.join(f'{self.name}.{name}' for name in self.columns)}"
        )
        _run(f"DELETE FROM {self.name} WHERE EXISTS (SELECT 1 FROM {self.target} WHERE {self._alike})")
        _run(f"ANALYZE {self.settled}")

    def take_place(self) -> int:
        """Change the model's table until it holds these rows and no others. Returns how many those are."""
        self.write()
        _run(f"ANALYZE {self.name}")
        is_settled = f"SELECT 1 FROM {self.settled} WHERE {self.settled}.id = {self.target}.{self._key}"
        is_fresh = f"SELECT 1 FROM {self.name} WHERE {self._alike}"
        _run(f"DELETE FROM {self.target} WHERE NOT EXISTS ({is_settled}) AND NOT EXISTS ({is_fresh})")
        is_there = f"SELECT 1 FROM {self.target} WHERE {self._alike}"
        fresh = f"SELECT {self._listed} FROM {self.name} WHERE NOT EXISTS ({is_there})"
        _run(f"INSERT INTO {self.target} ({self._listed}) {fresh}")
        [count] = _run(f"SELECT (SELECT count(*) FROM {self.settled}) + (SELECT count(*) FROM {self.name})")
        self.drop()
        return count

    def drop(self) -> None:
        for name in (self.name, self.settled):
            _run(f"DROP TABLE IF EXISTS {name}")

    @property
    def _key(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def _listed(self) -> str:
        return ", ".join(self.columns)

    @property
    def _alike(self) -> str:
        equals = EQUALS[connection.vendor]
        return " AND ".join(
            f"{self.target}.{column} {'=' if column in self.identity else equals} {self.name}.{column}"
            for column in self.columns
        )


def _run(sql: str) -> Any:
    """Carry out a statement made of our own names; give what it answers, if it asks."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None
