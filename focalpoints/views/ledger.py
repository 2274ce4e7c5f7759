"""Public pages on which anybody can check the ledger."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.forms.ledger import EntryReference, FolioForm
from focalpoints.ledger.verification import head, inspect
from focalpoints.ledger.vocabulary import office_in_words, subject_in_words
from focalpoints.models import Entry
from focalpoints.pages.page_cache import refuse_past_day
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.workflow import sentence_of


@never_cache
@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    refuse_past_day(request)
    form = FolioForm(request.GET if "folio" in request.GET else None)
    found: dict[str, Any] = {"outcome": ""}
    if form.is_valid():
        found = _found(form.cleaned_data["folio"])
    return render(request, "focalpoints/verify.html", {"form": form, "head": head(), **found})


@login_not_required
@require_safe
@understands(unknown=Unknown.REFUSED)
def entry_text(request: HttpRequest, seq: int) -> HttpResponse:
    """The entry's text, exactly the bytes whose SHA-256 is its hash: readers feed it to `sha256sum`."""
    entry = get_object_or_404(Entry, pk=seq)
    return HttpResponse(entry.text.encode(), content_type="text/plain; charset=utf-8")


def _found(reference: EntryReference) -> dict[str, Any]:
    """What the page says of the entry, or that there is none, or that the folio's number belongs to another."""
    if reference.seq is None:
        entry = Entry.objects.filter(hash=reference.digits).first()
    else:
        entry = Entry.objects.filter(pk=reference.seq).first()
    if entry is None:
        return {"outcome": "missing"}
    if not entry.hash.startswith(reference.digits) and entry.digest != reference.digits:
        return {"outcome": "other"}
    return {
        "outcome": "found",
        "entry": entry,
        "inspection": inspect(entry),
        "verb": sentence_of(entry.subject_type, entry.verb),
        "subject": subject_in_words(entry.subject_type),
        "office": office_in_words(entry.office),
    }
