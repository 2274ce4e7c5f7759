"""Public pages on which anybody can check the ledger."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.forms.ledger import EntryReference, FolioForm
from focalpoints.ledger.verification import head, inspect
from focalpoints.ledger.vocabulary import office_in_words, subject_in_words
from focalpoints.models import Entry
from focalpoints.pages.page_cache import refuse_past_day
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.xlsx_file import counted
from focalpoints.tables_of_the_ledger import ENTRIES, entry_rows
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


@public_file("dossier", "folio")
def entry_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """All entries, those of a dossier (`commitment:MC-250K`), or the one with a folio, hash or head. 404 for what there is none of."""
    rows, of = Entry.objects.all(), []
    if dossier := request.GET.get("dossier", ""):
        kind, _colon, key = dossier.partition(":")
        rows, of = rows.filter(dossier=dossier), [(_("Dossier"), f"{subject_in_words(kind)} {key}")]
    if folio := request.GET.get("folio", ""):
        form = FolioForm({"folio": folio})
        found = _found(form.cleaned_data["folio"]) if form.is_valid() else {}
        rows, of = rows.filter(pk=found["entry"].pk) if "entry" in found else rows.none(), [*of, (_("Folio"), folio)]
    if of and not rows.exists():
        raise Http404
    names = [value for _label, value in of]
    return answered(
        request,
        ENTRIES,
        entry_rows(rows),
        fmt,
        name_parts=names,
        day=clock.today(),
        count=lambda: counted(rows),
        filters=of,
    )


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
