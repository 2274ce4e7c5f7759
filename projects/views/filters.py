"""The form of a list's filters, as a page of its own: the list itself shows the answers in use, and a link to here."""

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.workflow import StrOrPromise


def filter_page(
    request: HttpRequest,
    form: forms.Form,
    listed_at: str,
    *,
    listed: str,
    title: str,
    groups: Sequence[tuple[StrOrPromise, Sequence[forms.BoundField]]] = (),
    above: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The whole form, in `groups` if there are any, with the answers of the address. It leads to the list at `listed_at`, called `listed`,
    which stands under `above`, outermost first: names of pages' addresses and their labels, the board's where nothing is said.
    """
    list_url = reverse(listed_at)
    trail = [(reverse(name), label) for name, label in above or [("projects:board", _("Board"))]]
    return render(
        request,
        "projects/filter.html",
        {
            "form": form,
            "groups": groups,
            "list_url": list_url,
            "title": title,
            "above": [*trail, (list_url, listed)],
        },
        status=400 if form.errors else 200,
    )
