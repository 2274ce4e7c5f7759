"""What the files of all lists have in common."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.pages.addresses import page
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import Table, TableRow
from focalpoints.tables.xlsx_file import counted
from focalpoints.workflow import StrOrPromise
from projects.reading.lists.filter_form import Chip, Filters, agencies_called
from projects.tables import follow_ups

# The orders of all lists, as their files name them.
ORDERED_BY: dict[str, StrOrPromise] = {
    "name": _("Name"), "due": _("Due date"), "code": _("Code"), "project": _("Project"), "verified": _("Verified progress"),
    "claimed": _("Claimed progress"), "light": _("Light"),
}  # fmt: skip


def page_instead(request: HttpRequest, path: str, view: Callable[[HttpRequest], HttpResponseBase]) -> HttpResponseBase:
    """The answer of the page at `path` where its file was asked for wrongly: it says what is wrong (400)."""
    request.path = request.path_info = path
    return view(request)


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
        return page_instead(request, page(listed_at), list_view)
    asked = [_in_words(chip) for chip in filters.narrowing_chips]
    return answered(
        request,
        table,
        rows(),
        fmt,
        name_parts=[value for _label, value in asked],
        day=filters.on,
        filters=[*asked, *_order_in_words(filters)],
        count=lambda: counted(filters.qs),
    )


def _in_words(chip: Chip) -> tuple[StrOrPromise, StrOrPromise]:
    """As the list shows it; of an agency, which pages ask for by its key, what officials call it."""
    if chip.name != "agency":
        return chip.label, chip.value
    found = list(agencies_called(str(chip.value))[:2])
    return _("Agency"), found[0].short_name if len(found) == 1 else chip.value


def _order_in_words(filters: Filters) -> Iterator[tuple[StrOrPromise, StrOrPromise]]:
    """Where one was asked for."""
    if asked := filters.form.cleaned_data.get("order"):
        direction = _("descending") if asked.startswith("-") else _("ascending")
        yield _("Order"), f"{ORDERED_BY[asked.removeprefix('-')]}, {direction}"


@public_file()
def follow_up_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """No page lists all of them: each stands with its task."""
    return answered(
        request, follow_ups.TABLE, follow_ups.follow_up_rows(), fmt, day=clock.today(), count=follow_ups.TABLE.count
    )
