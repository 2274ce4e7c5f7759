"""Many rows into the database: by COPY on PostgreSQL, by long INSERTs on SQLite. Nothing is kept but the batches at hand."""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import FileField, Model

BATCH = 4000


class Rows:
    """`number` gives a new row's key; rows may come before those that they refer to: foreign keys are checked at the end.

    Between `Rows(…)` and `finish` the connection is this object's alone: PostgreSQL takes one batch in while the next is made.
    """

    def __init__(self, models: Iterable[type[Model]]) -> None:
        self.waiting: dict[type[Model], list[Model]] = defaultdict(list)
        self.numbers = {model: count(_last(model) + 1) for model in models}
        self.writer = ThreadPoolExecutor(1)
        self.writing: Future[None] | None = None

    def number(self, model: type[Model]) -> int:
        return next(self.numbers[model])

    def add(self, row: Model) -> None:
        batch = self.waiting[type(row)]
        batch.append(row)
        if len(batch) >= BATCH:
            self._write(type(row))

    def finish(self) -> None:
        for model in list(self.waiting):
            self._write(model)
        self._wait()
        self.writer.shutdown()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.numbers)):
                cursor.execute(statement)

    def _write(self, model: type[Model]) -> None:
        batch = self.waiting.pop(model, [])
        if connection.vendor != "postgresql":
            model._default_manager.bulk_create(batch, batch_size=BATCH)
            return
        self._wait()
        self.writing = self.writer.submit(_copy, connection.connection, model, batch)

    def _wait(self) -> None:
        if self.writing:
            self.writing.result()


def _last(model: type[Model]) -> int:
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def _copy(raw: Any, model: type[Model], batch: list[Model]) -> None:
    """`raw` is psycopg's own connection, which one thread at a time may use."""
    fields = model._meta.concrete_fields
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column or field.attname) for field in fields)
    # A file's row holds its name; of everything else psycopg knows how it is written.
    readers = [(field.attname, str if isinstance(field, FileField) else None) for field in fields]
    with raw.cursor() as cursor, cursor.copy(f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN") as copy:
        for row in batch:
            values = vars(row)
            copy.write_row([as_(values[name]) if as_ else values[name] for name, as_ in readers])
