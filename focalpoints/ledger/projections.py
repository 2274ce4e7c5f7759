"""What is derived from the ledger's public text alone: kept up entry by entry, and made anew by replaying it.

A reader says what an entry made true (`put`), ended (`end`) or added (`add`), to a `Record`: the database (`stored.Stored`), as part
of the verb, or memory (`Replay`), which hands out finished rows. Both give the same rows: `differences` compares them.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, connections
from django.db.models import Model

from focalpoints import clock
from focalpoints.ledger.record import in_turn
from focalpoints.models import FOREVER, Entry, ManyPeriods, Period, ProjectionState
from focalpoints.models.period import level_of

Values = Mapping[str, Any]
PublicText = Mapping[str, Any]
PAGE = 5000


@dataclass(frozen=True, slots=True, eq=False)
class ProjectedTable:
    """`key` names what a row is about, `values` what is said of it, as columns; `group` is the column to ask for several rows by.

    There is one for each model, known by itself: to compare them by all that they hold would take a replay as long as to read.
    """

    model: type[Model]
    key: tuple[str, ...]
    values: tuple[str, ...]
    group: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        if not issubclass(self.model, Period):
            return (*self.key, *self.values, "entry_id")
        return (*self.key, *self.values, "since", "until", "seq", *(("level",) if self.is_levelled else ()))

    @property
    def is_levelled(self) -> bool:
        return issubclass(self.model, ManyPeriods)

    def ended(self, since: date, until: date) -> dict[str, Any]:
        """What changes of a row when it ends."""
        return {"until": until} | ({"level": level_of(since, until)} if self.is_levelled else {})

    def group_of(self, key: tuple[int, ...], values: Values) -> int:
        return values[self.group] if self.group in self.values else key[self.key.index(self.group)]


class Record(ABC):
    """What stands after the entries read so far."""

    day: date
    seq: int

    def turn_to(self, said: PublicText) -> None:
        """What is put from now on holds since this entry."""
        self.day, self.seq = clock.day_of(datetime.fromisoformat(said["at"])), said["seq"]

    @abstractmethod
    def pk(self, model: type[Model], **code: Any) -> int | None:
        """The row with that public code, named first (`key="9"`), and what else holds of it; None where there is none."""

    @abstractmethod
    def pks(self, model: type[Model], column: str, codes: Iterable[str]) -> list[int]:
        """The rows with these public codes, in their order, as far as there are any."""

    @abstractmethod
    def at(self, table: ProjectedTable, *key: int) -> Values | None: ...

    @abstractmethod
    def group(self, table: ProjectedTable, value: int) -> list[tuple[int, ...]]:
        """The keys of everything that stands with this value in the table's `group` column."""

    @abstractmethod
    def put(self, table: ProjectedTable, key: tuple[int, ...], values: Values) -> None: ...

    @abstractmethod
    def end(self, table: ProjectedTable, *key: int) -> None: ...

    @abstractmethod
    def add(self, table: ProjectedTable, values: tuple[Any, ...]) -> None:
        """A row of its own that nothing replaces."""


@dataclass(frozen=True, slots=True)
class Projection:
    """`version` counts up whenever the same entries give other rows: the next `migrate` then makes them anew."""

    name: str
    version: int
    tables: tuple[ProjectedTable, ...]
    read: Callable[[PublicText, Record], None]


PROJECTIONS: list[Projection] = []


class Replay(Record):
    """The projections in memory: one row for each thing that stands. `finished` holds what ended since it was taken."""

    def __init__(self) -> None:
        self.finished: list[tuple[ProjectedTable, tuple[Any, ...]]] = []
        self._standing: dict[ProjectedTable, dict[tuple[int, ...], tuple[date, int, Values]]] = {}
        self._groups: dict[ProjectedTable, dict[int, set[tuple[int, ...]]]] = {}
        self._codes: dict[tuple[type[Model], str], dict[Any, int]] = {}

    def read(self, said: PublicText) -> None:
        """The next entry, in order."""
        self.turn_to(said)
        for projection in PROJECTIONS:
            projection.read(said, self)

    def take(self) -> list[tuple[ProjectedTable, tuple[Any, ...]]]:
        """The rows, in the order of their tables' `columns`, that nothing changes any more."""
        finished, self.finished = self.finished, []
        return finished

    def rest(self) -> Iterator[tuple[ProjectedTable, tuple[Any, ...]]]:
        """The rows that still stand after the last entry."""
        yield from self.take()
        for table, standing in self._standing.items():
            for key, (since, seq, values) in standing.items():
                yield table, self._row(table, key, values, since, FOREVER, seq)

    def pk(self, model: type[Model], **code: Any) -> int | None:
        (column, value), *others = code.items()
        return self.codes(model, column, **dict(others)).get(value)

    def codes(self, model: type[Model], column: str, **others: Any) -> dict[Any, int]:
        """Which row has which code: read once. Whoever makes rows that the database does not hold yet adds theirs."""
        if (model, column) not in self._codes:
            rows = model._default_manager.filter(**others).order_by().values_list(column, "pk")
            self._codes[model, column] = dict(rows.iterator())
        return self._codes[model, column]

    def pks(self, model: type[Model], column: str, codes: Iterable[str]) -> list[int]:
        return [pk for code in codes if (pk := self.pk(model, **{column: code})) is not None]

    def at(self, table: ProjectedTable, *key: int) -> Values | None:
        found = self._standing.setdefault(table, {}).get(key)
        return found and found[2]

    def group(self, table: ProjectedTable, value: int) -> list[tuple[int, ...]]:
        return sorted(self._groups.get(table, {}).get(value, ()))

    def put(self, table: ProjectedTable, key: tuple[int, ...], values: Values) -> None:
        before = self._finish(table, key)
        self._standing[table][key] = (self.day, self.seq, values)
        if table.group and (before is None or table.group_of(key, before) != table.group_of(key, values)):
            self._leave(table, key, before)
            self._groups.setdefault(table, {}).setdefault(table.group_of(key, values), set()).add(key)

    def end(self, table: ProjectedTable, *key: int) -> None:
        self._leave(table, key, self._finish(table, key))

    def add(self, table: ProjectedTable, values: tuple[Any, ...]) -> None:
        self.finished.append((table, (*values, self.seq)))

    def _finish(self, table: ProjectedTable, key: tuple[int, ...]) -> Values | None:
        """End what stands, and tell what it said. What began today leaves no row."""
        found = self._standing.setdefault(table, {}).pop(key, None)
        if found is None:
            return None
        since, seq, values = found
        if since < self.day:
            self.finished.append((table, self._row(table, key, values, since, self.day, seq)))
        return values

    def _leave(self, table: ProjectedTable, key: tuple[int, ...], before: Values | None) -> None:
        if table.group and before is not None:
            self._groups[table][table.group_of(key, before)].discard(key)

    @staticmethod
    def _row(table: ProjectedTable, key: tuple, values: Values, since: date, until: date, seq: int) -> tuple[Any, ...]:
        level = (level_of(since, until),) if table.is_levelled else ()
        return (*key, *[values[name] for name in table.values], since, until, seq, *level)


def replayed(texts: Iterable[PublicText]) -> Iterator[tuple[ProjectedTable, tuple[Any, ...]]]:
    """The rows that these entries' payloads, all of them and in order, come to."""
    replay = Replay()
    for said in texts:
        replay.read(said)
        if len(replay.finished) >= PAGE:
            yield from replay.take()
    yield from replay.rest()


def store(rows: Iterable[tuple[ProjectedTable, tuple[Any, ...]]]) -> int:
    """Write replayed rows in bulk: COPY on PostgreSQL. Returns how many."""
    waiting: dict[ProjectedTable, list[tuple[Any, ...]]] = {}
    count = 0
    for table, row in rows:
        count += 1
        waiting.setdefault(table, []).append(row)
        if len(waiting[table]) >= PAGE:
            _write(table, waiting.pop(table))
    for table, left in waiting.items():
        _write(table, left)
    return count


def _write(table: ProjectedTable, rows: list[tuple[Any, ...]]) -> None:
    into = f"{table.model._meta.db_table} ({', '.join(table.columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(table.columns))
            texts = [[str(value) if isinstance(value, date) else value for value in row] for row in rows]
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", texts)  # noqa: S608 - our own names


@in_turn
def rebuild() -> int:
    """Make every projection anew from the ledger; nobody writes meanwhile. Returns the number of rows."""
    _clear()
    count = store(replayed(_ledger()))
    ProjectionState.objects.update_or_create(pk=1, defaults={"shape": shape()})
    return count


def begin_anew() -> Replay:
    """Empty the projections and read the ledger so far: for whoever reads on what is written next, and stores all rows at last."""
    _clear()
    replay = Replay()
    for said in _ledger():
        replay.read(said)
    return replay


def _clear() -> None:
    for table in tables():
        table.model._default_manager.all().delete()


def _ledger() -> Iterator[PublicText]:
    texts = Entry.objects.order_by("seq").values_list("text", flat=True)
    return map(json.loads, texts.iterator(chunk_size=PAGE))


def tables() -> list[ProjectedTable]:
    return [table for projection in PROJECTIONS for table in projection.tables]


def shape() -> str:
    return " ".join(f"{projection.name}:{projection.version}" for projection in PROJECTIONS)


def restore_projections(*, using: str, **kwargs: Any) -> None:
    """After every `migrate`: a database that was made before a projection, or with another version of one, gets it now."""
    needed = {table.model._meta.db_table for table in tables()} | {ProjectionState._meta.db_table}
    are_there = needed <= set(connections[using].introspection.table_names())
    if are_there and not ProjectionState.objects.filter(shape=shape()).exists():
        rebuild()


@in_turn
def differences() -> list[str]:
    """The tables whose rows are not what the ledger says. Compared by count and by a sum of hashes, in no order and little memory."""
    sums = {table: [0, 0] for table in tables()}
    for table, row in replayed(_ledger()):
        _count(sums[table], row)
    return [table.model._meta.db_table for table, said in sums.items() if said != _stored_sum(table)]


def _stored_sum(table: ProjectedTable) -> list[int]:
    total = [0, 0]
    for row in table.model._default_manager.order_by().values_list(*table.columns).iterator(chunk_size=PAGE):
        _count(total, row)
    return total


def _count(total: list[int], row: tuple[Any, ...]) -> None:
    total[0] += 1
    total[1] += int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=16).digest())
