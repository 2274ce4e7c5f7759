"""A table that can be taken away, and all of them by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from focalpoints.tables.column import Column
from focalpoints.workflow import StrOrPromise

type TableRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class TableReader:
    """Of which business day the whole of a table is read: None is today."""

    on: date | None = None


def few() -> int:
    """The count of rows that are never too many for any format: nobody asks the database."""
    return 0


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` gives all that everybody may see, in the order of the list: one value for each column, in the columns' order.

    `download` is the name of the address of its files, which takes the format. What is not public is in no list of tables and no dump;
    nor is in the dump what other files of it say already.
    `count` says how many rows the whole has; beyond those of a workbook it need not be exact.
    """

    name: str
    title: StrOrPromise
    describes: StrOrPromise
    columns: tuple[Column, ...]
    rows: Callable[[TableReader], Iterator[TableRow]]
    download: str = ""
    is_public: bool = True
    count: Callable[[], int] = few
    is_in_dump: bool = True


# Of all apps, by name, in the order in which they are shown.
TABLES: dict[str, Table] = {}


def register(*tables: Table) -> None:
    TABLES.update({table.name: table for table in tables})
