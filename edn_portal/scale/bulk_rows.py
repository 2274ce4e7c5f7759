"""Streams made-up rows into the database, table by table; only the batches at hand are in memory."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import count
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Field, JSONField, Model

from focalpoints.sql.bulk import BulkTable, RowValues

BATCH = 4000
BACKLOG = 6  # batches that may wait until PostgreSQL has written them
ColumnValues = Mapping[str, Any]


class RowDefaults:
    """A model's table and the default of each column. Filling in a copy is faster than making a model instance for each row."""

    def __init__(self, model: type[Model]) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.table = BulkTable(model._meta.db_table, tuple(str(field.column) for field in fields.values()))
        self.values = {name: _default_of(field) for name, field in fields.items()}

    def filled(self, values: ColumnValues) -> RowValues:
        """A row with these values, named as in the model (`task_id`), and the defaults for the rest."""
        row = {**self.values, **values}
        if len(row) != len(self.values):
            raise TypeError(f"{self.table.name} has no {', '.join(row.keys() - self.values.keys())}.")
        return tuple(row.values())


def _default_of(field: Field) -> Any:
    """As it is written: JSON as text."""
    default = field.get_default()
    return json.dumps(default) if isinstance(field, JSONField) else default


row_defaults = cache(RowDefaults)


class BulkRows:
    """Collects rows and writes them in batches. A row may come before the rows that it refers to: foreign keys are checked at the end.

    Until `finish`, nobody else may use the connection: on PostgreSQL a thread writes one batch while the next is made.
    """

    def __init__(self, models: Iterable[type[Model]]) -> None:
        self.waiting: dict[BulkTable, list[RowValues]] = defaultdict(list)
        self.keys = {model: count(_last_key(model) + 1) for model in models}
        self.writer = ThreadPoolExecutor(1)
        self.writing: deque[Future[None]] = deque()

    @property
    def tables(self) -> set[str]:
        """The tables whose keys are given out here."""
        return {model._meta.db_table for model in self.keys}

    def new_key(self, model: type[Model]) -> int:
        return next(self.keys[model])

    def add(self, model: type[Model], values: ColumnValues) -> None:
        defaults = row_defaults(model)
        self.put(defaults.table, defaults.filled(values))

    def put(self, table: BulkTable, row: RowValues) -> None:
        batch = self.waiting[table]
        batch.append(row)
        if len(batch) >= BATCH:
            self._write(table)

    def finish(self) -> None:
        """Write what is left, and let the database count its own keys on from the last one given out."""
        for table in list(self.waiting):
            self._write(table)
        self._wait_for(0)
        self.writer.shutdown()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.keys)):
                cursor.execute(statement)

    def _write(self, table: BulkTable) -> None:
        batch = self.waiting.pop(table)
        if connection.vendor == "postgresql":
            self.writing.append(self.writer.submit(table.copy, batch, connection.connection))
            self._wait_for(BACKLOG)
        else:
            table.write(batch)

    def _wait_for(self, backlog: int) -> None:
        """Wait until at most that many batches are still to be written."""
        while len(self.writing) > backlog:
            self.writing.popleft().result()


def _last_key(model: type[Model]) -> int:
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
