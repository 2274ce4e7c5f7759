"""The projections' tables, brought up to date with a verb's new entries as part of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from focalpoints.ledger.projections import PROJECTIONS, SUMMARIES, Payload, ProjectedRows, ProjectedTable, Values
from focalpoints.models import FOREVER
from focalpoints.sql.prepared import asked_together, prepared
from focalpoints.sql.writing import change_all, insert_all

Key = tuple[int, ...]
Columns = tuple[tuple[str, Any], ...]


def update_projections(payloads: Sequence[Payload], known: Collection[Model]) -> None:
    """Let every projection read these entries of one instant, and write what changes.

    `known` are rows that need not be looked up by their code.
    """
    rows = StoredRows(known)
    rows.foresee()
    for payload in payloads:
        rows.turn_to(payload)
        for projection in PROJECTIONS:
            projection.read(payload, rows)
    for summary in SUMMARIES:
        summary.follow(rows, payloads[0]["seq"] - 1)
    rows.write()


@dataclass(frozen=True, slots=True)
class RowBefore:
    """A row as it stood before the entry."""

    pk: int
    since: date
    values: Values


class StoredRows(ProjectedRows):
    """What entries of one day change of the rows in the database. A thing has at most one row a day: the day's last word counts.

    Changes are collected and written together (`write`), so that entries about a hundred agencies take no more queries than one.
    """

    def __init__(self, known: Collection[Model]) -> None:
        self._known = known
        self._before: dict[ProjectedTable, dict[Key, RowBefore | None]] = {}
        self._after: dict[ProjectedTable, dict[Key, Values | None]] = {}
        self._put_by: dict[tuple[ProjectedTable, Key], int] = {}
        self._added: list[Model] = []
        self._groups: set[tuple[ProjectedTable, int]] = set()
        self._at_hand: set[tuple[type[Model], str]] = set()
        self._pks: dict[tuple[type[Model], str, str, Columns], int | None] = {}

    def foresee(self) -> None:
        """Read at once what the known rows' versions in the large tables say, which everyday verbs change."""
        wanted = [
            (table, (row.pk,)) for projection in PROJECTIONS for table in projection.tables if table.is_levelled
            for row in self._known if table.is_about(type(row))
        ]  # fmt: skip
        answers = asked_together(*((_one, question) for question in wanted))
        for (table, key), found in zip(wanted, answers, strict=True):
            self._before.setdefault(table, {})[key] = _standing(table, found).get(key)

    def pk(self, model: type[Model], **code: Any) -> int | None:
        (column, value), *others = code.items()
        return self._found_pks(model, column, (value,), tuple(others))[0]

    def pks(self, model: type[Model], column: str, codes: Iterable[str]) -> list[int]:
        return [pk for pk in self._found_pks(model, column, codes, ()) if pk is not None]

    def _found_pks(self, model: type[Model], column: str, codes: Iterable[str], others: Columns) -> list[int | None]:
        names = {code: (model, column, code, others) for code in codes}
        if (model, column) not in self._at_hand:
            self._at_hand.add((model, column))
            self._pks |= {
                (model, column, getattr(row, column), ()): row.pk for row in self._known if type(row) is model
            }
        if unknown := tuple(code for code, name in names.items() if name not in self._pks):
            found = dict(_pks(model, column, unknown, others))
            self._pks |= {names[code]: found.get(code) for code in unknown}
        return [self._pks[name] for name in names.values()]

    def current(self, table: ProjectedTable, *key: int) -> Values | None:
        after = self._after.get(table, {})
        if key in after:
            return after[key]
        found = self._found(table, key)
        return found.values if found else None

    def keys_in_group(self, table: ProjectedTable, value: int) -> list[Key]:
        before = self._before.setdefault(table, {})
        if (table, value) not in self._groups:
            self._groups.add((table, value))
            before |= _standing(table, _group(table, value))
        stands = {key: self.current(table, *key) for key in before | self._after.get(table, {})}
        return sorted(
            key for key, values in stands.items() if values is not None and table.group_of(key, values) == value
        )

    def put(self, table: ProjectedTable, key: Key, values: Values) -> None:
        self._after.setdefault(table, {})[key] = values
        self._put_by[table, key] = self.seq

    def end(self, table: ProjectedTable, *key: int) -> None:
        self._after.setdefault(table, {})[key] = None

    def add(self, table: ProjectedTable, values: tuple[Any, ...]) -> None:
        self._added.append(table.model(**dict(zip(table.columns, (*values, self.seq), strict=True))))

    def changes(self, table: ProjectedTable) -> dict[Key, tuple[Values | None, Values | None]]:
        """By key, what the rows said before these entries and what they say now; only those that say something else."""
        changes = {}
        for key, after in self._after.get(table, {}).items():
            found = self._found(table, key)
            before = found.values if found else None
            if before != after:
                changes[key] = before, after
        return changes

    def write(self) -> None:
        for table, after in self._after.items():
            ended: dict[Columns, list[int]] = {}
            for key, values in after.items():
                found = self._found(table, key)
                if found and found.since == self.day:
                    self._replace(table, key, found, values)
                    continue
                if found:
                    ended.setdefault(tuple(table.changes_at_end(found.since, self.day).items()), []).append(found.pk)
                if values is not None:
                    self._added.append(self._row(table, key, values))
            for changes, pks in ended.items():
                change_all(table.model, pks, **dict(changes))
        insert_all(self._added)

    def _replace(self, table: ProjectedTable, key: Key, found: RowBefore, values: Values | None) -> None:
        """Change a row that began today, or delete it."""
        if values is None:
            table.model._default_manager.filter(pk=found.pk).delete()
        else:
            change_all(table.model, [found.pk], **values, seq=self._put_by[table, key])

    def _row(self, table: ProjectedTable, key: Key, values: Values) -> Model:
        seq = self._put_by[table, key]
        return table.model(**dict(zip(table.key, key, strict=True)), **values, since=self.day, seq=seq)

    def _found(self, table: ProjectedTable, key: Key) -> RowBefore | None:
        before = self._before.setdefault(table, {})
        if key not in before:
            is_read = table.group in table.key and (table, table.group_of(key, {})) in self._groups
            before[key] = None if is_read else _standing(table, _one(table, key)).get(key)
        return before[key]


@prepared("codes")
def _pks(model: type[Model], column: str, codes: tuple[str, ...], others: Columns) -> QuerySet[Any, tuple[str, int]]:
    rows = model._default_manager.filter(**{f"{column}__in": codes}, **dict(others))
    return rows.order_by().values_list(column, "pk")


@prepared("key")
def _one(table: ProjectedTable, key: Key) -> QuerySet[Any, tuple[Any, ...]]:
    return _rows(table).filter(**dict(zip(table.key, key, strict=True)))


@prepared("value")
def _group(table: ProjectedTable, value: int) -> QuerySet[Any, tuple[Any, ...]]:
    return _rows(table).filter(**{table.group: value})


def _rows(table: ProjectedTable) -> QuerySet[Any, tuple[Any, ...]]:
    standing = table.model._default_manager.filter(until=FOREVER).order_by()
    return standing.values_list("pk", "since", *table.key, *table.values)


def _standing(table: ProjectedTable, rows: Iterable[tuple[Any, ...]]) -> dict[Key, RowBefore]:
    values = 2 + len(table.key)
    return {
        row[2:values]: RowBefore(row[0], row[1], dict(zip(table.values, row[values:], strict=True))) for row in rows
    }
