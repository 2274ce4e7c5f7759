"""A table as CSV: UTF-8 with its mark, RFC 4180, days as 2018-10-15, `true` and `false`, nothing for what is missing.

A spreadsheet would calculate a text that begins as a formula does. Such a text gets an apostrophe before it, and so does one that begins
with an apostrophe: of a text that begins with one, who reads the file takes one away (`as_written`). Numbers stay as they are.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from io import StringIO
from itertools import batched
from operator import itemgetter
from typing import Any

from focalpoints.tables.column import TEXTS, Column, encoded, joined, seconds
from focalpoints.tables.table import TableRow

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
MARK = b"\xef\xbb\xbf"  # by which spreadsheets know that it is UTF-8
ROWS_AT_ONCE = 250
MOST_KNOWN = 4096
DEFUSED = "'"
# As they stand on a keyboard, and full width, as which a spreadsheet may take them too.
_RISKY = frozenset("=+-@\t\r\n＝＋－＠'")
_IN_TEXT: dict[str, Callable[[Any], str]] = {
    "instant": seconds,
    "boolean": lambda value: "true" if value else "false",
}


def csv_parts(columns: Sequence[Column], rows: Iterable[TableRow]) -> Iterator[bytes]:
    written = StringIO(newline="")
    writer = csv.writer(written)  # its dialect is RFC 4180's: CRLF, and quotes where they are needed
    writer.writerow([defused(str(column.title)) for column in columns])
    yield MARK + encoded(written.getvalue())
    cells_of = _cells_of(columns)
    for part in batched(rows, ROWS_AT_ONCE):
        written.seek(0)
        written.truncate()
        writer.writerows(map(cells_of, part))
        yield encoded(written.getvalue())


def _cells_of(columns: Sequence[Column]) -> Callable[[TableRow], Sequence[Any]]:
    """What makes cells of a row. This runs a hundred thousand times: what is done to each cell is done in C where it can be."""
    texts = [place for place, column in enumerate(columns) if column.kind in TEXTS]
    lists = [place for place, column in enumerate(columns) if column.kind == "list"]
    others = [(place, _IN_TEXT[column.kind]) for place, column in enumerate(columns) if column.kind in _IN_TEXT]
    # Of one place alone an itemgetter gives no tuple. Many rows of a table have the same list.
    texts_of = itemgetter(*texts, texts[0]) if texts else lambda row: ()
    first, risky = itemgetter(slice(0, 1)), _RISKY
    list_in_text = lru_cache(MOST_KNOWN)(lambda names: defused(joined(names)))

    def cells(row: TableRow) -> Sequence[Any]:
        found = list(row)
        for place in lists:
            found[place] = list_in_text(row[place])
        for place, in_text in others:
            if row[place] is not None:
                found[place] = in_text(row[place])
        if not risky.isdisjoint(map(first, texts_of(row))):
            for place in texts:
                found[place] = defused(row[place])
        return found

    return cells


def defused(text: str) -> str:
    return DEFUSED + text if text[:1] in _RISKY else text


def as_written(cell: str) -> str:
    """The text of a cell that `defused` may have changed."""
    return cell.removeprefix(DEFUSED)
