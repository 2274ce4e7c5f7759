"""Many rows into the database: by COPY on PostgreSQL, by long INSERTs on SQLite. Nothing is kept but the batch at hand."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from django.core.management.color import no_style
from django.db import connection
from django.db.models import FileField, Model

BATCH = 4000


class Rows:
    """`number` gives a new row's key; rows may come before those that they refer to: foreign keys are checked at the end."""

    def __init__(self) -> None:
        self.waiting: dict[type[Model], list[Model]] = defaultdict(list)
        self.numbers: dict[type[Model], Iterator[int]] = {}

    def number(self, model: type[Model]) -> int:
        if model not in self.numbers:
            last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
            self.numbers[model] = count((last or 0) + 1)
        return next(self.numbers[model])

    def add(self, row: Model) -> None:
        batch = self.waiting[type(row)]
        batch.append(row)
        if len(batch) >= BATCH:
            self._write(type(row))

    def finish(self) -> None:
        for model in list(self.waiting):
            self._write(model)
        numbered = list(self.numbers)
        if statements := connection.ops.sequence_reset_sql(no_style(), numbered):
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def _write(self, model: type[Model]) -> None:
        batch = self.waiting.pop(model, [])
        if connection.vendor == "postgresql":
            self._copy(model, batch)
        else:
            model._default_manager.bulk_create(batch, batch_size=BATCH)

    def _copy(self, model: type[Model], batch: list[Model]) -> None:
        fields = model._meta.concrete_fields
        columns = ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)
        # A file's row holds its name; of everything else psycopg knows how it is written.
        readers = [(field.attname, str if isinstance(field, FileField) else None) for field in fields]
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in batch:
                values = vars(row)
                copy.write_row([as_(values[name]) if as_ else values[name] for name, as_ in readers])
