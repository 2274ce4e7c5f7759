"""The answer to a request for a table's file."""

import errno
import gzip
import hashlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date
from functools import partial, wraps
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.pages.addresses import page
from focalpoints.pages.page_cache import is_personal, stands_anew, stands_for, takes_gzip
from focalpoints.pages.parameters import keep_known, shown_name
from focalpoints.sql.snapshot import snapshot
from focalpoints.tables.csv_file import csv_parts
from focalpoints.tables.drawing import Place, SentFile, TooManyFiles, new_file, turn_to_draw, with_pauses
from focalpoints.tables.formats import FORMATS
from focalpoints.tables.json_lines import json_parts
from focalpoints.tables.table import Table, TableRow
from focalpoints.tables.xlsx_file import MOST_ROWS, AboutTable, TooManyRows, write_xlsx

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = "15"
LONGEST_NAME = 120
PAGE = "page"  # of a list
GZIP_LEVEL = 1  # five to one at a third of what the usual level takes
_SIGNS = re.compile(r"[^\w\s-]+")  # between two words they part them: "SCT/SEP" is not one
PARTS = {"csv": csv_parts, "jsonl": json_parts}

type View = Callable[..., HttpResponseBase]


def public_file(*params: str) -> Callable[[View], View]:
    """Open the view of a table's files to everybody, for GET and HEAD. Other parameters are refused: the file would hold too much.

    Which page of the list was asked for is no matter: a file has the rows of all.
    """
    known = set(params) - {PAGE}

    def decorate(view: View) -> View:
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            request.is_public_page = True  # type: ignore[attr-defined]
            others = [name for name in keep_known(request, known) if name != PAGE]
            if others:
                return refused(request, "unknown", 400, name=shown_name(others[0]), address=request.get_full_path())
            return view(request, *args, **kwargs)

        return login_not_required(answer)

    return decorate


def answered(
    request: HttpRequest,
    table: Table,
    rows: Iterable[TableRow],
    fmt: str,
    *,
    name_parts: Sequence[Any] = (),
    day: date,
    count: Callable[[], int],
    filters: Sequence[tuple[Any, Any]] = (),
    before: Callable[[], object] = tuple,
    taken_by: str = "",
    taken_from: str = "",
) -> HttpResponseBase:
    """These rows as a file that is called by the table, `name_parts` and the day.

    `rows` are asked for when they are iterated: then it is this request's turn to draw, and all of them are as of one instant, with the
    ledger's head. `count` is asked before, so that no turn is spent on rows that are too many for a workbook; `few` where they never are.
    `filters` are labels and answers in words, for the file to say. `before` runs once the turn has come, before the first row is asked for.
    What somebody signed in gets is kept nowhere. A table that is not public says who took it, `taken_by`, and the address of its page,
    `taken_from`.
    """
    is_kept = table.is_public and not is_personal(request)
    if is_kept and (unchanged := get_conditional_response(request, etag=_etag(request))):
        response: HttpResponseBase = unchanged
    elif fmt == "xlsx" and count() > MOST_ROWS:
        return refused(request, "too_long", 400)
    elif request.method == "HEAD":
        response = HttpResponse(content_type=FORMATS[fmt].content_type)
    else:
        about = partial(_about, request, table, day, filters, taken_by, taken_from)
        response = _drawn(request, table, rows, fmt, about, before)
        if response.status_code != 200:
            return response
    _describe(request, response, table, file_name(table, name_parts, day, fmt))
    if is_kept:
        response["ETag"] = _etag(request)  # of the head that the rows have
        response["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    else:
        add_never_cache_headers(response)
    return response


def file_name(table: Table, parts: Sequence[Any], day: date, fmt: str) -> str:
    """`compromisos_sct_vencidos_2018-10-15.csv`."""
    words = [slugify(_SIGNS.sub(" ", str(part))) for part in (table.title, *parts)]
    stem = "_".join(filter(None, words))[:LONGEST_NAME].strip("_-")
    return f"{stem}_{day.isoformat()}.{fmt}"


def refused(request: HttpRequest, why: str, status: int, **facts: str) -> HttpResponse:
    """A page that says why there is no file, and what to do: `busy`, `too_long`, `no_room`, or `unknown`.

    The last names the parameter that is not understood, and the address without it.
    """
    response = render(request, "focalpoints/no_file.html", {"why": why, "most": MOST_ROWS, **facts}, status=status)
    if status in (429, 503):
        response["Retry-After"] = RETRY_AFTER_SECONDS
    add_never_cache_headers(response)
    return response


def _drawn(
    request: HttpRequest,
    table: Table,
    rows: Iterable[TableRow],
    fmt: str,
    about: Callable[[], AboutTable],
    before: Callable[[], object],
) -> HttpResponseBase:
    is_zipped = FORMATS[fmt].is_text and takes_gzip(request.headers.get("Accept-Encoding", ""))
    try:
        place = Place()
    except TooManyFiles:
        return refused(request, "busy", 429)
    file = new_file()
    sent = SentFile(file, place)
    try:
        with turn_to_draw(fmt):
            before()
            with snapshot():
                stands_anew(request)
                _draw(file, table, with_pauses(rows), fmt, about(), is_zipped)
    except TooManyFiles:
        sent.close()
        return refused(request, "busy", 429)
    except TooManyRows:
        sent.close()
        return refused(request, "too_long", 400)
    except OSError as error:
        sent.close()
        if not _is_full(error):
            raise
        logger.error("No room on the disk for the table %s: %s", table.name, error)
        return refused(request, "no_room", 503)
    except BaseException:
        sent.close()
        raise
    length = file.tell()
    file.seek(0)
    response = StreamingHttpResponse(sent, content_type=FORMATS[fmt].content_type)
    response["Content-Length"] = length
    if is_zipped:
        response["Content-Encoding"] = "gzip"
    return response


def _draw(
    file: IO[bytes], table: Table, rows: Iterable[TableRow], fmt: str, about: AboutTable, is_zipped: bool
) -> None:
    if fmt == "xlsx":
        with tempfile.TemporaryDirectory(prefix="edn-table-") as folder:
            write_xlsx(file, table.columns, rows, about, folder)
        return
    parts = PARTS[fmt](table.columns, rows)
    if is_zipped:
        with closing(gzip.GzipFile(fileobj=file, mode="wb", compresslevel=GZIP_LEVEL, mtime=0)) as zipped:
            zipped.writelines(parts)
    else:
        file.writelines(parts)
    file.flush()


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _describe(request: HttpRequest, response: HttpResponseBase, table: Table, name: str) -> None:
    """What the file itself has no room for: its name, which entry of the ledger it stands on, and where its columns are described."""
    response["Content-Disposition"] = content_disposition_header(True, name)
    if table.is_public:
        response["Link"] = f'<{settings.BASE_URL}{page("projects:data")}>; rel="describedby"'
    [(seq, digest)] = stands_for(request)
    response["EDN-Ledger-Head"] = f"{seq} {digest}"


def _about(
    request: HttpRequest, table: Table, day: date, filters: Sequence[tuple[Any, Any]], taken_by: str, taken_from: str
) -> AboutTable:
    [(seq, digest)] = stands_for(request)
    narrowed = [(str(label), str(value)) for label, value in filters] or [(_("Filters"), _("none: the whole table"))]
    terms = (
        (
            (_("Licence of the data"), settings.BASE_URL + page("focalpoints:licence")),
            (_("All tables and their columns"), settings.BASE_URL + page("projects:data")),
        )
        if table.is_public
        else ((_("Not public"), _("Exported by %(person)s, which is on record.") % {"person": taken_by}),)
    )
    return AboutTable(
        title=str(table.title),
        describes=str(table.describes),
        lines=(
            (_("As it stood on"), day.isoformat()),
            *narrowed,
            (pgettext("of a file", "Made"), clock.now().isoformat(timespec="seconds")),
            (_("Head of the ledger"), f"{seq} {digest}"),
            (_("Address"), settings.BASE_URL + (taken_from or request.get_full_path())),
            *terms,
        ),
    )


def _etag(request: HttpRequest) -> str:
    """By all that the file depends on, before any of it is drawn."""
    on = (*stands_for(request), clock.today(), settings.RELEASE, get_language(), request.get_full_path())
    return f'W/"{hashlib.sha256(repr(on).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'
