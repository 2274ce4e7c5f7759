"""The projections computed anew from the whole ledger: to rebuild their tables, and to compare what those hold."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connections
from django.db.models import Model

from focalpoints.ledger.projections import (
    EXTRACTS,
    PROJECTIONS,
    SUMMARIES,
    Payload,
    ProjectedRows,
    ProjectedTable,
    Values,
    derived_models,
    shape,
    tables,
)
from focalpoints.models import FOREVER, Entry, ProjectionState
from focalpoints.models.period import level_of
from focalpoints.sql.bulk import RowValues
from focalpoints.sql.snapshot import snapshot
from focalpoints.sql.staging import StagedTable
from focalpoints.turn import head_first

PAGE = 5000


class Replay(ProjectedRows):
    """The projections in memory. Only current rows stay there: rows that have ended wait in `finished` until they are taken."""

    def __init__(self) -> None:
        self.seq = 0
        self.finished: list[tuple[ProjectedTable, RowValues]] = []
        self._standing: dict[ProjectedTable, dict[tuple[int, ...], tuple[date, int, Values]]] = {}
        self._groups: dict[ProjectedTable, dict[int, set[tuple[int, ...]]]] = {}
        self._codes: dict[tuple[type[Model], str], dict[Any, int]] = {}

    def read(self, payload: Payload) -> None:
        """Read the next entry, in order."""
        self.turn_to(payload)
        for projection in PROJECTIONS:
            projection.read(payload, self)

    def take(self) -> list[tuple[ProjectedTable, RowValues]]:
        """Hand out the rows that no later entry changes, each in the order of its table's `columns`."""
        finished, self.finished = self.finished, []
        return finished

    def rest(self) -> Iterator[tuple[ProjectedTable, RowValues]]:
        """Hand out all other rows, when the last entry was read."""
        yield from self.take()
        for table, standing in self._standing.items():
            for key, (since, seq, values) in standing.items():
                yield table, self._row(table, key, values, since, FOREVER, seq)

    def pk(self, model: type[Model], **code: Any) -> int | None:
        (column, value), *others = code.items()
        known = self.codes(model, column, **dict(others))
        if value not in known:  # made since they were read
            known |= model._default_manager.filter(**code).order_by().values_list(column, "pk")
        return known.get(value)

    def codes(self, model: type[Model], column: str, **others: Any) -> dict[Any, int]:
        """The keys by code, read once. Whoever makes rows that the database does not hold yet adds theirs to this dictionary."""
        if (model, column) not in self._codes:
            rows = model._default_manager.filter(**others).order_by().values_list(column, "pk")
            self._codes[model, column] = dict(rows.iterator())
        return self._codes[model, column]

    def pks(self, model: type[Model], column: str, codes: Iterable[str]) -> list[int]:
        return [pk for code in codes if (pk := self.pk(model, **{column: code})) is not None]

    def current(self, table: ProjectedTable, *key: int) -> Values | None:
        found = self._standing.setdefault(table, {}).get(key)
        return found and found[2]

    def keys_in_group(self, table: ProjectedTable, value: int) -> list[tuple[int, ...]]:
        return sorted(self._groups.get(table, {}).get(value, ()))

    def put(self, table: ProjectedTable, key: tuple[int, ...], values: Values) -> None:
        before = self._finish(table, key)
        self._standing[table][key] = (self.day, self.seq, values)
        if table.group and (before is None or table.group_of(key, before) != table.group_of(key, values)):
            self._leave(table, key, before)
            self._groups.setdefault(table, {}).setdefault(table.group_of(key, values), set()).add(key)

    def end(self, table: ProjectedTable, *key: int) -> None:
        self._leave(table, key, self._finish(table, key))

    def add(self, table: ProjectedTable, values: RowValues) -> None:
        self.finished.append((table, (*values, self.seq)))

    def _finish(self, table: ProjectedTable, key: tuple[int, ...]) -> Values | None:
        """End the current row and give what it said. One that began today leaves no trace: the day's last word counts."""
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
    def _row(table: ProjectedTable, key: tuple, values: Values, since: date, until: date, seq: int) -> RowValues:
        level = (level_of(since, until),) if table.is_levelled else ()
        return (*key, *[values[name] for name in table.values], since, until, seq, *level)


def replayed(payloads: Iterable[Payload]) -> Iterator[tuple[ProjectedTable, RowValues]]:
    """All rows that these entries give, from the first one on and in order."""
    replay = Replay()
    for payload in payloads:
        replay.read(payload)
        if len(replay.finished) >= PAGE:
            yield from replay.take()
    yield from replay.rest()


def rebuild() -> int:
    """Compute every projection anew from the ledger, and write what differs. Returns the number of rows. Summaries are emptied.

    Others go on writing: the ledger is read up to its end without a lock, and only what came after, and the comparison, keep them waiting.
    """
    replay = Replay()
    stage = {table: StagedTable.begun(table.model, table.columns, table.identity) for table in tables()}
    for payload in _payloads():
        replay.read(payload)
        for table, row in replay.take():
            stage[table].add(row)
    for staged in stage.values():
        staged.settle()
    return _put_in_place(replay, stage)


@head_first
def _put_in_place(replay: Replay, stage: Mapping[ProjectedTable, StagedTable]) -> int:
    for payload in _payloads(after=replay.seq):
        replay.read(payload)
    for table, row in replay.rest():
        stage[table].add(row)
    count = sum(staged.take_place() for staged in stage.values())
    for summary in SUMMARIES:
        summary.model._default_manager.all().delete()
    ProjectionState.objects.update_or_create(pk=1, defaults={"shape": shape()})
    return count


def begin_anew() -> Replay:
    """Empty the projections' tables and read the ledger so far. The caller reads the entries that follow, and writes the rows."""
    for model in derived_models():
        model._default_manager.all().delete()
    replay = Replay()
    for payload in _payloads():
        replay.read(payload)
    return replay


def _payloads(after: int = 0) -> Iterator[Payload]:
    """The entries in order, a page at a time so that no query stays open; also those that are written meanwhile."""
    while texts := list(Entry.objects.filter(seq__gt=after).order_by("seq").values_list("text", flat=True)[:PAGE]):
        for text in texts:
            yield (payload := json.loads(text))
        after = payload["seq"]


def restore_projections(*, using: str, **kwargs: Any) -> None:
    """Runs after every `migrate`: rebuild the projections when this database's were made by other versions than the code's."""
    needed = {model._meta.db_table for model in derived_models()} | {ProjectionState._meta.db_table}
    if not needed <= set(connections[using].introspection.table_names()):
        return
    for extract in EXTRACTS:
        extract.install(connections[using])
    if not ProjectionState.objects.filter(shape=shape()).exists():
        for extract in EXTRACTS:
            extract.remake()
        rebuild()


def differences() -> list[str]:
    """The tables whose rows differ from what the ledger gives, and what differs of an extract, as all are now; others go on writing.

    Counts and sums of hashes are compared, which needs little memory.
    """
    sums = {table: [0, 0] for table in tables()}
    with snapshot():
        for table, row in replayed(_payloads()):
            _count(sums[table], row)
        differing = [table.model for table, total in sums.items() if total != _stored_sum(table)]
        differing += [summary.model for summary in SUMMARIES if summary.differs()]
        named = [f"{extract.name}: {name}" for extract in EXTRACTS for name in extract.differences()]
    return [*(model._meta.db_table for model in differing), *named]


def _stored_sum(table: ProjectedTable) -> list[int]:
    total = [0, 0]
    for row in table.model._default_manager.order_by().values_list(*table.columns).iterator(chunk_size=PAGE):
        _count(total, row)
    return total


def _count(total: list[int], row: RowValues) -> None:
    total[0] += 1
    total[1] += int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=16).digest())
