"""What can be taken away of the record: every table with its columns, and the nightly dumps with their hashes."""

import logging
from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.sql.prepared import prepared
from focalpoints.tables.column import Column
from focalpoints.tables.formats import formats_for
from focalpoints.tables.table import TABLES, Table
from focalpoints.tables.xlsx_file import KINDS
from focalpoints.workflow import StrOrPromise
from projects.dumps.package import OTHERS
from projects.models import Dump, DumpRedaction

logger = logging.getLogger(__name__)
CONTENT_TYPES = {
    ".gz": "application/gzip", ".json": "application/json; charset=utf-8", ".py": "text/x-python; charset=utf-8"
}  # fmt: skip


class TableShown(NamedTuple):
    """A table, the addresses of what it holds now by format, and its columns."""

    table: Table
    live: list[tuple[str, str]]
    columns: list[tuple[Column, StrOrPromise]]
    file: "FileShown | None"


class FileShown(NamedTuple):
    """A file of a dump, and what it is called."""

    name: str
    title: StrOrPromise
    rows: int | None
    bytes: int
    sha256: str
    changed_on: date

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "FileShown":
        known = {name: facts[name] for name in ("name", "rows", "bytes", "sha256")}
        return cls(title=_title(facts), changed_on=date.fromisoformat(facts["changed_on"]), **known)


@prepared()
def stand_of_dumps() -> QuerySet[Dump, tuple[str, str]]:
    """What these pages stand on besides the ledger."""
    return Dump.objects.order_by("day").values_list("folder", "state")


@public_page(beside=stand_of_dumps)
def data(request: HttpRequest) -> HttpResponse:
    dumps = list(Dump.objects.annotate(is_redacted=Exists(DumpRedaction.objects.filter(dump=OuterRef("pk")))))
    latest = next((dump for dump in dumps if dump.state == Dump.State.PUBLISHED), None)
    files = {facts["table"]: FileShown.of(facts) for facts in latest.files} if latest else {}
    tables = [_shown(table, files.get(table.name)) for table in _in_order()]
    context = {
        "tables": tables,
        "files": sum(1 for shown in tables if shown.file),
        "rows": sum(shown.file.rows or 0 for shown in tables if shown.file),
        "latest": latest,
        "others": [(OTHERS[name], files[name]) for name in OTHERS if name in files],
        "package": files.get(""),
        "dumps": dumps,
        "address": settings.BASE_URL + reverse("projects:data"),
        "list_address": settings.BASE_URL + reverse("projects:commitment_list"),
        "daily": Dump.DAILY,
    }
    return render(request, "projects/open_data.html", context)


@public_page(beside=stand_of_dumps, unknown=Unknown.REFUSED)
def dump_detail(request: HttpRequest, day: date) -> HttpResponse:
    """One day's files with their hashes, and what was taken out of them."""
    return _page_of_dump(request, get_object_or_404(Dump, day=day))


def _page_of_dump(request: HttpRequest, dump: Dump, status: int = 200) -> HttpResponse:
    redactions = dump.redactions.select_related("request")
    context = {"dump": dump, "files": list(map(FileShown.of, dump.files)), "redactions": redactions}
    return render(request, "projects/dump_detail.html", context, status=status)


def _in_order() -> list[Table]:
    """What no dump has comes last."""
    return sorted(filter(attrgetter("is_public"), TABLES.values()), key=attrgetter("is_in_dump"), reverse=True)


def _shown(table: Table, file: FileShown | None) -> TableShown:
    formats = formats_for(table.count()) if table.download else {}
    live = [(known.label, reverse(table.download, args=[fmt])) for fmt, known in formats.items()]
    return TableShown(table, live, [(column, KINDS[column.kind]) for column in table.columns], file)


def _title(facts: Mapping[str, Any]) -> StrOrPromise:
    """The file's name where no table has that name any more."""
    known = TABLES.get(facts["table"]) or OTHERS.get(facts["table"])
    return known.title if known else facts["name"]


@login_not_required
@require_safe
@understands(unknown=Unknown.REFUSED)
def dump_file(request: HttpRequest, day: date, name: str) -> HttpResponseBase:
    """A file of a dump; of one that is not published, the dump's page, which says why.

    The row says which names there are: none leads elsewhere in the folder.
    """
    dump = get_object_or_404(Dump, day=day)
    if dump.state != Dump.State.PUBLISHED:
        return _page_of_dump(request, dump, status=410)
    file = dump.file(name)
    if file is None:
        raise Http404
    etag = f'"{file["sha256"]}"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    path = dump.path / file["name"]
    try:
        content = path.open("rb")
    except FileNotFoundError:
        logger.error("The file %s of the dump of %s is missing from its folder.", name, day)
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=file["name"],
        content_type=CONTENT_TYPES[path.suffix],
        # Caches must ask each time: a redaction takes files away.
        headers={"Cache-Control": "public, no-cache", "ETag": etag},
    )
