"""What the files of all lists have in common."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from focalpoints import clock
from focalpoints.pages.addresses import page
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import Table, TableRow
from focalpoints.tables.xlsx_file import MOST_ROWS
from projects.reading.lists.filter_form import Filters
from projects.tables import follow_ups


def list_file(
    request: HttpRequest,
    table: Table,
    fmt: str,
    filters: Filters,
    rows: Callable[[], Iterator[TableRow]],
    listed_at: str,
    list_view: Callable[..., HttpResponseBase],
) -> HttpResponseBase:
    """The list's rows as a file. With wrong filters the list at `listed_at` answers, which says what is wrong (400), and gives no row."""
    if not filters.is_valid():
        request.path = request.path_info = page(listed_at)
        return list_view(request)
    chips = filters.narrowing_chips
    return answered(
        request,
        table,
        rows(),
        fmt,
        name_parts=[chip.value for chip in chips],
        day=filters.on,
        filters=[(chip.label, chip.value) for chip in chips],
        count=filters.qs.order_by()[: MOST_ROWS + 1].count() if fmt == "xlsx" else None,
    )


@public_file()
def follow_up_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """No page lists all of them: each stands with its task."""
    return answered(request, follow_ups.TABLE, follow_ups.follow_up_rows(), fmt, day=clock.today())
