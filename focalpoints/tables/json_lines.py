"""A table as JSON Lines: one object a line, under the columns' names; days and instants as ISO 8601 text, lists as arrays."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import batched
from typing import Any

from focalpoints.tables.column import Column, encoded, seconds
from focalpoints.tables.table import TableRow

CONTENT_TYPE = "application/jsonl; charset=utf-8"
ROWS_AT_ONCE = 250


def json_parts(columns: Sequence[Column], rows: Iterable[TableRow]) -> Iterator[bytes]:
    names = [column.name for column in columns]
    written = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_iso).encode
    for part in batched(rows, ROWS_AT_ONCE):
        yield encoded("".join([f"{written(dict(zip(names, row, strict=True)))}\n" for row in part]))


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return seconds(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is of no kind that a column has.")
