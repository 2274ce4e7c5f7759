"""The package's description: what each file is, its columns, its size and hash, as Frictionless Data asks for (`datapackage.json`)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from focalpoints.models.office_text import OfficeText
from focalpoints.tables.column import Column
from focalpoints.tables.table import TABLES, Table
from focalpoints.workflow import StrOrPromise
from projects.models import Dump, DumpRedaction

PACKAGE = "datapackage.json"
LEDGER = "ledger"
RECIPE = "recompute"
SPANISH = "es-mx"


class Explained(NamedTuple):
    """Title and description of a file that is no table."""

    title: StrOrPromise
    describes: StrOrPromise


OTHERS = {
    LEDGER: Explained(
        _("The ledger’s public texts"),
        _(
            "One line of JSON for each entry, oldest first: its text, the hash of the text, and the digest over all entries up to it. "
            "Whoever has them can compute both chains again."
        ),
    ),
    RECIPE: Explained(
        _("The script that checks these files"),
        _(
            "Python alone, without any library: it checks every hash and the ledger’s chain, and computes figures of home again."
        ),
    ),
}
DEFUSED = _(
    "In the CSV files, a text that a spreadsheet would take for a formula has an apostrophe (') before it, "
    "which a program takes off."
)
# What Frictionless Data calls each kind of column.
TYPES: dict[str, dict[str, str]] = {
    "text": {"type": "string"}, "code": {"type": "string"}, "integer": {"type": "integer"}, "percent": {"type": "integer"},
    "date": {"type": "date"}, "instant": {"type": "datetime", "format": "any"}, "boolean": {"type": "boolean"},
    "list": {"type": "string"}, "url": {"type": "string", "format": "uri"},
}  # fmt: skip
TABULAR = {
    "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "compression": "gz"
}  # fmt: skip
FORMATS: dict[str, dict[str, str]] = {
    LEDGER: {"format": "jsonl", "mediatype": "application/jsonl", "encoding": "utf-8", "compression": "gz"},
    RECIPE: {"format": "py", "mediatype": "text/x-python", "encoding": "utf-8"},
}


def datapackage(dump: Dump) -> dict[str, Any]:
    """Of the dump's files, in Spanish and with English beside it."""
    with override(SPANISH):
        return {
            "profile": "data-package",
            "name": f"edn-{dump.day}",
            **_in_both("title", _("National Digital Strategy: promises, tasks and what became of them")),
            **_in_both("description", DEFUSED),
            "homepage": settings.BASE_URL + reverse("projects:data"),
            "version": str(dump.day),
            "created": dump.made_at.isoformat(timespec="seconds"),
            "licenses": list(_licences()),
            "ledger": {"entries": dump.seq, "digest": dump.digest},
            "portal": dump.release,
            "redactions": [],
            "resources": [_resource(file) for file in dump.files],
        }


def as_bytes(package: Mapping[str, Any]) -> bytes:
    return json.dumps(package, ensure_ascii=False, indent=1).encode() + b"\n"


def told(redactions: Iterable[DumpRedaction]) -> list[dict[str, Any]]:
    """What a package says of the redactions that took something out of its files. `state`: of the request for it."""
    return [
        {
            "of": redaction.kind, "code": redaction.code, "request": redaction.request.code, "state": redaction.request.state,
            "folio": redaction.folio, "on": redaction.asked_on.isoformat(), "tables": redaction.tables,
        }
        for redaction in redactions
        if redaction.tables
    ]  # fmt: skip


def explained(table: str) -> Explained | Table:
    return OTHERS.get(table) or TABLES[table]


def _licences() -> Iterator[dict[str, str]]:
    """The page where the office says what anybody may do with the data; none until it was written."""
    text = OfficeText.objects.newest(OfficeText.Kind.LICENCE)
    if text.revision:
        address = settings.BASE_URL + reverse("focalpoints:licence")
        yield {
            "name": f"edn-{text.revision}",
            "title": gettext("Licence of the data"),
            "path": address,
            "text": text.text_es,
        }


def _resource(file: Mapping[str, Any]) -> dict[str, Any]:
    table = explained(file["table"])
    found = {
        "name": file["table"],
        "path": file["name"],
        **_in_both("title", table.title),
        **_in_both("description", table.describes),
        **FORMATS.get(file["table"], TABULAR),
        "bytes": file["bytes"],
        "hash": f"sha256:{file['sha256']}",
    }
    if isinstance(table, Table):
        found |= {"rows": file["rows"], "schema": {"fields": [_field(column) for column in table.columns]}}
    return found


def _field(column: Column) -> dict[str, Any]:
    found = {"name": column.name, **TYPES[column.kind], **_in_both("title", column.title)}
    if column.describes:
        found |= _in_both("description", column.describes)
    return {**found, **_in_both("unit", column.unit)} if column.unit else found


def _in_both(name: str, text: StrOrPromise) -> dict[str, str]:
    spanish = str(text)
    with override("en"):
        return {name: spanish, f"{name}_en": str(text)}
