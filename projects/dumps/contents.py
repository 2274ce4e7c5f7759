"""What a dump holds: each public table as CSV, the ledger's public texts as JSON Lines, the script that checks them, the package."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import override

from focalpoints import clock
from focalpoints.models import Entry, LedgerHead
from focalpoints.tables.csv_file import MARK, csv_parts
from focalpoints.tables.table import TABLES, Table, TableReader, TableRow
from projects.dumps.files import HashedFile, packed, whole
from projects.dumps.package import LEDGER, PACKAGE, RECIPE, SPANISH, as_bytes, datapackage
from projects.models import Dump

CHUNK = 2000
SCRIPT = settings.BASE_DIR / "docs" / "recompute.py"


def write_contents(folder: Path, name: str, before: Dump | None) -> Dump:
    """All files into `folder`, and the unsaved row that will publish them under `name`. Within a snapshot.

    A file with the same content as in the dump `before` is said to be unchanged since then.
    """
    head = LedgerHead.objects.get(pk=1)
    # After the snapshot's first question: nothing in it is later.
    dump = Dump(
        day=clock.today(), made_at=clock.now(), seq=head.seq, digest=head.digest, release=settings.RELEASE, folder=name
    )
    with override(SPANISH), clock.at(dump.made_at):  # of one day, also across midnight
        dump.files = [_table(folder, table) for table in TABLES.values() if table.is_in_dump]
    dump.files += [_ledger(folder, head.seq), _script(folder)]
    known = {file["name"]: file for file in before.files} if before else {}
    for file in dump.files:
        earlier = known.get(file["name"], {})
        is_same = earlier.get("sha256") == file["sha256"]
        file["changed_on"] = earlier["changed_on"] if is_same else str(dump.day)
    package = whole(folder / PACKAGE, as_bytes(datapackage(dump)))
    dump.files.append({**_facts(PACKAGE, "", None, package), "changed_on": str(dump.day)})
    return dump


def _table(folder: Path, table: Table) -> dict[str, Any]:
    """Headed by the columns' names, which are the same in all languages, and without the mark of UTF-8."""
    name = f"{table.name}.csv.gz"
    columns = [replace(column, title=column.name) for column in table.columns]
    rows = CountedRows(table.rows(TableReader()))
    with packed(folder / name) as (out, written):
        for part in csv_parts(columns, rows):
            out.write(part.removeprefix(MARK))
    return _facts(name, table.name, rows.number, written)


def _ledger(folder: Path, until: int) -> dict[str, Any]:
    name = f"{LEDGER}.jsonl.gz"
    entries = Entry.objects.filter(seq__lte=until).order_by("seq").values_list("seq", "text", "hash", "digest")
    line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    number = 0
    with packed(folder / name) as (out, written):
        for seq, text, hash_of_text, digest in entries.iterator(CHUNK):
            out.write(f"{line({'seq': seq, 'text': text, 'hash': hash_of_text, 'digest': digest})}\n".encode())
            number += 1
    return _facts(name, LEDGER, number, written)


def _script(folder: Path) -> dict[str, Any]:
    return _facts(SCRIPT.name, RECIPE, None, whole(folder / SCRIPT.name, SCRIPT.read_bytes()))


def _facts(name: str, table: str, rows: int | None, written: HashedFile) -> dict[str, Any]:
    return {"name": name, "table": table, "rows": rows, "bytes": written.size, "sha256": written.sha256}


class CountedRows:
    """Rows on their way, and how many went by."""

    def __init__(self, rows: Iterable[TableRow]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[TableRow]:
        for row in self._rows:
            self.number += 1
            yield row
