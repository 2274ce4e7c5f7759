"""The form of a list's filters, as a page of its own: the list itself shows the answers in use, and a link to here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from projects.reading.lists.filter_form import Filters


def filter_page(request: HttpRequest, filters: Filters, listed_at: str, title: str) -> HttpResponse:
    """The whole form, with the answers of the address. It leads to the list that `listed_at` names."""
    return render(
        request,
        "projects/filter.html",
        {"form": filters.form, "list_url": reverse(listed_at), "title": title},
        status=200 if filters.is_valid() else 400,
    )
