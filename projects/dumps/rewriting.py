"""Writes a kept dump anew without what a redaction hides: the row stays, its texts are empty, and the package says why."""

import csv
import gzip
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from focalpoints.tables.csv_file import as_written
from projects.dumps.files import packed, whole
from projects.dumps.package import PACKAGE, as_bytes
from projects.models import Dump

# By table, what its texts are part of: the kind of thing, the column with its code, and the columns that are emptied. Names that a
# release gives up stay: dumps are kept for years.
TEXTS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "follow_ups": (("follow-up", "code", ("done", "next_step", "obstacle")),),
    "findings": (("request", "request", ("reasons", "sources")),),
}
MARK = "is_redacted"  # the column that says of a row that its texts were emptied


def write_without(dump: Dump, folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The files of `dump` into `folder`; what is known of them then, and its redactions, each with the `tables` that held it.

    A redaction of which no table held anything is left out: that dump never had it.
    """
    redactions = [{"tables": [], **redaction} for redaction in dump.redactions]
    package = json.loads((dump.path / PACKAGE).read_text(encoding="utf-8"))
    files = []
    for file in dump.files:
        if file["name"] == PACKAGE:
            continue
        hidden = _hidden_in(file["table"], redactions)
        written = _written_without(hidden, dump.path, folder, file) if hidden else None
        if written is None:
            os.link(dump.path / file["name"], folder / file["name"])
        files.append(written or file)
    redactions = [redaction for redaction in redactions if redaction["tables"]]
    for resource, file in zip(package["resources"], files, strict=True):
        resource |= {"bytes": file["bytes"], "hash": f"sha256:{file['sha256']}"}
    package["redactions"] = redactions
    described = whole(folder / PACKAGE, as_bytes(package))
    files.append({**dump.files[-1], "bytes": described.size, "sha256": described.sha256})
    return files, redactions


type Hidden = list[tuple[str, tuple[str, ...], dict[str, dict[str, Any]]]]


def _hidden_in(table: str, redactions: Sequence[dict[str, Any]]) -> Hidden:
    """For each kind of text of this table: the column with the code, the columns to empty, and the redactions by code."""
    found = []
    for kind, key, columns in TEXTS.get(table, ()):
        if by_code := {redaction["code"]: redaction for redaction in redactions if redaction["of"] == kind}:
            found.append((key, columns, by_code))
    return found


def _written_without(hidden: Hidden, old: Path, new: Path, file: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is known of the file now, which each redaction that emptied something names. None, and no file, where none did."""
    table, is_same = file["table"], True
    with (
        gzip.open(old / file["name"], "rt", encoding="utf-8", newline="") as source,
        packed(new / file["name"]) as (out, written),
        io.TextIOWrapper(out, encoding="utf-8", newline="") as text,
    ):
        rows, writer = csv.reader(source), csv.writer(text)
        names = next(rows)
        writer.writerow(names)
        places = [
            (names.index(key), [names.index(name) for name in columns if name in names], by_code)
            for key, columns, by_code in hidden
        ]
        for row in rows:
            for key, columns, by_code in places:
                if (redaction := by_code.get(as_written(row[key]))) and any(row[place] for place in columns):
                    for place in columns:
                        row[place] = ""
                    if MARK in names:
                        row[names.index(MARK)] = "true"
                    redaction["tables"].append(table)
                    is_same = False
            writer.writerow(row)
    if is_same:
        (new / file["name"]).unlink()
        return None
    return {**file, "bytes": written.size, "sha256": written.sha256}
