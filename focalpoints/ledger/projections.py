"""Tables derived from the ledger's public texts alone: what they are, and how an entry changes them.

A projection reads one entry after another and tells `ProjectedRows` what each made true (`put`), ended (`end`) or added (`add`). Its
tables are brought up to date with every verb (`update`) and can be computed anew from the whole ledger (`replay`); both give the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import Model

from focalpoints import clock
from focalpoints.models import ManyPeriods, Period
from focalpoints.models.period import level_of
from focalpoints.sql.bulk import BulkTable

# What a projected row says, by column.
Values = Mapping[str, Any]
# What an entry's text says, parsed: docs/ledger.md lists the keys.
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class ProjectedTable:
    """A projection's table: `key` are the columns that name what a row is about, `values` those that say something of it.

    `group` is the column by which several rows can be asked for at once. Compared by identity (`eq=False`): comparing the fields
    at every look-up would double the time of a replay.
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
    def identity(self) -> tuple[str, ...]:
        """Columns that no two of its rows have in common, or few: a thing has at most one row a day."""
        return (*self.key, "since") if issubclass(self.model, Period) else ("entry_id",)

    @property
    def is_levelled(self) -> bool:
        return issubclass(self.model, ManyPeriods)

    def is_about(self, model: type[Model]) -> bool:
        """Whether one such row names what each of its rows is about."""
        return len(self.key) == 1 and self.model._meta.get_field(self.key[0]).related_model is model

    @property
    def bulk(self) -> BulkTable:
        return BulkTable(self.model._meta.db_table, self.columns)

    def changes_at_end(self, since: date, until: date) -> dict[str, Any]:
        """The columns that change when a row that began on `since` ends on `until`."""
        return {"until": until} | ({"level": level_of(since, until)} if self.is_levelled else {})

    def group_of(self, key: tuple[int, ...], values: Values) -> int:
        return values[self.group] if self.group in self.values else key[self.key.index(self.group)]


class ProjectedRows(ABC):
    """The rows of all projections after the entries read so far."""

    day: date
    seq: int

    def turn_to(self, payload: Payload) -> None:
        """Date what is put or ended from now on by this entry."""
        self.day, self.seq = clock.day_of(datetime.fromisoformat(payload["at"])), payload["seq"]

    @abstractmethod
    def pk(self, model: type[Model], **code: Any) -> int | None:
        """The key of the row with that public code (`key="9"`) and, if named after it, other columns; None when there is none."""

    @abstractmethod
    def pks(self, model: type[Model], column: str, codes: Iterable[str]) -> list[int]:
        """The keys of the rows with these public codes, in their order; codes without a row are left out."""

    @abstractmethod
    def current(self, table: ProjectedTable, *key: int) -> Values | None:
        """What the row for this key says now; None when there is none."""

    @abstractmethod
    def keys_in_group(self, table: ProjectedTable, value: int) -> list[tuple[int, ...]]:
        """The keys of the current rows that have this value in the table's `group` column."""

    @abstractmethod
    def put(self, table: ProjectedTable, key: tuple[int, ...], values: Values) -> None:
        """From this entry on the row says this; what it said before ends."""

    @abstractmethod
    def end(self, table: ProjectedTable, *key: int) -> None:
        """From this entry on there is no such row."""

    @abstractmethod
    def add(self, table: ProjectedTable, values: tuple[Any, ...]) -> None:
        """Add a row that no later entry replaces or ends."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Some tables, and the function that reads an entry for them.

    Raise `version` whenever the same entries would give other rows: the next `migrate` then computes the tables anew.
    """

    name: str
    version: int
    tables: tuple[ProjectedTable, ...]
    read: Callable[[Payload, ProjectedRows], None]


class ChangedRows(Protocol):
    """What entries of one instant change of the projections' rows, before it is written. `seq` is the last one's number."""

    day: date
    seq: int

    def changes(self, table: ProjectedTable) -> dict[tuple[int, ...], tuple[Values | None, Values | None]]:
        """By key, what the rows said before these entries and what they say now; only those that say something else."""

    def current(self, table: ProjectedTable, *key: int) -> Values | None: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What is added up from the projections' rows, and kept in a table of its own. `version` is as that of a `Projection`."""

    name: str
    version: int
    model: type[Model]
    # Brings it up to date with new entries, in the transaction of their verb; also takes the number of the last entry before them. The
    # database holds the projections' rows as they were then.
    follow: Callable[[ChangedRows, int], None]
    # Adds up what is missing, after the tables were emptied.
    complete: Callable[[], None]
    differs: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Extract:
    """What is kept in a table of its own of rows that verbs write, and not of the ledger's texts. `version` is as that of a `Projection`.

    A listener brings it up to date with each verb (`record.LISTENERS`).
    """

    name: str
    version: int
    model: type[Model]
    # Makes what Django's migrations do not know: called after every `migrate`, with the connection.
    install: Callable[[Any], None]
    # Brings all rows up to date, while others go on writing. Returns how many there are.
    remake: Callable[[], int]
    # What differs from the rows that it is made of, by name.
    differences: Callable[[], list[str]]


PROJECTIONS: list[Projection] = []
SUMMARIES: list[Summary] = []
EXTRACTS: list[Extract] = []


def tables() -> list[ProjectedTable]:
    return [table for projection in PROJECTIONS for table in projection.tables]


def derived_models() -> list[type[Model]]:
    """Of all tables that are made anew from the ledger, and from rows that verbs write."""
    return [
        *(table.model for table in tables()),
        *(summary.model for summary in SUMMARIES),
        *(extract.model for extract in EXTRACTS),
    ]


def shape() -> str:
    """The names and versions of all that is derived, to compare with those that a database's tables were made by."""
    versions = {projection.name: projection.version for projection in PROJECTIONS}
    versions |= {summary.name: summary.version for summary in SUMMARIES}
    versions |= {extract.name: extract.version for extract in EXTRACTS}
    return " ".join(f"{name}:{version}" for name, version in versions.items())
