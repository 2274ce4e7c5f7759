"""Pages of evidence as pictures, for people who have signed in and may see it. What is public of it stays the file."""

from typing import BinaryIO, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.pages.parameters import Unknown, understands
from projects.models import Evidence
from projects.previews.process import AllBusy, DrawnPage, NoSuchPage, NotDrawn, drawn, is_drawn
from projects.views.evidence import SANDBOX, page_and_item
from projects.views.items import item_context

BUSY = 503
RELATED = ("follow_up__task__commitment", "request__task__commitment", "request__commitment")


@require_safe
@understands(unknown=Unknown.REFUSED)
def evidence_picture(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """One page as PNG. The reader's own browser keeps it, and asks each time whether it may still be seen."""
    evidence = _found(request, key)
    etag = f'"{evidence.sha256}-{number}"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    try:
        page = _drawn(evidence, number)
    except NotDrawn as error:
        return HttpResponse(str(error.why), status=404, content_type="text/plain; charset=utf-8")
    except AllBusy:
        return HttpResponse(status=BUSY, headers={"Retry-After": "5"})
    return HttpResponse(
        page.picture,
        content_type="image/png",
        headers={"Content-Security-Policy": SANDBOX, "Cache-Control": "private, no-cache", "ETag": etag},
    )


@never_cache
@require_safe
@understands()
def evidence_page(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """The picture of one page with the way to the others; or why there is none, beside the file."""
    evidence = _found(request, key)
    back, item = page_and_item(evidence)
    pages, why, status = 0, "", 200
    try:
        pages = _drawn(evidence, number).pages
    except NotDrawn as error:
        pages, why = error.pages, str(error.why)
    except AllBusy:
        why, status = _("Many pages are being drawn just now. Try again in a moment, or download the file."), BUSY
    context = {
        "evidence": evidence,
        "number": number,
        "pages": pages,
        "before": number - 1,
        "after": number + 1 if number < pages else 0,
        "why": why,
        "back": back,
        **item_context(item),
    }
    return render(request, "projects/evidence_page.html", context, status=status)


def _found(request: HttpRequest, key: UUID) -> Evidence:
    """Of a kind that is drawn, if this person may see it. Raises Http404."""
    visible = Evidence.objects.visible_to(request.user).exclude(file="").select_related(*RELATED)
    evidence = get_object_or_404(visible, key=key)
    if not is_drawn(evidence.content_type):
        raise Http404
    return evidence


def _drawn(evidence: Evidence, number: int) -> DrawnPage:
    """Raises Http404 where there is no such page or no such file, else as `drawn`."""
    try:
        with evidence.file.open("rb") as file:
            return drawn(cast(BinaryIO, file), evidence.content_type, number)
    except (NoSuchPage, FileNotFoundError):
        raise Http404 from None
