"""Many rows into the database: by COPY on PostgreSQL, by long INSERTs on SQLite. Nothing is kept but the batches at hand."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

BATCH = 4000
BACKLOG = 6  # batches that wait for PostgreSQL to take them in
RowValues = tuple[Any, ...]
ColumnValues = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Where rows go: a table, and the columns that each row fills in this order."""

    table: str
    columns: tuple[str, ...]

    @property
    def into(self) -> str:
        quoted = connection.ops.quote_name
        return f"{quoted(self.table)} ({', '.join(map(quoted, self.columns))})"


class Blank:
    """An empty row of a model, to fill in: making an instance of the model for each row would take longer than storing it."""

    def __init__(self, model: type[Model]) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.sheet = Sheet(model._meta.db_table, tuple(str(field.column) for field in fields.values()))
        self.values = {name: field.get_default() for name, field in fields.items()}

    def filled(self, values: ColumnValues) -> RowValues:
        """`values` go by their column's name in the model (`task_id`); what they do not say is alike in all rows, as in a new instance."""
        row = {**self.values, **values}
        if len(row) != len(self.values):
            raise TypeError(f"{self.sheet.table} has no {', '.join(row.keys() - self.values.keys())}.")
        return tuple(row.values())


blank = cache(Blank)


class BulkRows:
    """`number` gives a new row's key; rows may come before those that they refer to: foreign keys are checked at the end.

    Between `BulkRows(…)` and `finish` the connection is this object's alone: PostgreSQL takes batches in while the next is made.
    """

    def __init__(self, models: Iterable[type[Model]]) -> None:
        self.waiting: dict[Sheet, list[RowValues]] = defaultdict(list)
        self.numbers = {model: count(_last(model) + 1) for model in models}
        self.writer = ThreadPoolExecutor(1)
        self.writing: deque[Future[None]] = deque()

    @property
    def tables(self) -> set[str]:
        """Whose keys it gives out."""
        return {model._meta.db_table for model in self.numbers}

    def number(self, model: type[Model]) -> int:
        return next(self.numbers[model])

    def add(self, model: type[Model], values: ColumnValues) -> None:
        form = blank(model)
        self.put(form.sheet, form.filled(values))

    def put(self, sheet: Sheet, row: RowValues) -> None:
        batch = self.waiting[sheet]
        batch.append(row)
        if len(batch) >= BATCH:
            self._write(sheet)

    def finish(self) -> None:
        for sheet in list(self.waiting):
            self._write(sheet)
        self._wait(0)
        self.writer.shutdown()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.numbers)):
                cursor.execute(statement)

    def _write(self, sheet: Sheet) -> None:
        batch = self.waiting.pop(sheet)
        if connection.vendor == "postgresql":
            self.writing.append(self.writer.submit(_copy, connection.connection, sheet.into, batch))
            self._wait(BACKLOG)
        else:
            _insert(sheet, batch)

    def _wait(self, backlog: int) -> None:
        """Until no more than so many batches are left."""
        while len(self.writing) > backlog:
            self.writing.popleft().result()


def _last(model: type[Model]) -> int:
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def _copy(raw: Any, into: str, batch: list[RowValues]) -> None:
    """`raw` is psycopg's own connection, which one thread at a time may use."""
    with raw.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in batch:
            copy.write_row(row)


def _insert(sheet: Sheet, batch: list[RowValues]) -> None:
    marks = ", ".join(["%s"] * len(sheet.columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {sheet.into} VALUES ({marks})",  # noqa: S608 - our own names
            [[_plain(value) for value in row] for row in batch],
        )


def _plain(value: Any) -> Any:
    """As a field would hand it to SQLite."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value.hex if isinstance(value, UUID) else value
