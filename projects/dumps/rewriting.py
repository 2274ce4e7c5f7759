"""Writes files of a kept dump anew without what redactions hide.

Once a redaction is approved, the row stays and its texts are empty. While it waits, the files say as little as today's do.
"""

import csv
import gzip
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from focalpoints.tables.csv_file import as_written
from projects.dumps.files import packed, whole
from projects.dumps.package import PACKAGE, as_bytes, told
from projects.models import DumpRedaction, Request


class HeldText(NamedTuple):
    """Texts in a table that are part of one kind of thing."""

    kind: str
    # The column with that thing's code, and those that are emptied.
    key: str
    columns: tuple[str, ...]
    # Whether the table leaves the row out, or only the texts, while a redaction waits.
    is_row_hidden: bool


# By table. Names that a release gives up stay: dumps are kept for years.
TEXTS: dict[str, tuple[HeldText, ...]] = {
    "follow_ups": (HeldText("follow-up", "code", ("done", "next_step", "obstacle"), is_row_hidden=True),),
    "findings": (HeldText("request", "request", ("reasons", "sources"), is_row_hidden=False),),
}
MARK = "is_redacted"  # the column that says of a row that its texts were emptied


class TextPlaces(NamedTuple):
    """Where such texts stand in the rows of a file, and the redactions by the code of what they hide."""

    text: HeldText
    by_code: dict[str, DumpRedaction]
    key: int
    columns: list[int]


type Hidden = list[tuple[HeldText, dict[str, DumpRedaction]]]


def write_without(
    redactions: Sequence[DumpRedaction], old: Path, files: Sequence[Mapping[str, Any]], folder: Path, *, before: Sequence[DumpRedaction]
) -> list[dict[str, Any]]:  # fmt: skip
    """The files in `old` into `folder`, and what is known of them then. Each redaction is told the `tables` that held its text.

    The package also names the redactions `before`, which had been taken out already.
    """
    package = json.loads((old / PACKAGE).read_text(encoding="utf-8"))
    *others, described = files
    found = []
    for file in others:
        hidden = _hidden_in(file["table"], redactions)
        written = _written_without(hidden, old, folder, file) if hidden else None
        if written is None:
            os.link(old / file["name"], folder / file["name"])
        found.append(written or dict(file))
    for resource, file in zip(package["resources"], found, strict=True):
        resource |= {"bytes": file["bytes"], "hash": f"sha256:{file['sha256']}"}
        if "rows" in resource:
            resource["rows"] = file["rows"]
    package["redactions"] = told([*before, *redactions])
    anew = whole(folder / PACKAGE, as_bytes(package))
    return [*found, {**described, "bytes": anew.size, "sha256": anew.sha256}]


def _hidden_in(table: str, redactions: Sequence[DumpRedaction]) -> Hidden:
    """For each kind of text of this table, the redactions by the code of what they hide."""
    found = []
    for text in TEXTS.get(table, ()):
        if by_code := {redaction.code: redaction for redaction in redactions if redaction.kind == text.kind}:
            found.append((text, by_code))
    return found


def _written_without(hidden: Hidden, old: Path, new: Path, file: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is known of the file now, which each redaction that took something out names. None, and no file, where none did."""
    left_out, is_same = 0, True
    with (
        gzip.open(old / file["name"], "rt", encoding="utf-8", newline="") as source,
        packed(new / file["name"]) as (out, written),
        io.TextIOWrapper(out, encoding="utf-8", newline="") as lines,
    ):
        rows, writer = csv.reader(source), csv.writer(lines)
        names = next(rows, [])
        writer.writerow(names)
        places = [
            TextPlaces(
                text, by_code, names.index(text.key), [names.index(name) for name in text.columns if name in names]
            )
            for text, by_code in hidden
        ]
        mark = names.index(MARK) if MARK in names else None
        for row in rows:
            redaction, is_row_hidden = _taken_out(row, places, mark)
            if redaction:
                redaction.tables = sorted({*redaction.tables, file["table"]})
                is_same = False
            left_out += is_row_hidden
            if not is_row_hidden:
                writer.writerow(row)
    if is_same:
        (new / file["name"]).unlink()
        return None
    return {**file, "rows": file["rows"] - left_out, "bytes": written.size, "sha256": written.sha256}


def _taken_out(row: list[str], hidden: list[TextPlaces], mark: int | None) -> tuple[DumpRedaction | None, bool]:
    """Empty what is hidden of the row. Gives the redaction that hides something of it, and whether that hides the row."""
    found, is_row_hidden = None, False
    for text, by_code, key, columns in hidden:
        redaction = by_code.get(as_written(row[key]))
        if redaction is None or not any(row[column] for column in columns):
            continue
        found, is_decided = redaction, redaction.request.state == Request.State.APPROVED
        is_row_hidden |= text.is_row_hidden and not is_decided
        for column in columns:
            row[column] = ""
        if is_decided and mark is not None:
            row[mark] = "true"
    return found, is_row_hidden
