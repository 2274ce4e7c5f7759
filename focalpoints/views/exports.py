"""The record of exports: a person's own, and for administrators everybody's."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.exports.exported import EXPORTED, exported, private_file
from focalpoints.exports.who_acted import WHO_ACTED, seen_entries, who_acted_rows
from focalpoints.models import Export
from focalpoints.pages.pager import part, rows_of
from focalpoints.pages.parameters import understands
from focalpoints.pages.signed_in import for_administrators, person
from focalpoints.tables.xlsx_file import counted


@require_safe
@for_administrators
@understands("page")
def export_list(request: HttpRequest) -> HttpResponse:
    """Everybody's exports, the latest first."""
    return _page(request, Export.objects.select_related("person"), is_everybodys=True)


@never_cache
@require_safe
@understands("page")
def own_export_list(request: HttpRequest) -> HttpResponse:
    return _page(request, Export.objects.filter(person=person(request)), is_everybodys=False)


@private_file("focalpoints:export_list")
@for_administrators
def who_acted_export(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return exported(request, WHO_ACTED, who_acted_rows(seen_entries()), fmt, count=lambda: counted(seen_entries()))


def _page(request: HttpRequest, exports: QuerySet[Export], *, is_everybodys: bool) -> HttpResponse:
    shown = part(rows_of(exports.order_by("-pk")), request.GET.get("page"))
    titles = {name: table.title for name, table in EXPORTED.items()}
    context = {
        "exports": shown,
        "rows": [(row, titles.get(row.table, row.table)) for row in shown.rows],
        "is_everybodys": is_everybodys,
    }
    return render(request, "focalpoints/export_list.html", context)
