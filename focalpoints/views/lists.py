"""What the administrators' lists have in common."""

from typing import Any

from django.http import HttpRequest
from django_filters import FilterSet

from focalpoints.pages.pager import page_at


def list_context(request: HttpRequest, filters: FilterSet) -> dict[str, Any]:
    """What focalpoints/list.html shows. No rows while a filter is wrong: the whole list would be taken for the one asked for."""
    form = filters.form
    found = filters.qs if form.is_valid() else filters.queryset.none()
    return {
        "filter": filters,
        "form": form,
        "active": sum(1 for name in form.fields if form.data.get(name)),
        "page": page_at(found, request.GET.get("page")),
    }
